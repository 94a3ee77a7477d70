"""What is known where: all of it in memory, kept up with the change log.

A page of a place needs counts over all services of the country: which approaches comparable places
have. Nobody waits for the database to count them. Each process reads every service once, in a few
words (some 300 bytes each), and from then on only what the change log says has changed.

An `Atlas` never changes once it is handed out; a newer one shares with it what has stayed the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from directory.entries import catalogue, links, sightings
from directory.entries.catalogue import Entry
from directory.entries.sightings import Seen
from directory.places.areas import Area, areas, by_code
from directory.vocabulary.terms import Kind

# With more changes than this it is quicker to read all of it again.
FOLLOWED_MOST = 2000

Names = Mapping[tuple[Kind, str], str]


@dataclass(frozen=True)
class Atlas:
    """What is known where, as of number `n` of the change log. Names are those of today.

    Attributes:
        approaches: by slug, in the order of their names.
        areas: every place that has a page, by slug.
        services: by the slug of their place, then by id; also those that have ended.
        where: approach to place to how many services there follow it; none that has ended.
        unplaced: approach to how many services follow it and name no place.
    """

    n: int
    approaches: Mapping[str, Entry]
    areas: Mapping[str, Area]
    services: Mapping[str, Mapping[UUID, Seen]]
    where: Mapping[str, Mapping[str, int]]
    unplaced: Mapping[str, int]

    def services_in(self, place: str) -> Collection[Seen]:
        return self.services.get(place, {}).values()

    def of_key(self, key: str) -> Area | None:
        """The place that was called so where the name had to last."""
        return by_code(self.areas).get(key) or self.areas.get(key)

    def approaches_in(self, place: str) -> int:
        """How many approaches are known in a place."""
        return sum(place in self.where.get(slug, ()) for slug in self.approaches)


@dataclass
class _Draft:
    """An atlas in the making. Inner mappings are replaced, never changed: others may read them."""

    services: dict[str, Mapping[UUID, Seen]] = field(default_factory=dict)
    where: dict[str, Mapping[str, int]] = field(default_factory=dict)
    unplaced: dict[str, int] = field(default_factory=dict)

    def take_in(self, seen: Collection[Seen]) -> None:
        """Add many services to an empty draft."""
        services: defaultdict[str, dict[UUID, Seen]] = defaultdict(dict)
        where: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        unplaced: defaultdict[str, int] = defaultdict(int)
        for one in seen:
            if one.place:
                services[one.place][one.id] = one
            for approach in () if one.has_ended else one.approaches:
                if one.place:
                    where[approach][one.place] += 1
                else:
                    unplaced[approach] += 1
        self.services, self.unplaced = dict(services), dict(unplaced)
        self.where = {approach: dict(there) for approach, there in where.items()}

    def add(self, one: Seen, by: int) -> None:
        """Add a service (`by` 1) or take it out (-1)."""
        if one.place:
            there = dict(self.services.get(one.place, {}))
            if by > 0:
                there[one.id] = one
            else:
                there.pop(one.id, None)
            self.services[one.place] = there
        for approach in () if one.has_ended else one.approaches:
            if not one.place:
                self.unplaced[approach] = self.unplaced.get(approach, 0) + by
                continue
            counts = dict(self.where.get(approach, {}))
            counts[one.place] = counts.get(one.place, 0) + by
            if not counts[one.place]:
                del counts[one.place]
            self.where[approach] = counts


class _Keeper:
    """The atlas of one database, and what is needed to bring it on."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._atlas: Atlas | None = None
        self._said: dict[UUID, Seen] = {}  # with the names that documents use
        self._names: Names = {}
        self._places: dict[UUID, Entry] = {}
        self._approaches: dict[UUID, Entry] = {}

    def up_to_date(self, session: Session) -> Atlas:
        head = catalogue.head(session)
        atlas = self._atlas
        if atlas is not None and atlas.n >= head:
            return atlas
        with self._lock:
            atlas = self._atlas
            if atlas is None or atlas.n < head:
                changed = (
                    sightings.changed_since(session, atlas.n, head, limit=FOLLOWED_MOST)
                    if atlas
                    else None
                )
                self._atlas = None  # if reading fails half-way, the next reader begins anew
                self._atlas = (
                    self._read(session, head)
                    if atlas is None or changed is None
                    else self._follow(session, atlas, head, changed)
                )
                return self._atlas
            return atlas

    def _read(self, session: Session, head: int) -> Atlas:
        self._approaches = {one.id: one for one in catalogue.live(session, Kind.APPROACH)}
        self._places = {one.id: one for one in catalogue.live(session, Kind.PLACE)}
        self._names = links.former_names(session)
        self._said = {one.id: one for one in sightings.services(session)}
        return self._arranged(head)

    def _follow(self, session: Session, atlas: Atlas, head: int, changed: set[UUID]) -> Atlas:
        kinds = sightings.kinds_of(session, changed)
        touched = {kind: [one for one in changed if kinds.get(one) is kind] for kind in Kind}
        if touched[Kind.APPROACH]:
            _refresh(self._approaches, touched[Kind.APPROACH], session)
        if touched[Kind.PLACE]:
            _refresh(self._places, touched[Kind.PLACE], session)
        before = {one: self._said.pop(one) for one in touched[Kind.SERVICE] if one in self._said}
        after = {one.id: one for one in sightings.services(session, touched[Kind.SERVICE])}
        self._said |= after
        if touched[Kind.APPROACH] or touched[Kind.PLACE]:
            names = links.former_names(session)
            if names != self._names:
                self._names = names
                return self._arranged(head)
        draft = _Draft(
            services=dict(atlas.services), where=dict(atlas.where), unplaced=dict(atlas.unplaced)
        )
        for one in before.values():
            draft.add(self._of_today(one), -1)
        for one in after.values():
            draft.add(self._of_today(one), 1)
        return Atlas(
            n=head,
            approaches=_by_name(self._approaches) if touched[Kind.APPROACH] else atlas.approaches,
            areas=areas(_by_name(self._places).values()) if touched[Kind.PLACE] else atlas.areas,
            services=draft.services,
            where=draft.where,
            unplaced=draft.unplaced,
        )

    def _arranged(self, head: int) -> Atlas:
        draft = _Draft()
        draft.take_in([self._of_today(one) for one in self._said.values()])
        return Atlas(
            n=head,
            approaches=_by_name(self._approaches),
            areas=areas(_by_name(self._places).values()),
            services=draft.services,
            where=draft.where,
            unplaced=draft.unplaced,
        )

    def _of_today(self, one: Seen) -> Seen:
        """The same service with what its approaches and its place are called now."""
        place = self._names.get((Kind.PLACE, one.place), one.place)
        named = (self._names.get((Kind.APPROACH, slug), slug) for slug in one.approaches)
        approaches = tuple(dict.fromkeys(named))
        if place == one.place and approaches == one.approaches:
            return one
        return replace(one, place=place, approaches=tuple(dict.fromkeys(approaches)))


_keepers: WeakKeyDictionary[Engine | Connection, _Keeper] = WeakKeyDictionary()
_lock = Lock()


def of(session: Session) -> Atlas:
    """The atlas of the database that `session` reads, brought on to the end of the change log."""
    bind = session.get_bind()
    with _lock:
        keeper = _keepers.setdefault(bind, _Keeper())
    return keeper.up_to_date(session)


def _refresh(kept: dict[UUID, Entry], changed: Collection[UUID], session: Session) -> None:
    for one in changed:
        kept.pop(one, None)
    kept |= {one.id: one for one in catalogue.by_ids(session, list(changed))}


def _by_name(entries: Mapping[UUID, Entry]) -> dict[str, Entry]:
    ordered = sorted(entries.values(), key=lambda one: (one.document.name.casefold(), one.slug))
    return {one.slug: one for one in ordered}
