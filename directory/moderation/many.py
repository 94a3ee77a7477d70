"""The same decision about many submissions: about all of them, or about none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.errors import DirectoryError
from directory.moderation import deciding
from directory.moderation.cases import Case, Seen, case_of
from directory.moderation.choices import Choice
from directory.moderation.deciding import NothingChosen
from directory.moderation.models import Decision, Reason
from directory.submissions.models import Submission
from directory.submissions.states import State

MOST = 50  # as many as a page of the list holds


class TooMany(DirectoryError):
    """Choose at most 50 at once."""

    status = 422


class NothingTicked(DirectoryError):
    """Tick the suggestions that you decide about."""

    status = 422


class OneStandsInTheWay(DirectoryError):
    """One of them could not be decided, so none was."""

    status = 409


class BothChanged(DirectoryError):
    """Others changed the same words meanwhile. Open it, and choose whose count."""

    status = 409


@dataclass(frozen=True)
class Ticked:
    """A submission as it stood on the page."""

    number: int
    version: int


def decide(
    session: Session,
    ticked: Sequence[Ticked],
    choice: Choice,
    *,
    moderator: User,
    note: str,
    reasons: Sequence[Reason] = (),
    at: datetime,
) -> list[Decision]:
    """Decide about all of `ticked`. The caller commits, or rolls back whatever is raised.

    Raises:
        NothingTicked, TooMany, NothingChosen, ReasonMissing, TooManyReasons
        OneStandsInTheWay: names the first that changed, was decided or is worked on by another.
    """
    if not ticked:
        raise NothingTicked
    if len(ticked) > MOST:
        raise TooMany
    decided = []
    # In the order of their numbers, so that two who do the same do not wait for each other.
    for one in sorted(set(ticked), key=lambda one: one.number):
        submission = session.get(Submission, one.number)
        if submission is None or submission.state in {State.UNCONFIRMED, State.WITHDRAWN}:
            raise OneStandsInTheWay
        name = submission.name
        case = case_of(session, submission)
        seen = Seen(version=one.version)
        try:
            decided.append(_decide(session, case, choice, moderator, note, reasons, seen, at))
        except (deciding.ReasonMissing, deciding.TooManyReasons, NothingChosen):
            raise
        except DirectoryError as problem:
            raise OneStandsInTheWay(f"“{name}”: {problem.message} None was decided.") from problem
    return decided


def _decide(
    session: Session,
    case: Case,
    choice: Choice,
    moderator: User,
    note: str,
    reasons: Sequence[Reason],
    seen: Seen,
    at: datetime,
) -> Decision:
    match choice:
        case Choice.PUBLISH:
            if case.merged.both:
                raise BothChanged
            return deciding.publish(session, case, moderator=moderator, note=note, seen=seen, at=at)
        case Choice.ASK:
            return deciding.ask_for_changes(
                session, case, moderator=moderator, note=note, seen=seen, at=at
            )
        case Choice.DECLINE:
            return deciding.decline(
                session, case, moderator=moderator, reason=note, reasons=reasons, seen=seen, at=at
            )
        case Choice.SPAM:
            return deciding.mark_as_spam(session, case, moderator=moderator, seen=seen, at=at)
        case _:
            raise NothingChosen
