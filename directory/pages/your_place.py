"""From a place that a reader typed to the page of a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from directory.entries.catalogue import Entry
from directory.entries.documents import Place
from directory.places.distance import miles
from directory.places.gazetteer import Gazetteer, Spot
from directory.places.names import key


@dataclass(frozen=True)
class YourPlace:
    """What we make of the words.

    Attributes:
        entry: the page of that place, if it has one.
        choices: places of the same name, for the reader to choose from.
        nearest: where the place has no page, the closest that has, with its distance in miles.
    """

    typed: str
    entry: Entry | None = None
    choices: tuple[Spot, ...] = ()
    nearest: tuple[Entry, float] | None = None


def your_place(typed: str, places: Sequence[Entry], gazetteer: Gazetteer | None) -> YourPlace:
    """The place that `typed` means: by the name of its page, then by the map."""
    named = key(typed)
    for entry in places:
        if named and named in (key(entry.document.name), key(entry.slug)):
            return YourPlace(typed, entry)
    found = gazetteer.find(typed) if gazetteer else None
    if found is None:
        return YourPlace(typed)
    if found.spot is None:
        return YourPlace(typed, choices=tuple(found.others))
    return _at(typed, found.spot, places)


def _at(typed: str, spot: Spot, places: Sequence[Entry]) -> YourPlace:
    councils = spot.councils or {spot.council}
    for entry in places:
        code = _place(entry).gss_code
        if code and code in councils:
            return YourPlace(typed, entry)
    by_distance = sorted((_distance(spot, entry), number) for number, entry in enumerate(places))
    if not by_distance:
        return YourPlace(typed)
    distance, number = by_distance[0]
    return YourPlace(typed, nearest=(places[number], distance))


def _distance(spot: Spot, entry: Entry) -> float:
    return miles(spot.lat, spot.lon, _place(entry).lat, _place(entry).lon)


def _place(entry: Entry) -> Place:
    return cast(Place, entry.document)
