"""What moderators answer to “is this still true?”: it is, or it has ended.

Either is a check: a version of its own and a line in the log. Two who press at once, or one who
presses twice, are one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.clock import day_of
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document, Service
from directory.entries.publishing import publish
from directory.errors import DirectoryError
from directory.moderation import audit, upkeep
from directory.vocabulary.terms import Status


class NotAService(DirectoryError):
    """Only what happens somewhere can end. Take it offline instead, and say why."""

    status = 409


def assure(session: Session, entry: Entry, *, moderator: User, at: datetime) -> None:
    """Somebody looked into an entry and it is still true: it counts as checked today."""
    today = day_of(at)
    if entry.document.assured_date == today:
        return
    publish_again(session, entry, checked(entry.document, today), at=at)
    audit.record(session, moderator, "checked", entry.document.name, url=entry.url, at=at)


def say_ended(session: Session, entry: Entry, *, moderator: User, at: datetime) -> None:
    """A service has ended: its page says so and stays, so that others can learn from it.

    Raises:
        NotAService
    """
    if not isinstance(entry.document, Service):
        raise NotAService
    if entry.document.status is Status.ENDED:
        return
    document = checked(entry.document, day_of(at))
    publish_again(session, entry, document.model_copy(update={"status": Status.ENDED}), at=at)
    audit.record(session, moderator, "ended", entry.document.name, url=entry.url, at=at)


def checked(document: Document, day: date) -> Document:
    """`document`, checked by those who answer for the site on `day`."""
    return document.model_copy(update={"assured_date": day, "assurer": None})


def publish_again(
    session: Session, entry: Entry, document: Document, *, origin: str = "moderation", at: datetime
) -> None:
    """A new version of `entry` after somebody answered; what is due is right at once."""
    publish(
        session,
        document,
        slug=entry.slug,
        origin=origin,
        author="",
        at=at,
        expected_revision=entry.revision,
    )
    session.flush()
    now = catalogue.by_id(session, entry.id)
    if now is not None:
        upkeep.note(session, now)
