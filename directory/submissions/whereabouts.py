"""Where a service happens, from what was typed: a town, a council area or a postcode.

How exact a place is kept is for whoever writes: the name of a town is kept as a name; of a postcode
its sector is kept, which some thousand homes share, and never a house.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from directory.entries.documents import Location
from directory.places import postcodes
from directory.places.gazetteer import Found, Gazetteer, Spot

CHOICES = 6
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
