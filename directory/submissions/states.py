"""What can happen to a submission, and when: one table, and nothing outside it."""

from __future__ import annotations

from enum import StrEnum

from directory.errors import DirectoryError


class State(StrEnum):
    """Where a submission stands."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    CHANGES_ASKED = "changes-asked"
    PUBLISHED = "published"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Whether its author can still change it."""
        return self in {State.UNCONFIRMED, State.WAITING, State.CHANGES_ASKED}


class Act(StrEnum):
    """What somebody does with a submission."""

    CONFIRM = "confirm"
    REVISE = "revise"
    WITHDRAW = "withdraw"
    ASK_FOR_CHANGES = "ask-for-changes"
    PUBLISH = "publish"
    DECLINE = "decline"
    APPEAL = "appeal"
    TAKE_BACK = "take-back"
    UNDO = "undo"


_TABLE: dict[tuple[State, Act], State] = {
    (State.UNCONFIRMED, Act.CONFIRM): State.WAITING,
    (State.UNCONFIRMED, Act.REVISE): State.UNCONFIRMED,
    (State.UNCONFIRMED, Act.WITHDRAW): State.WITHDRAWN,
    (State.WAITING, Act.REVISE): State.WAITING,
    (State.WAITING, Act.WITHDRAW): State.WITHDRAWN,
    (State.WAITING, Act.ASK_FOR_CHANGES): State.CHANGES_ASKED,
    (State.WAITING, Act.PUBLISH): State.PUBLISHED,
    (State.WAITING, Act.DECLINE): State.DECLINED,
    (State.CHANGES_ASKED, Act.REVISE): State.WAITING,
    (State.CHANGES_ASKED, Act.WITHDRAW): State.WITHDRAWN,
    (State.CHANGES_ASKED, Act.PUBLISH): State.PUBLISHED,
    (State.CHANGES_ASKED, Act.DECLINE): State.DECLINED,
    (State.CHANGES_ASKED, Act.UNDO): State.WAITING,
    (State.DECLINED, Act.APPEAL): State.WAITING,
    (State.PUBLISHED, Act.TAKE_BACK): State.WITHDRAWN,  # a story, by its teller
    (State.PUBLISHED, Act.UNDO): State.WAITING,
    (State.DECLINED, Act.UNDO): State.WAITING,
}


class NotNow(DirectoryError):
    """That cannot be done with this suggestion any more."""

    status = 409


class AlreadyDecided(NotNow):
    """This suggestion has been decided meanwhile."""


def after(state: State, act: Act) -> State:
    """Where a submission stands after `act`.

    Raises:
        AlreadyDecided: it was published, declined or withdrawn before.
        NotNow: it cannot be done in this state.
    """
    try:
        return _TABLE[state, act]
    except KeyError:
        raise (NotNow if state.is_open else AlreadyDecided) from None


def possible(state: State, act: Act) -> bool:
    """Whether `act` can be done; pages ask this before they show a button."""
    return (state, act) in _TABLE
