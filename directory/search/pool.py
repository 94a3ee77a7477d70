"""The words of a segment as they are said, and the postings that they make.

Whoosh's own pool takes a posting at a time, to disk and back. This one takes a line of text at a
time, knows those that it met before, and has numpy sort everything at the end.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search.schema import Lines, Ready

# Lines of one field that are remembered as numbers, some 200 bytes each.
LINES_KEPT = 32_768


class Postings(NamedTuple):
    """All postings of one field: those of a term after those of another, terms in order.

    Attributes:
        terms: as they are written.
        starts: where the postings of each term begin, and the end of the last.
        documents: of each posting; and as its distance from the one before in the same term, as
            Whoosh keeps them.
        counts: how often the term is in the document.
        places, place_starts: where in it, if that is kept; where the places of each posting begin,
            and the end of the last.
    """

    terms: list[bytes]
    starts: NDArray[np.int64]
    documents: NDArray[np.uint32]
    apart: NDArray[np.uint32]
    counts: NDArray[np.int64]
    places: NDArray[np.uint32] | None
    place_starts: NDArray[np.int64]


class FieldPool:
    """The words of one field in the order in which they were said: which term, in which document,
    and where in it."""

    def __init__(self, field: Ready) -> None:
        self._gap, self._is_set = field.gap, field.is_set
        self._numbers: dict[str, int] = {}
        self._lines: dict[tuple[str, ...], bytes] = {}
        self._said = bytearray()
        # So many words of each document, one after the other.
        self._documents = array("I")
        self._lengths = array("I")
        # Places count up from here, for so many words.
        self._place_starts = array("I")
        self._place_lengths = array("I")

    def say(self, lines: Lines, document: int) -> int:
        """Take in what one document says; how many words that is."""
        length = at = 0
        for line in lines:
            self._said += self._numbered(tuple(line))
            length += len(line)
            if self._gap is not None:
                self._place_starts.append(at)
                self._place_lengths.append(len(line))
                at += len(line) + self._gap
        if length:
            self._documents.append(document)
            self._lengths.append(length)
        return length

    def _numbered(self, line: tuple[str, ...]) -> bytes:
        """The numbers of its terms, 32 bits each."""
        found = self._lines.get(line)
        if found is None:
            numbers = self._numbers
            found = array("I", [numbers.setdefault(t, len(numbers)) for t in line]).tobytes()
            if len(self._lines) >= LINES_KEPT:
                self._lines.clear()
            self._lines[line] = found
        return found

    def take_over(self, term: str, documents: NDArray[Any], places: NDArray[Any] | None) -> None:
        """One term with all its documents, one for each time that it is said."""
        number = self._numbers.setdefault(term, len(self._numbers))
        self._said += np.full(len(documents), number, dtype=np.uint32).tobytes()
        self._documents.frombytes(documents.astype(np.uint32).tobytes())
        ones = np.ones(len(documents), dtype=np.uint32).tobytes()
        self._lengths.frombytes(ones)
        if places is not None:
            self._place_starts.frombytes(places.astype(np.uint32).tobytes())
            self._place_lengths.frombytes(ones)

    def take_over_one(self, term: str, document: int, count: int, places: bytes) -> None:
        """One term of one document, which says it so often; its places as 32-bit numbers."""
        number = self._numbers.setdefault(term, len(self._numbers))
        self._said += number.to_bytes(4, sys.byteorder) * count
        self._documents.append(document)
        self._lengths.append(count)
        if self._gap is not None:
            self._place_starts.frombytes(places)
            self._place_lengths.extend([1] * count)

    def postings(self) -> Postings:
        """All that was said, in the order in which it is written."""
        terms = sorted(self._numbers)
        ranks = np.empty(len(terms), dtype=np.uint32)
        ranks[[self._numbers[term] for term in terms]] = np.arange(len(terms), dtype=np.uint32)
        said = ranks[np.frombuffer(self._said, dtype=np.uint32)]
        documents = np.repeat(_array(self._documents), _array(self._lengths))
        order = _order(said, documents)
        said, documents = said[order], documents[order]
        is_first = np.ones(len(said), dtype=bool)
        is_first[1:] = (said[1:] != said[:-1]) | (documents[1:] != documents[:-1])
        firsts = np.flatnonzero(is_first)
        counts = np.diff(firsts, append=len(said))
        held, of_term = documents[firsts], said[firsts]
        starts = np.searchsorted(of_term, np.arange(len(terms) + 1, dtype=np.uint32))
        apart = np.diff(held, prepend=np.uint32(0))
        apart[starts[:-1]] = held[starts[:-1]]
        return Postings(
            terms=[term.encode() for term in terms],
            starts=starts,
            documents=held,
            apart=apart,
            counts=np.ones_like(counts) if self._is_set else counts,
            places=None if self._gap is None else self._places()[order],
            place_starts=np.append(firsts, len(said)),
        )

    def _places(self) -> NDArray[np.uint32]:
        starts, lengths = _array(self._place_starts), _array(self._place_lengths)
        before = np.cumsum(lengths, dtype=np.int64) - lengths
        found = np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))
        return found.astype(np.uint32)


def _array(numbers: array[int]) -> NDArray[np.uint32]:
    return np.frombuffer(numbers, dtype=np.uint32)


def _order(said: NDArray[np.uint32], documents: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Terms in order, and each one's documents in order."""
    # Of 16 bits numpy sorts by counting, which is ten times as fast.
    order = np.argsort(said.astype(np.uint16), kind="stable")
    if len(said) and said.max() >= 1 << 16:
        order = order[np.argsort((said[order] >> 16).astype(np.uint16), kind="stable")]
    # Documents come one after the other, so that they are in order already.
    terms, held = said[order], documents[order]
    if ((terms[1:] == terms[:-1]) & (held[1:] < held[:-1])).any():
        order = np.lexsort((documents, said))
    return order


class Pool:
    """All words of a segment, by field."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._fields: dict[str, FieldPool] = {}

    def of(self, name: str) -> FieldPool:
        found = self._fields.get(name)
        if found is None:
            found = self._fields[name] = FieldPool(self._schema[name])
        return found

    def iter_postings(self) -> Iterator[tuple[str, Postings]]:
        """Each field with its postings; what it held is freed."""
        for name in sorted(self._fields):
            yield name, self._fields.pop(name).postings()

    def cleanup(self) -> None:
        self._fields.clear()
