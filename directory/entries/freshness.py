"""How fresh an entry is: from when someone last checked that it is still true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from directory.entries.documents import Document

FRESH_FOR = timedelta(days=365)
DUE_FOR = timedelta(days=730)


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
    """Fresh for a year after a check, due in the second year, overdue after it."""
    last_known: int | None = getattr(document, "last_known", None)
    checked = document.assured_date
    return Freshness(state_of(checked, today), checked, last_known)


def state_of(checked: date | None, today: date) -> State:
    if checked is None:
        return State.NEVER
    age = today - checked
    if age <= FRESH_FOR:
        return State.FRESH
    return State.DUE if age <= DUE_FOR else State.OVERDUE
