"""Closing what readers report, and opening it again. Each function adds to the caller's
transaction; the caller commits.

Of two who press at the same moment one wins: a single conditional UPDATE decides. The reader's mail
waits as long as closing can be undone. As long their address is kept, and the answer for whoever
undid it, so that they need not write it again.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.db import rows_changed
from directory.entries.catalogue import url_of
from directory.entries.models import EntryRow, EntryState
from directory.mail import outbox
from directory.mail.models import OutboxMail
from directory.moderation import audit, claims
from directory.moderation.claims import TakenByAnother
from directory.moderation.deciding import UNDO_FOR, CannotUndo, TooLateToUndo
from directory.owners import granting, owning
from directory.submissions import letters
from directory.submissions.models import Concern, Report
from directory.submissions.states import NotNow

CLOSED = "closed a report"  # in the log
# Longer than it can be undone: an undo that is under way finds the address.
FORGET_AFTER = 2 * UNDO_FOR


class AlreadyClosed(NotNow):
    """Another moderator has dealt with this report meanwhile."""


class ClosedTooLongAgo(TooLateToUndo):
    """This was closed more than 30 seconds ago, so it stays closed."""


class ClosedAgain(CannotUndo):
    """It was opened, and has been closed again since. What was decided last stands."""


@dataclass(frozen=True)
class Closed:
    """A report that is dealt with. `name` is that of its entry.

    `is_told`, `is_granted`: a mail goes that tells the reader what became of it, or one that makes
    the entry theirs. Known until it is too late to undo that.
    """

    report: Report
    name: str
    is_told: bool
    is_granted: bool
    can_undo: bool


def close(
    session: Session,
    report: Report,
    *,
    moderator: User,
    answer: str = "",
    grants: bool = False,
    silent: bool = False,
    at: datetime,
) -> None:
    """Say that a report is dealt with, and tell the reader if they left an address.

    Args:
        answer: for the reader; may be empty: the mail then only says what became of the report.
        grants: the moderator is sure that the entry is theirs, as they say.
        silent: nobody is told: the report is spam, or the address is somebody else's. Whoever is
            given the entry is told all the same.

    Raises:
        AlreadyClosed: another moderator was quicker.
        TakenByAnother: somebody else works on it now.
        TooManyOwners: of the entry that would be granted.
    """
    entry = session.get_one(EntryRow, report.entry_id)
    claims.take(session, claims.report(report.id), moderator, at=at)
    won = rows_changed(
        session,
        update(Report)
        .where(Report.id == report.id, Report.closed_at.is_(None))
        .values(
            closed_at=at,
            closed_by=moderator.name,
            answer=answer.strip(),
            version=Report.version + 1,
        )
        .execution_options(synchronize_session=False),
    )
    session.refresh(report)
    if not won:
        raise AlreadyClosed
    is_granted = grants and report.concern == Concern.MINE and bool(report.email)
    if is_granted:
        granting.grant(session, entry, report.email, moderator=moderator, at=at)
    url = url_of(entry.kind, entry.slug)
    # Whoever is made an owner, or is one, learns it by another mail.
    is_owner = report.concern == Concern.MINE and owning.holds(session, report.email, entry.id)
    if report.email and (is_granted or not silent) and (report.answer or not is_owner):
        outbox.queue(
            session,
            letters.REPORT_ANSWERED,
            to=report.email,
            values={
                "name": entry.name,
                "url": url if entry.state == EntryState.LIVE else "",
                "note": report.answer,
                "is_theirs": report.concern == Concern.MINE,
            },
            about=_about(report),
            at=at + UNDO_FOR,
        )
    audit.record(session, moderator, CLOSED, entry.name, url=url, why=report.answer, at=at)
    claims.release(session, claims.report(report.id), moderator)


def undo(session: Session, report: Report, *, version: int, moderator: User, at: datetime) -> None:
    """Open a report again, as it was before it was closed. A second press changes nothing.

    No mail goes; what was granted with it is taken back. The answer stays with the report.

    Args:
        version: of the report when it was closed: what others closed since stays closed.

    Raises:
        ClosedTooLongAgo, ClosedAgain, MailHasGone
        TheirsAlready: what was granted with it cannot be taken back.
    """
    closed_at, granted = report.closed_at, _grant_of(session, report)  # what it is about to forget
    won = rows_changed(
        session,
        update(Report)
        .where(Report.id == report.id, Report.version == version, Report.closed_at >= at - UNDO_FOR)
        .values(closed_at=None, closed_by="", version=Report.version + 1)
        .execution_options(synchronize_session=False),
    )
    session.refresh(report)
    if not won:
        if report.closed_at is None:
            return
        raise ClosedTooLongAgo if report.version == version else ClosedAgain
    assert closed_at is not None
    answered = _answer_to(session, report, closed_at)
    if answered is not None:
        outbox.withdraw(session, answered, at=at)
    if granted is not None:
        granting.undo_grant(session, granted, moderator=moderator, at=at)
    with suppress(TakenByAnother):  # who has its page open goes on with it
        claims.take(session, claims.report(report.id), moderator, at=at)
    entry = session.get_one(EntryRow, report.entry_id)
    url = url_of(entry.kind, entry.slug)
    audit.record(session, moderator, "undid: " + CLOSED, entry.name, url=url, at=at)


def can_undo(report: Report, *, at: datetime) -> bool:
    """Whether pressing Undo would do something: for 30 seconds, before the reader is told."""
    return report.closed_at is not None and at <= report.closed_at + UNDO_FOR


def closed(session: Session, report: Report, *, at: datetime) -> Closed | None:
    """How a report is closed; None if it is open."""
    if report.closed_at is None:
        return None
    return Closed(
        report,
        name=session.get_one(EntryRow, report.entry_id).name,
        is_told=_answer_to(session, report, report.closed_at) is not None,
        is_granted=_grant_of(session, report) is not None,
        can_undo=can_undo(report, at=at),
    )


def forget_addresses(session: Session, *, at: datetime) -> None:
    """Delete addresses of readers whose reports are dealt with: they have served their purpose."""
    session.execute(
        update(Report)
        .where(*_outlived(at))
        .values(email="")
        .execution_options(synchronize_session=False)
    )


def has_addresses_to_forget(session: Session, *, at: datetime) -> bool:
    """Whether there is one."""
    return session.scalar(select(Report.id).where(*_outlived(at)).limit(1)) is not None


def _answer_to(session: Session, report: Report, closed_at: datetime) -> OutboxMail | None:
    """The mail that tells the reader that it was closed then, whatever became of that mail."""
    return outbox.queued(
        session, letters.REPORT_ANSWERED, about=_about(report), at=closed_at + UNDO_FOR
    )


def _grant_of(session: Session, report: Report) -> OutboxMail | None:
    """The mail that grants the entry to the reader, if closing the report did that."""
    if report.concern != Concern.MINE or report.closed_at is None:
        return None
    return granting.grant_to(session, report.email, at=report.closed_at)


def _outlived(at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: there is an address, and nobody can undo the closing any more."""
    return (Report.email != "", Report.closed_at < at - FORGET_AFTER)


def _about(report: Report) -> str:
    """What mails about a report are about."""
    return f"reports/{report.id}"
