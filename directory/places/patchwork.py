"""What an area has and what it lacks, by part of life: a quilt with some bare cloth.

An approach is *known here* when a service that follows it has this place and has not ended. It
counts in every part of life that it touches, so a row is bare only if nothing known touches it.

What other places have is chosen by a fixed rule. Of the approaches that touch a part of life and
are not known here, those come first that are mainly about it. Then those that are known in most
*comparable* places; then in most places of the same nation; then in most places of all; then by
name. Comparable is what has the same sort of council in the same nation and is about as big:
between half and twice as many postcode sectors, each of them some three thousand homes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from directory.entries import freshness
from directory.entries.cards import own_areas
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach
from directory.entries.sightings import Seen
from directory.places.areas import Area
from directory.places.atlas import Atlas
from directory.vocabulary.terms import SupportArea

SHOWN_ELSEWHERE = 3
# A row with fewer patches than this also says what other places have.
THIN_ROW = 3
# More patches than this stand only in the table.
SHOWN_IN_ROW = 11
ABOUT_AS_BIG = 2.0


@dataclass(frozen=True)
class Patch:
    """An approach that is known here. Where its entry is missing, the service stands for it."""

    id: UUID
    name: str
    url: str
    support_area: tuple[SupportArea, ...]
    approach: Entry | None
    services: tuple[Seen, ...]


@dataclass(frozen=True)
class Elsewhere:
    """An approach that is not known here, and in how many other places it is."""

    approach: Entry
    comparable: int
    nation: int
    anywhere: int

    @property
    def document(self) -> Approach:
        return cast(Approach, self.approach.document)

    # As lists show an entry.

    @property
    def id(self) -> UUID:
        return self.approach.id

    @property
    def name(self) -> str:
        return self.document.name

    @property
    def url(self) -> str:
        return self.approach.url

    @property
    def strapline(self) -> str:
        return self.document.strapline

    @property
    def support_area(self) -> list[SupportArea]:
        return self.document.support_area


@dataclass(frozen=True)
class Row:
    """One part of life in this place."""

    area: SupportArea
    patches: tuple[Patch, ...]
    missing: tuple[Elsewhere, ...]

    @property
    def is_bare(self) -> bool:
        return not self.patches

    @property
    def is_thin(self) -> bool:
        return len(self.patches) < THIN_ROW

    @property
    def shown(self) -> tuple[Patch, ...]:
        """All patches; of very many those with most services, by name."""
        if len(self.patches) <= SHOWN_IN_ROW:
            return self.patches
        most = sorted(self.patches, key=lambda patch: -len(patch.services))[:SHOWN_IN_ROW]
        return tuple(sorted(most, key=lambda patch: patch.name.casefold()))

    @property
    def suggestions(self) -> tuple[Elsewhere, ...]:
        """The few of what is missing that comparable places have most."""
        return self.missing[:SHOWN_ELSEWHERE]


@dataclass(frozen=True)
class Patchwork:
    """What is known of one place.

    Attributes:
        services: what happens here, each once, by name.
        elsewhere: in how many other places each approach is known.
        comparable: the places that it is compared with.
    """

    place: Area
    rows: tuple[Row, ...]
    patches: tuple[Patch, ...]
    services: tuple[Seen, ...]
    ended: tuple[Seen, ...]
    elsewhere: Mapping[str, int]
    comparable: tuple[Area, ...]

    @property
    def touched(self) -> int:
        """How many parts of life have something known."""
        return sum(not row.is_bare for row in self.rows)

    @property
    def is_known(self) -> bool:
        """Whether there is anything to read: what happens here, or a text about the place."""
        return bool(self.services or self.ended or self.place.entry)

    @property
    def unchecked(self) -> int:
        """How many of the services here nobody has checked."""
        return sum(one.checked is None for one in self.services)

    def waiting(self, today: date) -> list[Seen]:
        """What waits for a check: what nobody ever checked, then what was checked longest ago."""
        fresh, holds = freshness.State.FRESH, freshness.SERVICE_GOOD_FOR
        due = [
            one
            for one in self.services
            if freshness.state_of(one.checked, today, holds) is not fresh
        ]
        return sorted(due, key=lambda one: (one.checked or date.min, one.last_known or 0))


def patchwork(place: Area, atlas: Atlas, sizes: Mapping[str, int]) -> Patchwork:
    """The rows of `place`, those with most known first.

    Args:
        sizes: postcode sectors of each council, by its code; empty where nobody knows.
    """
    models = atlas.approaches
    everything = sorted(atlas.services_in(place.slug), key=_name)
    here = tuple(one for one in everything if not one.has_ended)
    patches = _patches(here, models)
    known = {patch.approach.slug for patch in patches if patch.approach}
    alike = comparable(place, atlas.areas.values(), sizes)
    missing = _missing(place, atlas, known, {area.slug for area in alike})
    rows = [
        Row(
            area,
            tuple(patch for patch in patches if area in patch.support_area),
            _about(area, missing),
        )
        for area in SupportArea
    ]
    rows.sort(key=lambda row: -len(row.patches))
    return Patchwork(
        place=place,
        rows=tuple(rows),
        patches=patches,
        services=here,
        ended=tuple(one for one in everything if one.has_ended),
        elsewhere={
            slug: len(atlas.where.get(slug, ())) - (slug in known) + atlas.unplaced.get(slug, 0)
            for slug in models
        },
        comparable=alike,
    )


def comparable(place: Area, areas: Iterable[Area], sizes: Mapping[str, int]) -> tuple[Area, ...]:
    """Other places with the same sort of council in the same nation that are about as big."""
    size = sizes.get(place.code)

    def is_about_as_big(other: Area) -> bool:
        its = sizes.get(other.code)
        if not size or not its:
            return True
        return size / ABOUT_AS_BIG <= its <= size * ABOUT_AS_BIG

    return tuple(
        one
        for one in areas
        if one.nation == place.nation
        and one.sort == place.sort
        and one.slug != place.slug
        and is_about_as_big(one)
    )


def _patches(here: Iterable[Seen], models: Mapping[str, Entry]) -> tuple[Patch, ...]:
    services: defaultdict[str, list[Seen]] = defaultdict(list)
    alone: list[Patch] = []
    for one in here:
        followed = [slug for slug in one.approaches if slug in models]
        for slug in followed:
            services[slug].append(one)
        if not followed:
            alone.append(Patch(one.id, one.name, one.url, one.areas, None, (one,)))
    found = [
        Patch(
            models[slug].id,
            models[slug].document.name,
            models[slug].url,
            tuple(own_areas(models[slug].document)),
            models[slug],
            tuple(several),
        )
        for slug, several in services.items()
    ]
    return tuple(sorted(found + alone, key=lambda patch: patch.name.casefold()))


def _missing(
    place: Area, atlas: Atlas, known: Collection[str], alike: set[str]
) -> tuple[Elsewhere, ...]:
    nation = {one.slug for one in atlas.areas.values() if one.nation == place.nation}
    found = []
    for slug, approach in atlas.approaches.items():
        if slug in known:
            continue
        there = atlas.where.get(slug, {}).keys()
        anywhere = len(there) + atlas.unplaced.get(slug, 0)
        if anywhere:
            found.append(Elsewhere(approach, len(there & alike), len(there & nation), anywhere))
    found.sort(key=lambda one: (-one.comparable, -one.nation, -one.anywhere, one.name.casefold()))
    return tuple(found)


def _about(area: SupportArea, missing: Iterable[Elsewhere]) -> tuple[Elsewhere, ...]:
    """Those that touch `area`, what is mainly about it first."""
    touching = [one for one in missing if area in one.support_area]
    return tuple(sorted(touching, key=lambda one: one.support_area[0] is not area))


def _name(one: Seen) -> tuple[str, str]:
    return (one.name.casefold(), one.slug)


@dataclass(frozen=True)
class Known:
    """What is known of a place in short: how many approaches, and what they touch, most first."""

    approaches: int
    areas: tuple[SupportArea, ...]


def known_by_place(atlas: Atlas) -> Mapping[str, Known]:
    """What is known of each place that has anything, by its slug."""
    where: defaultdict[str, list[Entry]] = defaultdict(list)
    for slug, entry in atlas.approaches.items():
        for place in atlas.where.get(slug, ()):
            where[place].append(entry)
    found = {}
    for place, entries in where.items():
        touched = Counter(area for entry in entries for area in own_areas(entry.document))
        # Equal counts keep the order of the areas, so that the block never changes by chance.
        order = sorted(SupportArea, key=lambda area: -touched[area])
        found[place] = Known(len(entries), tuple(area for area in order if touched[area]))
    return found
