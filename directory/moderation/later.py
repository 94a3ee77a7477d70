"""Publishing later: words that a moderator has passed, with the day on which they come out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.errors import DirectoryError
from directory.moderation import audit, claims, deciding
from directory.moderation.deciding import LONDON, Case, ChangedWhileReading, Seen
from directory.moderation.models import Schedule
from directory.submissions.states import Act, NotNow, State, after

MORNING = time(7)


class NotLater(DirectoryError):
    """Choose a day after today, in the next two years."""

    status = 422


def schedule(
    session: Session,
    case: Case,
    *,
    moderator: User,
    day: date | None,
    note: str = "",
    assured: bool = False,
    keep_live: Collection[str] = (),
    seen: Seen,
    at: datetime,
) -> Schedule:
    """Publish these words in the morning of `day`, unless somebody changes them before.

    Args:
        keep_live: parts that both changed, in which what is live stands.

    Raises:
        NotLater: that is no day in the next two years.
        AlreadyDecided, TakenByAnother, ChangedWhileReading
    """
    submission = case.submission
    after(State(submission.state), Act.PUBLISH)
    deciding.insist(session, case, seen, moderator, at)
    today = at.astimezone(LONDON).date()
    if day is None or not 1 <= (day - today).days <= 731:
        raise NotLater
    session.execute(delete(Schedule).where(Schedule.submission_id == submission.id))
    kept = Schedule(
        submission_id=submission.id,
        moderator_id=moderator.id,
        publish_at=datetime.combine(day, MORNING, LONDON),
        version=submission.version,
        head=case.head,
        note=note.strip(),
        assured=assured,
        keep_live=sorted(keep_live),
    )
    session.add(kept)
    claims.release(session, claims.submission(submission.id), moderator)
    audit.record(
        session, moderator, f"set for {day.isoformat()}", submission.name, why=note.strip(), at=at
    )
    return kept


def cancel(session: Session, kept: Schedule, *, moderator: User, at: datetime) -> None:
    """Let it wait for a decision again."""
    session.delete(kept)
    audit.record(session, moderator, "set for no day any more", kept.submission.name, at=at)


def of(session: Session, case: Case) -> Schedule | None:
    """When the words of `case` come out, if a day is set for them."""
    return session.get(Schedule, case.submission.id)


def all_of(session: Session) -> list[Schedule]:
    """All that comes out later, the next first."""
    return list(session.scalars(select(Schedule).order_by(Schedule.publish_at)))


def is_due(session: Session, *, at: datetime) -> bool:
    """The day of something has come."""
    return session.scalar(select(Schedule).where(Schedule.publish_at <= at).limit(1)) is not None


def publish_next(session: Session, *, at: datetime) -> bool:
    """Publish the first whose day has come; False if there is none. The caller commits.

    What changed since a moderator passed it waits for a decision again instead.
    """
    kept = session.scalars(
        select(Schedule)
        .where(Schedule.publish_at <= at)
        .order_by(Schedule.publish_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if kept is None:
        return False
    case = deciding.case_of(session, kept.submission, keep_live=kept.keep_live)
    seen = Seen(kept.version, kept.head)
    moderator, note, assured = kept.moderator, kept.note, kept.assured
    session.delete(kept)
    session.flush()
    try:
        with session.begin_nested():
            claims.free(session, claims.submission(case.submission.id))
            deciding.publish(
                session, case, moderator=moderator, note=note, assured=assured, seen=seen, at=at
            )
    except (ChangedWhileReading, NotNow):
        name = case.submission.name
        audit.record(session, moderator, "not published: it changed meanwhile", name, at=at)
    return True
