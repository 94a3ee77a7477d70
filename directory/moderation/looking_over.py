"""Looking over what waits, before any moderator does. The worker calls it.

It notes what a submission is about, whether it looks like spam, and which web addresses to ask.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from directory.moderation import answering, cases, setting_aside, suspicion, upkeep
from directory.moderation.cases import Case
from directory.moderation.models import Decision, Look
from directory.submissions.models import Submission
from directory.submissions.spam import Verdict
from directory.submissions.states import State

BATCH = 50


def is_due(session: Session) -> bool:
    """Something waits that was not looked over in its present words."""
    return session.scalar(_new().limit(1)) is not None


def look_over(session: Session, *, at: datetime) -> None:
    """Look over some of what waits. The caller commits."""
    for submission in session.scalars(_new().limit(BATCH)).all():
        case = cases.case_of(session, submission)
        verdict = suspicion.verdict(session, case)
        apart = is_apart(session, case, verdict)
        session.merge(
            Look(
                submission_id=submission.id,
                version=submission.version,
                place=upkeep.place_of(case.proposed),
                areas=upkeep.spaced(upkeep.areas_of(session, case.proposed)),
                score=verdict.score,
                is_apart=apart,
                words=suspicion.digest(suspicion.new_words(case)[0]),
            )
        )
        if not apart:
            answering.want(session, case, at=at)
        session.flush()


def is_apart(session: Session, case: Case, verdict: Verdict) -> bool:
    """Whether it waits apart: it looks like spam, and no moderator has said anything about it."""
    if not verdict.is_held:
        return False
    key = (setting_aside.SPAM, setting_aside.finding(suspicion.told(verdict)))
    decided = select(exists().where(Decision.submission_id == case.submission.id))
    return key not in setting_aside.of(session, case.submission) and not session.scalar(decided)


def _new() -> Select[Submission]:
    return (
        select(Submission)
        .outerjoin(Look, Look.submission_id == Submission.id)
        .where(
            Submission.state == State.WAITING,
            or_(Look.version.is_(None), Look.version != Submission.version),
        )
        .order_by(Submission.id)
    )
