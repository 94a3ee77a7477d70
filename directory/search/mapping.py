"""Results on a map: those that stand so close that their marks would touch share one.

Sums are done in the pixels of web maps (Mercator, the world 256 px wide at zoom 0 and twice as wide
at each step), because it is on the reader's screen that marks must not touch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from directory.vocabulary.terms import Kind

# A finger needs 44 px (WCAG 2.2, target size); marks stand so far apart at least.
APART_PX = 52
# How far one may zoom in. Our own outline says nothing more below this; streets do.
DEEPEST = 11
DEEPEST_WITH_TILES = 17
# No screen is wider; who asks for more gets the marks of a lesser zoom.
WIDEST_PX = 4096
# So many results that share a spot are named.
NAMED = 20
# The first view holds the spot that was asked for and so many of what is nearest to it.
NEAREST_SHOWN = 8

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Box:
    """A part of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The box of "west,south,east,north"; None if it is none."""
        try:
            west, south, east, north = (float(one) for one in text[:120].split(","))
        except ValueError:
            return None
        if not (-180 <= west < east <= 180 and -85 <= south < north <= 85):
            return None  # this also refuses what is not a number
        return cls(west, south, east, north)

    @classmethod
    def around(cls, lat: Floats, lon: Floats) -> Self:
        """The smallest box that holds all these points."""
        return cls(*(float(one) for one in (lon.min(), lat.min(), lon.max(), lat.max())))

    def holds(self, lat: Floats, lon: Floats) -> NDArray[np.bool_]:
        inside: NDArray[np.bool_] = (
            (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)
        )
        return inside

    def __str__(self) -> str:
        return ",".join(f"{one:.4f}" for one in (self.west, self.south, self.east, self.north))


@dataclass(frozen=True)
class Mapped:
    """How many results have a point, and the part of the map that shows them first."""

    total: int
    box: Box


@dataclass(frozen=True)
class Standing:
    """A result that stands on the map."""

    id: UUID
    kind: Kind
    name: str
    url: str
    place: str
    support_area: tuple[str, ...]


@dataclass(frozen=True)
class Mark:
    """One or several results at one spot of the map.

    Attributes:
        box: where to look closer, if that parts them; else None.
        named: the best of them by name, where looking closer parts them no further.
        place: name of the place that all of them are in, else "".
        place_slug: the same as part of an address.
    """

    lat: float
    lon: float
    count: int
    box: Box | None = None
    named: tuple[Standing, ...] = ()
    place: str = ""
    place_slug: str = ""


@dataclass(frozen=True)
class Cluster:
    """Points that share a mark, by their numbers, and where it stands."""

    lat: float
    lon: float
    members: NDArray[np.int64]


def to_pixels(lat: Any, lon: Any, zoom: int) -> tuple[Any, Any]:
    """Where points lie on the map of that zoom, from its upper left corner."""
    world = 256 * 2**zoom
    up = np.radians(np.clip(lat, -85, 85))
    x = (np.asarray(lon) + 180) / 360 * world
    y = (1 - np.arcsinh(np.tan(up)) / np.pi) / 2 * world
    return x, y


def zoom_for(box: Box, zoom: int) -> int:
    """`zoom`, or as much less as makes `box` fit a screen."""
    while zoom > 0 and (box.east - box.west) / 360 * 256 * 2**zoom > WIDEST_PX:
        zoom -= 1
    return zoom


def clusters(lat: Floats, lon: Floats, zoom: int) -> list[Cluster]:
    """Points by the mark that they share, those with most points first.

    Squares of the whole map are counted, so that a mark stays where it is when the map is moved.
    The fullest square takes in what touches it, then the next.
    """
    if not len(lat):
        return []
    x, y = to_pixels(lat, lon, zoom)
    squares = np.stack((x // APART_PX, y // APART_PX))
    _, square_of, counts = np.unique(squares, axis=1, return_inverse=True, return_counts=True)
    square_of = square_of.reshape(-1)
    middle_x = np.bincount(square_of, x) / counts
    middle_y = np.bincount(square_of, y) / counts
    leader = np.full(len(counts), -1)
    fullest = np.argsort(-counts, kind="stable")
    for square in fullest:
        if leader[square] < 0:
            apart = np.hypot(middle_x - middle_x[square], middle_y - middle_y[square])
            leader[(apart < APART_PX) & (leader < 0)] = square
    leader_of = leader[square_of]
    order = np.argsort(leader_of, kind="stable")
    starts = np.flatnonzero(np.diff(leader_of[order], prepend=-1))
    found = []
    for members in np.split(order, starts[1:]):
        # The mark stands in the middle of its fullest square, so that no two marks touch.
        main = members[square_of[members] == leader_of[members[0]]]
        found.append(Cluster(float(lat[main].mean()), float(lon[main].mean()), members))
    return sorted(found, key=lambda one: (-len(one.members), -one.lat))


def is_one_spot(lat: Floats, lon: Floats, deepest: int) -> bool:
    """Whether points share a mark however close one looks."""
    x, y = to_pixels(lat, lon, deepest)
    return bool(np.ptp(x) < APART_PX and np.ptp(y) < APART_PX)
