"""The answers to “is this still true?”: yes, it needs changing, it has ended.

Yes is a check: a version of its own and a line in the log. What has ended is said at once where a
service can say so, and shown to moderators either way. Nothing is taken offline here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.clock import day_of
from directory.entries.catalogue import Entry
from directory.entries.documents import Service
from directory.moderation import assuring, audit
from directory.owners.owning import AN_OWNER
from directory.submissions import reports
from directory.submissions.models import Concern, Report
from directory.vocabulary.terms import Status

ORIGIN = "owner"  # of versions: readers see "By its owner"


def still_true(session: Session, entry: Entry, *, at: datetime) -> None:
    """An owner says so: it counts as checked today. Pressing it again changes nothing."""
    today = day_of(at)
    if entry.document.assured_date == today:
        return
    document = assuring.checked(entry.document, today)
    assuring.publish_again(session, entry, document, origin=ORIGIN, at=at)
    audit.record(session, AN_OWNER, "checked", document.name, url=entry.url, at=at)


def has_ended(session: Session, entry: Entry, words: str, *, at: datetime) -> None:
    """An owner says so: a service shows it at once; moderators look at it in any case.

    Args:
        words: what the owner adds for them; may be empty.
    """
    document = entry.document
    if isinstance(document, Service) and document.status is not Status.ENDED:
        today = day_of(at)
        ended = assuring.checked(document, today).model_copy(update={"status": Status.ENDED})
        assuring.publish_again(session, entry, ended, origin=ORIGIN, at=at)
        audit.record(session, AN_OWNER, "ended", document.name, url=entry.url, at=at)
    said = f"Its owner says that it has ended. {words.strip()}".strip()
    is_open = session.scalar(
        select(Report.id).where(
            Report.entry_id == entry.id, Report.words == said, Report.closed_at.is_(None)
        )
    )
    if is_open is None:
        reports.report(session, entry, concern=Concern.ENDED, words=said, email="", at=at)
