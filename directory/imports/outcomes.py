"""What became of the rows of a list that were sent: in numbers, row by row, and as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, selectinload

from directory.clock import day_of
from directory.entries.catalogue import url_of
from directory.entries.documents import CLASSES
from directory.entries.models import EntryRow, EntryState
from directory.imports import standing
from directory.imports.columns import ENTRY, ENTRY_TITLE
from directory.imports.models import Import, ImportRow, State
from directory.imports.standing import PER_PAGE, REMEDIES
from directory.submissions import conversation
from directory.submissions.models import Submission
from directory.submissions.states import Act, possible
from directory.submissions.states import State as SubmissionState
from directory.vocabulary.terms import Kind

# The columns that we add to a list that is taken away, beside one for the address of each entry.
BECAME, WHY, DECIDED = "What became of it", "Why, or what is asked", "Decided on"
ADDED = (BECAME, WHY, DECIDED)


class Became(StrEnum):
    """What became of a row that was sent, in the order in which pages tell it."""

    ASKED = "changes-asked"
    WAITING = "waiting"
    PUBLISHED = "published"
    LIVE = "live"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Page:
    """The entry that a row became or changed, as it is now.

    `name`: of what it was joined with. `reason`: why it is offline, as its address says too.
    """

    state: EntryState
    url: str
    name: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of one row.

    `why`: what moderators said, paragraph by paragraph: the reasons, what is asked, or a question.
    `can_act`: its private page still has something to do.
    """

    row: ImportRow
    became: Became
    on: datetime | None = None
    why: tuple[str, ...] = ()
    page: Page | None = None
    appealed_at: datetime | None = None
    may_appeal: bool = False
    can_act: bool = False


# Of a row that was taken back words and all are deleted a day later, of one that was declined when
# its time is up: of what is gone nobody can tell which it was.
_became = case(
    (ImportRow.revision.is_not(None), Became.LIVE.value),
    (Submission.id.is_(None), Became.WITHDRAWN.value),
    (Submission.state == SubmissionState.UNCONFIRMED, Became.WAITING.value),
    else_=Submission.state,
)


def counts(session: Session, one: Import) -> dict[Became, int]:
    """How many rows became what; those that are none are left out."""
    rows = session.execute(_sent(one).with_only_columns(_became, func.count()).group_by(_became))
    found = {Became(became): number for became, number in rows}
    return {became: found[became] for became in Became if became in found}


def open_among(numbers: Mapping[Became, int]) -> int:
    """How many of these rows moderators have not decided yet."""
    return numbers.get(Became.WAITING, 0) + numbers.get(Became.ASKED, 0)


def page_of(
    session: Session, one: Import, became: Became | None, *, page: int = 1
) -> tuple[list[Outcome], int]:
    """A page of what became of the rows that were sent, or of those of them, and how many."""
    chosen = _sent(one) if became is None else _sent(one).where(_became == became.value)
    total = session.scalar(chosen.with_only_columns(func.count())) or 0
    rows = chosen.order_by(ImportRow.number).offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return _outcomes(session, rows), total


def of_row(session: Session, one: Import, number: int) -> Submission | None:
    """The submission that a row became; None if it became none, or that is deleted."""
    return session.scalar(
        select(Submission)
        .join(ImportRow, ImportRow.submission_id == Submission.id)
        .where(ImportRow.import_id == one.id, ImportRow.number == number)
    )


def as_list(
    session: Session,
    one: Import,
    became: Became | None,
    *,
    sent_words: Callable[[Outcome], str],
    unsent_words: Callable[[ImportRow], str],
    public_url: str,
) -> tuple[list[str], list[list[str]]]:
    """Their list with what became of each row, or of the rows that became this.

    Where no column of theirs holds our address, one is added for it.

    Args:
        sent_words, unsent_words: what became of a row that was sent, or why it was not.
    """
    own = without_added(one.columns)
    address = next((int(number) for number, key in one.mapping.items() if key == ENTRY), len(own))
    titles = [*own, *([ENTRY_TITLE] if address == len(own) else []), *ADDED]
    sent = {
        outcome.row.number: outcome
        for outcome in _outcomes(
            session, _sent(one).where(_became == became.value) if became else _sent(one)
        )
    }
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.state != State.GONE)
        .order_by(ImportRow.number)
    )
    found = []
    for row in rows:
        outcome = sent.get(row.number)
        if outcome is None and (became is not None or row.taken_at is not None):
            continue
        cells = [*row.cells, *[""] * len(titles)][: len(titles) - len(ADDED)]
        if address == len(own):
            cells[address] = ""
        if outcome is None:
            found.append([*cells, unsent_words(row), standing.remedy(one, row), ""])
            continue
        if outcome.page:
            cells[address] = public_url + outcome.page.url
        day = _decided(outcome)
        words = "\n\n".join(outcome.why)
        found.append([*cells, sent_words(outcome), words, day.isoformat() if day else ""])
    return titles, found


def without_added(titles: Sequence[str]) -> list[str]:
    """Columns of a list without those that we added when it was taken away."""
    own = list(titles)
    while own and own[-1] in (*ADDED, REMEDIES):
        own.pop()
    return own


def _sent(one: Import) -> Select[ImportRow, Submission]:
    return (
        select(ImportRow, Submission)
        .outerjoin(Submission, Submission.id == ImportRow.submission_id)
        .where(ImportRow.import_id == one.id, ImportRow.taken_at.is_not(None))
    )


def _outcomes(session: Session, chosen: Select[ImportRow, Submission]) -> list[Outcome]:
    rows = session.execute(chosen.options(selectinload(Submission.messages))).all()
    pages = _pages(session, [row.entry_id for row, _submission in rows if row.entry_id])
    return [
        _outcome(row, submission, pages.get(row.entry_id) if row.entry_id else None)
        for row, submission in rows
    ]


def _outcome(row: ImportRow, submission: Submission | None, page: Page | None) -> Outcome:
    if submission is None:
        if row.revision is None:
            return Outcome(row, Became.WITHDRAWN)
        return Outcome(row, Became.LIVE, row.taken_at, page=page)
    state = SubmissionState(submission.state)
    became = Became.WAITING if state is SubmissionState.UNCONFIRMED else Became(state)
    return Outcome(
        row,
        became,
        submission.decided_at or submission.waiting_since,
        _why(submission),
        page if became is Became.PUBLISHED else None,
        submission.appealed_at,
        conversation.may_appeal(submission),
        possible(state, Act.WITHDRAW),
    )


def _why(submission: Submission) -> tuple[str, ...]:
    """What moderators said that its editors should read now."""
    if wanted := conversation.asked(submission):
        fields = CLASSES[Kind(submission.kind)].model_fields
        return tuple(
            f"{fields[name].title}: {words}" if name in fields else words
            for name, words in wanted.items()
        )
    if reason := conversation.reason_told(submission):
        return tuple(part for part in reason.split("\n\n") if part.strip())
    last = submission.messages[-1] if submission.messages else None
    if submission.state == SubmissionState.WAITING and last and not last.from_author:
        return (last.words,)
    return ()


def _pages(session: Session, ids: Sequence[UUID]) -> dict[UUID, Page]:
    """Where the readers of these entries come to now: what was joined with another leads there."""
    entries = {row.id: row for row in session.scalars(select(EntryRow).where(EntryRow.id.in_(ids)))}
    into = [row.merged_into for row in entries.values() if row.merged_into]
    goals = {row.id: row for row in session.scalars(select(EntryRow).where(EntryRow.id.in_(into)))}
    found = {}
    for id_, row in entries.items():
        goal = goals.get(row.merged_into) if row.merged_into else None
        shown = goal or row
        found[id_] = Page(
            EntryState(row.state),
            url_of(shown.kind, shown.slug),
            goal.name if goal else "",
            row.reason or "",
        )
    return found


def _decided(outcome: Outcome) -> date | None:
    is_open = outcome.became in (Became.WAITING, Became.ASKED)
    return None if is_open or outcome.on is None else day_of(outcome.on)
