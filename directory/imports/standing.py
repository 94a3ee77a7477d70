"""How an import stands before it is sent: in numbers, row by row, and as a list to put right.

What became of the rows that were sent: outcomes.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from directory.imports import columns
from directory.imports.models import Choice, Import, ImportRow, State
from directory.vocabulary.terms import Kind

PER_PAGE = 50
REMEDIES = "What to put right"  # the column that we add to their list

# Rows that become something when the list is taken in.
READY = or_(
    ImportRow.state.in_([State.NEW, State.CHANGE, State.GONE])
    & ImportRow.choice.in_([Choice.NONE, Choice.NEW, Choice.CHANGE]),
    (ImportRow.state == State.QUESTION) & ImportRow.choice.in_([Choice.NEW, Choice.CHANGE]),
)
OPEN_QUESTION = (ImportRow.state == State.QUESTION) & (ImportRow.choice == Choice.NONE)
UNTAKEN = ImportRow.taken_at.is_(None)


@dataclass(frozen=True)
class Progress:
    """How many rows there are, and how many are done. `states`: of those that were not taken."""

    states: Mapping[State, int]
    ready: int
    questions: int
    left: int
    taken: int
    prepared: int

    @property
    def total(self) -> int:
        return sum(self.states.values()) + self.taken

    @property
    def checked(self) -> int:
        return self.total - self.states.get(State.UNREAD, 0)

    def of(self, state: str) -> int:
        return self.states.get(State(state), 0)


def first_rows(session: Session, one: Import, most: int) -> list[ImportRow]:
    """What stands at the top of the list, to judge the columns by."""
    return list(
        session.scalars(
            select(ImportRow)
            .where(ImportRow.import_id == one.id, ImportRow.state != State.GONE)
            .order_by(ImportRow.number)
            .limit(most)
        )
    )


def progress(session: Session, one: Import) -> Progress:
    """How far it is, in numbers."""

    def count(which: ColumnElement[bool]) -> int:
        return (
            session.scalar(
                select(func.count())
                .select_from(ImportRow)
                .where(ImportRow.import_id == one.id, which)
            )
            or 0
        )

    states = session.execute(
        select(ImportRow.state, func.count())
        .where(ImportRow.import_id == one.id, UNTAKEN)
        .group_by(ImportRow.state)
    )
    return Progress(
        states={State(state): number for state, number in states},
        ready=count(READY & UNTAKEN),
        questions=count(OPEN_QUESTION & UNTAKEN),
        left=count((ImportRow.choice == Choice.LEAVE) & UNTAKEN),
        taken=count(ImportRow.taken_at.is_not(None)),
        prepared=count(READY & UNTAKEN & (ImportRow.text != "")),
    )


def rows_of(
    session: Session, one: Import, shown: str, *, page: int = 1
) -> tuple[list[ImportRow], int]:
    """A page of the rows in a state ("open": questions without an answer), and how many."""
    which: ColumnElement[bool] = ImportRow.import_id == one.id
    if shown == "open":
        which &= OPEN_QUESTION & UNTAKEN
    else:
        which &= (ImportRow.state == shown) & UNTAKEN
    total = session.scalar(select(func.count()).select_from(ImportRow).where(which)) or 0
    rows = session.scalars(
        select(ImportRow)
        .where(which)
        .order_by(ImportRow.number)
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return list(rows), total


def to_correct(session: Session, one: Import) -> tuple[list[str], list[list[str]]]:
    """Their list with a column of remedies, without the rows that are done."""
    skip = one.columns.index(REMEDIES) if REMEDIES in one.columns else None
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, UNTAKEN, ImportRow.state != State.GONE)
        .order_by(ImportRow.number)
    )
    titles = [name for number, name in enumerate(one.columns) if number != skip]
    found = []
    for row in rows:
        cells = [*row.cells, *[""] * (len(one.columns) - len(row.cells))]
        found.append(
            [cell for number, cell in enumerate(cells) if number != skip] + [remedy(one, row)]
        )
    return [*titles, REMEDIES], found


def remedy(one: Import, row: ImportRow) -> str:
    """What is to be done about a row, in words; "" if nothing."""
    if row.state == State.BAD:
        return " ".join(told(one, key, words) for key, words in row.problems)
    if row.state == State.QUESTION and row.choice == Choice.NONE:
        like = ", ".join(candidate["name"] for candidate in row.candidates)
        return f"It may be here already: {like}."
    return ""


def told(one: Import, key: str, words: str) -> str:
    """A problem with the name of the column that it is in, theirs first."""
    number = next((number for number, ours in one.mapping.items() if ours == key), None)
    if number is not None and int(number) < len(one.columns):
        return f"{one.columns[int(number)]}: {words}"
    ours = columns.column(Kind(one.kind), key)
    return f"{ours.title}: {words}" if ours else words
