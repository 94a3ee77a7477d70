"""What a snapshot is made of: parts with their documents, and the values of filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

NOTHING: Ints = np.empty(0, dtype=np.int32)
NO_SCORES: Floats = np.empty(0)


class Damaged(Exception):
    """A file of the index does not hold what it should."""


class Part(Protocol):
    """Some of the documents of a snapshot, numbered from 0; never changes.

    Attributes:
        total_lengths: how many words each text field holds, all documents together.
        lengths: how many each document has in it, as Whoosh writes a length: in a byte.
        sort_names: folded names, cut to SORT_BYTES.
    """

    name: str
    size: int
    total_lengths: dict[str, int]
    lengths: dict[str, NDArray[np.uint8]]
    sort_names: NDArray[np.bytes_]

    @property
    def numbers(self) -> dict[str, NDArray[Any]]:
        """Columns of numbers; asked for once."""

    @property
    def keys(self) -> dict[str, dict[str, Ints]]:
        """For each filter the documents of each value; asked for once."""

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Which documents hold `term`, deleted ones too, sorted; and how often."""

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`, deleted ones too."""

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""

    def words_from(self, start: str, *, most: int) -> list[str]:
        """Unstemmed words that start with `start`, in order of the alphabet."""

    def all_words(self) -> list[str]:
        """Every unstemmed word."""

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""

    def cards(self, documents: Sequence[int]) -> Sequence[dict[str, Any]]:
        """What was stored of each of `documents`."""


@dataclass(frozen=True)
class Values:
    """A filter's values over some documents: pairs of a document and the number of a value."""

    names: tuple[str, ...]
    documents: Ints
    numbers: Ints

    @classmethod
    def of(cls, found: Mapping[str, Ints]) -> Values:
        """Values from the documents of each; pairs in the order of documents, then of values."""
        names = tuple(sorted(found))
        if not names:
            return cls((), NOTHING, NOTHING)
        documents = np.concatenate([found[name] for name in names]).astype(np.int32)
        counts = [len(found[name]) for name in names]
        numbers = np.repeat(np.arange(len(names), dtype=np.int32), counts)
        order = np.argsort(documents, kind="stable")
        return cls(names, documents[order], numbers[order])

    def having(self, name: str) -> Ints:
        """The documents that have one value, in order."""
        return self.by_name.get(name, NOTHING)

    @cached_property
    def by_name(self) -> dict[str, Ints]:
        """The documents that have each value."""
        documents, starts, names = self._by_number
        return dict(zip(names, np.split(documents, starts[1:]), strict=True)) if names else {}

    def mask(self, chosen: Iterable[str], size: int) -> Mask:
        """Documents that have any of the chosen values."""
        mask = np.zeros(size, dtype=bool)
        for name in chosen:
            mask[self.by_name.get(name, NOTHING)] = True
        return mask

    def counts(self, mask: Mask) -> dict[str, int]:
        """For each value, how many documents of `mask` have it."""
        if not len(self.documents):
            return dict.fromkeys(self.names, 0)
        having, starts, names = self._by_number
        found = np.add.reduceat(mask.view(np.int8)[having], starts, dtype=np.int32)
        return dict.fromkeys(self.names, 0) | dict(zip(names, found.tolist(), strict=True))

    @cached_property
    def _by_number(self) -> tuple[Ints, NDArray[np.int64], list[str]]:
        """Documents in the order of their values, where each value begins, and which it is."""
        # Of 16 bits numpy sorts by counting, which is ten times as fast.
        few = self.numbers.astype(np.uint16) if len(self.names) < 1 << 16 else self.numbers
        order = np.argsort(few, kind="stable")
        numbers = self.numbers[order]
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        return self.documents[order], starts, [self.names[n] for n in numbers[starts].tolist()]


class PartedValues:
    """A filter's values over all documents of a snapshot, as they are in each of its parts: a new
    part is put beside the others, of which nothing is worked out again."""

    def __init__(self, parts: Sequence[tuple[int, int, Values]]) -> None:
        """Put parts together: for each its first document, how many it has, and its values."""
        self._parts = parts
        self.names = _all_names([values.names for _first, _size, values in parts])

    def having(self, name: str) -> Ints:
        """The documents that have one value, in order."""
        found = [NOTHING]
        found += [values.having(name) + np.int32(first) for first, _size, values in self._parts]
        return np.concatenate(found)

    def mask(self, chosen: Iterable[str], size: int) -> Mask:
        """Documents that have any of the chosen values."""
        chosen = list(chosen)
        mask = np.zeros(size, dtype=bool)
        for first, length, values in self._parts:
            here = mask[first : first + length]
            for name in chosen:
                here[values.having(name)] = True
        return mask

    def counts(self, mask: Mask) -> dict[str, int]:
        """For each value, how many documents of `mask` have it."""
        counted = dict.fromkeys(self.names, 0)
        for first, length, values in self._parts:
            for name, count in values.counts(mask[first : first + length]).items():
                counted[name] += count
        return counted

    def together(self, since: int = 0) -> Values:
        """All pairs, in the order of documents, then of values; only of parts that begin with
        document `since` or a later one."""
        number_of = {name: number for number, name in enumerate(self.names)}
        documents, numbers = [NOTHING], [NOTHING]
        for first, _size, values in self._parts:
            if first < since:
                continue
            documents.append(values.documents + np.int32(first))
            if values.names == self.names:
                numbers.append(values.numbers)
            elif values.names:
                ours = np.array([number_of[name] for name in values.names], dtype=np.int32)
                numbers.append(ours[values.numbers])
        return Values(self.names, np.concatenate(documents), np.concatenate(numbers))


def _all_names(parts: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """All names in order; those of the first, where no other has more."""
    more = set().union(*parts[1:]).difference(parts[0]) if parts else set()
    return tuple(sorted([*parts[0], *more])) if more else (parts[0] if parts else ())
