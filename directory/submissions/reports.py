"""Reports: a reader says that something about an entry is not right."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import people
from directory.entries.catalogue import Entry
from directory.submissions import letters
from directory.submissions.models import Concern, Report

MAILED_MOST = 5  # worrying reports in an hour; all of them are in the queue


def report(
    session: Session, entry: Entry, *, concern: Concern, words: str, email: str, at: datetime
) -> Report:
    """Keep a report for the moderators; a worrying one is mailed to all of them at once.

    Args:
        email: where to answer, or "" if the reader wants no answer.
    """
    kept = Report(
        entry_id=entry.id, concern=concern, words=words.strip(), email=email, created_at=at
    )
    session.add(kept)
    session.flush()
    if concern is Concern.WORRYING and _may_mail(session, at):
        for moderator in people.moderators(session):
            mail.queue(
                session,
                letters.WORRYING_REPORT,
                to=moderator.email,
                values={"report": kept.id, "name": entry.document.name, "words": kept.words},
                about=f"reports/{kept.id}",
                at=at,
            )
    return kept


def _may_mail(session: Session, at: datetime) -> bool:
    """Whether moderators hear of another worry at once: who sends many cannot flood their mail."""
    recent = session.scalar(
        select(func.count())
        .select_from(Report)
        .where(Report.concern == Concern.WORRYING, Report.created_at > at - timedelta(hours=1))
    )
    return (recent or 0) <= MAILED_MOST


def open_reports(session: Session) -> list[Report]:
    """Reports that nobody has dealt with: the worrying ones first, then the oldest."""
    found = session.scalars(select(Report).where(Report.closed_at.is_(None)).order_by(Report.id))
    return sorted(found, key=lambda one: one.concern != Concern.WORRYING)
