"""What entries take over from each other, worked out once for every snapshot.

A service says which approach it follows and in which place it is. Who it is for, which part of
life, and how well it matches a question it takes over from the approach; its point on the map and
its council, where it gives none, from the place. An approach knows its places from its services,
and a local organisation where it is.

Most that is published changes a service or two. Then what was worked out before holds for all other
documents, and only the new ones are joined to it.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.entries import freshness
from directory.entries.freshness import State, state_of
from directory.search.reading import Floats, Ints, Mask, Snapshot, Values
from directory.search.schema import LOG_KIND, as_date
from directory.search.shared import Filter, Shared, narrow, one_each
from directory.vocabulary.terms import Status

# A service counts so much of what its approach scores.
INHERITED = 0.35
EARTH_RADIUS_MILES = 3958.8
# An organisation all of whose services lie so close together is there; any other is everywhere.
LOCAL_DEGREES = 0.5
# What no longer runs is found, but after what may run.
ENDED = 0.3

# How likely an entry of each kind is what people look for, all else being equal.
KINDS = {
    "approach": 1.0,
    "service": 0.7,
    "story": 0.8,
    "organization": 0.65,
    "place": 0.7,
    "page": 0.6,
}


class Joined:
    """A snapshot with everything joined. Immutable, but for what is worked out when first asked."""

    def __init__(self, snapshot: Snapshot, before: Joined | None = None) -> None:
        """Join all of `snapshot`, or only what `before`, of an earlier one, has not."""
        self.snapshot = snapshot
        self.size = snapshot.size
        self.is_kind = {
            kind: snapshot.keys["kind"].mask([kind], self.size) & snapshot.live for kind in KINDS
        }
        self.has_ended = snapshot.keys["status"].mask([Status.ENDED], self.size)
        self._own_before = self._documents_of(before)
        held = before if before and self._own_before else None
        self.followers, self.followed = self._follow(held)
        self.group, self._group_of = self._groups(held)
        self.groups = len(self._group_of)
        self._followed_by_groups = self._members(held)
        self.place_of = self._places(held)
        self.values = self._values(held)
        self.weights = self._weights()
        self._fresh: tuple[date, Shared] | None = None
        self._names: dict[tuple[str, str], str] = {}

    def _documents_of(self, before: Joined | None) -> int:
        """How many documents begin both snapshots; 0 where approaches or places are not the same,
        so that all must be joined anew."""
        if before is None:
            return 0
        count = 0
        for ours, theirs in zip(self.snapshot.segments, before.snapshot.segments, strict=False):
            if ours.name != theirs.name:
                break
            count += ours.size
        for kind in ("approach", "place"):
            here, there = (np.flatnonzero(one.is_kind[kind]) for one in (self, before))
            if not np.array_equal(here, there) or here.max(initial=-1) >= count:
                return 0
        return count

    def _follow(self, before: Joined | None) -> tuple[Ints, Ints]:
        """Pairs of a service or story and the approach that it follows, sorted by the first."""
        follows = self.is_kind["service"] | self.is_kind["story"]
        followers, followed = self._pairs("approach", follows)
        if before is None:
            return followers, followed
        end = np.searchsorted(before.followers, np.int32(self._own_before))
        left = np.flatnonzero(follows[before.followers[:end]])
        return (
            np.concatenate((before.followers[left], followers)),
            np.concatenate((before.followed[left], followed)),
        )

    def _pairs(self, kind: str, members: Mask) -> tuple[Ints, Ints]:
        """Pairs of one of `members` that was not joined before and the entry of `kind` whose slug
        it gives, sorted by the first."""
        values = self.snapshot.keys[kind].together(self._own_before)
        named = np.full(len(values.names), -1, dtype=np.int32)
        if self._own_before:
            for number in np.unique(values.numbers).tolist():
                having = self.snapshot.keys[kind].having(values.names[number])
                named[number] = having[self.is_kind[kind][having]].max(initial=-1)
        else:
            is_it = np.flatnonzero(self.is_kind[kind][values.documents])
            named[values.numbers[is_it]] = values.documents[is_it]
        meant = named[values.numbers]
        chosen = np.flatnonzero(members[values.documents] & (meant >= 0))
        return values.documents[chosen], meant[chosen]

    def _places(self, before: Joined | None) -> Ints:
        """For each service the document of its place; -1 where there is none."""
        place_of = np.full(self.size, -1, dtype=np.int32)
        if before:
            count = self._own_before
            place_of[:count] = before.place_of[:count]
            place_of[~self.is_kind["service"]] = -1
        services, places = self._pairs("place", self.is_kind["service"])
        place_of[services] = places
        return place_of

    def _groups(self, before: Joined | None) -> tuple[Ints, dict[tuple[int, ...], int]]:
        """For each document the number of its group, and by what the members of a group follow, all
        of them the same, its number; group 0 follows nothing."""
        if before is None:
            return self._all_groups()
        count = self._own_before
        group = np.zeros(self.size, dtype=np.int32)
        group[:count] = before.group[:count]
        group[~(self.is_kind["service"] | self.is_kind["story"])] = 0
        group_of = dict(before._group_of)
        start = int(np.searchsorted(self.followers, np.int32(count)))
        pairs = zip(self.followers[start:].tolist(), self.followed[start:].tolist(), strict=True)
        for document, some in groupby(pairs, key=itemgetter(0)):
            followed = tuple(one for _follower, one in some)
            group[document] = group_of.setdefault(followed, len(group_of))
        return group, group_of

    def _members(self, before: Joined | None) -> tuple[Ints, Ints]:
        """Pairs of a group and what its members follow."""
        if before and before.groups == self.groups:
            return before._followed_by_groups
        numbers = [number for some, number in self._group_of.items() for _one in some]
        every = [one for some in self._group_of for one in some]
        return np.array(numbers, dtype=np.int32), np.array(every, dtype=np.int32)

    def _all_groups(self) -> tuple[Ints, dict[tuple[int, ...], int]]:
        approaches = np.flatnonzero(self.is_kind["approach"])
        row_of = np.zeros(self.size, dtype=np.int64)
        row_of[approaches] = np.arange(len(approaches))
        group = np.zeros(self.size, dtype=np.int32)
        groups: list[tuple[int, ...]] = [()]
        for followers, followed in self._rounds():
            # Who is in a group and follows one more is in the group of those who do.
            code = group[followers] * len(approaches) + row_of[followed]
            number_of = np.zeros(len(groups) * len(approaches), dtype=np.int32)
            number_of[code] = 1
            used = np.flatnonzero(number_of)
            number_of[used] = np.arange(len(groups), len(groups) + len(used))
            group[followers] = number_of[code]
            before, rows = used // len(approaches), used % len(approaches)
            groups += [
                (*groups[number], approach)
                for number, approach in zip(before.tolist(), approaches[rows].tolist(), strict=True)
            ]
        return group, {followed: number for number, followed in enumerate(groups)}

    def _values(self, before: Joined | None) -> dict[str, Filter]:
        keys = self.snapshot.keys
        kinds = keys["kind"].together()
        names = tuple(name for name in kinds.names if name != LOG_KIND)
        number_of = [names.index(name) if name in names else -1 for name in kinds.names]
        number = np.full(self.size, -1, dtype=np.int32)
        number[kinds.documents] = np.array(number_of, dtype=np.int32)[kinds.numbers]
        return {
            "kind": one_each(names, number),
            "support_area": self._taken_over("support_area", before),
            "who_for": self._taken_over("who_for", before),
            "moment": self._taken_over("moment", before),
            "builds_on": self._taken_over("builds_on", before),
            "place": self._known_places(),
            "evidence": keys["evidence"],
            "approach": keys["approach"],
        }

    def _taken_over(self, name: str, before: Joined | None) -> Shared:
        """Values of a filter; followers that give none have those of what they follow."""
        parts = self.snapshot.keys[name]
        own = parts.together()
        group = self.group.copy()
        group[own.documents] = 0
        held = before.values[name] if before else None
        if isinstance(held, Shared) and (held.groups, held.names) == (self.groups, own.names):
            return Shared(narrow(group, self.groups), self.groups, held.of_groups, parts)
        starts, numbers = _grouped(own, self.is_kind["approach"])
        groups, followed = self._followed_by_groups
        counts = starts[followed + 1] - starts[followed]
        taken = numbers[_ranges(starts[followed], counts)]
        of_groups = Values(own.names, *_once(len(own.names), np.repeat(groups, counts), taken))
        return Shared(narrow(group, self.groups), self.groups, of_groups, parts)

    def _known_places(self) -> Shared:
        """Where everything is: of an approach all places where its services are."""
        parts = self.snapshot.keys["place"]
        own = parts.together()
        place = np.full(self.size, -1, dtype=np.int32)
        place[own.documents] = own.numbers
        approaches = np.flatnonzero(self.is_kind["approach"]).astype(np.int32)
        row_of = np.zeros(self.size, dtype=np.int32)
        row_of[approaches] = np.arange(len(approaches))
        chosen = place[self.followers] >= 0
        is_known = np.zeros((len(approaches), len(own.names)), dtype=bool)
        is_known[row_of[self.followed[chosen]], place[self.followers[chosen]]] = True
        rows, numbers = np.nonzero(is_known)
        group = np.zeros(self.size, dtype=np.int32)
        group[approaches] = np.arange(1, len(approaches) + 1)
        of_groups = Values(own.names, (rows + 1).astype(np.int32), numbers.astype(np.int32))
        groups = len(approaches) + 1
        return Shared(narrow(group, groups), groups, of_groups, parts)

    def _weights(self) -> Floats:
        weights = np.ones(self.size)
        for kind, weight in KINDS.items():
            weights[self.is_kind[kind]] = weight
        weights[self.has_ended] *= ENDED
        return weights

    def fresh(self, today: date) -> Shared:
        """Freshness as a filter, as of `today`."""
        if self._fresh is None or self._fresh[0] != today:
            checked = self.snapshot.numbers["checked"]
            names = tuple(str(state) for state in State)
            numbers = np.zeros(self.size, dtype=np.int32)
            for holds, documents in self._checks_hold():
                days = checked[documents]
                state_on = np.zeros(days.max(initial=0) + 1, dtype=np.int32)
                for day in np.flatnonzero(np.bincount(days, minlength=1)).tolist():
                    state_on[day] = names.index(state_of(as_date(day), today, holds))
                numbers[documents] = state_on[days]
            self._fresh = today, one_each(names, numbers)
        return self._fresh[1]

    def freshness_of(self, document: int, today: date) -> State:
        """How fresh one document is."""
        states = self.fresh(today)
        return State(states.names[states.group[document] - 1])

    def _checks_hold(self) -> list[tuple[timedelta, Mask]]:
        """All documents by how long a check of them holds: the rule of entries/freshness.py."""
        evidence = self.snapshot.keys["evidence"]
        services = self.is_kind["service"]
        backed = evidence.mask(freshness.BACKED, self.size)
        unbacked = evidence.mask(evidence.names, self.size) & ~backed & ~services
        return [
            (freshness.SERVICE_GOOD_FOR, services),
            (freshness.UNBACKED_GOOD_FOR, unbacked),
            (freshness.GOOD_FOR, ~services & ~unbacked),
        ]

    def name_of(self, kind: str, slug: str) -> str:
        """The name of the place or approach with that slug."""
        known = self._names.get((kind, slug))
        if known is None:
            found = self.snapshot.keys[kind].having(slug)
            found = found[self.is_kind[kind][found]]
            card = self.snapshot.card(int(found[-1])) if len(found) else {}
            known = self._names[kind, slug] = card.get("name") or slug.replace("-", " ").title()
        return known

    def followed_by(self, document: int) -> list[int]:
        """What a service or story follows."""
        # Numbers of the same type: else numpy would make a copy of all followers first.
        ends = np.array([document, document + 1], dtype=self.followers.dtype)
        start, end = np.searchsorted(self.followers, ends)
        found: list[int] = self.followed[start:end].tolist()
        return found

    def inherit(self, values: NDArray[Any]) -> NDArray[Any]:
        """For each follower the best of `values` among what it follows; 0 for all others."""
        groups, followed = self._followed_by_groups
        best = np.zeros(self.groups, dtype=values.dtype)
        np.maximum.at(best, groups, values[followed])
        found: NDArray[Any] = best.take(self.group)
        return found

    def _rounds(self) -> list[tuple[Ints, Ints]]:
        """Followers with the first that each follows; those that follow a second with that; …"""
        firsts = np.flatnonzero(np.diff(self.followers, prepend=-1))
        counts = np.diff(firsts, append=len(self.followers))
        rounds = []
        for number in range(int(counts.max(initial=0))):
            at = firsts[counts > number] + number
            rounds.append((self.followers[at], self.followed[at]))
        return rounds

    @cached_property
    def points(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Latitude and longitude of every document, in degrees; NaN where it is nowhere in
        particular."""
        lat, lon = self.snapshot.numbers["lat"].copy(), self.snapshot.numbers["lon"].copy()
        lacking = np.isnan(lat) & (self.place_of >= 0)
        lat[lacking] = lat[self.place_of[lacking]]
        lon[lacking] = lon[self.place_of[lacking]]
        services, organizations = self.offered
        for angle in (lat, lon):
            least, most = np.full(self.size, np.inf), np.full(self.size, -np.inf)
            np.minimum.at(least, organizations, angle[services])
            np.maximum.at(most, organizations, angle[services])
            # A service that is anywhere (NaN) makes its organisation one that is anywhere too.
            is_local = (least <= most) & (most - least <= LOCAL_DEGREES)
            angle[is_local] = least[is_local]
        return lat, lon

    @cached_property
    def related(self) -> tuple[Ints, Ints]:
        """Pairs of an approach and another that it names as close to it."""
        is_approach, slugs = self.is_kind["approach"], self.snapshot.keys["approach"]
        given = self.snapshot.keys["related"].together()
        document_of = np.full(len(given.names), -1, dtype=np.int32)
        for number, slug in enumerate(given.names):
            holding = slugs.having(slug)
            document_of[number] = holding[is_approach[holding]].max(initial=-1)
        named = document_of[given.numbers]
        chosen = is_approach[given.documents] & (named >= 0) & (named != given.documents)
        return given.documents[chosen], named[chosen]

    @cached_property
    def offered(self) -> tuple[Ints, Ints]:
        """Pairs of a service and its organisation."""
        numbers = self.snapshot.numbers["organization"]
        organizations = np.flatnonzero(self.is_kind["organization"]).astype(np.int32)
        services = np.flatnonzero(self.is_kind["service"] & (numbers != 0)).astype(np.int32)
        if not len(organizations):
            return services[:0], organizations
        organizations = organizations[np.argsort(numbers[organizations], kind="stable")]
        known = numbers[organizations]
        at = np.minimum(np.searchsorted(known, numbers[services]), len(known) - 1)
        is_known = known[at] == numbers[services]
        return services[is_known], organizations[at[is_known]]

    @cached_property
    def _unit_vectors(self) -> NDArray[np.float32]:
        lat, lon = (np.radians(angle) for angle in self.points)
        return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))

    def miles_from(self, lat: float, lon: float) -> NDArray[np.float32]:
        """Miles from a point to every document; infinite where a document has no point."""
        at_lat, at_lon = np.radians(lat), np.radians(lon)
        here = np.array(
            [np.cos(at_lat) * np.cos(at_lon), np.cos(at_lat) * np.sin(at_lon), np.sin(at_lat)],
            dtype=np.float32,
        )
        apart = self._unit_vectors - here
        chord = np.sqrt(np.einsum("ij,ij->i", apart, apart))
        miles = 2 * EARTH_RADIUS_MILES * np.arcsin(np.minimum(chord / 2, 1))
        return np.where(np.isnan(miles), np.inf, miles).astype(np.float32)

    def within_councils(self, councils: frozenset[str]) -> Mask:
        """Services and places that lie in any of these councils, and organisations of such
        services."""
        inside = self.snapshot.keys["council"].mask(councils, self.size)
        has_place = self.place_of >= 0
        inside[has_place] |= inside[self.place_of[has_place]]
        services, organizations = self.offered
        inside[organizations[inside[services]]] = True
        return inside & self.snapshot.live

    def nearest(self, documents: Ints, distances: NDArray[Any]) -> dict[int, int]:
        """For each approach that any of `documents` follow, the one with the smallest distance."""
        wanted = np.zeros(self.size, dtype=bool)
        wanted[documents] = True
        chosen = wanted[self.followers]
        followers, followed = self.followers[chosen], self.followed[chosen]
        order = np.lexsort((distances[followers], followed))
        followers, followed = followers[order], followed[order]
        firsts = np.flatnonzero(np.diff(followed, prepend=-1))
        return dict(zip(followed[firsts].tolist(), followers[firsts].tolist(), strict=True))


def _grouped(values: Values, chosen: Mask) -> tuple[NDArray[np.int64], Ints]:
    """Values, in the order of documents, of the chosen ones: where each document's start, and all
    their numbers."""
    held = np.flatnonzero(chosen[values.documents])
    counts = np.bincount(values.documents[held], minlength=len(chosen))
    return np.concatenate(([0], np.cumsum(counts))), values.numbers[held]


def _ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """start, start + 1… for each start and count, one after the other."""
    if not counts.sum():
        return np.empty(0, dtype=np.int64)
    offsets = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    ranges: NDArray[np.int64] = offsets + np.arange(counts.sum())
    return ranges


def _once(values: int, documents: Ints, numbers: Ints) -> tuple[Ints, Ints]:
    """Pairs of documents and numbers of so many values, each pair once."""
    both = np.sort(documents.astype(np.int64) * max(values, 1) + numbers)
    both = both[np.diff(both, prepend=-1) > 0]
    return (both // max(values, 1)).astype(np.int32), (both % max(values, 1)).astype(np.int32)
