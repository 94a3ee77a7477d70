"""Which places with a page lie near another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from directory.places.areas import Area
from directory.places.distance import miles

SHOWN = 6
WITHIN_MILES = 60.0
# A degree of latitude is never shorter than this; what lies further off needs no exact sum.
_MILES_A_DEGREE = 68.0


@dataclass(frozen=True)
class Neighbour:
    """A place and how far away its middle is."""

    area: Area
    miles: float


def neighbours(place: Area, areas: Iterable[Area], *, limit: int = SHOWN) -> tuple[Neighbour, ...]:
    """The nearest other places, at most `limit`, none further than a day out."""
    found = []
    for one in areas:
        if one.slug == place.slug or abs(one.lat - place.lat) * _MILES_A_DEGREE > WITHIN_MILES:
            continue
        distance = miles(place.lat, place.lon, one.lat, one.lon)
        if distance <= WITHIN_MILES:
            found.append(Neighbour(one, distance))
    return tuple(sorted(found, key=lambda one: one.miles)[:limit])
