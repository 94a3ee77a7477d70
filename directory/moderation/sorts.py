"""The sorts of things that wait, and the statements that find them.

Moderators look at the list all day, so each statement is made once a process and kept; what differs
from look to look is given to it by name.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from directory.entries.models import ContentFault
from directory.mail.models import MailState, OutboxMail
from directory.moderation import charges
from directory.moderation.charges import Subject
from directory.moderation.models import Look, Schedule, Upkeep
from directory.owners.models import OwnerEdit
from directory.submissions.models import Concern, Message, Report, Submission, What
from directory.submissions.states import State

Scope = tuple[Subject, ...] | None  # what some charges are about; None: everything


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
# These are about no place and no subject.
NOBODYS = (Sort.MAIL, Sort.FILE)


class Beside(StrEnum):
    """What is counted beside the sorts."""

    SUBMISSIONS = "submissions"  # all of `OF_SUBMISSIONS`
    ASKED = "asked"  # what waits for its author
    LATER = "later"  # what waits for its day


class Urgency:
    """What comes before what. Within one the longest wait comes first."""

    WORRYING = 0
    IN_CONVERSATION = 1  # answers to what we asked, second looks, mails that did not arrive
    WAITING = 2
    FILES = 3
    CHECKS = 4
    APART = 5  # what looks like spam: somebody should see it, but nobody is kept waiting by it


@lru_cache(maxsize=64)
def counting(of: Scope) -> Select[*tuple[int, ...]]:
    """A row with how many there are of each sort but suggestions, and of all in `Beside`, by name.
    Needs `at`.

    What waits is gone through once. Suggestions are what is left of it.
    """
    cuts = {sort: which for sort, which in _cuts().items() if sort is not Sort.SUGGESTION}
    submitted = (
        _submissions(of)
        .with_only_columns(
            func.count().label(Beside.SUBMISSIONS),
            *(func.count().filter(which).label(sort) for sort, which in cuts.items()),
        )
        .subquery()
    )
    others: dict[str, Select[Any]] = {
        sort: leg for sort, leg in _legs(of).items() if sort not in OF_SUBMISSIONS
    }
    others[Beside.ASKED] = select(Submission.id).where(Submission.state == State.CHANGES_ASKED)
    others[Beside.LATER] = select(Schedule.submission_id)
    return select(
        *submitted.c,
        *(
            # A part without a condition would lose its table, and count 1.
            leg.with_only_columns(func.count(), maintain_column_froms=True)
            .scalar_subquery()
            .label(name)
            for name, leg in others.items()
        ),
    )


@lru_cache(maxsize=256)
def finding(of: Scope, sorts: frozenset[Sort]) -> Select[str, str, int, datetime]:
    """A page of the list: sort, number, urgency, since. Needs `at`, `needed`, `skipped` and `most`.

    Each part gives at most what the page can need. Where all of it is as urgent, an index tells
    what waits longest.
    """
    parts = []
    for sort, leg in _legs(of).items():
        if sort in sorts:
            urgency = [leg.selected_columns.urgency] if sort is Sort.REPORT else []
            first = leg.order_by(*urgency, leg.selected_columns.since).limit(bindparam("needed"))
            parts.append(select(first.subquery()))
    whole = union_all(*parts).subquery()
    return (
        select(whole)
        .order_by(whole.c.urgency, whole.c.since, whole.c.sort, whole.c.number)
        .offset(bindparam("skipped"))
        .limit(bindparam("most"))
    )


def _legs(of: Scope) -> dict[Sort, Select[*tuple[Any, ...]]]:
    """The parts of the list, each a SELECT of sort, number, urgency and since. Need `at`."""
    open_reports = select(
        literal(str(Sort.REPORT)).label("sort"),
        cast(Report.id, String).label("number"),
        case((Report.concern == Concern.WORRYING, Urgency.WORRYING), else_=Urgency.WAITING).label(
            "urgency"
        ),
        Report.created_at.label("since"),
    ).where(Report.closed_at.is_(None))
    edits = select(
        literal(str(Sort.EDIT)).label("sort"),
        cast(OwnerEdit.id, String).label("number"),
        literal(Urgency.FILES).label("urgency"),
        OwnerEdit.at.label("since"),
    ).where(OwnerEdit.seen_at.is_(None))
    due = select(
        literal(str(Sort.CHECK)).label("sort"),
        cast(Upkeep.entry_id, String).label("number"),
        literal(Urgency.CHECKS).label("urgency"),
        Upkeep.desk_at.label("since"),
    ).where(Upkeep.desk_at <= bindparam("at"))
    if of is not None:
        mine = charges.within(of, Upkeep.place, Upkeep.areas)
        open_reports = open_reports.join(Upkeep, Upkeep.entry_id == Report.entry_id).where(mine)
        due = due.where(mine)
        edits = edits.join(Upkeep, Upkeep.entry_id == OwnerEdit.entry_id).where(mine)
    legs: dict[Sort, Select[*tuple[Any, ...]]] = {
        Sort.REPORT: open_reports,
        Sort.CHECK: due,
        Sort.EDIT: edits,
    }
    for sort, which in _cuts().items():
        legs[sort] = (
            _submissions(of)
            .with_only_columns(
                literal(str(sort)).label("sort"),
                cast(Submission.id, String).label("number"),
                literal(_URGENCY_OF[sort]).label("urgency"),
                Submission.waiting_since.label("since"),
            )
            .where(which)
        )
    if of is None:
        legs[Sort.MAIL] = select(
            literal(str(Sort.MAIL)).label("sort"),
            cast(OutboxMail.id, String).label("number"),
            literal(Urgency.IN_CONVERSATION).label("urgency"),
            OutboxMail.created_at.label("since"),
        ).where(OutboxMail.state == MailState.FAILED)
        legs[Sort.FILE] = select(
            literal(str(Sort.FILE)).label("sort"),
            cast(ContentFault.id, String).label("number"),
            literal(Urgency.FILES).label("urgency"),
            ContentFault.found_at.label("since"),
        )
    return legs


def _cuts() -> dict[Sort, ColumnElement[bool]]:
    """Which submissions are of which of `OF_SUBMISSIONS`: each of exactly one."""
    is_conflict, in_talk, apart = Submission.what == What.CONFLICT, _is_in_talk(), _is_apart()
    return {
        Sort.SUGGESTION: and_(~is_conflict, ~in_talk, ~apart),
        Sort.ANSWER: and_(~is_conflict, in_talk, ~apart),
        Sort.CONFLICT: and_(is_conflict, ~apart),
        Sort.SPAM: apart,
    }


_URGENCY_OF = {
    Sort.SUGGESTION: Urgency.WAITING,
    Sort.ANSWER: Urgency.IN_CONVERSATION,
    Sort.CONFLICT: Urgency.WAITING,
    Sort.SPAM: Urgency.APART,
}


def _submissions(of: Scope) -> Select[Any]:
    """Those that wait for a moderator, or for one with these charges."""
    found = select(Submission.id).where(*_has_no_day())
    if of is None:
        return found
    return found.join(Look, Look.submission_id == Submission.id).where(
        charges.within(of, Look.place, Look.areas)
    )


def is_waiting() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the submission needs a decision now, and does not look like spam."""
    return (*_has_no_day(), ~_is_apart())


def _is_in_talk() -> ColumnElement[bool]:
    """A condition: its author has answered us, or asked for a second look."""
    wrote = exists().where(Message.submission_id == Submission.id, Message.from_author)
    return Submission.appealed_at.is_not(None) | wrote


# Few submissions look like spam or have a day. To look these up once is cheaper than to ask each
# of the others.


def _is_apart() -> ColumnElement[bool]:
    """A condition: the submission looks like spam, and nobody has said that it is none."""
    look = aliased(Look)
    return Submission.id.in_(select(look.submission_id).where(look.is_apart))


def _has_no_day() -> tuple[ColumnElement[bool], ...]:
    """Conditions: the submission waits, and for a moderator."""
    return (
        Submission.state == State.WAITING,
        Submission.id.not_in(select(Schedule.submission_id)),
    )
