"""How many people would like what where: a few for moderators, five or more for everybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.wishes.models import Wish

# A smaller number could tell in a village who it was.
SHOWN_FROM = 5


@dataclass(frozen=True)
class Wished:
    """What is wished for in a place, by the first half of the postcodes it came from."""

    approach_id: UUID
    place: str
    total: int
    districts: Mapping[str, int]


@dataclass(frozen=True)
class Shown:
    """How many would like an approach in a place: five or more."""

    approach_id: UUID
    place: str
    total: int


def shown(session: Session) -> list[Shown]:
    """Every count that may be told, highest first."""
    rows = session.execute(
        select(Wish.approach_id, Wish.place, func.count())
        .where(Wish.confirmed_at.is_not(None))
        .group_by(Wish.approach_id, Wish.place)
        .having(func.count() >= SHOWN_FROM)
    )
    found = [Shown(*row) for row in rows]
    return sorted(found, key=lambda one: (-one.total, one.place, str(one.approach_id)))


def public_counts(session: Session, places: Sequence[str]) -> dict[str, dict[UUID, int]]:
    """How many would like each approach, by place; only where they are five or more."""
    rows = session.execute(
        select(Wish.place, Wish.approach_id, func.count())
        .where(Wish.place.in_(places), Wish.confirmed_at.is_not(None))
        .group_by(Wish.place, Wish.approach_id)
        .having(func.count() >= SHOWN_FROM)
    )
    found: dict[str, dict[UUID, int]] = {place: {} for place in places}
    for place, approach_id, number in rows:
        found[place][approach_id] = number
    return found


def all_wishes(session: Session) -> list[Wished]:
    """Everything that is wished for, most wished first; for moderators."""
    rows = session.execute(
        select(Wish.approach_id, Wish.place, Wish.district, func.count())
        .where(Wish.confirmed_at.is_not(None))
        .group_by(Wish.approach_id, Wish.place, Wish.district)
    )
    districts: dict[tuple[UUID, str], dict[str, int]] = {}
    for approach_id, place, district, number in rows:
        districts.setdefault((approach_id, place), {})[district] = number
    found = [
        Wished(approach_id, place, sum(counts.values()), dict(sorted(counts.items())))
        for (approach_id, place), counts in districts.items()
    ]
    return sorted(found, key=lambda one: (-one.total, one.place, str(one.approach_id)))
