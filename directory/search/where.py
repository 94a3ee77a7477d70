"""Where an entry is: its point on the map and its council, as far as they can be known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from directory.entries.documents import Document, Place, Service
from directory.places.gazetteer import Gazetteer, Spot

NOWHERE = math.nan
LARGEST_AREA = 60  # councils; London has 33
_SIDES = frozenset(
    {"north", "south", "east", "west", "central", "inner", "outer", "greater", "mid", "parts"}
)


@dataclass(frozen=True)
class Whereabouts:
    """A point in degrees (NaN where it is not known), and councils by GSS code."""

    lat: float = NOWHERE
    lon: float = NOWHERE
    councils: tuple[str, ...] = ()


def find(document: Document, gazetteer: Gazetteer | None) -> Whereabouts:
    """Where `document` says that it is. A service with a place is where that place is, and says
    nothing here: the two are joined when they are read."""
    match document:
        case Place():
            return Whereabouts(document.lat, document.lon, _one(document.gss_code))
        case Service() if document.location:
            lat, lon = document.location.lat, document.location.lon
            council = gazetteer.council_at(lat, lon) if gazetteer else None
            return Whereabouts(lat, lon, _one(council))
        case Service() if gazetteer and not document.place:
            return _of_areas(document.service_area, gazetteer)
    return Whereabouts()


def _of_areas(names: Sequence[str], gazetteer: Gazetteer) -> Whereabouts:
    """The point of the first area that we know by name, and the councils of all of them."""
    spots = [spot for name in names if (spot := _spot(name, gazetteer))]
    if not spots:
        return Whereabouts()
    councils = [code for spot in spots for code in (spot.councils or _one(spot.council))]
    return Whereabouts(spots[0].lat, spots[0].lon, tuple(dict.fromkeys(councils)))


def _spot(name: str, gazetteer: Gazetteer) -> Spot | None:
    found = gazetteer.named(name)
    words = name.split()
    while found is None and len(words) > 1 and words[0].casefold() in _SIDES:
        words = words[1:]
        found = gazetteer.named(" ".join(words))
    spot = found.spot if found else None
    # "England" is no point on the map.
    return None if spot and len(spot.councils) > LARGEST_AREA else spot


def _one(code: str | None) -> tuple[str, ...]:
    return (code,) if code else ()
