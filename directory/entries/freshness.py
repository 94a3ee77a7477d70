"""How fresh an entry is: how long a check holds, and when an entry fades that nobody checks.

The one place of that rule. Pages, search, and the questions that are mailed all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from directory.entries.documents import Approach, Document, Service
from directory.vocabulary.terms import Kind, Status, Strength

SERVICE_GOOD_FOR = timedelta(days=183)
GOOD_FOR = timedelta(days=731)
# What nobody has studied changes sooner than what was found in an evaluation.
UNBACKED_GOOD_FOR = timedelta(days=366)
BACKED = frozenset({Strength.EVALUATION, Strength.CASE_STUDY})

# Who looks after an entry is asked so often whether it is still true, so many days apart.
ASKED_TIMES = 3
ASKED_EVERY = timedelta(days=14)
# Then it is overdue: it fades, and says so. It is never deleted for that.
FADES_AFTER = ASKED_TIMES * ASKED_EVERY


class State(StrEnum):
    FRESH = "fresh"
    DUE = "due"
    OVERDUE = "overdue"
    NEVER = "never"


@dataclass(frozen=True)
class Freshness:
    """State of the check, its date, and the year the entry was last known where nobody checked."""

    state: State
    checked: date | None
    last_known: int | None


def freshness(document: Document, today: date) -> Freshness:
    """Fresh as long as the check holds, due while somebody is asked, overdue after it."""
    last_known: int | None = getattr(document, "last_known", None)
    checked = document.assured_date
    return Freshness(state_of(checked, today, good_for(document)), checked, last_known)


def state_of(checked: date | None, today: date, good_for: timedelta = GOOD_FOR) -> State:
    """The state of what was last checked then, if such a check holds for `good_for`."""
    if checked is None:
        return State.NEVER
    age = today - checked
    if age <= good_for:
        return State.FRESH
    return State.DUE if age <= good_for + FADES_AFTER else State.OVERDUE


def good_for(document: Document) -> timedelta:
    """How long a check of `document` holds."""
    evidence = document.evidence if isinstance(document, Approach) else ()
    return good_for_such(document.kind, [one.strength for one in evidence])


def good_for_such(kind: Kind | str, strengths: Iterable[Strength | str] = ()) -> timedelta:
    """How long a check holds: by kind, and by how well what an approach claims is backed."""
    if kind == Kind.SERVICE:
        return SERVICE_GOOD_FOR
    claims = set(strengths)
    return UNBACKED_GOOD_FOR if claims and not claims & BACKED else GOOD_FOR


def is_asked_about(document: Document) -> bool:
    """Whether anybody is asked if it is still true; what has ended stays as it is."""
    match document:
        case Service():
            return document.status is not Status.ENDED
        case _:
            return isinstance(document, Approach)
