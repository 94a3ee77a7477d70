"""Where a service happens, from what was typed: a town, a council area or a postcode.

How exact a place is kept is for whoever writes: the name of a town is kept as a name; of a postcode
its sector is kept, which some thousand homes share, and never a house.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians

from directory.entries.documents import Location
from directory.places import postcodes
from directory.places.distance import miles
from directory.places.gazetteer import Found, Gazetteer, Spot

CHOICES = 6
REACHES = (0.03, 0.1, 0.3)  # degrees of latitude around a point, the narrowest first
SAME_TOWN_MILES = 1.0
DECIMALS = 3  # of a degree: some hundred metres, as exact as the middle of a sector can be


@dataclass(frozen=True)
class Whereabouts:
    """What was understood.

    Attributes:
        name: of the place, told from its namesakes: "Todmorden, Calderdale"; "" if it could be
            several.
        area: the council area, where it is known.
        point: the middle of a postcode's sector; None for a name.
        choices: what else it could be, in words that are understood.
    """

    typed: str
    name: str
    area: str
    point: Location | None
    choices: tuple[str, ...]


def understand(places: Gazetteer | None, typed: str) -> Whereabouts | None:
    """What `typed` means; None if it is no place that we know."""
    typed = " ".join(typed.split())
    found = places.find(typed) if places and typed else None
    if places is None or found is None:
        return None
    spot = found.spot
    return Whereabouts(
        typed=typed,
        name=spot.full_name if spot else "",
        area=(places.council_name(spot.council) or spot.nation) if spot else "",
        point=_point(spot) if spot and spot.kind == "postcode" else None,
        choices=tuple(dict.fromkeys(_others(places, found)))[:CHOICES],
    )


def nearest_town(places: Gazetteer | None, lat: float, lon: float) -> str:
    """The town nearest to a point, in words that mean it alone; "" far from any."""
    if places is None:
        return ""
    for reach in REACHES:
        wide = reach / cos(radians(lat))
        towns = places.towns_in(lon - wide, lat - reach, lon + wide, lat + reach)
        for name, *at in sorted(towns, key=lambda one: miles(lat, lon, one[1], one[2])):
            if words := _told_apart(places, name, *at):
                return words
    return ""


def _told_apart(places: Gazetteer, name: str, lat: float, lon: float) -> str:
    """The full name of the town of that name at that point; "" if no words mean it alone."""
    found = places.find(name)
    for spot in [found.spot, *found.others] if found else ():
        if spot and miles(lat, lon, spot.lat, spot.lon) <= SAME_TOWN_MILES:
            again = places.find(spot.full_name)
            if again and again.spot and again.spot.full_name == spot.full_name:
                return spot.full_name
    return ""


def is_postcode(typed: str) -> bool:
    """Whether that is a postcode, known or not."""
    return postcodes.parse(typed) is not None


def _point(spot: Spot) -> Location:
    return Location(
        lat=round(spot.lat, DECIMALS), lon=round(spot.lon, DECIMALS), label=f"near {spot.name}"
    )


def _others(places: Gazetteer, found: Found) -> Iterator[str]:
    """The other places of that name that can be told apart by their full names."""
    for spot in found.others:
        again = places.find(spot.full_name)
        if again and again.spot and again.spot.full_name == spot.full_name:
            yield spot.full_name
