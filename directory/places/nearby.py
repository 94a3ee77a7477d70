"""Which places with an entry lie near another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from directory.entries.catalogue import Entry
from directory.entries.documents import Place
from directory.places.distance import miles

SHOWN = 6
WITHIN_MILES = 60.0


@dataclass(frozen=True)
class Neighbour:
    """A place and how far away its middle is."""

    entry: Entry
    miles: float


def neighbours(
    place: Entry, places: Iterable[Entry], *, limit: int = SHOWN
) -> tuple[Neighbour, ...]:
    """The nearest other places, at most `limit`, none further than a day out."""
    here = cast(Place, place.document)
    found = []
    for entry in places:
        there = cast(Place, entry.document)
        distance = miles(here.lat, here.lon, there.lat, there.lon)
        if entry.id != place.id and distance <= WITHIN_MILES:
            found.append(Neighbour(entry, distance))
    return tuple(sorted(found, key=lambda one: one.miles)[:limit])
