"""What a place page is about: a place with an entry, or a council of which nothing is written yet.

Every council has a page. Where an entry has its code, that entry is the page of the council.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from directory.entries.catalogue import Entry, url_of
from directory.entries.documents import Place
from directory.entries.slugs import slugify
from directory.places import sources
from directory.vocabulary.terms import Kind

# What sort of council it is, by the letters that its code begins with.
_SORTS = {
    "E06": "unitary authority",
    "E07": "district council",
    "E08": "metropolitan borough",
    "E09": "London borough",
    "E10": "county council",
    "N09": "district council",
    "S12": "council area",
    "W06": "county or county borough",
}
_TAILS = (", City of", ", County of")


@dataclass(frozen=True)
class Area:
    """A place that has a page.

    Attributes:
        sort: what kind of council it is: "London borough".
        code: the council's GSS code; "" for what is no council.
        entry: what is written about it, if anything is.
    """

    slug: str
    name: str
    nation: str
    region: str
    sort: str
    lat: float
    lon: float
    code: str
    entry: Entry | None = None

    @property
    def url(self) -> str:
        return url_of(Kind.PLACE, self.slug)

    @property
    def key(self) -> str:
        """What it is called where a name must last: its code, else its slug."""
        return self.code or self.slug


def areas(places: Iterable[Entry]) -> dict[str, Area]:
    """Every place that has a page, by its slug: those with an entry, then all other councils."""
    found = {entry.slug: _written(entry) for entry in places}
    written = {area.code for area in found.values() if area.code}
    for council in councils():
        if council.code not in written:
            slug = council.slug if council.slug not in found else f"{council.slug}-council"
            found[slug] = council if slug == council.slug else _renamed(council, slug)
    return found


@cache
def councils() -> tuple[Area, ...]:
    """All councils of the United Kingdom, each as a page of which nothing is written."""
    return tuple(
        Area(
            slug=slugify(plain_name(one.name)),
            name=plain_name(one.name),
            nation=one.nation,
            region="",
            sort=_SORTS[one.code[:3]],
            lat=one.lat,
            lon=one.lon,
            code=one.code,
        )
        for one in sources.councils()
    )


def plain_name(official: str) -> str:
    """What people call a council: "Bristol" for "Bristol, City of"."""
    for tail in _TAILS:
        official = official.removesuffix(tail)
    return official


def by_code(found: Mapping[str, Area]) -> dict[str, Area]:
    """The same by council code; what is no council is left out."""
    codes: dict[str, Area] = {}
    for area in found.values():
        if area.code:
            codes.setdefault(area.code, area)
    return codes


def _written(entry: Entry) -> Area:
    place = cast(Place, entry.document)
    code = place.gss_code or ""
    return Area(
        slug=entry.slug,
        name=place.name,
        nation=str(place.nation),
        region=place.region or "",
        sort=_SORTS.get(code[:3]) or _sort_in_words(place.type),
        lat=place.lat,
        lon=place.lon,
        code=code,
        entry=entry,
    )


def _sort_in_words(words: str) -> str:
    """What an entry calls it, without what stands in brackets: "combined authority area"."""
    return words.split(" (")[0].strip()


def _renamed(area: Area, slug: str) -> Area:
    return Area(**{**vars(area), "slug": slug})
