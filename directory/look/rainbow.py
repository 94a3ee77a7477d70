"""The rainbow: arcs of patches from staying well (outside) to crisis (inside).

Geometry only, in the units of a view box; it knows neither pages nor entries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, cos, degrees, floor, pi, sin
from typing import TypeVar

T = TypeVar("T")

WIDTH, HEIGHT = 1216, 632
CENTRE_X, CENTRE_Y = 608, 622
ARCS = 5
OUTER_RADIUS, BETWEEN_ARCS = 592, 56
BLOCK = 46
PITCH = 50.5  # along the arc, from block to block
HALF_GAP = 100  # the apex is kept free for the labels


@dataclass(frozen=True)
class Cell:
    """Where a patch lies: its middle, and how far it is turned, in degrees."""

    x: float
    y: float
    turn: float


@cache
def arcs() -> tuple[tuple[Cell, ...], ...]:
    """Five arcs, outermost first; the cells of each from the left foot over to the right."""
    return tuple(_halves(radius) for radius in _radii())


@cache
def crown() -> tuple[tuple[Cell, ...], ...]:
    """The same five arcs closed at the top, for narrow screens, where labels stand elsewhere."""
    return tuple(_whole(radius) for radius in _radii())


def spread(entries: Sequence[T], cells: int) -> list[T | None]:
    """The entries laid over so many cells at even distances; None is a bare patch.

    Raises:
        ValueError: there are more entries than cells; the caller chooses which to show.
    """
    if len(entries) > cells:
        raise ValueError(f"{len(entries)} entries do not fit {cells} cells")
    row: list[T | None] = [None] * cells
    for index, entry in enumerate(entries):
        row[floor((index + 0.5) * cells / len(entries))] = entry
    return row


def _radii() -> list[int]:
    return [OUTER_RADIUS - BETWEEN_ARCS * k for k in range(ARCS)]


def _halves(radius: float) -> tuple[Cell, ...]:
    first = asin((BLOCK / 2 + 2) / radius)
    last = pi / 2 - asin((HALF_GAP + BLOCK / 2) / radius)
    right = _even(first, last, radius)
    return (
        *(_cell(radius, pi - angle) for angle in right),
        *(_cell(radius, a) for a in right[::-1]),
    )


def _whole(radius: float) -> tuple[Cell, ...]:
    first = asin((BLOCK / 2 + 2) / radius)
    return tuple(_cell(radius, angle) for angle in _even(first, pi - first, radius)[::-1])


def _even(first: float, last: float, radius: float) -> list[float]:
    """Angles from `first` to `last`, as many as the pitch allows."""
    count = floor((last - first) * radius / PITCH) + 1
    return [first + (last - first) * i / (count - 1) for i in range(count)]


def _cell(radius: float, angle: float) -> Cell:
    """The cell at `angle` from the right foot, anticlockwise, in radians."""
    return Cell(
        x=round(CENTRE_X + radius * cos(angle), 1),
        y=round(CENTRE_Y - radius * sin(angle), 1),
        turn=round(90 - degrees(angle), 1),
    )
