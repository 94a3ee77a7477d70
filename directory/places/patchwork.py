"""What an area has and what it lacks, by part of life: a quilt with some bare cloth.

An approach is *known here* when a service that follows it has this place and has not ended. It
counts in every part of life that it touches, so a row is bare only if nothing known touches it.

What other places have is chosen by a fixed rule. Of the approaches that touch a part of life and
are not known here, those come first that are mainly about it. Then those that are known in most
*comparable* places (the same kind of council in the same nation); then in most places of the same
nation; then in most places of all; then by name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from directory.entries import freshness
from directory.entries.cards import own_areas
from directory.entries.catalogue import Entry
from directory.entries.connections import Sighting
from directory.entries.documents import Place, Service
from directory.vocabulary.terms import Status, SupportArea

SHOWN_ELSEWHERE = 3
# A row with fewer patches than this also says what other places have.
THIN_ROW = 3


@dataclass(frozen=True)
class Patch:
    """An approach that is known here. Where its entry is missing, the service stands for it."""

    entry: Entry
    services: tuple[Entry, ...]


@dataclass(frozen=True)
class Elsewhere:
    """An approach that is not known here, and in how many other places it is."""

    approach: Entry
    comparable: int
    nation: int
    anywhere: int


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
    def suggestions(self) -> tuple[Elsewhere, ...]:
        """The few of what is missing that comparable places have most."""
        return self.missing[:SHOWN_ELSEWHERE]


@dataclass(frozen=True)
class Patchwork:
    """What is known of one place. `elsewhere`: in how many other places each approach is."""

    place: Entry
    rows: tuple[Row, ...]
    patches: tuple[Patch, ...]
    ended: tuple[Entry, ...]
    elsewhere: Mapping[str, int]

    @property
    def touched(self) -> int:
        """How many parts of life have something known."""
        return sum(not row.is_bare for row in self.rows)

    @property
    def services(self) -> tuple[Entry, ...]:
        """What happens here, each once, by name."""
        unique = {one.id: one for patch in self.patches for one in patch.services}
        return tuple(sorted(unique.values(), key=_name))

    def unchecked(self, today: date) -> int:
        """How many of the services here nobody has checked."""
        return sum(
            freshness.freshness(one.document, today).state is freshness.State.NEVER
            for one in self.services
        )


def patchwork(
    place: Entry,
    *,
    services: Iterable[Entry],
    approaches: Iterable[Entry],
    places: Iterable[Entry],
    sightings: Iterable[Sighting],
) -> Patchwork:
    """The rows of `place`, those with most known first.

    Args:
        services: what happens in this place.
        approaches: all live approaches.
        places: all live places, to tell which are comparable.
        sightings: where approaches are at work, here and elsewhere.
    """
    models = {entry.slug: entry for entry in approaches}
    here: list[Entry] = []
    ended: list[Entry] = []
    for one in services:
        (ended if _service(one).status is Status.ENDED else here).append(one)
    patches = _patches(here, models)
    known = {patch.entry.slug for patch in patches}
    where: dict[str, set[str]] = defaultdict(set)
    for seen in sightings:
        where[seen.approach].add(seen.place or str(seen.service))
    missing = _missing(
        {slug: there for slug, there in where.items() if slug in models and slug not in known},
        models=models,
        nearness=_nearness(place, places),
    )
    rows = [
        Row(
            area,
            tuple(patch for patch in patches if area in own_areas(patch.entry.document)),
            _about(area, missing),
        )
        for area in SupportArea
    ]
    rows.sort(key=lambda row: -len(row.patches))
    return Patchwork(
        place=place,
        rows=tuple(rows),
        patches=patches,
        ended=tuple(sorted(ended, key=_name)),
        elsewhere={slug: len(there - {place.slug}) for slug, there in where.items()},
    )


def _patches(here: Iterable[Entry], models: Mapping[str, Entry]) -> tuple[Patch, ...]:
    found: dict[UUID, Entry] = {}
    services: dict[UUID, list[Entry]] = defaultdict(list)
    for one in here:
        followed = [models[slug] for slug in _service(one).approach if slug in models]
        for entry in followed or [one]:
            found[entry.id] = entry
            services[entry.id].append(one)
    return tuple(
        Patch(entry, tuple(sorted(services[entry.id], key=_name)))
        for entry in sorted(found.values(), key=_name)
    )


def _missing(
    where: Mapping[str, set[str]],
    *,
    models: Mapping[str, Entry],
    nearness: Mapping[str, int],
) -> tuple[Elsewhere, ...]:
    found = []
    for slug, there in where.items():
        near = Counter(nearness.get(name, 0) for name in there)
        found.append(Elsewhere(models[slug], near[2], near[2] + near[1], len(there)))
    found.sort(key=lambda one: (-one.comparable, -one.nation, -one.anywhere, _name(one.approach)))
    return tuple(found)


def _about(area: SupportArea, missing: Iterable[Elsewhere]) -> tuple[Elsewhere, ...]:
    """Those that touch `area`, what is mainly about it first."""
    touching = [one for one in missing if area in own_areas(one.approach.document)]
    return tuple(sorted(touching, key=lambda one: own_areas(one.approach.document)[0] is not area))


def _nearness(place: Entry, places: Iterable[Entry]) -> dict[str, int]:
    """2 for a comparable place, 1 for another in the same nation; others are left out."""
    return dict(_near(_place(place), places))


def _near(here: Place, places: Iterable[Entry]) -> Iterator[tuple[str, int]]:
    for entry in places:
        there = _place(entry)
        if there.nation is here.nation:
            yield entry.slug, 2 if kind_of(there) == kind_of(here) else 1


def kind_of(place: Place) -> str:
    """What kind of council it is, without what stands in brackets: "unitary authority"."""
    return place.type.split(" (")[0].strip().lower()


def _service(entry: Entry) -> Service:
    assert isinstance(entry.document, Service)
    return entry.document


def _place(entry: Entry) -> Place:
    assert isinstance(entry.document, Place)
    return entry.document


def _name(entry: Entry) -> str:
    return entry.document.name.casefold()


@dataclass(frozen=True)
class Known:
    """What is known of a place in short: how many approaches, and what they touch, most first."""

    approaches: int
    areas: tuple[SupportArea, ...]


def known_by_place(
    sightings: Iterable[Sighting], approaches: Iterable[Entry]
) -> Mapping[str, Known]:
    """What is known of each place that has anything, by its slug."""
    models = {entry.slug: entry for entry in approaches}
    where: dict[str, set[str]] = defaultdict(set)
    for seen in sightings:
        if seen.place and seen.approach in models:
            where[seen.place].add(seen.approach)
    found = {}
    for place, slugs in where.items():
        touched = Counter(
            area for slug in sorted(slugs) for area in own_areas(models[slug].document)
        )
        # Equal counts keep the order of the areas, so that the block never changes by chance.
        order = sorted(SupportArea, key=lambda area: -touched[area])
        found[place] = Known(len(slugs), tuple(area for area in order if touched[area]))
    return found
