"""What waits for moderators: one list, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry, url_of
from directory.entries.freshness import DUE_FOR
from directory.entries.models import ContentFault, EntryRow, EntryState, Revision
from directory.mail import outbox
from directory.mail.models import OutboxMail
from directory.submissions import reports
from directory.submissions.models import Concern, Report, Submission, What
from directory.submissions.states import State
from directory.vocabulary.terms import Kind

SHOWN_OVERDUE = 50


@dataclass(frozen=True)
class ReportLine:
    """A report with the entry it is about."""

    report: Report
    name: str
    url: str

    @property
    def is_worrying(self) -> bool:
        return self.report.concern == Concern.WORRYING


@dataclass(frozen=True)
class ToDo:
    """All that waits."""

    reports: tuple[ReportLine, ...]
    submissions: tuple[Submission, ...]
    answers_awaited: tuple[Submission, ...]
    faults: tuple[ContentFault, ...]
    failed_mails: tuple[OutboxMail, ...]
    overdue: int

    @property
    def waiting(self) -> int:
        """How many things need a decision."""
        return len(self.reports) + len(self.submissions)

    @property
    def oldest(self) -> datetime | None:
        """Since when the first of them waits."""
        since = [line.report.created_at for line in self.reports]
        since += [one.waiting_since for one in self.submissions if one.waiting_since]
        return min(since, default=None)

    @property
    def nothing(self) -> bool:
        return not (self.waiting or self.faults or self.failed_mails)


def to_do(session: Session, *, today: date) -> ToDo:
    """All that waits, submissions by how long they have waited."""
    return ToDo(
        reports=report_lines(session),
        submissions=waiting(session),
        answers_awaited=tuple(
            session.scalars(
                select(Submission)
                .where(Submission.state == State.CHANGES_ASKED)
                .order_by(Submission.changed_at)
            )
        ),
        faults=tuple(
            session.scalars(select(ContentFault).order_by(ContentFault.path, ContentFault.line))
        ),
        failed_mails=tuple(outbox.failed(session)),
        overdue=count_overdue(session, today=today),
    )


def waiting(session: Session) -> tuple[Submission, ...]:
    """Submissions that need a decision, the longest wait first; conflicts of files last."""
    found = session.scalars(
        select(Submission)
        .where(Submission.state == State.WAITING)
        .order_by(Submission.what == What.CONFLICT, Submission.waiting_since, Submission.id)
    )
    return tuple(found)


def report_lines(session: Session) -> tuple[ReportLine, ...]:
    """Open reports, the worrying ones first."""
    found = reports.open_reports(session)
    rows = session.scalars(select(EntryRow).where(EntryRow.id.in_({one.entry_id for one in found})))
    entries = {row.id: row for row in rows}
    return tuple(
        ReportLine(
            one,
            entries[one.entry_id].name,
            url_of(entries[one.entry_id].kind, entries[one.entry_id].slug),
        )
        for one in found
    )


def neighbours(session: Session, submission: Submission) -> tuple[int, int, Submission | None]:
    """Its place among those that wait, how many wait, and the next one; 0 if it does not wait."""
    all_waiting = waiting(session)
    places = [index for index, one in enumerate(all_waiting) if one.id == submission.id]
    if not places:
        return 0, len(all_waiting), all_waiting[0] if all_waiting else None
    following = all_waiting[places[0] + 1 :] or all_waiting[: places[0]]
    return places[0] + 1, len(all_waiting), following[0] if following else None


def count_overdue(session: Session, *, today: date) -> int:
    """How many live approaches and services nobody has checked for long, or ever."""
    return session.scalar(select(func.count()).select_from(_overdue(today).subquery())) or 0


def overdue(session: Session, *, today: date, limit: int = SHOWN_OVERDUE) -> list[Entry]:
    """The entries to check next: those never checked, then the longest ago."""
    checked = Revision.data["assured_date"].as_string()
    ids = session.scalars(
        _overdue(today).order_by(checked.is_not(None), checked, EntryRow.updated_at).limit(limit)
    )
    return catalogue.by_ids(session, list(ids))


def _overdue(today: date) -> Select[UUID]:
    checked = Revision.data["assured_date"].as_string()
    last_good = (today - DUE_FOR).isoformat()
    return (
        select(EntryRow.id)
        .join(
            Revision, (Revision.entry_id == EntryRow.id) & (Revision.number == EntryRow.head_number)
        )
        .where(
            EntryRow.state == EntryState.LIVE,
            EntryRow.kind.in_([Kind.APPROACH, Kind.SERVICE]),
            or_(checked.is_(None), checked < last_good),
        )
    )
