"""The order of names over all segments, from the order within each: only a new one is sorted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Ordered:
    """Names, each at the number of its document, with their order."""

    def __init__(self, names: NDArray[np.bytes_]) -> None:
        self.names = names
        self.order = np.argsort(names, kind="stable").astype(np.int32)

    @cached_property
    def ranks(self) -> NDArray[np.int32]:
        """For each document its place in the order."""
        ranks = np.empty(len(self.order), dtype=np.int32)
        ranks[self.order] = np.arange(len(self.order), dtype=np.int32)
        return ranks

    def before(self, others: Ordered, *, or_equal: bool) -> NDArray[np.int64]:
        """For each name of `others` in order, how many names of ours come before it."""
        side: Any = "right" if or_equal else "left"
        wanted = others.names[others.order]
        return np.searchsorted(self.names, wanted, side=side, sorter=self.order)


def merged_ranks(parts: Sequence[Ordered]) -> NDArray[np.int64]:
    """For each document of all parts, one after the other, its place among all; equal names in the
    order of the parts."""
    ranks = [part.ranks.astype(np.int64) for part in parts]
    for at, first in enumerate(parts):
        for number, second in enumerate(parts[at + 1 :], start=at + 1):
            # The fewer are looked up among the more; the rest follows by counting.
            if len(second.names) <= len(first.names):
                firsts = first.before(second, or_equal=True)
                seconds = _up_to(firsts, len(first.names))
            else:
                seconds = second.before(first, or_equal=False)
                firsts = _up_to(seconds, len(second.names))
            ranks[number] += firsts[second.ranks]
            ranks[at] += seconds[first.ranks]
    return np.concatenate(ranks) if ranks else np.empty(0, dtype=np.int64)


def _up_to(places: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """For each number below `size`, how many of `places` are not greater."""
    counted: NDArray[np.int64] = np.cumsum(np.bincount(places, minlength=size + 1))[:size]
    return counted
