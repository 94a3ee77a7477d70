"""The reasons that moderators can choose from when they decline; admins write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.errors import DirectoryError
from directory.moderation import audit
from directory.moderation.models import Reason


class ReasonUnfinished(DirectoryError):
    """Write a short title, and the words that authors read."""

    status = 422


def offered(session: Session) -> list[Reason]:
    """Those that can be chosen now."""
    return list(
        session.scalars(select(Reason).where(Reason.retired_at.is_(None)).order_by(Reason.id))
    )


def chosen(session: Session, numbers: Iterable[str]) -> list[Reason]:
    """Those with these numbers that are offered."""
    wanted = set(numbers)
    return [one for one in offered(session) if str(one.id) in wanted]


def add(session: Session, title: str, words: str, *, admin: User, at: datetime) -> Reason:
    """A new reason.

    Raises:
        ReasonUnfinished: title or words are missing.
    """
    title, words = title.strip(), words.strip()
    if not title or not words:
        raise ReasonUnfinished
    reason = Reason(title=title, words=words)
    session.add(reason)
    audit.record(session, admin, "wrote a reason", title, why=words, at=at)
    return reason


def replace(
    session: Session, reason: Reason, title: str, words: str, *, admin: User, at: datetime
) -> Reason:
    """Other words for `reason`. The old ones are kept for what was decided with them.

    Raises:
        ReasonUnfinished: title or words are missing.
    """
    if (reason.title, reason.words) == (title.strip(), words.strip()):
        return reason
    fresh = add(session, title, words, admin=admin, at=at)
    reason.retired_at = at
    return fresh


def retire(session: Session, reason: Reason, *, admin: User, at: datetime) -> None:
    """Offer it no more."""
    if reason.retired_at is None:
        reason.retired_at = at
        audit.record(session, admin, "retired a reason", reason.title, at=at)
