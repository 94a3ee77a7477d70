"""The terms of a segment and their postings, read straight from the files that term_files.py wrote.

A term of a large segment costs three small reads at their place: no list is kept in memory, no
position is shared, so no lock is needed; and a file that the writer deletes meanwhile stays
readable. Of small segments, of which there may be several, readers know all terms by heart.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from struct import Struct
from typing import Any, NamedTuple
from zlib import crc32

from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3TermInfo
from whoosh.system import pack_ushort

from directory.search.term_files import CRC, EXTENT, LENGTHS, MAGIC, SLOT, TABLE, Block, unpacked

# So many slots are read at once; most terms are in the first.
SLOTS_READ = 4
# The names of fields and their numbers take less.
FIELDS_READ = 4096
# A list of terms that is no longer is kept in memory, some three times as large.
BY_HEART_BYTES = 100_000
_FIGURES = W3TermInfo._struct
_VALUE_BYTES = _FIGURES.size + EXTENT.size
_SIZE = Struct("!i")
_PLACE = Struct("!q")
_TABLES = 256
# The list begins behind its mark, which hash it has, and a number that nobody needs.
_START = len(MAGIC) + 1 + 8


class Found(NamedTuple):
    """A term: how many documents have it, and where its blocks lie."""

    documents: int
    at: int
    length: int


class TermReader:
    """What the files of one segment say of a term."""

    def __init__(self, folder: Path, segment: str, *, by_heart: bool = False) -> None:
        """Open the files; they may be deleted from now on.

        Args:
            by_heart: learn all terms, if they are few.

        Raises:
            OSError, ValueError: they are not there, or not what was written.
        """
        self._file = (folder / f"{segment}{W3Codec.TERMS_EXT}").open("rb", buffering=0)
        self._posts = (folder / f"{segment}{W3Codec.POSTS_EXT}").open("rb", buffering=0)
        start = self._read(0, 5)
        if start != MAGIC + bytes([CRC]):
            raise ValueError("the list of terms is of another kind")
        end = os.fstat(self._file.fileno()).st_size - _SIZE.size
        (length,) = _SIZE.unpack(self._read(end, _SIZE.size))
        extras = BytesIO(self._read(end - length, min(length, FIELDS_READ)))
        known = pickle.load(extras)  # noqa: S301 - our own file, in a folder that is ours alone
        self._fields: dict[str, int] = known["fieldmap"]
        self._index = end - length + extras.tell()
        self._terms: int = known["indexlen"]
        tables = self._read(end - length - _TABLES * TABLE.size, _TABLES * TABLE.size)
        self._tables = list(TABLE.iter_unpack(tables))
        self._data_end: int = self._tables[0][0]
        self._known: dict[bytes, Found] | None = None
        if by_heart and self._data_end <= BY_HEART_BYTES:
            self._known = {
                key: _found(value) for key, value in self._listed(_START, self._data_end)
            }

    def close(self) -> None:
        self._file.close()
        self._posts.close()

    def _read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def find(self, field: str, term: str) -> Found | None:
        """`term` in `field`; None if no document has it."""
        number = self._fields.get(field)
        if number is None:
            return None
        key = pack_ushort(number) + term.encode()
        if self._known is not None:
            return self._known.get(key)
        hashed = crc32(key)
        table, slots = self._tables[hashed & 0xFF]
        if not slots:
            return None
        slot = (hashed >> 8) % slots
        for _turn in range(0, slots + SLOTS_READ, SLOTS_READ):
            few = min(SLOTS_READ, slots - slot)
            read = self._read(table + slot * SLOT.size, few * SLOT.size)
            for found, at in SLOT.iter_unpack(read):
                if not at:
                    return None
                if found == hashed and (value := self._value(at, key)):
                    return _found(value)
            slot = (slot + few) % slots
        return None

    def lacks(self, field: str, term: str) -> bool:
        """Whether no document has `term` in `field`, where that takes no look at the disk."""
        if self._known is None:
            return False
        number = self._fields.get(field)
        return number is None or pack_ushort(number) + term.encode() not in self._known

    def _value(self, at: int, key: bytes) -> bytes | None:
        """What stands behind `key`, if it is what lies there."""
        record = self._read(at, LENGTHS.size + len(key) + _VALUE_BYTES)
        length, _value_length = LENGTHS.unpack_from(record)
        start = LENGTHS.size + len(key)
        is_it = length == len(key) and record[LENGTHS.size : start] == key
        return record[start:] if is_it else None

    def blocks(self, field: str, term: str) -> Iterator[Block]:
        """Postings of `term`: documents, how often it is in each, and where; nothing if it is
        nowhere."""
        found = self.find(field, term)
        if found is not None:
            packed = os.pread(self._posts.fileno(), found.length, found.at)
            for block in _blocks(packed):
                yield unpacked(block)

    def terms_of(self, field: str) -> list[str]:
        """All terms of a field, in order."""
        number = self._fields.get(field)
        if number is None:
            return []
        start, end = (self._first_of(one) for one in (number, number + 1))
        return [key[2:].decode() for key, _value in self._listed(start, end)]

    def everything(self) -> Iterator[tuple[str, str, Iterator[Any]]]:
        """Every field and term in order, with its blocks as they lie on disk."""
        names = {pack_ushort(number): field for field, number in self._fields.items()}
        for key, value in self._listed(_START, self._data_end):
            found = _found(value)
            blocks = _blocks(os.pread(self._posts.fileno(), found.length, found.at))
            yield names[key[:2]], key[2:].decode(), blocks

    def _listed(self, start: int, end: int) -> Iterator[tuple[bytes, bytes]]:
        """Each key of the list between these places, in order, with what is said of it."""
        packed = self._read(start, end - start)
        at = 0
        while at < len(packed):
            length, said = LENGTHS.unpack_from(packed, at)
            at += LENGTHS.size
            yield packed[at : at + length], packed[at + length : at + length + said]
            at += length + said

    def _first_of(self, number: int) -> int:
        """Where the terms of the field with this number, or a later one, begin."""
        low, high = 0, self._terms
        while low < high:
            middle = (low + high) // 2
            key = self._read(self._place_of(middle) + LENGTHS.size, 2)
            if key < pack_ushort(number):
                low = middle + 1
            else:
                high = middle
        return self._place_of(low) if low < self._terms else self._data_end

    def _place_of(self, term: int) -> int:
        """Where the term with this number lies."""
        place: int = _PLACE.unpack(self._read(self._index + term * _PLACE.size, _PLACE.size))[0]
        return place


def _found(value: bytes) -> Found:
    return Found(_FIGURES.unpack_from(value)[2], *EXTENT.unpack_from(value, _FIGURES.size))


def _blocks(packed: bytes) -> Iterator[Any]:
    """The blocks of one term, each as it was pickled."""
    stream = BytesIO(packed)
    if stream.read(len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
        raise ValueError("there are no postings where they should be")
    is_last = False
    while not is_last:
        (size,) = _SIZE.unpack(stream.read(_SIZE.size))
        is_last = size < 0
        pickle.load(stream)  # noqa: S301 - what Whoosh knows of a block; our own file
        yield pickle.load(stream)  # noqa: S301
