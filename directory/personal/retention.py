"""How long personal data is kept. Each rule deletes what has served its purpose.

Never touched: published words and their history, the audit log, and what takes a published story
back (its submission, address and links stay as long as the story is on the site).

Periods are settings (docs/operating.md); what has a fixed period is deleted by the part it belongs
to: drafts, unconfirmed suggestions, mails that were sent, links.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, UpdateBase, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from directory.config import Config
from directory.db import rows_changed
from directory.entries.models import EntryRow, EntryState
from directory.submissions import proposing
from directory.submissions.models import (
    Message,
    Report,
    StoryConsent,
    Submission,
    SubmissionLink,
)
from directory.submissions.states import State
from directory.vocabulary.terms import Kind
from directory.wishes.models import Wish, WishLink


@dataclass(frozen=True)
class Rule:
    """What goes, after how many days, and the function that does it; it returns how many went."""

    what: str
    days: Callable[[Config], int]
    forget: Callable[[Session, datetime], int]


@dataclass(frozen=True)
class Gone:
    """What one rule deleted."""

    what: str
    days: int
    number: int


def keep_periods(session: Session, config: Config, *, at: datetime) -> list[Gone]:
    """Apply every rule. The caller commits, or rolls back to only see what would go."""
    return [
        Gone(rule.what, rule.days(config), rule.forget(session, at - _days(rule.days(config))))
        for rule in RULES
    ]


def senders(session: Session, before: datetime) -> int:
    """Who sent what was decided before then, and the letters both ways; the links go with it."""
    numbers = list(
        session.scalars(
            select(Submission.id).where(
                Submission.state.in_([State.PUBLISHED, State.DECLINED]),
                Submission.decided_at < before,
                or_(
                    Submission.author_email != "",
                    Submission.author_name != "",
                    Submission.why != "",
                ),
                ~_can_be_taken_back(),
            )
        )
    )
    forget_senders(session, numbers)
    return len(numbers)


def forget_senders(session: Session, numbers: list[int], *, with_links: bool = True) -> None:
    """Blank who sent these submissions; delete their messages and, if wanted, private links."""
    session.execute(delete(Message).where(Message.submission_id.in_(numbers)))
    if with_links:
        session.execute(delete(SubmissionLink).where(SubmissionLink.submission_id.in_(numbers)))
    session.execute(
        update(Submission)
        .where(Submission.id.in_(numbers))
        .values(author_email="", author_name="", author_role="", why="", asides={})
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def declined(session: Session, before: datetime) -> int:
    """What was declined before then, with the decision."""
    return _count(
        session,
        delete(Submission).where(
            Submission.state == State.DECLINED, Submission.decided_at < before
        ),
    )


def unanswered(session: Session, before: datetime) -> int:
    """What waits for an answer of its author since before then: it counts as withdrawn."""
    found = session.scalars(
        select(Submission).where(
            Submission.state == State.CHANGES_ASKED, Submission.changed_at < before
        )
    ).all()
    for submission in found:
        proposing.withdraw(submission, at=before)
    session.flush()
    return len(found)


def consents(session: Session, before: datetime) -> int:
    """Who agreed to stories that were not published; that somebody agreed, and when, stays."""
    is_live = exists().where(
        EntryRow.id == StoryConsent.entry_id, EntryRow.state == EntryState.LIVE
    )
    waits = exists().where(
        Submission.entry_id == StoryConsent.entry_id,
        Submission.state.in_([State.UNCONFIRMED, State.WAITING, State.CHANGES_ASKED]),
    )
    return _count(
        session,
        update(StoryConsent)
        .where(StoryConsent.contact != "", StoryConsent.agreed_at < before, ~is_live, ~waits)
        .values(who="", contact=""),
    )


def reports(session: Session, before: datetime) -> int:
    """What readers reported, once it is dealt with."""
    return _count(
        session,
        update(Report)
        .where(Report.closed_at < before, or_(Report.words != "", Report.answer != ""))
        .values(words="", answer="", email=""),
    )


def wishes(session: Session, before: datetime) -> int:
    """Wishes that were made before then."""
    old = select(Wish.id).where(Wish.created_at < before)
    session.execute(delete(WishLink).where(WishLink.wish_id.in_(old)))
    return _count(session, delete(Wish).where(Wish.created_at < before))


RULES = (
    Rule("suggestions whose author never answered", lambda c: c.keep_senders_days, unanswered),
    Rule("declined suggestions", lambda c: c.keep_declined_days, declined),
    Rule("senders of decided suggestions", lambda c: c.keep_senders_days, senders),
    Rule("who agreed to unpublished stories", lambda c: c.keep_senders_days, consents),
    Rule("words of reports", lambda c: c.keep_reports_days, reports),
    Rule("wishes", lambda c: c.keep_wishes_days, wishes),
)


def _can_be_taken_back() -> ColumnElement[bool]:
    """A condition: it is a story on the site, which its teller may end at any time."""
    is_live = exists().where(EntryRow.id == Submission.entry_id, EntryRow.state == EntryState.LIVE)
    return (Submission.kind == Kind.STORY) & (Submission.state == State.PUBLISHED) & is_live


def _count(session: Session, statement: UpdateBase) -> int:
    changed = rows_changed(session, statement.execution_options(synchronize_session=False))
    session.expire_all()
    return changed


def _days(number: int) -> timedelta:
    return timedelta(days=number)
