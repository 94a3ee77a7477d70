"""What waits for moderators: one list of everything, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Row, String, cast, exists, func, literal, select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import User
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow
from directory.moderation import charges, claims, deciding
from directory.moderation.claims import Held
from directory.moderation.models import Charge, Claim, Upkeep
from directory.moderation.sorts import (
    DECISIONS,
    NOBODYS,
    OF_SUBMISSIONS,
    Beside,
    Scope,
    Sort,
    Urgency,
    counting,
    finding,
    is_waiting,
)
from directory.moderation.things import About, Thing, about
from directory.submissions import reports
from directory.submissions.models import Report, Submission, What
from directory.submissions.states import State

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One thing to do."""

    sort: Sort
    number: str
    urgency: int
    since: datetime
    name: str
    thing: Thing
    held: Held | None = None
    looked_after_by: tuple[str, ...] = ()

    @property
    def is_worrying(self) -> bool:
        return self.urgency == Urgency.WORRYING


@dataclass(frozen=True)
class ToDo:
    """How much waits, by sort."""

    counts: dict[Sort, int] = field(default_factory=dict)
    answers_awaited: int = 0
    set_for_later: int = 0

    @property
    def waiting(self) -> int:
        """How many things need a decision."""
        return sum(self.counts[one] for one in DECISIONS)

    @property
    def overdue(self) -> int:
        return self.counts[Sort.CHECK]

    @property
    def all(self) -> int:
        return sum(self.counts.values())


def to_do(session: Session, *, at: datetime, of: Sequence[Charge] | None = None) -> ToDo:
    """How much waits.

    Args:
        of: only what these charges are about; None: everything.
    """
    found = session.execute(counting(_scope(of)), {"at": at}).mappings().one()
    counts = {sort: found.get(sort, 0) for sort in Sort}
    counts[Sort.SUGGESTION] = found[Beside.SUBMISSIONS] - sum(counts[one] for one in OF_SUBMISSIONS)
    return ToDo(counts, found[Beside.ASKED], found[Beside.LATER])


def lines(
    session: Session,
    *,
    at: datetime,
    sort: Sort | None = None,
    of: Sequence[Charge] | None = None,
    counted: ToDo | None = None,
    everybodys: Sequence[Charge] | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> list[Line]:
    """A page of the list, the most urgent first.

    Args:
        sort: only this; None: all.
        of: only what these charges are about; None: everything.
        counted: how much of that waits, if it is known: what is empty is not looked for.
        everybodys: what all moderators look after, if it is known.
    """
    wanted = frozenset(
        one
        for one in ([sort] if sort else Sort)
        if (counted is None or counted.counts[one]) and (of is None or one not in NOBODYS)
    )
    if not wanted:
        return []
    rows = session.execute(
        finding(_scope(of), wanted),
        {"at": at, "needed": page * per_page, "skipped": (page - 1) * per_page, "most": per_page},
    ).all()
    things = about(session, [(Sort(row.sort), row.number) for row in rows])
    held = claims.all_held(session, at=at)
    if everybodys is None:
        everybodys = charges.everybodys(session)

    def line(row: Row[str, str, int, datetime], one: About) -> Line:
        return Line(
            sort=Sort(row.sort),
            number=row.number,
            urgency=row.urgency,
            since=row.since,
            name=one.name,
            thing=one.thing,
            held=held.get(one.claim),
            looked_after_by=tuple(charges.names(everybodys, one.place, one.areas)),
        )

    found = [(row, things.get((Sort(row.sort), row.number))) for row in rows]
    return [line(row, one) for row, one in found if one]  # what has just been erased is left out


def _scope(of: Sequence[Charge] | None) -> Scope:
    return None if of is None else charges.subjects(of)


def due(session: Session, *, at: datetime, page: int = 1, per_page: int = PER_PAGE) -> list[Entry]:
    """Entries that are due a check: those that were due first."""
    ids = session.scalars(
        select(Upkeep.entry_id)
        .where(Upkeep.desk_at <= at)
        .order_by(Upkeep.desk_at, Upkeep.entry_id)
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return catalogue.by_ids(session, list(ids))


def with_owners(
    session: Session, *, at: datetime, limit: int = PER_PAGE
) -> list[tuple[EntryRow, datetime]]:
    """Entries that are due and whose owners are asked first, with when moderators are to look."""
    rows = session.execute(
        select(EntryRow, Upkeep.desk_at)
        .join(Upkeep, Upkeep.entry_id == EntryRow.id)
        .where(Upkeep.due_at <= at, Upkeep.desk_at > at)
        .order_by(Upkeep.desk_at, Upkeep.entry_id)
        .limit(limit)
    )
    return [(row, desk_at) for row, desk_at in rows if desk_at]


def waiting(session: Session) -> tuple[Submission, ...]:
    """Submissions that need a decision, the longest wait first; conflicts of files last."""
    found = session.scalars(
        select(Submission)
        .where(*is_waiting())
        .order_by(Submission.what == What.CONFLICT, Submission.waiting_since, Submission.id)
    )
    return tuple(found)


def asked(session: Session) -> tuple[Submission, ...]:
    """Submissions whose authors were asked for changes and have not answered."""
    return tuple(
        session.scalars(
            select(Submission)
            .where(Submission.state == State.CHANGES_ASKED)
            .order_by(Submission.changed_at)
        )
    )


def oldest(session: Session) -> datetime | None:
    """Since when the first of all that needs a decision waits."""
    since = [
        session.scalar(select(func.min(Submission.waiting_since)).where(*is_waiting())),
        session.scalar(select(func.min(Report.created_at)).where(Report.closed_at.is_(None))),
    ]
    return min((one for one in since if one), default=None)


@dataclass(frozen=True)
class Neighbours:
    """Where a submission stands among those that need a decision, and what to read next."""

    place: int
    total: int
    following: Submission | None


def neighbours(
    session: Session, submission: Submission, *, reader: User, at: datetime
) -> Neighbours:
    """The place of `submission` (0 if it does not wait) and the next one that nobody has taken and
    that `reader` may decide."""
    total = session.scalar(select(func.count()).select_from(Submission).where(*is_waiting())) or 0
    place = 0
    if submission.state == State.WAITING and submission.waiting_since is not None:
        before = (Submission.waiting_since < submission.waiting_since) | (
            (Submission.waiting_since == submission.waiting_since)
            & (Submission.id <= submission.id)
        )
        place = (
            session.scalar(
                select(func.count()).select_from(Submission).where(*is_waiting(), before)
            )
            or 0
        )
    theirs = [Submission.id != submission.id, _is_free(at)]
    if people.several_moderate(session):
        theirs.append(deciding.declined_by().is_distinct_from(reader.id))
    following = session.scalars(
        select(Submission)
        .where(*is_waiting(), *theirs)
        .order_by(Submission.id < submission.id, Submission.waiting_since, Submission.id)
        .limit(1)
    ).first()
    return Neighbours(place, total, following)


@dataclass(frozen=True)
class ReportLine:
    """A report with the entry it is about."""

    report: Report
    name: str


def report_lines(session: Session) -> tuple[ReportLine, ...]:
    """Open reports, the worrying ones first."""
    found = reports.open_reports(session)
    names = _names(session, {one.entry_id for one in found})
    return tuple(ReportLine(one, names[one.entry_id].name) for one in found)


def _is_free(at: datetime) -> ColumnElement[bool]:
    """A condition: nobody works on the submission."""
    name = literal("submissions/") + cast(Submission.id, String)
    return ~exists().where(Claim.subject == name, Claim.until > at)


def _names(session: Session, ids: set[UUID]) -> dict[UUID, EntryRow]:
    if not ids:
        return {}
    rows = session.scalars(select(EntryRow).where(EntryRow.id.in_(ids)))
    return {row.id: row for row in rows}
