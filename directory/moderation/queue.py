"""What waits for moderators: one list of everything, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from directory.entries import catalogue
from directory.entries.catalogue import Entry, url_of
from directory.entries.models import ContentFault, EntryRow
from directory.mail.models import MailState, OutboxMail
from directory.moderation import charges, claims
from directory.moderation.claims import Held
from directory.moderation.models import Charge, Claim, Look, Schedule, Upkeep
from directory.owners.models import OwnerEdit
from directory.submissions import reports
from directory.submissions.models import Concern, Message, Report, Submission, What
from directory.submissions.states import State

PER_PAGE = 50
T = TypeVar("T", Report, OutboxMail, ContentFault, OwnerEdit)


class Sort(StrEnum):
    """What a line of the list is about; also the filters."""

    REPORT = "reports"
    ANSWER = "answered"
    SUGGESTION = "suggestions"
    CONFLICT = "conflicts"
    SPAM = "spam"
    MAIL = "mails"
    FILE = "files"
    CHECK = "checks"
    EDIT = "edits"


OF_SUBMISSIONS = (Sort.ANSWER, Sort.SUGGESTION, Sort.CONFLICT, Sort.SPAM)
# Somebody waits for a decision about these; the rest is upkeep.
DECISIONS = (Sort.REPORT, Sort.ANSWER, Sort.SUGGESTION, Sort.CONFLICT)


class Urgency:
    """What comes before what. Within one the longest wait comes first."""

    WORRYING = 0
    IN_CONVERSATION = 1  # answers to what we asked, second looks, mails that did not arrive
    WAITING = 2
    FILES = 3
    CHECKS = 4
    APART = 5  # what looks like spam: somebody should see it, but nobody is kept waiting by it


@dataclass(frozen=True)
class Line:
    """One thing to do. `thing` is its row."""

    sort: Sort
    number: str
    urgency: int
    since: datetime
    name: str
    thing: Submission | Report | OutboxMail | ContentFault | EntryRow | OwnerEdit
    url: str = ""
    held: Held | None = None
    looked_after_by: Sequence[str] = ()

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
    sort = _sort_of_submission()
    submitted = _submissions(of).with_only_columns(sort, func.count()).group_by(sort)
    counts = dict.fromkeys(Sort, 0)
    counts |= {Sort(sort): number for sort, number in session.execute(submitted)}
    legs = {sort: leg for sort, leg in _legs(at, of).items() if sort not in OF_SUBMISSIONS}
    asked = select(func.count(Submission.id)).where(Submission.state == State.CHANGES_ASKED)
    later = select(func.count(Schedule.submission_id))
    others = [leg.with_only_columns(func.count()) for leg in legs.values()]
    found = session.execute(
        select(*(one.scalar_subquery() for one in [*others, asked, later]))
    ).one()
    counts |= dict(zip(legs, found, strict=False))
    return ToDo(counts, found[-2], found[-1])


def lines(
    session: Session,
    *,
    at: datetime,
    sort: Sort | None = None,
    of: Sequence[Charge] | None = None,
    counted: ToDo | None = None,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> list[Line]:
    """A page of the list, the most urgent first.

    Args:
        sort: only this; None: all.
        of: only what these charges are about; None: everything.
        counted: how much of that waits, if it is known: what is empty is not looked for.
    """
    needed = page * per_page
    wanted = {
        one: leg
        for one, leg in _legs(at, of).items()
        if sort in (None, one) and (counted is None or counted.counts[one])
    }
    if not wanted:
        return []
    # Each leg gives at most what this page can need. Where all of it is as urgent, an index tells
    # what waits longest.
    legs = []
    for one, leg in wanted.items():
        urgency = [leg.selected_columns.urgency] if one is Sort.REPORT else []
        first = leg.order_by(*urgency, leg.selected_columns.since).limit(needed)
        legs.append(select(first.subquery()))
    whole = union_all(*legs).subquery()
    rows = session.execute(
        select(whole)
        .order_by(whole.c.urgency, whole.c.since, whole.c.sort, whole.c.number)
        .offset(needed - per_page)
        .limit(per_page)
    ).all()
    return _with_things(session, rows, at)


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
        .where(*_is_waiting())
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
        session.scalar(select(func.min(Submission.waiting_since)).where(*_is_waiting())),
        session.scalar(select(func.min(Report.created_at)).where(Report.closed_at.is_(None))),
    ]
    return min((one for one in since if one), default=None)


@dataclass(frozen=True)
class Neighbours:
    """Where a submission stands among those that need a decision, and what to read next."""

    place: int
    total: int
    following: Submission | None


def neighbours(session: Session, submission: Submission, *, at: datetime) -> Neighbours:
    """The place of `submission` (0 if it does not wait) and the next one that nobody has taken."""
    order = (Submission.waiting_since, Submission.id)
    total = session.scalar(select(func.count()).select_from(Submission).where(*_is_waiting())) or 0
    place = 0
    if submission.state == State.WAITING and submission.waiting_since is not None:
        before = (Submission.waiting_since < submission.waiting_since) | (
            (Submission.waiting_since == submission.waiting_since)
            & (Submission.id <= submission.id)
        )
        place = (
            session.scalar(
                select(func.count()).select_from(Submission).where(*_is_waiting(), before)
            )
            or 0
        )
    others = session.scalars(
        select(Submission)
        .where(*_is_waiting(), Submission.id != submission.id, _is_free(at))
        .order_by(Submission.id < submission.id, *order)
        .limit(1)
    ).first()
    return Neighbours(place, total, others)


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


def _legs(at: datetime, of: Sequence[Charge] | None) -> dict[Sort, Select[str, str, int, datetime]]:
    """The parts of the list, each a SELECT of sort, number, urgency and since."""
    is_conflict, in_talk, apart = _is_conflict(), _is_in_talk(), is_apart()

    def submissions(
        sort: Sort, urgency: int, *which: ColumnElement[bool]
    ) -> Select[*tuple[Any, ...]]:
        return (
            _submissions(of)
            .with_only_columns(
                literal(sort).label("sort"),
                cast(Submission.id, String).label("number"),
                literal(urgency).label("urgency"),
                Submission.waiting_since.label("since"),
            )
            .where(*which)
        )

    open_reports = select(
        literal(Sort.REPORT).label("sort"),
        cast(Report.id, String).label("number"),
        case((Report.concern == Concern.WORRYING, Urgency.WORRYING), else_=Urgency.WAITING).label(
            "urgency"
        ),
        Report.created_at.label("since"),
    ).where(Report.closed_at.is_(None))
    edits = select(
        literal(Sort.EDIT).label("sort"),
        cast(OwnerEdit.id, String).label("number"),
        literal(Urgency.FILES).label("urgency"),
        OwnerEdit.at.label("since"),
    ).where(OwnerEdit.seen_at.is_(None))
    due = select(
        literal(Sort.CHECK).label("sort"),
        cast(Upkeep.entry_id, String).label("number"),
        literal(Urgency.CHECKS).label("urgency"),
        Upkeep.desk_at.label("since"),
    ).where(Upkeep.desk_at <= at)
    if of is not None:
        mine = charges.within(of, Upkeep.place, Upkeep.areas)
        open_reports = open_reports.join(Upkeep, Upkeep.entry_id == Report.entry_id).where(mine)
        due = due.where(mine)
        edits = edits.join(Upkeep, Upkeep.entry_id == OwnerEdit.entry_id).where(mine)
    legs = {
        Sort.REPORT: open_reports,
        Sort.CHECK: due,
        Sort.SUGGESTION: submissions(
            Sort.SUGGESTION, Urgency.WAITING, ~is_conflict, ~in_talk, ~apart
        ),
        Sort.ANSWER: submissions(
            Sort.ANSWER, Urgency.IN_CONVERSATION, ~is_conflict, in_talk, ~apart
        ),
        Sort.CONFLICT: submissions(Sort.CONFLICT, Urgency.WAITING, is_conflict, ~apart),
        Sort.SPAM: submissions(Sort.SPAM, Urgency.APART, apart),
        Sort.EDIT: edits,
    }
    if of is None:
        legs[Sort.MAIL] = select(
            literal(Sort.MAIL).label("sort"),
            cast(OutboxMail.id, String).label("number"),
            literal(Urgency.IN_CONVERSATION).label("urgency"),
            OutboxMail.created_at.label("since"),
        ).where(OutboxMail.state == MailState.FAILED)
        legs[Sort.FILE] = select(
            literal(Sort.FILE).label("sort"),
            cast(ContentFault.id, String).label("number"),
            literal(Urgency.FILES).label("urgency"),
            ContentFault.found_at.label("since"),
        )
    return legs


def _submissions(of: Sequence[Charge] | None) -> Select[Any]:
    """Those that wait for a moderator, or for one with these charges."""
    found = select(Submission.id).where(*_has_no_day())
    if of is None:
        return found
    return found.join(Look, Look.submission_id == Submission.id).where(
        charges.within(of, Look.place, Look.areas)
    )


def _sort_of_submission() -> ColumnElement[str]:
    """Which of `OF_SUBMISSIONS` it is; the parts of the list are cut the same way."""
    return case(
        (is_apart(), literal(Sort.SPAM)),
        (_is_conflict(), literal(Sort.CONFLICT)),
        (_is_in_talk(), literal(Sort.ANSWER)),
        else_=literal(Sort.SUGGESTION),
    )


def _is_conflict() -> ColumnElement[bool]:
    return Submission.what == What.CONFLICT


def _is_in_talk() -> ColumnElement[bool]:
    """A condition: its author has answered us, or asked for a second look."""
    wrote = exists().where(Message.submission_id == Submission.id, Message.from_author)
    return Submission.appealed_at.is_not(None) | wrote


def is_apart() -> ColumnElement[bool]:
    """A condition: the submission looks like spam, and nobody has said that it is none."""
    look = aliased(Look)
    return exists().where(look.submission_id == Submission.id, look.is_apart)


def _is_waiting() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the submission needs a decision now, and does not look like spam."""
    return (*_has_no_day(), ~is_apart())


def _has_no_day() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the submission waits, and for a moderator."""
    has_a_day = exists().where(Schedule.submission_id == Submission.id)
    return (Submission.state == State.WAITING, ~has_a_day)


def _is_free(at: datetime) -> ColumnElement[bool]:
    """A condition: nobody works on the submission."""
    name = literal("submissions/") + cast(Submission.id, String)
    return ~exists().where(Claim.subject == name, Claim.until > at)


def _with_things(session: Session, rows: Sequence[Row[Any]], at: datetime) -> list[Line]:
    """The rows of the list with what they are about, each table read once."""
    keys = [(Sort(row.sort), row.number, row.urgency, row.since) for row in rows]
    numbers = {sort: [number for one, number, *_rest in keys if one is sort] for sort in Sort}
    about = {
        str(one.id): one
        for one in session.scalars(
            select(Submission).where(
                Submission.id.in_([int(n) for sort in OF_SUBMISSIONS for n in numbers[sort]])
            )
        )
    }
    told = {str(one.id): one for one in _by_number(session, Report, numbers[Sort.REPORT])}
    mails = {str(one.id): one for one in _by_number(session, OutboxMail, numbers[Sort.MAIL])}
    faults = {str(one.id): one for one in _by_number(session, ContentFault, numbers[Sort.FILE])}
    edits = {str(one.id): one for one in _by_number(session, OwnerEdit, numbers[Sort.EDIT])}
    ids = {UUID(number) for number in numbers[Sort.CHECK]}
    ids |= {one.entry_id for rows in (told, edits) for one in rows.values()}
    entries = _names(session, ids)
    facets = {
        row.entry_id: row for row in session.scalars(select(Upkeep).where(Upkeep.entry_id.in_(ids)))
    }
    looks = {
        str(row.submission_id): row
        for row in session.scalars(
            select(Look).where(Look.submission_id.in_([one.id for one in about.values()]))
        )
    }
    everybodys = charges.everybodys(session)
    subjects = [claims.submission(one.id) for one in about.values()]
    subjects += [claims.report(one.id) for one in told.values()]
    held = claims.holders(session, subjects, at=at)

    def after(row: Look | Upkeep | None) -> list[str]:
        return charges.names(everybodys, row.place, row.areas) if row else []

    def line(sort: Sort, number: str, urgency: int, since: datetime) -> Line:
        if sort in OF_SUBMISSIONS:
            one = about[number]
            return Line(
                sort, number, urgency, since, one.name, one,
                held=held.get(claims.submission(one.id)), looked_after_by=after(looks.get(number)),
            )  # fmt: skip
        if sort is Sort.REPORT:
            kept = told[number]
            return Line(
                sort, number, urgency, since, entries[kept.entry_id].name, kept,
                held=held.get(claims.report(kept.id)),
                looked_after_by=after(facets.get(kept.entry_id)),
            )  # fmt: skip
        if sort is Sort.EDIT:
            row = entries[edits[number].entry_id]
            return Line(
                sort, number, urgency, since, row.name, edits[number],
                looked_after_by=after(facets.get(row.id)),
            )  # fmt: skip
        if sort is Sort.MAIL:
            return Line(sort, number, urgency, since, mails[number].letter, mails[number])
        if sort is Sort.FILE:
            return Line(sort, number, urgency, since, faults[number].path, faults[number])
        row = entries[UUID(number)]
        return Line(
            sort, number, urgency, since, row.name, row, url=url_of(row.kind, row.slug),
            looked_after_by=after(facets.get(row.id)),
        )  # fmt: skip

    return [line(*key) for key in keys]


def _by_number(session: Session, table: type[T], numbers: Sequence[str]) -> list[T]:
    if not numbers:
        return []
    return list(session.scalars(select(table).where(table.id.in_([int(one) for one in numbers]))))


def _names(session: Session, ids: set[UUID]) -> dict[UUID, EntryRow]:
    if not ids:
        return {}
    rows = session.scalars(select(EntryRow).where(EntryRow.id.in_(ids)))
    return {row.id: row for row in rows}
