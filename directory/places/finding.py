"""From what a reader typed to the page of a place: a council, a town, a postcode, a county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from directory.places.areas import Area, by_code
from directory.places.gazetteer import Gazetteer, Spot
from directory.places.names import key
from directory.places.postcodes import cut_to_sectors


@dataclass(frozen=True)
class PlaceFound:
    """What we make of the words.

    Attributes:
        typed: the words, a full postcode cut to its sector.
        area: the page that they lead to.
        inside: the town or postcode that was meant, where the page is about its whole council.
        choices: where they could mean several: places of the same name, or councils of a county.
    """

    typed: str
    area: Area | None = None
    inside: Spot | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def address(self) -> str:
        """The page they lead to, told which town or postcode was meant; "" for none."""
        if self.area is None:
            return ""
        told = f"?{urlencode({'inside': self.inside.near})}" if self.inside else ""
        return self.area.url + told


@dataclass(frozen=True)
class Choice:
    """One of several places that were perhaps meant. `words`: what to type for exactly this."""

    words: str
    name: str


def find(typed: str, areas: Mapping[str, Area], gazetteer: Gazetteer | None) -> PlaceFound:
    """The place that `typed` means: by the name of its page, then by the map."""
    typed = cut_to_sectors(typed)
    wanted = key(typed)
    if wanted and (named := _named(wanted, areas.values())):
        return PlaceFound(typed, named)
    found = gazetteer.find(typed) if gazetteer else None
    if found is None:
        return PlaceFound(typed)
    codes = by_code(areas)
    if found.spot is None:
        reachable = [spot for spot in found.others if _area_of(spot, codes)]
        choices = tuple(Choice(spot.near, spot.full_name) for spot in reachable)
        return PlaceFound(typed, choices=choices)
    return _at(typed, found.spot, codes)


def _named(wanted: str, areas: Iterable[Area]) -> Area | None:
    """The place of this name; a written page comes before a council of which nothing is written."""
    named = [one for one in areas if wanted in (key(one.name), key(one.slug))]
    return min(named, key=lambda one: one.entry is None, default=None)


def _at(typed: str, spot: Spot, codes: Mapping[str, Area]) -> PlaceFound:
    area = _area_of(spot, codes)
    if area:
        is_all_of_it = area.code in spot.councils
        return PlaceFound(typed, area, inside=None if is_all_of_it else spot)
    several = [codes[code] for code in spot.councils if code in codes]
    several.sort(key=lambda one: one.name)
    return PlaceFound(typed, choices=tuple(Choice(one.slug, one.name) for one in several))


def _area_of(spot: Spot, codes: Mapping[str, Area]) -> Area | None:
    if len(spot.councils) > 1:
        return None
    return codes.get(next(iter(spot.councils), spot.council))


def words_for(area: Area, gazetteer: Gazetteer | None) -> str:
    """What to write into a search so that it looks around exactly this place."""
    found = gazetteer.named(area.name) if gazetteer else None
    for spot in (found.spot, *found.others) if found else ():
        if spot and area.code and area.code in spot.councils:
            return spot.near
    return area.name
