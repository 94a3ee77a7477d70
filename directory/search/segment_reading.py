"""A generation of the index as it lies in Whoosh's files.

Everything that a generation needs is opened at once, because the writer may delete its files at
any moment (an open file stays readable). Only postings are read when a word is first asked for,
and stored fields when a result is shown; a lock guards the file of those, whose position is shared.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import LENGTHS_COLUMN, W3PerDocReader
from whoosh.columns import NumericColumn
from whoosh.filedb.filestore import FileStorage

from directory.search import schema
from directory.search.caching import Cache, size_of
from directory.search.parts import NO_SCORES, NOTHING, Damaged, Floats, Ints, Mask
from directory.search.reading import Snapshot
from directory.search.schema import KEY_FIELDS, NAMES, NUMBERS, SORT_BYTES, TEXT_FIELDS
from directory.search.term_reader import TermReader
from directory.search.word_list import WordList

# What is kept of the parts of words, which are only needed once.
CACHED_PARTS_BYTES = 600_000
# How often an index that changes while it is opened is tried, and so many seconds longer each time.
ATTEMPTS = 6
PAUSE = 0.005
# No text has so many words.
DOCUMENT_STEP = 1 << 24


@contextmanager
def _whole() -> Iterator[None]:
    """Bytes that are not what they should be can fail in any way at all; whatever it is, the index
    is damaged."""
    try:
        yield
    except Exception as error:
        raise Damaged(repr(error)) from error


class Segment:
    """One segment of Whoosh's: its files never change, so its arrays outlive generations."""

    def __init__(self, name: str, reader: W3PerDocReader, terms: TermReader) -> None:
        self.name = name
        self._reader = reader
        self._terms = terms
        self._lock = threading.Lock()
        self._cache = Cache(CACHED_PARTS_BYTES)
        self.size: int = reader.doc_count_all()
        self.total_lengths = {name: reader.field_length(name) for name in TEXT_FIELDS}
        self.lengths = {name: self._read_lengths(name) for name in (*TEXT_FIELDS, "text")}
        if self.size and not reader.has_column("sort_name"):
            raise Damaged("the sorted names are missing")
        self.sort_names = self._mapped("sort_name", NAMES, np.dtype(f"S{SORT_BYTES}"))
        if self.size:
            self.card(0)  # opens the file of stored fields
            for name in NUMBERS:
                self._number_column(name)

    def _mapped(self, name: str, column: Any, kind: np.dtype[Any]) -> NDArray[Any]:
        """A column as it lies in its file. Nothing of it is copied: the system keeps one for all
        processes, and takes it back when it needs room."""
        found = self._reader.column_reader(name, column)
        if not found._count:
            return np.zeros(self.size, dtype=kind)
        file = mmap(found._dbfile.fileno(), 0, access=ACCESS_READ)
        held = np.frombuffer(file, dtype=kind, count=min(found._count, self.size))
        if len(held) == self.size:
            return held
        # The last documents have none, which is not written.
        return np.concatenate((held, np.zeros(self.size - len(held), dtype=kind)))

    @property
    def numbers(self) -> dict[str, NDArray[Any]]:
        """Columns of numbers; read anew each time, for snapshots keep them."""
        with self._lock, _whole():
            return {name: self._read_numbers(name) for name in NUMBERS}

    @property
    def keys(self) -> dict[str, dict[str, Ints]]:
        """For each filter the documents of each value; read anew each time."""
        with _whole():
            return {name: self._read_keys(name) for name in KEY_FIELDS}

    def _read_numbers(self, name: str) -> NDArray[Any]:
        typecode, default = NUMBERS[name]
        kind = np.dtype(typecode)
        values = np.full(self.size, default, dtype=kind)
        if self.size:
            column = self._number_column(name)
            raw = column._dbfile.get(column._basepos, column._count * kind.itemsize)
            values[: column._count] = np.frombuffer(raw, dtype=kind.newbyteorder(">"))
        return values

    def _number_column(self, name: str) -> Any:
        """The column of Whoosh's; its file is opened the first time, and stays open."""
        if name not in self._reader._colfiles and not self._reader.has_column(name):
            raise Damaged(f"the numbers of {name} are missing")
        typecode, default = NUMBERS[name]
        return self._reader.column_reader(name, NumericColumn(typecode, default=default))

    def _read_lengths(self, name: str) -> NDArray[np.uint8]:
        if self._reader.has_column(f"_{name}_len"):
            return self._mapped(f"_{name}_len", LENGTHS_COLUMN, np.dtype(np.uint8))
        if self._reader.field_length(name):
            raise Damaged(f"the lengths of {name} are missing")
        return np.zeros(self.size, dtype=np.uint8)

    def _read_keys(self, name: str) -> dict[str, Ints]:
        return {term: self._decode(name, term)[0] for term in self._terms.terms_of(name)}

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Which documents hold `term`, deleted ones too, and how often."""
        if self._terms.lacks(field, term):
            return NOTHING, NO_SCORES

        def read() -> tuple[Ints, Floats]:
            with _whole():
                return self._decode(field, term)

        found: tuple[Ints, Floats] = self._cache.get((field, term), read, size_of)
        return found

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`, deleted ones too."""
        with _whole():
            found = self._terms.find(field, term)
            return found.documents if found else 0

    def _decode(self, field: str, term: str) -> tuple[Ints, Floats]:
        found = list(self._terms.blocks(field, term))
        if not found:
            return NOTHING, NO_SCORES
        ids = np.concatenate([ids for ids, _counts, _places in found]).astype(np.int32)
        return ids, np.concatenate([counts for _ids, counts, _places in found]).astype(np.float64)

    def spots(self, term: str) -> NDArray[np.int64]:
        """Where `term` stands: a number for each of its places, in order, which grows by one from
        word to word and by DOCUMENT_STEP from document to document."""

        def read() -> tuple[NDArray[np.int64]]:
            with _whole():
                return (self._decode_spots(term),)

        found: NDArray[np.int64] = self._cache.get(("spots", term), read, size_of)[0]
        return found

    def _decode_spots(self, term: str) -> NDArray[np.int64]:
        found = [
            np.repeat(ids, counts) * DOCUMENT_STEP + places
            for ids, counts, places in self._terms.blocks("text", term)
            if places is not None
        ]
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        return _phrase_in(self, terms)

    def words_from(self, start: str, *, most: int) -> list[str]:
        """Unstemmed words that start with `start`, in order of the alphabet."""
        with _whole():
            return self._spelt.starting_with(start, most=most)

    def all_words(self) -> list[str]:
        with _whole():
            return list(self._spelt)

    @cached_property
    def _spelt(self) -> WordList:
        return WordList(self._terms.terms_of("spell"))

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""
        with self._lock, _whole():
            card: dict[str, Any] = self._reader.stored_fields(document).get("card", {})
            return card

    def cards(self, documents: Sequence[int]) -> Sequence[dict[str, Any]]:
        """What was stored of each of `documents`."""
        return [self.card(document) for document in documents]


def _phrase_in(segment: Segment, terms: Sequence[str]) -> Ints:
    starts = segment.spots(terms[0])
    for offset, term in enumerate(terms[1:], start=1):
        if not len(starts):
            break
        starts = starts[_are_in(starts + offset, segment.spots(term))]
    return np.unique(starts // DOCUMENT_STEP).astype(np.int32)


def _are_in(wanted: NDArray[np.int64], ordered: NDArray[np.int64]) -> Mask:
    """Which of `wanted` are among `ordered`."""
    if not len(ordered):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found: Mask = ordered[at] == wanted
    return found


class CannotOpen(Exception):
    """There is no index here that can be read."""


def open_snapshot(folder: Path, before: Snapshot | None = None) -> Snapshot:
    """The newest generation in `folder`. Segments that `before` has open are taken over.

    Raises:
        CannotOpen: there is none, or it is broken, or it was written by another version of Kith.
    """
    for attempt in range(ATTEMPTS):
        time.sleep(attempt * PAUSE)
        try:
            return _open(folder, before)
        except Exception as error:
            # A writer may have deleted files between our reading of the list and of a file; and a
            # damaged file fails in any way that bytes can. Either way: look again, then give up.
            if attempt == ATTEMPTS - 1:
                raise CannotOpen(f"{folder.name}: {error!r}") from error
    raise AssertionError("not reached")


def _open(folder: Path, before: Snapshot | None) -> Snapshot:
    held = {segment.name: segment for segment in before.segments} if before else {}
    storage = FileStorage(str(folder))
    toc = whoosh_index.TOC.read(storage, "MAIN", schema=schema.whoosh_schema())
    segments = [
        held.get(name)
        or Segment(name, W3PerDocReader(storage, segment), TermReader(folder, name, by_heart=True))
        for segment in toc.segments
        if (name := segment.segment_id())
    ]
    deleted = [list(segment.deleted_docs()) for segment in toc.segments]
    # With the time it was written: a folder that was deleted may come again under its number.
    written = (folder / f"_MAIN_{toc.generation}.toc").stat().st_mtime_ns
    snapshot = Snapshot(f"{folder.name}.{toc.generation}.{written:x}", segments, deleted, before)
    if snapshot.note.get("version") != schema.VERSION:
        raise CannotOpen("it was written by another version of Kith")
    return snapshot
