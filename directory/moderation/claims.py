"""Claims: who works on what just now, so that two volunteers never read the same thing in vain.

A claim holds for 20 minutes. Opening a page takes it if nobody else has it, working on the page
extends it, deciding or putting it back ends it. Deciding asks for it again: whoever let theirs
lapse while somebody else took it is told so, and nothing is decided twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.clock import LONDON
from directory.db import rows_changed
from directory.errors import DirectoryError
from directory.moderation.models import Claim

GOOD_FOR = timedelta(minutes=20)


@dataclass(frozen=True)
class Held:
    """Who works on a thing, since when and until when."""

    user_id: int
    name: str
    since: datetime
    until: datetime

    @property
    def since_clock(self) -> str:
        """ "10:14", as on a clock in London."""
        return f"{self.since.astimezone(LONDON):%H:%M}"

    @property
    def until_clock(self) -> str:
        return f"{self.until.astimezone(LONDON):%H:%M}"


class TakenByAnother(DirectoryError):
    """Somebody else is working on this now."""

    status = 409

    def __init__(self, held: Held) -> None:
        super().__init__(
            f"{held.name} is working on this, until {held.until_clock} at the latest. "
            "Nothing was decided."
        )
        self.held = held


def submission(number: int) -> str:
    """What a claim on a submission is called."""
    return f"submissions/{number}"


def report(number: int) -> str:
    """What a claim on a report is called."""
    return f"reports/{number}"


def take(session: Session, subject: str, user: User, *, at: datetime) -> Held:
    """Claim `subject` for `user`, or extend the claim that they have, for 20 minutes from `at`.

    Of two who take it at the same moment one gets it: a single conditional UPDATE decides, and the
    primary key where there was no row yet.

    Raises:
        TakenByAnother: somebody else works on it now.
    """
    mine = (Claim.user_id == user.id) & (Claim.until > at)
    won = rows_changed(
        session,
        update(Claim)
        .where(Claim.subject == subject, or_(Claim.user_id == user.id, Claim.until <= at))
        .values(user_id=user.id, since=case((mine, Claim.since), else_=at), until=at + GOOD_FOR)
        .execution_options(synchronize_session=False),
    )
    if not won:
        try:
            with session.begin_nested():
                session.execute(
                    insert(Claim).values(
                        subject=subject, user_id=user.id, since=at, until=at + GOOD_FOR
                    )
                )
        except IntegrityError:
            held = holder(session, subject, at=at)
            if held is None or held.user_id == user.id:  # it ended in this very moment
                return take(session, subject, user, at=at)
            raise TakenByAnother(held) from None
    held = holder(session, subject, at=at)
    assert held is not None
    return held


def release(
    session: Session, subject: str, user: User, *, taken_by: datetime | None = None
) -> None:
    """Put `subject` back for others; a claim of somebody else stays.

    Args:
        taken_by: only if it was not taken or extended later, by another page of theirs.
    """
    which = [Claim.subject == subject, Claim.user_id == user.id]
    if taken_by is not None:
        which.append(Claim.until <= taken_by + GOOD_FOR)
    session.execute(delete(Claim).where(*which).execution_options(synchronize_session=False))


def free(session: Session, subject: str) -> None:
    """Nobody works on `subject` any more, whoever did."""
    session.execute(delete(Claim).where(Claim.subject == subject))


def holder(session: Session, subject: str, *, at: datetime) -> Held | None:
    """Who works on `subject` now, or None."""
    return _held(session, Claim.subject == subject, Claim.until > at).get(subject)


def all_held(session: Session, *, at: datetime) -> dict[str, Held]:
    """Who works on what now: one or two things for each moderator."""
    return _held(session, Claim.until > at)


def _held(session: Session, *which: ColumnElement[bool]) -> dict[str, Held]:
    rows = session.execute(
        select(Claim.subject, Claim.user_id, User.name, Claim.since, Claim.until)
        .join(User, User.id == Claim.user_id)
        .where(*which)
    )
    return {
        subject: Held(user_id, name, since, until) for subject, user_id, name, since, until in rows
    }


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete claims that ended by themselves."""
    session.execute(delete(Claim).where(Claim.until <= at))
