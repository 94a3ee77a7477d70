"""How moderation goes, in figures that anyone may read: waiting times, what was decided and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.moderation import queue
from directory.moderation.models import Decision, Outcome, Reason, decision_reasons
from directory.submissions.models import Submission

PERIOD = timedelta(days=365)
FEWEST = 5  # from fewer, a median tells about persons


@dataclass(frozen=True)
class Waits:
    """How long a first answer took: half of all at most `median`, nine of ten at most `ninety`."""

    median: timedelta
    ninety: timedelta
    count: int


@dataclass(frozen=True)
class Figures:
    """What happened in the last year. `waits` is None where too little was decided to tell.

    `reasons` are titles with how often each was given. `spam` is not among `declined`.
    """

    waits: Waits | None
    published: int
    declined: int
    changes_asked: int
    spam: int
    reasons: tuple[tuple[str, int], ...]
    in_own_words: int
    second_looks: int
    waiting: int
    moderators: int
    admins: int


def figures(session: Session, *, at: datetime) -> Figures:
    """The figures of the year before `at`."""
    since = at - PERIOD
    counts = {
        (outcome, is_spam): number
        for outcome, is_spam, number in session.execute(
            select(Decision.outcome, Decision.is_spam, func.count())
            .where(*_standing(since))
            .group_by(Decision.outcome, Decision.is_spam)
        )
    }
    declined = counts.get((Outcome.DECLINED, False), 0)
    with_reason = session.scalar(
        select(func.count(Decision.id.distinct()))
        .join(decision_reasons)
        .where(*_standing(since), Decision.outcome == Outcome.DECLINED)
    )
    moderators = people.moderators(session)
    return Figures(
        waits=waits(session, at=at),
        published=counts.get((Outcome.PUBLISHED, False), 0),
        declined=declined,
        changes_asked=counts.get((Outcome.CHANGES_ASKED, False), 0),
        spam=counts.get((Outcome.DECLINED, True), 0),
        reasons=_reasons(session, since),
        in_own_words=declined - (with_reason or 0),
        second_looks=session.scalar(
            select(func.count()).select_from(Submission).where(Submission.appealed_at > since)
        )
        or 0,
        waiting=queue.to_do(session, at=at).waiting,
        moderators=len(moderators),
        admins=sum(one.has_role("admin") for one in moderators),
    )


def waits(session: Session, *, at: datetime) -> Waits | None:
    """How long people have waited for an answer in the last year; None if too few have.

    Spam does not count: nobody waits for the answer.
    """
    rows = session.execute(
        select(Decision.decided_at, Submission.waiting_since)
        .join(Submission)
        .where(
            *_standing(at - PERIOD),
            ~Decision.is_spam,
            Submission.author_email != "",
            Submission.waiting_since <= Decision.decided_at,
        )
    )
    took = sorted(decided - since for decided, since in rows if since)
    if len(took) < FEWEST:
        return None
    return Waits(_at_most(took, 0.5), _at_most(took, 0.9), len(took))


def _at_most(took: list[timedelta], share: float) -> timedelta:
    """The time within which that share of them was answered."""
    return took[ceil(share * len(took)) - 1]


def _reasons(session: Session, since: datetime) -> tuple[tuple[str, int], ...]:
    number = func.count()
    rows = session.execute(
        select(Reason.title, number)
        .join(decision_reasons, decision_reasons.c.reason_id == Reason.id)
        .join(Decision, Decision.id == decision_reasons.c.decision_id)
        .where(*_standing(since))
        .group_by(Reason.title)
        .order_by(number.desc(), Reason.title)
    )
    return tuple((title, count) for title, count in rows)


def _standing(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: decided since then, and not undone."""
    return (Decision.decided_at > since, Decision.undone_at.is_(None))
