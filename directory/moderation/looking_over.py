"""Looking over what waits, before any moderator does: what it is about. The worker calls it."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from directory.moderation import upkeep
from directory.moderation.models import Look
from directory.submissions.models import Submission
from directory.submissions.proposing import document_of
from directory.submissions.states import State

BATCH = 50


def is_due(session: Session) -> bool:
    """Something waits that was not looked over in its present words."""
    return session.scalar(_new().limit(1)) is not None


def look_over(session: Session) -> None:
    """Look over some of what waits. The caller commits."""
    for submission in session.scalars(_new().limit(BATCH)).all():
        document = document_of(submission)
        session.merge(
            Look(
                submission_id=submission.id,
                version=submission.version,
                place=upkeep.place_of(document),
                areas=upkeep.spaced(upkeep.areas_of(session, document)),
            )
        )
    session.flush()


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
