"""Approach by approach: what one place has and lacks, or up to four places side by side.

Every approach stands once, under the part of life that it is mainly about: first what is known in
the (first) place, then what it lacks in the order of the rule in patchwork.py, then what is known
nowhere yet.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import StringIO
from typing import cast

from directory.entries.catalogue import Entry
from directory.entries.documents import Approach
from directory.entries.sightings import Seen
from directory.places.areas import Area
from directory.places.atlas import Atlas
from directory.places.patchwork import Patchwork
from directory.vocabulary import facets
from directory.vocabulary.terms import Strength, SupportArea, WhoFor

PLACES_MOST = 4


class Show(StrEnum):
    """Which approaches a table of gaps holds, seen from its first place."""

    ALL = "all"
    KNOWN = "known"
    LACKING = "lacking"


@dataclass(frozen=True)
class Filters:
    """Which approaches are wanted; None: any."""

    who_for: WhoFor | None = None
    evidence: Strength | None = None
    show: Show = Show.ALL

    def let_through(self, approach: Approach, is_known: bool) -> bool:
        if self.who_for and self.who_for not in approach.who_for:
            return False
        if self.evidence and self.evidence not in strengths(approach):
            return False
        return self.show is Show.ALL or (self.show is Show.KNOWN) == is_known


@dataclass(frozen=True)
class Line:
    """One approach.

    Attributes:
        strengths: how well it is backed, best first.
        here: how many services follow it in each of the places.
        services: those in the first place, by name.
        comparable: in how many comparable places of the first one it is known.
        elsewhere: in how many places it is known that are not compared here.
    """

    approach: Entry
    strengths: tuple[Strength, ...]
    here: tuple[int, ...]
    services: tuple[Seen, ...]
    comparable: int
    elsewhere: int

    @property
    def name(self) -> str:
        return self.approach.document.name


@dataclass(frozen=True)
class Part:
    """One part of life with the approaches that are mainly about it."""

    area: SupportArea
    lines: tuple[Line, ...]

    @property
    def known(self) -> int:
        """How many of them are known in the first place."""
        return sum(line.here[0] > 0 for line in self.lines)


def strengths(approach: Approach) -> tuple[Strength, ...]:
    """How well what is said of it is backed, best first; without evidence: none found."""
    found = {one.strength for one in approach.evidence} or {Strength.NONE_FOUND}
    return tuple(one for one in Strength if one in found)


def table(
    quilt: Patchwork, beside: Sequence[Area], atlas: Atlas, filters: Filters
) -> tuple[Part, ...]:
    """Every approach in the place of `quilt` and in those beside it, by part of life.

    Parts of which nothing is left are left out.
    """
    first, places = quilt.place, (quilt.place, *beside)
    compared = {one.slug for one in places}
    alike = {one.slug for one in quilt.comparable}
    nation = {one.slug for one in atlas.areas.values() if one.nation == first.nation}
    services = {one.approach.slug: one.services for one in quilt.patches if one.approach}
    parts: defaultdict[SupportArea, list[tuple[tuple[object, ...], Line]]] = defaultdict(list)
    for slug, entry in atlas.approaches.items():
        document = cast(Approach, entry.document)
        there = atlas.where.get(slug, {})
        if not filters.let_through(document, first.slug in there):
            continue
        line = Line(
            approach=entry,
            strengths=strengths(document),
            here=tuple(there.get(place.slug, 0) for place in places),
            services=services.get(slug, ()),
            comparable=len(there.keys() & alike),
            elsewhere=len(there.keys() - compared) + atlas.unplaced.get(slug, 0),
        )
        by_rule = (-line.comparable, -len(there.keys() & nation), -len(there))
        order = (0, line.name.casefold()) if line.here[0] else (1, *by_rule, line.name.casefold())
        parts[document.support_area[0]].append((order, line))
    return tuple(
        Part(area, tuple(line for _, line in sorted(parts[area], key=lambda pair: pair[0])))
        for area in SupportArea
        if parts[area]
    )


def to_csv(places: Sequence[Area], parts: Sequence[Part], public_url: str) -> str:
    """The table as CSV (RFC 4180): a line per approach, counts as numbers."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(
        [
            "approach", "address", "part_of_life", "evidence",
            *(f"services in {place.name}" for place in places),
            f"known in places comparable to {places[0].name}", "known in other places",
        ]
    )  # fmt: skip
    for row in _rows(parts, public_url):
        writer.writerow([_harmless(value) for value in row])
    return file.getvalue()


def _rows(parts: Sequence[Part], public_url: str) -> Iterator[list[str | int]]:
    for part in parts:
        for line in part.lines:
            yield [
                line.name,
                public_url + line.approach.url,
                facets.label("support_area", part.area),
                "; ".join(facets.label("strength", one) for one in line.strengths),
                *line.here,
                line.comparable,
                line.elsewhere,
            ]


def _harmless(value: str | int) -> str | int:
    """A name that a spreadsheet would take for a formula, marked as text."""
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
    )
