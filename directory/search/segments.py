"""Segments of Whoosh's, written a term at a time instead of a posting at a time.

Whoosh's own writer hands every posting through five functions and to disk and back. This one keeps
the words of a segment as they come and has numpy sort them, then writes each term's blocks in one
go; blocks are larger, and hold arrays where Whoosh's hold tuples. The files are Whoosh's, and plain
Whoosh reads them: a test compares both.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pickle import dumps
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3Segment,
    W3TermInfo,
)
from whoosh.system import pack_int, pack_long, pack_ushort
from whoosh.writing import SegmentWriter

# Postings in a block. Whoosh's 128 suit readers that skip; ours reads whole terms.
BLOCK = 4096
# From so many on, an array is smaller and sooner read than a tuple.
ARRAYS_FROM = 8
COMPRESSION = 3
COMPRESSED_FROM = 200  # bytes
PROTOCOL = 5
_FIGURES = W3TermInfo._struct.pack


class Positions(Sequence[bytes]):
    """Where a term stands in each document of a block: all of it in one piece, cut when asked.

    Attributes:
        counts: how many positions each document has.
        packed: the positions of all, 32 bits each.
    """

    __slots__ = ("_ends", "counts", "packed")

    def __init__(self, counts: array[int], packed: bytes) -> None:
        self.counts = counts
        self.packed = packed
        self._ends: list[int] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Positions, (self.counts, self.packed)

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, at: Any) -> Any:
        if self._ends is None:
            self._ends = [4 * end for end in accumulate(self.counts)]
        start = self._ends[at - 1] if at else 0
        return self.packed[start : self._ends[at]]


class _Field:
    """The words of one field in the order in which they were said: which term, in which document,
    and where in it."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.said = array("I")
        self.documents = array("I")
        self.places = array("I")

    def say(self, terms: Sequence[str], document: int) -> None:
        numbers = self.numbers
        self.said.extend([numbers.setdefault(term, len(numbers)) for term in terms])
        self.documents.extend([document] * len(terms))

    def take_over(self, term: str, documents: NDArray[Any], places: NDArray[Any] | None) -> None:
        """One term with all its documents, one for each time that it is said."""
        number = self.numbers.setdefault(term, len(self.numbers))
        self.said.frombytes(np.full(len(documents), number, dtype=np.uint32).tobytes())
        self.documents.frombytes(documents.astype(np.uint32).tobytes())
        if places is not None:
            self.places.frombytes(places.astype(np.uint32).tobytes())

    def postings(self) -> Iterator[_Postings]:
        """All postings, term by term in the order in which they are written."""
        terms = sorted(self.numbers)
        if not terms:
            return
        ranks = np.empty(len(terms), dtype=np.int64)
        ranks[[self.numbers[term] for term in terms]] = np.arange(len(terms))
        documents = np.frombuffer(self.documents, dtype=np.uint32).astype(np.int64)
        both = (ranks[np.frombuffer(self.said, dtype=np.uint32)] << 32) | documents
        order = np.argsort(both, kind="stable")
        both = both[order]
        firsts = np.flatnonzero(np.diff(both, prepend=-1))
        counts = np.diff(firsts, append=len(both))
        both = both[firsts]
        starts = np.searchsorted(both, np.arange(len(terms) + 1, dtype=np.int64) << 32)
        places = np.frombuffer(self.places, dtype=np.uint32)[order] if self.places else None
        ends = np.concatenate((firsts, [len(order)]))
        held = (both & 0xFFFFFFFF).astype(np.uint32)
        # Each document as its distance from the one before in the same term, as Whoosh keeps them.
        apart = np.diff(held, prepend=np.uint32(0))
        apart[starts[:-1]] = held[starts[:-1]]
        for term, start, end in zip(terms, starts[:-1].tolist(), starts[1:].tolist(), strict=True):
            yield _Postings(
                term=term,
                documents=held[start:end],
                apart=apart[start:end],
                counts=counts[start:end],
                places=None if places is None else places[ends[start] : ends[end]],
            )


class _Postings(NamedTuple):
    """The postings of one term: documents, their distances, how often in each, and where."""

    term: str
    documents: NDArray[np.uint32]
    apart: NDArray[np.uint32]
    counts: NDArray[np.int64]
    places: NDArray[np.uint32] | None


class _Pool:
    """All words of a segment, by field."""

    def __init__(self) -> None:
        self._fields: dict[str, _Field] = {}

    def of(self, name: str) -> _Field:
        return self._fields.setdefault(name, _Field())

    def iter_postings(self) -> Iterator[tuple[str, Iterator[_Postings]]]:
        for name in sorted(self._fields):
            yield name, self._fields.pop(name).postings()

    def cleanup(self) -> None:
        self._fields.clear()


class Codec(W3Codec):  # type: ignore[misc]
    """Writes terms whole; what it has written any Whoosh reads, with Whoosh's own codec."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _Terms:
        return _Terms(self, storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        return W3Segment(W3Codec(), indexname)


class _Terms(W3FieldWriter):  # type: ignore[misc]
    """The terms of a segment and their postings."""

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        for name, terms in items:
            number = pack_ushort(self._fieldmap.setdefault(name, len(self._fieldmap)))
            for postings in terms:
                write = self._write_one if len(postings.documents) == 1 else self._write
                self._tindex.add(number + postings.term.encode(), write(postings))

    def _write_one(self, postings: _Postings) -> bytes:
        """The same as `_write` for a word of a single document, as most words are."""
        document, count = int(postings.documents[0]), int(postings.counts[0])
        values = None if postings.places is None else (postings.places.tobytes(),)
        block = dumps(((document,), None if count == 1 else float(count), values), PROTOCOL)
        info = dumps((1, document, float(count), 0, 0, 0), 2)
        line = WHOOSH3_HEADER_MAGIC + pack_int(-len(info) - len(block)) + info + block
        start = self._postfile.tell()
        self._postfile.write(line)
        figures = _FIGURES(0, count, 1, 0, 0, count, document, document)
        return figures + pack_long(start) + pack_int(len(line))  # type: ignore[no-any-return]

    def _write(self, postings: _Postings) -> bytes:
        """Write the blocks of one term; its line for the list of terms."""
        file = self._postfile
        start = file.tell()
        total = len(postings.documents)
        written = [WHOOSH3_HEADER_MAGIC]
        used = 0
        for at in range(0, total, BLOCK):
            counts = postings.counts[at : at + BLOCK]
            values = None
            if postings.places is not None:
                places = postings.places[used : used + int(counts.sum())]
                used += len(places)
                values = _values(counts, places.tobytes())
            apart = postings.apart[at : at + BLOCK]
            apart[0] = postings.documents[at]  # every block begins anew
            block = dumps((_short(apart, "I"), _weights(counts), values), PROTOCOL)
            compression = COMPRESSION if len(block) >= COMPRESSED_FROM else 0
            if compression:
                block = zlib.compress(block, compression)
            last = int(postings.documents[at + len(counts) - 1])
            info = dumps((len(counts), last, float(counts.max()), compression, 0, 0), 2)
            size = len(info) + len(block)
            written += [pack_int(-size if at + BLOCK >= total else size), info, block]
        line = b"".join(written)
        file.write(line)
        return _info(postings, start, len(line))


def _info(postings: _Postings, start: int, length: int) -> bytes:
    """What the list of terms says of one: how often it is said, in how many documents, and where
    its blocks lie. (Whoosh skips by the lengths of documents; nobody here does.)"""
    counts, documents = postings.counts, postings.documents
    ends = int(documents[0]), int(documents[-1])
    figures: bytes = _FIGURES(0, counts.sum(), len(documents), 0, 0, counts.max(), *ends)
    place: bytes = pack_long(start) + pack_int(length)
    return figures + place


def _short(numbers: NDArray[Any], code: str) -> Any:
    if len(numbers) < ARRAYS_FROM:
        return tuple(numbers.tolist())
    return array(code, numbers.tobytes())


def _weights(counts: NDArray[np.int64]) -> Any:
    first = int(counts[0])
    if (counts == first).all():
        return None if first == 1 else float(first)
    return _short(counts.astype(np.float32), "f")


def _values(counts: NDArray[np.int64], packed: bytes) -> Any:
    return Positions(array("I", counts.tolist()), packed)


class Writer(SegmentWriter):  # type: ignore[misc]
    """Adds documents whose fields are given as Whoosh's schema wants them."""

    def __init__(self, index: Any) -> None:
        # Files apart and not in one compound file: readers of that copy it into memory.
        super().__init__(index, codec=Codec(), compound=False)
        self.pool: Any = _Pool()

    def add_document(self, **fields: Any) -> None:
        """Add one document; unlike Whoosh's own without boosts, vectors and spelling fields."""
        number, columns = self.docnum, self.perdocwriter
        columns.start_doc(number)
        for name, value in fields.items():
            field = self.schema[name]
            length = self._index(name, field, value, number) if field.indexed else 0
            columns.add_field(name, field, value if field.stored else None, length)
            if field.column_type:
                columns.add_column_value(name, field.column_type, field.to_column_value(value))
        columns.finish_doc()
        self._added = True
        self.docnum += 1

    def _index(self, name: str, field: Any, value: Any, number: int) -> int:
        """Take in the words of one field; how many there are, if that is to be kept."""
        terms, places = field.said(value)
        pool = self.pool.of(name)
        pool.say(terms, number)
        pool.places.extend(places)
        return len(terms) if field.scorable else 0

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: Any) -> None:
        """Take over all words of another segment, which is merged into this one."""
        size = reader.doc_count_all()
        moved = np.full(size, -1, dtype=np.int64)
        if docmap is None:
            moved[:] = np.arange(startdoc, startdoc + size)
        else:
            moved[list(docmap)] = list(docmap.values())
        for name, term in reader.all_terms():
            if name in self.schema:
                self._take_over(reader, name, term, moved)

    def _take_over(self, reader: Any, name: str, term: bytes, moved: NDArray[np.int64]) -> None:
        has_places = self.schema[name].format.fixed_value_size() != 0
        for ids, counts, places in blocks(reader, name, term):
            kept = moved[ids] >= 0
            said = np.repeat(moved[ids], counts)
            is_kept = np.repeat(kept, counts)
            left = places[is_kept] if has_places and places is not None else None
            if kept.any():
                self.pool.of(name).take_over(term.decode(), said[is_kept], left)


Block = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint32] | None]


def blocks(reader: Any, name: str, term: bytes) -> Iterator[Block]:
    """The postings of a term as they lie on disk: documents, how often in each, and where.

    Raises:
        whoosh.reading.TermNotFound, KeyError: nobody uses it.
    """
    matcher = reader._terms.matcher(name, term, reader.schema[name].format)
    while True:
        matcher._read_data()
        apart, weights, values = matcher._data
        ids = np.cumsum(np.asarray(apart), dtype=np.int64)
        weight = np.asarray(1 if weights is None else weights)
        counts = np.broadcast_to(weight.astype(np.int64), len(ids))
        yield ids, counts, _places(values)
        if matcher._lastblock:
            return
        matcher._next_block()


def _places(values: Any) -> NDArray[np.uint32] | None:
    if values is None:
        return None
    packed = values.packed if isinstance(values, Positions) else b"".join(values)
    return np.frombuffer(packed, dtype="<u4")
