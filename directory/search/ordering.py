"""The order of names over all segments: only what is new is sorted.

The names of large segments are sorted once and their order is kept; those of all small ones, which
come and go, are sorted together each time and counted in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from directory.search.parts import Ints

# A segment with so many documents is large.
LARGE = 4096

# A segment's name, and the names of its documents.
Names = tuple[str, NDArray[np.bytes_]]


class Merged(NamedTuple):
    """The order among the documents of all large segments.

    Attributes:
        segments: which those are.
        orders: for each its documents in order.
        places: for each document of them, one after the other, its place among all; equal names in
            the order of segments.
    """

    segments: tuple[str, ...]
    orders: tuple[Ints, ...]
    places: Ints

    @classmethod
    def of(cls, parts: Sequence[Names], before: Self | None) -> Self:
        """That of the large ones of `parts`, taken over from `before` as far as possible."""
        large = [part for part in parts if len(part[1]) >= LARGE]
        segments = tuple(name for name, _names in large)
        if before is not None and before.segments == segments:
            return before
        known = dict(zip(before.segments, before.orders, strict=True)) if before else {}
        orders = [known[name] if name in known else in_order(names) for name, names in large]
        return cls(segments, tuple(orders), merged([names for _name, names in large], orders))

    def ranks(self, parts: Sequence[Names]) -> Ints:
        """For each document of `parts`, one after the other, its place among all; equal names in
        the order of segments, large ones first."""
        is_large = [name in self.segments for name, _names in parts]
        small = [
            names for (_name, names), is_one in zip(parts, is_large, strict=True) if not is_one
        ]
        large = [names for (_name, names), is_one in zip(parts, is_large, strict=True) if is_one]
        if not small:
            return self.places
        new = np.concatenate(small)
        order = in_order(new)
        wanted = new[order]
        before = np.zeros(len(new), dtype=np.int64)
        for names, known in zip(large, self.orders, strict=True):
            before += np.searchsorted(names, wanted, side="right", sorter=known)
        places = np.empty(len(new), dtype=np.int32)
        places[order] = before + np.arange(len(new))
        moved = up_to(before, len(self.places))
        counted = self.places + moved[self.places]
        return _in_their_order(parts, is_large, counted, places)


def in_order(names: NDArray[np.bytes_]) -> Ints:
    """The documents in the order of their names."""
    return np.argsort(names, kind="stable").astype(np.int32)


def merged(names: Sequence[NDArray[np.bytes_]], orders: Sequence[Ints]) -> Ints:
    """For each document of all parts, one after the other, its place among all; equal names in the
    order of the parts."""
    every = [order.astype(np.int64) for order in orders]
    for part in every:
        part[part.copy()] = np.arange(len(part))
    ranks = [part.copy() for part in every]
    for at in range(len(names)):
        for number in range(at + 1, len(names)):
            first = np.searchsorted(
                names[at], names[number][orders[number]], side="right", sorter=orders[at]
            )
            ranks[number] += first[every[number]]
            ranks[at] += up_to(first, len(names[at]))[every[at]]
    whole = np.concatenate(ranks) if ranks else np.empty(0, dtype=np.int64)
    return whole.astype(np.int32)


def up_to(places: NDArray[np.int64], size: int) -> Ints:
    """For each number below `size`, how many of `places` are not greater."""
    return np.cumsum(np.bincount(places, minlength=size + 1))[:size].astype(np.int32)


def _in_their_order(
    parts: Sequence[Names], is_large: Sequence[bool], large: Ints, small: Ints
) -> Ints:
    """The places of documents of large and small segments in the order of the segments."""
    found, at = [], {True: 0, False: 0}
    for (_name, names), is_one in zip(parts, is_large, strict=True):
        start = at[is_one]
        at[is_one] += len(names)
        found.append((large if is_one else small)[start : at[is_one]])
    return np.concatenate(found)
