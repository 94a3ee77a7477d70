"""What the front page shows: the rainbow, the same as a list, the five cloths with their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from directory.entries.catalogue import Entry
from directory.entries.documents import Approach
from directory.look import quilt, rainbow
from directory.vocabulary import facets
from directory.vocabulary.terms import Moment, SupportArea

LISTED_AT_FIRST = 5


@dataclass(frozen=True)
class Patch:
    """An approach on the rainbow and in the list. `symbol` names its block on this page."""

    symbol: str
    id: UUID
    url: str
    name: str
    strapline: str
    support_area: Sequence[SupportArea]


@dataclass(frozen=True)
class Laid:
    """A cell of an arc with what lies on it; None is a bare patch."""

    cell: rainbow.Cell
    patch: Patch | None


@dataclass(frozen=True)
class Arc:
    """The approaches of one moment: on the arc, on the crown of narrow screens, and as a list."""

    moment: Moment
    label: str
    explanation: str
    laid: tuple[Laid, ...]
    crown: tuple[Laid, ...]
    patches: tuple[Patch, ...]

    @property
    def first(self) -> tuple[Patch, ...]:
        return self.patches[:LISTED_AT_FIRST]

    @property
    def others(self) -> tuple[Patch, ...]:
        return self.patches[LISTED_AT_FIRST:]

    @property
    def shown(self) -> int:
        """How many are on the arc. Patches never shrink, so a full arc leaves some to the list."""
        return sum(one.patch is not None for one in self.laid)


@dataclass(frozen=True)
class Strip:
    """One cloth with the part of life it stands for."""

    area: SupportArea
    label: str
    explanation: str
    count: int


@dataclass(frozen=True)
class FrontPage:
    arcs: tuple[Arc, ...]
    strips: tuple[Strip, ...]

    @property
    def total(self) -> int:
        return sum(len(arc.patches) for arc in self.arcs)

    @property
    def patches(self) -> tuple[Patch, ...]:
        return tuple(patch for arc in self.arcs for patch in arc.patches)


def front_page(approaches: Iterable[Entry], known_in: Mapping[str, int]) -> FrontPage:
    """The front page of these approaches. `known_in`: in how many places each is, by its slug."""
    entries = sorted(
        approaches, key=lambda one: (-known_in.get(one.slug, 0), one.document.name.casefold())
    )
    patches = {one.id: _patch(one, f"b{number}") for number, one in enumerate(entries)}
    rows = zip(Moment, rainbow.arcs(), rainbow.crown(), strict=True)
    arcs = tuple(
        _arc(
            moment, [one for one in entries if _approach(one).moment is moment], patches, arc, crown
        )
        for moment, arc, crown in rows
    )
    counts = Counter(area for one in entries for area in _approach(one).support_area)
    strips = tuple(
        Strip(area, term.label, term.explanation, counts[area])
        for area in SupportArea
        for term in [facets.term("support_area", area)]
    )
    return FrontPage(arcs, strips)


def _arc(
    moment: Moment,
    entries: Sequence[Entry],
    patches: Mapping[UUID, Patch],
    arc: Sequence[rainbow.Cell],
    crown: Sequence[rainbow.Cell],
) -> Arc:
    # By seed, so that no part of life owns a side of the rainbow.
    scrappy = sorted(_most_recently_checked(entries, len(arc)), key=lambda one: quilt.seed(one.id))
    laid = [patches[one.id] for one in scrappy]
    term = facets.term("moment", moment)
    return Arc(
        moment=moment,
        label=term.label,
        explanation=term.explanation,
        laid=_lay(laid, arc),
        crown=_lay(laid, crown),
        patches=tuple(patches[one.id] for one in entries),
    )


def _most_recently_checked(entries: Sequence[Entry], most: int) -> Sequence[Entry]:
    if len(entries) <= most:
        return entries
    return sorted(entries, key=lambda one: one.document.assured_date or date.min)[-most:]


def _lay(patches: Sequence[Patch], cells: Sequence[rainbow.Cell]) -> tuple[Laid, ...]:
    return tuple(
        Laid(cell, patch)
        for cell, patch in zip(cells, rainbow.spread(patches, len(cells)), strict=True)
    )


def _patch(entry: Entry, symbol: str) -> Patch:
    document = _approach(entry)
    return Patch(
        symbol=symbol,
        id=entry.id,
        url=entry.url,
        name=document.name,
        strapline=document.strapline,
        support_area=tuple(document.support_area),
    )


def _approach(entry: Entry) -> Approach:
    return cast(Approach, entry.document)
