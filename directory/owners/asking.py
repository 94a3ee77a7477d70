"""Asking whether an entry is still true: its owners, then moderators. Each mail lists several.

Everybody gets at most one such mail a week, and is asked three times about the same check. Who was
asked what is kept in one transaction with the mail: whoever kills the worker asks nobody twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from directory import mail
from directory.accounts import people
from directory.accounts.models import User
from directory.entries.freshness import ASKED_EVERY, ASKED_TIMES
from directory.moderation import charges, digest
from directory.moderation.models import Charge, Often, Upkeep
from directory.owners.models import Owner, Ownership, Question

ASK_OWNER = "still-true"
ASK_MODERATOR = "still-true-moderator"
ONE_MAIL_IN = timedelta(days=7)
OWNERS_ENTRIES_MAX = 15  # in one mail
MODERATORS_ENTRIES_MAX = 5


def owners_due(session: Session, *, at: datetime) -> list[int]:
    """Owners with something to be asked about, who had no such mail in the last week."""
    lately = exists().where(Question.owner_id == Owner.id, Question.asked_at > at - ONE_MAIL_IN)
    found = session.scalars(
        select(Owner.id)
        .where(
            Owner.quiet_since.is_(None),
            ~lately,
            _owned_and_due(at).where(Ownership.owner_id == Owner.id).exists(),
        )
        .order_by(Owner.id)
    )
    return list(found)


def moderators_due(session: Session, *, at: datetime) -> list[int]:
    """Moderators who want mails and had none about checks in the last week, if any is due."""
    if session.scalar(select(Upkeep.entry_id).where(Upkeep.desk_at <= at).limit(1)) is None:
        return []
    asked = session.execute(
        select(Question.user_id, func.max(Question.asked_at)).group_by(Question.user_id)
    )
    last = {number: asked_at for number, asked_at in asked if number is not None}
    return [
        user.id
        for user in people.moderators(session)
        if digest.often_of(session, user) is not Often.NEVER
        and (user.id not in last or last[user.id] <= at - ONE_MAIL_IN)
    ]


def ask_owner(session: Session, owner_id: int, *, at: datetime) -> int:
    """Queue one mail to that owner about all that is due, the longest first; returns how many."""
    owner = session.scalar(select(Owner).where(Owner.id == owner_id).with_for_update())
    if owner is None or owner_id not in owners_due(session, at=at):
        return 0
    rows = session.execute(
        _owned_and_due(at)
        .where(Ownership.owner_id == owner.id)
        .order_by(Upkeep.due_at, Upkeep.entry_id)
        .limit(OWNERS_ENTRIES_MAX)
    ).all()
    entries = [_ask(session, entry_id, due, at, owner=owner) for entry_id, due in rows if due]
    if entries:
        mail.queue(
            session,
            ASK_OWNER,
            to=owner.email,
            values={"owner": owner.id, "entries": entries},
            about=f"owners/{owner.id}/questions",
            at=at,
        )
    return len(entries)


def ask_moderator(session: Session, user_id: int, *, at: datetime) -> int:
    """Queue one mail to that moderator: reminders, what they look after, what nobody was asked.

    No entry is asked of two moderators at once. Returns how many are in the mail.
    """
    user = session.scalar(select(User).where(User.id == user_id).with_for_update())
    if user is None or user_id not in moderators_due(session, at=at):
        return 0
    rows: list[tuple[UUID, datetime]] = []
    for query in _for_moderator(session, user, at):
        if len(rows) < MODERATORS_ENTRIES_MAX:
            rows += [
                (entry_id, due)
                for entry_id, due in session.execute(
                    query.order_by(Upkeep.desk_at, Upkeep.entry_id).limit(MODERATORS_ENTRIES_MAX)
                )
                if due and (entry_id, due) not in rows
            ][: MODERATORS_ENTRIES_MAX - len(rows)]
    entries = [_ask(session, entry_id, due, at, user=user) for entry_id, due in rows]
    if entries:
        mail.queue(
            session,
            ASK_MODERATOR,
            to=user.email,
            values={"user": user.id, "entries": entries},
            about="checks",
            at=at,
        )
    return len(entries)


def asked_of(session: Session, entry_ids: Sequence[UUID]) -> dict[UUID, Question]:
    """For each of these entries who was asked last about the check that is due."""
    rows = session.scalars(
        select(Question)
        .join(Upkeep, and_(Upkeep.entry_id == Question.entry_id, Upkeep.due_at == Question.due_at))
        .where(Question.entry_id.in_(entry_ids))
        .order_by(Question.asked_at)
    )
    return {row.entry_id: row for row in rows}


def _owned_and_due(at: datetime) -> Select[UUID, datetime | None]:
    """Entries of confirmed owners about which they are to be asked now."""
    return (
        select(Upkeep.entry_id, Upkeep.due_at)
        .join(Ownership, Ownership.entry_id == Upkeep.entry_id)
        .outerjoin(
            Question,
            and_(Question.entry_id == Upkeep.entry_id, Question.owner_id == Ownership.owner_id),
        )
        .where(Upkeep.due_at <= at, Ownership.confirmed_at.is_not(None), _is_to_be_asked(at))
    )


def _for_moderator(
    session: Session, user: User, at: datetime
) -> list[Select[UUID, datetime | None]]:
    """What to ask a moderator, the most fitting first."""
    everybodys = charges.everybodys(session)
    mine = [one for one in everybodys if one.user_id == user.id]
    others = [one for one in everybodys if one.user_id != user.id]
    due = select(Upkeep.entry_id, Upkeep.due_at).where(Upkeep.desk_at <= at)
    reminders = due.join(
        Question, and_(Question.entry_id == Upkeep.entry_id, Question.user_id == user.id)
    ).where(Question.due_at == Upkeep.due_at, _is_to_be_asked(at))
    asked = aliased(Question)
    of_nobody = due.where(
        ~exists().where(
            asked.entry_id == Upkeep.entry_id,
            asked.user_id.is_not(None),
            asked.due_at == Upkeep.due_at,
        )
    )
    return [
        reminders,
        of_nobody.where(_within(mine)),
        of_nobody.where(~_within(others)),
    ]


def _within(some: Sequence[Charge]) -> ColumnElement[bool]:
    return charges.within(charges.subjects(some), Upkeep.place, Upkeep.areas)


def _is_to_be_asked(at: datetime) -> ColumnElement[bool]:
    """A condition: never asked about this check, or long enough ago and not three times."""
    return or_(
        Question.id.is_(None),
        Question.due_at != Upkeep.due_at,
        and_(Question.times < ASKED_TIMES, Question.asked_at <= at - ASKED_EVERY),
    )


def _ask(
    session: Session,
    entry_id: UUID,
    due: datetime,
    at: datetime,
    *,
    owner: Owner | None = None,
    user: User | None = None,
) -> str:
    """Keep that they are asked about that check; returns the entry's id for the mail."""
    whose = Question.owner_id == owner.id if owner else Question.user_id == (user and user.id)
    kept = session.scalar(select(Question).where(Question.entry_id == entry_id, whose))
    if kept is None:
        kept = Question(
            entry_id=entry_id, owner_id=owner and owner.id, user_id=user and user.id, times=0
        )
        session.add(kept)
    kept.times = kept.times + 1 if kept.due_at == due else 1
    kept.due_at, kept.asked_at = due, at
    return str(entry_id)
