"""Charges: which places and subjects each moderator looks after. All may still decide all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, contains_eager

from directory.accounts.models import User
from directory.moderation.models import Charge


class Subject(NamedTuple):
    """What a charge is about: a place (its slug) or a part of life; the other is empty."""

    place: str
    area: str


def of(session: Session, user: User) -> list[Charge]:
    """What `user` looks after."""
    return list(
        session.scalars(
            select(Charge).where(Charge.user_id == user.id).order_by(Charge.place, Charge.area)
        )
    )


def everybodys(session: Session) -> list[Charge]:
    """What all moderators look after."""
    found = session.scalars(
        select(Charge)
        .join(Charge.user)
        .options(contains_eager(Charge.user))
        .where(User.active)
        .order_by(User.name, Charge.place, Charge.area)
    )
    return list(found)


def choose(session: Session, user: User, *, places: Iterable[str], areas: Iterable[str]) -> None:
    """`user` looks after these places (slugs) and parts of life, and nothing else."""
    session.execute(delete(Charge).where(Charge.user_id == user.id))
    session.add_all(Charge(user_id=user.id, place=slug, area="") for slug in dict.fromkeys(places))
    session.add_all(Charge(user_id=user.id, place="", area=area) for area in dict.fromkeys(areas))
    session.flush()


def subjects(charges: Iterable[Charge]) -> tuple[Subject, ...]:
    """What `charges` are about, whoever has them."""
    return tuple(sorted({Subject(one.place, one.area) for one in charges}))


def names(charges: Sequence[Charge], place: str, areas: str) -> list[str]:
    """Who looks after something at `place` (a slug) about `areas` (set in spaces)."""
    found = [
        one.user.name
        for one in charges
        if (one.place and one.place == place) or (one.area and f" {one.area} " in areas)
    ]
    return list(dict.fromkeys(found))


def within(
    subjects: Iterable[Subject],
    place: InstrumentedAttribute[str],
    areas: InstrumentedAttribute[str],
) -> ColumnElement[bool]:
    """A condition: the row is about one of `subjects`."""
    wanted: list[ColumnElement[bool]] = []
    for one in subjects:
        wanted.append(place == one.place if one.place else areas.contains(f" {one.area} "))
    return or_(*wanted) if wanted else false()
