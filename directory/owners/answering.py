"""The answers to “is this still true?”: yes, it needs changing, it has ended.

Yes is a check: a version of its own and a line in the log. What has ended is said at once where a
service can say so, and shown to moderators either way. Nothing is taken offline here.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document, Service
from directory.entries.publishing import publish
from directory.moderation import audit, upkeep
from directory.owners.owning import AN_OWNER
from directory.submissions import reports
from directory.submissions.models import Concern, Report
from directory.vocabulary.terms import Status

LONDON = ZoneInfo("Europe/London")
ORIGIN = "owner"  # of versions: readers see "By its owner"


def still_true(session: Session, entry: Entry, *, at: datetime) -> None:
    """An owner says so: it counts as checked today. Pressing it again changes nothing."""
    today = at.astimezone(LONDON).date()
    if entry.document.assured_date == today:
        return
    document = entry.document.model_copy(update={"assured_date": today, "assurer": None})
    _publish(session, entry, document, at=at)
    audit.record(session, AN_OWNER, "checked", document.name, url=entry.url, at=at)


def has_ended(session: Session, entry: Entry, words: str, *, at: datetime) -> None:
    """An owner says so: a service shows it at once; moderators look at it in any case.

    Args:
        words: what the owner adds for them; may be empty.
    """
    document = entry.document
    if isinstance(document, Service) and document.status is not Status.ENDED:
        today = at.astimezone(LONDON).date()
        changes = {"status": Status.ENDED, "assured_date": today, "assurer": None}
        _publish(session, entry, document.model_copy(update=changes), at=at)
        audit.record(session, AN_OWNER, "ended", document.name, url=entry.url, at=at)
    said = f"Its owner says that it has ended. {words.strip()}".strip()
    is_open = session.scalar(
        select(Report.id).where(
            Report.entry_id == entry.id, Report.words == said, Report.closed_at.is_(None)
        )
    )
    if is_open is None:
        reports.report(session, entry, concern=Concern.ENDED, words=said, email="", at=at)


def _publish(session: Session, entry: Entry, document: Document, *, at: datetime) -> None:
    publish(
        session,
        document,
        slug=entry.slug,
        origin=ORIGIN,
        author="",
        at=at,
        expected_revision=entry.revision,
    )
    session.flush()
    now = catalogue.by_id(session, entry.id)
    if now is not None:
        upkeep.note(session, now)  # the list of what is due is right at once
