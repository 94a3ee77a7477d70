"""Publishing later: words that a moderator has passed, with the day on which they come out."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.clock import LONDON, day_of
from directory.entries.models import EntryRow, EntryState
from directory.errors import DirectoryError
from directory.moderation import audit, claims, deciding
from directory.moderation.cases import Case, Seen, case_of
from directory.moderation.deciding import ChangedWhileReading
from directory.moderation.models import Schedule
from directory.submissions import stories
from directory.submissions.models import Message, Submission
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
    with_organization: bool = False,
    keep_live: Collection[str] = (),
    seen: Seen,
    at: datetime,
) -> Schedule:
    """Publish these words in the morning of `day`, unless somebody changes them before, or their
    author writes to us.

    Args:
        with_organization: make an entry for the organisation that its author only named, too.
        keep_live: parts that both changed, in which what is live stands.

    Raises:
        NotLater: that is no day in the next two years.
        AlreadyDecided, TakenByAnother, ChangedWhileReading, NoConsent
    """
    submission = case.submission
    after(State(submission.state), Act.PUBLISH)
    deciding.insist(session, case, seen, moderator, at)
    stories.insist_on_consent(session, submission)
    today = day_of(at)
    if day is None or not 1 <= (day - today).days <= 731:
        raise NotLater
    session.execute(delete(Schedule).where(Schedule.submission_id == submission.id))
    kept = Schedule(
        submission_id=submission.id,
        moderator_id=moderator.id,
        publish_at=datetime.combine(day, MORNING, LONDON),
        version=submission.version,
        head=case.head,
        heard=_written_by_author(submission),
        note=note.strip(),
        assured=assured,
        with_organization=with_organization,
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


def has_changed(session: Session) -> bool:
    """Something that comes out later is not any more what a moderator passed, or its author has
    written since."""
    return session.scalar(_changed().limit(1)) is not None


def let_wait_again(session: Session, *, at: datetime) -> None:
    """Let what changed since a moderator passed it, or whose author wrote, wait for a decision at
    once, not on its day."""
    for kept in session.scalars(_changed().with_for_update(skip_locked=True, of=Schedule)).all():
        if kept.submission.state == State.WAITING:
            did = f"waits again: {_what_happened(kept)} before its day"
            audit.record(session, kept.moderator, did, kept.submission.name, at=at)
        session.delete(kept)


def _changed() -> Select[Schedule]:
    head = sql_case((EntryRow.state == EntryState.LIVE, EntryRow.head_number), else_=0)
    written = (
        select(func.count())
        .where(Message.submission_id == Schedule.submission_id, Message.from_author)
        .scalar_subquery()
    )
    return (
        select(Schedule)
        .join(Submission, Submission.id == Schedule.submission_id)
        .outerjoin(EntryRow, EntryRow.id == Submission.entry_id)
        .where(
            or_(
                Submission.version != Schedule.version,
                head != Schedule.head,
                written != Schedule.heard,
            )
        )
        .order_by(Schedule.submission_id)
    )


def _written_by_author(submission: Submission) -> int:
    return sum(one.from_author for one in submission.messages)


def _what_happened(kept: Schedule) -> str:
    return "its author wrote" if _is_unheard(kept) else "it changed"


def _is_unheard(kept: Schedule) -> bool:
    """Its author has written since a moderator passed it."""
    return _written_by_author(kept.submission) != kept.heard


def publish_next(session: Session, *, at: datetime) -> bool:
    """Publish the first whose day has come; False if there is none. The caller commits.

    What changed since a moderator passed it, or whose author wrote, waits for a decision again
    instead.
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
    case = case_of(session, kept.submission, keep_live=kept.keep_live)
    seen = Seen(kept.version, kept.head)
    moderator, note, assured = kept.moderator, kept.note, kept.assured
    organization = case.named_organization if kept.with_organization else ""
    is_unheard, happened = _is_unheard(kept), _what_happened(kept)
    session.delete(kept)
    session.flush()
    try:
        if is_unheard:
            raise ChangedWhileReading
        with session.begin_nested():
            claims.free(session, claims.submission(case.submission.id))
            deciding.publish(
                session,
                case,
                moderator=moderator,
                note=note,
                assured=assured,
                organization=organization,
                seen=seen,
                at=at,
            )
    except stories.NoConsent:
        name = case.submission.name
        audit.record(session, moderator, "not published: no consent is recorded", name, at=at)
    except (ChangedWhileReading, NotNow):
        name = case.submission.name
        audit.record(session, moderator, f"not published: {happened} meanwhile", name, at=at)
    return True
