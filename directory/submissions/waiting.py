"""How long it takes until somebody decides, from what was decided lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.submissions.models import Submission
from directory.submissions.states import State

LATELY = timedelta(days=180)
LOOKED_AT = 100
FEWEST = 5  # fewer say nothing


@dataclass(frozen=True)
class Wait:
    """How long others waited: half of them at most `half`, nine of ten at most `most`, in days."""

    count: int
    half: int
    most: int


def usual_wait(session: Session, *, at: datetime) -> Wait | None:
    """How long those waited that were decided last; None: too few to say."""
    rows = session.execute(
        select(Submission.waiting_since, Submission.decided_at)
        .where(
            Submission.state.in_([State.PUBLISHED, State.DECLINED]),
            Submission.decided_at > at - LATELY,
            Submission.waiting_since.is_not(None),
            Submission.author_email != "",
        )
        .order_by(Submission.decided_at.desc())
        .limit(LOOKED_AT)
    )
    waits: list[timedelta] = sorted(decided - since for since, decided in rows if since and decided)
    if len(waits) < FEWEST:
        return None
    return Wait(len(waits), _days(_within(waits, 0.5)), _days(_within(waits, 0.9)))


def before(session: Session, submission: Submission) -> int:
    """How many have waited longer."""
    if submission.state != State.WAITING:
        return 0
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.state == State.WAITING,
                Submission.waiting_since < submission.waiting_since,
            )
        )
        or 0
    )


def _within(waits: list[timedelta], part: float) -> timedelta:
    """The shortest wait that this part of all had at most; `waits` are in order."""
    return waits[ceil(part * len(waits)) - 1]


def _days(wait: timedelta) -> int:
    """Whole days, rounded up: nobody is promised too little."""
    return max(1, -(-wait // timedelta(days=1)))
