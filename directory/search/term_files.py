"""The files of a segment that hold its terms and their postings, written a field at a time.

Whoosh reads them as its own: only the order of work is ours, blocks are larger, and hold arrays
where Whoosh's hold tuples. Nothing is compressed: numbers are as short as they can be, and what is
read for the first time is read at once.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from pickle import dumps
from struct import Struct
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import (
    WHOOSH3_HEADER_MAGIC,
    W3Codec,
    W3FieldWriter,
    W3TermInfo,
)
from whoosh.system import pack_int, pack_ushort

from directory.search.pool import Postings

# Postings in a block. Whoosh's 128 suit readers that skip; ours reads whole terms.
BLOCK = 4096
# From so many on, an array is smaller and sooner read than a tuple.
ARRAYS_FROM = 24
# Postings of a field of which all fit into a list.
SHORT_FIELD = 10_000
# So many blocks of one document are remembered as they are written.
FEW_KEPT = 4096
PROTOCOL = 5
# What the list of terms says of one: how often it is said, in how many documents, between which;
# and where its blocks lie. (Whoosh skips by the lengths of documents; nobody here does.)
_FIGURES = W3TermInfo._struct.pack
EXTENT = Struct("!qi")
# Whoosh's hash file: how it begins, and by which hash; before each key, how long it and its value
# are; where each table lies, with how many slots; and a slot: a hash, and where its key lies.
MAGIC, CRC = b"HSH3", 1
LENGTHS, TABLE, SLOT = Struct("!ii"), Struct("!qi"), Struct("!Iq")
# Numbers that fit into so many bits are kept in them.
_SHORT = ((1 << 8, "B", np.uint8), (1 << 16, "H", np.uint16), (1 << 32, "I", np.uint32))


class Positions(Sequence[bytes]):
    """Where a term stands in each document of a block: all of it in one piece, cut when asked.

    Attributes:
        counts: how many positions each document has.
        packed: the positions of all, one after the other.
    """

    __slots__ = ("_ends", "counts", "packed")

    def __init__(self, counts: array[int], packed: array[int]) -> None:
        self.counts = counts
        self.packed = packed
        self._ends: list[int] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Positions, (self.counts, self.packed)

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, at: Any) -> Any:
        if self._ends is None:
            self._ends = list(accumulate(self.counts))
        start = self._ends[at - 1] if at else 0
        return array("I", self.packed[start : self._ends[at]]).tobytes()


Block = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[Any] | None]


def unpacked(data: Any) -> Block:
    """The postings of a block as it lies on disk: documents, how often in each, and where."""
    apart, weights, values = data
    ids = np.cumsum(np.asarray(apart), dtype=np.int64)
    if weights is None:
        counts = np.ones(len(ids), dtype=np.int64)
    else:
        counts = np.asarray(weights).astype(np.int64)
    return ids, counts, _unpacked_places(values)


def _unpacked_places(values: Any) -> NDArray[Any] | None:
    if values is None:
        return None
    if isinstance(values, Positions):
        return np.asarray(values.packed)
    return np.frombuffer(b"".join(values), dtype="<u4")


class TermFiles(W3FieldWriter):  # type: ignore[misc]
    """The terms of a segment and their postings, on their way to disk."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        self._postfile = segment.create_file(storage, W3Codec.POSTS_EXT)
        self._terms = _TermList(segment.create_file(storage, W3Codec.TERMS_EXT))
        self._fields: dict[str, int] = {}
        self.is_closed = False

    def add_postings(self, schema: Any, lengths: Any, items: Any) -> None:
        """Write fields with their postings, of which `items` are pairs."""
        for name, postings in items:
            number = pack_ushort(self._fields.setdefault(name, len(self._fields)))
            self._add_field(number, postings)

    def _add_field(self, number: bytes, field: Postings) -> None:
        at = self._postfile.tell()
        cut_apart, cut_counts = _cutting(field.apart), _cutting(field.counts)
        for term, (start, end) in zip(field.terms, pairwise(field.starts.tolist()), strict=True):
            if end - start < ARRAYS_FROM:
                apart, few = cut_apart(start, end), cut_counts(start, end)
                written = _block(field, start, apart, few)
                total, most, ends = sum(few), max(few), (apart[0], sum(apart))
            else:
                written, counts = b"".join(_blocks(field, start, end)), field.counts[start:end]
                total, most = int(counts.sum()), int(counts.max())
                ends = int(field.documents[start]), int(field.documents[end - 1])
            figures = _FIGURES(0, total, end - start, 0, 0, most, *ends)
            self._terms.add(number + term, figures + EXTENT.pack(at, len(written)))
            self._postfile.write(written)
            at += len(written)

    def close(self) -> None:
        self._terms.close(self._fields)
        self._postfile.close()
        self.is_closed = True


def _cutting(numbers: NDArray[Any]) -> Callable[[int, int], tuple[int, ...]]:
    """What cuts a few of `numbers` out; of a short array soonest as a list."""
    if len(numbers) > SHORT_FIELD:
        return lambda start, end: tuple(numbers[start:end].tolist())
    listed = tuple(numbers.tolist())
    return lambda start, end: listed[start:end]


def _block(field: Postings, start: int, apart: tuple[int, ...], counts: tuple[int, ...]) -> bytes:
    """The only block of a term of few documents: numbers in tuples."""
    if len(apart) == 1 and field.places is None:
        return _alone(apart, counts)
    return _few(apart, counts, _few_places(field, start, start + len(apart)))


@lru_cache(maxsize=FEW_KEPT)
def _alone(apart: tuple[int, ...], counts: tuple[int, ...]) -> bytes:
    """A block of one document, which says many words as often as this one."""
    return _few(apart, counts, None)


def _few(
    apart: tuple[int, ...], counts: tuple[int, ...], places: tuple[bytes, ...] | None
) -> bytes:
    most = max(counts)
    weights = None if most == 1 else tuple(map(float, counts))
    data = dumps((apart, weights, places), PROTOCOL)
    info = dumps((len(apart), sum(apart), float(most), 0, 0, 0), 2)
    return WHOOSH3_HEADER_MAGIC + pack_int(-len(info) - len(data)) + info + data  # type: ignore[no-any-return]


def _few_places(field: Postings, start: int, end: int) -> tuple[bytes, ...] | None:
    """The places of each of a few postings, 32 bits each, if they are kept."""
    if field.places is None:
        return None
    ends = field.place_starts[start : end + 1]
    packed = field.places[ends[0] : ends[-1]].tobytes()
    return tuple(packed[one:other] for one, other in pairwise(((ends - ends[0]) * 4).tolist()))


def _blocks(field: Postings, start: int, end: int) -> list[bytes]:
    """The blocks of one term of many documents."""
    written = [WHOOSH3_HEADER_MAGIC]
    for at in range(start, end, BLOCK):
        stop = min(at + BLOCK, end)
        counts = field.counts[at:stop]
        apart = field.apart[at:stop].copy()
        apart[0] = field.documents[at]  # every block begins anew
        most = int(counts.max())
        weights = None if most == 1 else array("f", counts.astype(np.float32).tobytes())
        places = None
        if field.places is not None:
            first, last = field.place_starts[at], field.place_starts[stop]
            places = Positions(_short(counts), _short(field.places[first:last]))
        data = dumps((_short(apart), weights, places), PROTOCOL)
        document = int(field.documents[stop - 1])
        info = dumps((stop - at, document, float(most), 0, 0, 0), 2)
        size = len(info) + len(data)
        written += [pack_int(-size if stop == end else size), info, data]
    return written


def _short(numbers: NDArray[Any]) -> array[int]:
    """An array of as few bits as hold all of `numbers`."""
    most = int(numbers.max())
    code, kind = next((code, kind) for limit, code, kind in _SHORT if most < limit)
    return array(code, numbers.astype(kind).tobytes())


class _TermList:
    """Whoosh's ordered hash file (`whoosh.filedb.filetables`), whose tables numpy writes."""

    BUCKETS = 256

    def __init__(self, file: Any) -> None:
        self._file = file
        file.write(MAGIC + bytes([CRC]) + bytes(8))
        self._at: int = file.tell()
        self._hashes = array("I")
        self._positions = array("q")

    def add(self, key: bytes, value: bytes) -> None:
        """Write a key, which comes after all that were written."""
        self._hashes.append(crc32(key))
        self._positions.append(self._at)
        line = LENGTHS.pack(len(key), len(value)) + key + value
        self._file.write(line)
        self._at += len(line)

    def close(self, fields: dict[str, int]) -> None:
        """Write where each key lies, and what the fields are called."""
        buckets: list[list[tuple[int, int]]] = [[] for _bucket in range(self.BUCKETS)]
        for pair in zip(self._hashes, self._positions, strict=True):
            buckets[pair[0] & 0xFF].append(pair)
        directory = []
        for bucket in buckets:
            table = _table(bucket)
            directory.append(TABLE.pack(self._at, 2 * len(bucket)))
            self._file.write(table)
            self._at += len(table)
        self._file.write(b"".join(directory))
        index = np.frombuffer(self._positions, dtype=np.int64).astype(">i8")
        extras = {"fieldmap": fields, "indextype": "q", "indexlen": len(index)}
        packed = dumps(extras, 2) + index.tobytes()
        self._file.write(packed + pack_int(len(packed)))
        self._file.close()


def _table(keys: Sequence[tuple[int, int]]) -> bytes:
    """Keys, by their hash and where they lie: each at its hash, or where the next slot is free."""
    slots = 2 * len(keys)
    table = bytearray(slots * SLOT.size)
    taken = bytearray(slots)
    for hashed, position in keys:
        slot = (hashed >> 8) % slots
        while taken[slot]:
            slot = (slot + 1) % slots
        taken[slot] = 1
        SLOT.pack_into(table, slot * SLOT.size, hashed, position)
    return bytes(table)
