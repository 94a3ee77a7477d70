"""The terms of a segment and their postings, read straight from the files that term_files.py wrote.

A term costs three small reads at their place: no list is kept in memory, no position is shared, so
no lock is needed; and a file that the writer deletes meanwhile stays readable.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from struct import Struct
from typing import NamedTuple
from zlib import crc32

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3TermInfo
from whoosh.system import pack_ushort

from directory.search.term_files import CRC, EXTENT, LENGTHS, MAGIC, SLOT, TABLE, Block, unpacked

# So many slots are read at once; most terms are in the first.
SLOTS_READ = 4
_FIGURES = W3TermInfo._struct
_VALUE_BYTES = _FIGURES.size + EXTENT.size
_SIZE = Struct("!i")
_TABLES = 256


class Found(NamedTuple):
    """A term: how many documents have it, and where its blocks lie."""

    documents: int
    at: int
    length: int


class TermReader:
    """What the files of one segment say of a term."""

    def __init__(self, folder: Path, segment: str) -> None:
        """Open the files; they may be deleted from now on.

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
        extras = BytesIO(self._read(end - length, length))
        known = pickle.load(extras)  # noqa: S301 - our own file, in a folder that is ours alone
        self._fields: dict[str, int] = known["fieldmap"]
        self._index = np.frombuffer(extras.read(), dtype=">i8")
        tables = self._read(end - length - _TABLES * TABLE.size, _TABLES * TABLE.size)
        self._tables = list(TABLE.iter_unpack(tables))
        self._data_end = self._tables[0][0]

    def _read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)

    def find(self, field: str, term: str) -> Found | None:
        """`term` in `field`; None if no document has it."""
        number = self._fields.get(field)
        if number is None:
            return None
        key = pack_ushort(number) + term.encode()
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
                    figures = _FIGURES.unpack_from(value)
                    return Found(figures[2], *EXTENT.unpack_from(value, _FIGURES.size))
            slot = (slot + few) % slots
        return None

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
        if found is None:
            return
        stream = BytesIO(os.pread(self._posts.fileno(), found.length, found.at))
        if stream.read(len(WHOOSH3_HEADER_MAGIC)) != WHOOSH3_HEADER_MAGIC:
            raise ValueError("there are no postings where they should be")
        is_last = False
        while not is_last:
            (size,) = _SIZE.unpack(stream.read(_SIZE.size))
            is_last = size < 0
            pickle.load(stream)  # noqa: S301 - what Whoosh knows of a block; our own file
            yield unpacked(pickle.load(stream))  # noqa: S301

    def terms_of(self, field: str) -> list[str]:
        """All terms of a field, in order."""
        number = self._fields.get(field)
        if number is None:
            return []
        start, end = (self._first_of(one) for one in (number, number + 1))
        packed = self._read(start, end - start)
        terms, at = [], 0
        while at < len(packed):
            key, value = LENGTHS.unpack_from(packed, at)
            at += LENGTHS.size
            terms.append(packed[at + 2 : at + key].decode())
            at += key + value
        return terms

    def _first_of(self, number: int) -> int:
        """Where the terms of the field with this number, or a later one, begin."""
        low, high = 0, len(self._index)
        while low < high:
            middle = (low + high) // 2
            key = self._read(int(self._index[middle]) + LENGTHS.size, 2)
            if key < pack_ushort(number):
                low = middle + 1
            else:
                high = middle
        return int(self._index[low]) if low < len(self._index) else self._data_end
