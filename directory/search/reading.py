"""The index as arrays: a snapshot of one generation, which never changes and is never locked.

Whoosh keeps words and postings on disk; ranking and counting happen in numpy on what is read here.
Everything that a generation needs is opened at once, because the writer may delete its files at
any moment (an open file stays readable). Only postings are read when a word is first asked for,
and stored fields when a result is shown; a lock guards those files, whose position is shared.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import LENGTHS_COLUMN
from whoosh.filedb.filestore import FileStorage
from whoosh.reading import SegmentReader, TermNotFound
from whoosh.util.numeric import byte_to_length

from directory.search import schema
from directory.search.ordering import Ordered, merged_ranks
from directory.search.schema import (
    BOOSTS,
    KEY_FIELDS,
    LOG_KIND,
    LONG,
    LONG_ELSE,
    NUMBERS,
    SORT_BYTES,
    TEXT_FIELDS,
)
from directory.search.segments import blocks

Ints = NDArray[np.int32]
Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

# BM25: how fast a repeated word stops counting.
K1 = 0.75

# What is kept of words that were asked for: 8 bytes for each entry that has one.
CACHED_BYTES = 64_000_000
# And of their parts in each segment, which are only needed once.
CACHED_PARTS_BYTES = 2_000_000
# Cards of results, some 2 kB each.
CARD_BYTES = 2_000
CARDS_KEPT = 2_000
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.float64)
_NOTHING = np.empty(0, dtype=np.int32)
# How often an index that changes while it is opened is tried, and so many seconds longer each time.
ATTEMPTS = 6
PAUSE = 0.005
# A term that one of so many documents holds, or more of them, is summed over all documents.
DENSE = 100
# No text has so many words.
DOCUMENT_STEP = 1 << 24


class Damaged(Exception):
    """A file of the index does not hold what it should."""


class Cache:
    """The things used last, up to a number of bytes; safe for threads."""

    def __init__(self, most: int = CACHED_BYTES) -> None:
        self._most = most
        self._held = 0
        self._things: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Any) -> bool:
        with self._lock:
            return key in self._things

    def get(self, key: Any, make: Callable[[], Any], size: Callable[[Any], int]) -> Any:
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
                return self._things[key][0]
        made = make()
        self.put(key, made, size(made))
        return made

    def put(self, key: Any, thing: Any, size: int) -> None:
        """Keep `thing`, as if it had been made when it was asked for."""
        with self._lock:
            if key not in self._things:
                self._things[key] = (thing, size)
                self._held += size
            while self._held > self._most and len(self._things) > 1:
                _, (_, freed) = self._things.popitem(last=False)
                self._held -= freed


@contextmanager
def _whole(lock: threading.Lock) -> Iterator[None]:
    """Alone with the files of a segment. Bytes that are not what they should be can fail in any way
    at all; whatever it is, the index is damaged."""
    with lock:
        try:
            yield
        except Exception as error:
            raise Damaged(repr(error)) from error


class Part(Protocol):
    """Some of the documents of a snapshot, numbered from 0; never changes.

    Attributes:
        total_lengths: how many words each text field holds, all documents together.
        lengths: how many each document has in it, as Whoosh writes a length: in a byte.
        numbers, keys: columns of numbers, and for each filter the documents of each value.
        sort_names: folded names, cut to SORT_BYTES.
    """

    name: str
    size: int
    total_lengths: dict[str, int]
    lengths: dict[str, NDArray[np.uint8]]
    numbers: dict[str, NDArray[Any]]
    keys: dict[str, dict[str, Ints]]
    sort_names: NDArray[np.bytes_]

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


class Segment:
    """One segment of Whoosh's: its files never change, so its arrays outlive generations."""

    def __init__(self, name: str, reader: SegmentReader) -> None:
        self.name = name
        self._reader = reader
        self._lock = threading.Lock()
        self._cache = Cache(CACHED_PARTS_BYTES)
        self.size: int = reader.doc_count_all()
        self.total_lengths = {name: reader.field_length(name) for name in TEXT_FIELDS}
        self.lengths = {name: self._read_lengths(name) for name in (*TEXT_FIELDS, "text")}
        self.numbers = {name: self._read_numbers(name) for name in NUMBERS}
        self.keys = {name: self._read_keys(name) for name in KEY_FIELDS}
        if self.size and not reader.has_column("sort_name"):
            raise Damaged("the sorted names are missing")
        names = reader.column_reader("sort_name", translate=False)
        self.sort_names = np.array(list(names), dtype=f"S{SORT_BYTES}")
        if self.size:
            self.card(0)  # opens the file of stored fields

    def _read_numbers(self, name: str) -> NDArray[Any]:
        typecode, default = NUMBERS[name]
        kind = np.dtype(typecode)
        values = np.full(self.size, default, dtype=kind)
        if self._reader.has_column(name):
            column = self._reader.column_reader(name, translate=False)
            raw = column._dbfile.get(column._basepos, column._count * kind.itemsize)
            values[: column._count] = np.frombuffer(raw, dtype=kind.newbyteorder(">"))
        elif self.size:
            raise Damaged(f"the numbers of {name} are missing")
        return values

    def _read_lengths(self, name: str) -> NDArray[np.uint8]:
        lengths = np.zeros(self.size, dtype=np.uint8)
        column = self._reader._perdoc._cached_reader(f"_{name}_len", LENGTHS_COLUMN)
        if column is not None:
            raw = column._dbfile.get(column._basepos, column._count)
            lengths[: column._count] = np.frombuffer(raw, dtype=np.uint8)
        elif self._reader.field_length(name):
            raise Damaged(f"the lengths of {name} are missing")
        return lengths

    def _read_keys(self, name: str) -> dict[str, Ints]:
        terms = [term for field, term in self._reader._terms.terms_from(name, b"") if field == name]
        return {term.decode(): self._decode(name, term)[0] for term in terms}

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Which documents hold `term`, deleted ones too, and how often."""

        def read() -> tuple[Ints, Floats]:
            with _whole(self._lock):
                return self._decode(field, term.encode())

        found: tuple[Ints, Floats] = self._cache.get((field, term), read, _size)
        return found

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`, deleted ones too."""
        with _whole(self._lock):
            return int(self._reader.doc_frequency(field, term))

    def _decode(self, field: str, term: bytes) -> tuple[Ints, Floats]:
        try:
            found = list(blocks(self._reader, field, term))
        except (TermNotFound, KeyError):
            return _NOTHING, np.empty(0)
        ids = np.concatenate([ids for ids, _counts, _places in found]).astype(np.int32)
        return ids, np.concatenate([counts for _ids, counts, _places in found]).astype(np.float64)

    def spots(self, term: str) -> NDArray[np.int64]:
        """Where `term` stands: a number for each of its places, in order, which grows by one from
        word to word and by DOCUMENT_STEP from document to document."""

        def read() -> tuple[NDArray[np.int64]]:
            with _whole(self._lock):
                return (self._decode_spots(term.encode()),)

        found: NDArray[np.int64] = self._cache.get(("spots", term), read, _size)[0]
        return found

    def _decode_spots(self, term: bytes) -> NDArray[np.int64]:
        try:
            found = list(blocks(self._reader, "text", term))
        except (TermNotFound, KeyError):
            return np.empty(0, dtype=np.int64)
        return np.concatenate(
            [
                np.repeat(ids, counts) * DOCUMENT_STEP + places
                for ids, counts, places in found
                if places is not None
            ]
        )

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        return _phrase_in(self, terms)

    def words_from(self, start: str, *, most: int) -> list[str]:
        """Unstemmed words that start with `start`, in order of the alphabet."""
        found: list[str] = []
        with _whole(self._lock):
            for field, term in self._reader._terms.terms_from("spell", start.encode()):
                word = term.decode()
                if field != "spell" or not word.startswith(start) or len(found) == most:
                    break
                found.append(word)
        return found

    def all_words(self) -> list[str]:
        with _whole(self._lock):
            terms = self._reader._terms.terms_from("spell", b"")
            return [term.decode() for field, term in terms if field == "spell"]

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""
        with _whole(self._lock):
            card: dict[str, Any] = self._reader.stored_fields(document).get("card", {})
            return card

    def cards(self, documents: Sequence[int]) -> Sequence[dict[str, Any]]:
        """What was stored of each of `documents`."""
        return [self.card(document) for document in documents]


def _size(arrays: Iterable[NDArray[Any]]) -> int:
    return 200 + sum(array.nbytes for array in arrays)


@dataclass(frozen=True)
class Values:
    """A filter's values over all documents: pairs of a document and the number of a value."""

    names: tuple[str, ...]
    documents: Ints
    numbers: Ints

    @cached_property
    def by_name(self) -> dict[str, Ints]:
        """The documents that have each value."""
        documents, starts, names = self._by_number
        return dict(zip(names, np.split(documents, starts[1:]), strict=True)) if names else {}

    def mask(self, chosen: Iterable[str], size: int) -> Mask:
        """Documents that have any of the chosen values."""
        mask = np.zeros(size, dtype=bool)
        for name in chosen:
            mask[self.by_name.get(name, _NOTHING)] = True
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


class Snapshot:
    """All documents of one generation, numbered through its segments."""

    def __init__(
        self,
        generation: str,
        segments: Sequence[Part],
        deleted: Sequence[Iterable[int]],
        before: Snapshot | None = None,
    ) -> None:
        """Join `segments`; `deleted` are the numbers in each that no longer count.

        Args:
            before: an earlier one, of which what still holds is taken over.
        """
        self.generation = generation
        self.segments = tuple(segments)
        sizes = [segment.size for segment in segments]
        self.bases = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.size = int(self.bases[-1])
        self._terms = Cache()
        self._cards = Cache(CARDS_KEPT * CARD_BYTES)
        self._frequencies: dict[tuple[str, str], int] = {}
        ordered: dict[str, Ordered] = before._ordered if before else {}
        known = [one.name for one in segments if one.name in ordered]
        self._ordered: dict[str, Ordered] = {name: ordered[name] for name in known}
        self.keys = {name: self._joined_keys(name) for name in KEY_FIELDS}
        hidden = self.keys["kind"].by_name.get(LOG_KIND, _NOTHING)
        self.live = np.ones(self.size, dtype=bool)
        for base, numbers in zip(self.bases, deleted, strict=False):
            self.live[[int(base) + number for number in numbers]] = False
        notes = [self.card(number) for number in hidden.tolist() if self.live[number]]
        self.note: dict[str, Any] = notes[-1] if notes else {}
        self.live[hidden] = False
        self.numbers = {
            name: np.concatenate([segment.numbers[name] for segment in segments])
            if segments
            else np.empty(0)
            for name in NUMBERS
        }

    def _joined_keys(self, name: str) -> Values:
        names = sorted({value for segment in self.segments for value in segment.keys[name]})
        number_of = {value: number for number, value in enumerate(names)}
        documents = [
            base + found
            for base, segment in zip(self.bases, self.segments, strict=False)
            for found in segment.keys[name].values()
        ]
        numbers = [
            np.full(len(found), number_of[value], dtype=np.int32)
            for segment in self.segments
            for value, found in segment.keys[name].items()
        ]
        if not documents:
            return Values(tuple(names), _NOTHING, _NOTHING)
        return Values(
            tuple(names), np.concatenate(documents).astype(np.int32), np.concatenate(numbers)
        )

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term` in `field`, deleted ones too, as Whoosh counts."""
        known = self._frequencies.get((field, term))
        if known is None:
            known = sum(segment.frequency(field, term) for segment in self.segments)
            if len(self._frequencies) < 200_000:
                self._frequencies[field, term] = known
        return known

    def rarity(self, field: str, term: str) -> float:
        """Whoosh's idf: about 1 for a word that everything has, more the rarer it is.

        Words count by how rare they are anywhere: "community" is rare in names and says little.
        """
        return self.rarity_of(self.frequency("pairs" if field == "pairs" else "text", term))

    def rarity_of(self, frequency: int) -> float:
        """The same of something that so many documents hold."""
        return float(np.log(self.size / (frequency + 1)) + 1)

    @cached_property
    def _averages(self) -> dict[str, float]:
        """How many words each text field has, on average."""
        return {
            field: sum(one.total_lengths[field] for one in self.segments) / (self.size or 1) or 1
            for field in TEXT_FIELDS
        }

    def scores(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Whoosh's BM25F of `term` in one field: documents, sorted, and their scores."""
        rarity = self.rarity(field, term)
        average = self._averages[field]
        b = LONG.get(field, LONG_ELSE)
        documents, scores = [_NOTHING], [np.empty(0)]
        for base, segment in zip(self.bases, self.segments, strict=False):
            ids, counts = segment.postings(field, term)
            if not len(ids):
                continue
            length = _LENGTHS[segment.lengths[field][ids]]
            held_back = counts + K1 * ((1 - b) + b * length / average)
            documents.append((base + ids).astype(np.int32))
            scores.append(rarity * (counts * (K1 + 1)) / held_back)
        return np.concatenate(documents), np.concatenate(scores)

    def term(self, term: str) -> tuple[Ints, Floats]:
        """Documents that hold `term` anywhere, sorted; the sum of its boosted scores."""

        def add_up() -> tuple[Ints, Floats]:
            fields = [name for name in TEXT_FIELDS if name != "pairs"]
            parts = [(*self.scores(name, term), BOOSTS[name]) for name in fields]
            return _added_up(parts, self.size)

        found: tuple[Ints, Floats] = self._terms.get(term, add_up, _size)
        return found

    def is_summed(self, term: str) -> bool:
        """Whether the scores of `term`, or of a pair of terms, are held."""
        return term in self._terms or ("pairs", term) in self._terms

    def pair(self, pair: str) -> tuple[Ints, Floats]:
        """Documents that hold two neighbouring terms close to the top; their boosted scores."""

        def boosted() -> tuple[Ints, Floats]:
            documents, scores = self.scores("pairs", pair)
            return documents, scores * BOOSTS["pairs"]

        found: tuple[Ints, Floats] = self._terms.get(("pairs", pair), boosted, _size)
        return found

    def holding(self, term: str, *, field: str = "text") -> Ints:
        """Documents that hold `term` anywhere, stop words too; or in another field."""
        return self._postings(field, term)

    def _postings(self, field: str, term: str) -> Ints:
        return np.concatenate(
            [_NOTHING]
            + [
                (base + segment.postings(field, term)[0]).astype(np.int32)
                for base, segment in zip(self.bases, self.segments, strict=False)
            ]
        )

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        if len(terms) == 1:
            return self.holding(terms[0])

        def search() -> tuple[Ints]:
            found = [_NOTHING]
            for base, segment in zip(self.bases, self.segments, strict=False):
                found.append((base + segment.phrase(terms)).astype(np.int32))
            return (np.concatenate(found),)

        documents: Ints = self._terms.get(("phrase", *terms), search, _size)[0]
        return documents

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""

        def read() -> dict[str, Any]:
            segment, number = self._place(document)
            return segment.card(number)

        found: dict[str, Any] = self._cards.get(document, read, lambda card: CARD_BYTES)
        return found

    def fetch_cards(self, documents: Iterable[int]) -> None:
        """Read at once what was stored of `documents`, so that `card` has it."""
        new = np.array([one for one in documents if one not in self._cards], dtype=np.int64)
        for base, segment in zip(self.bases, self.segments, strict=False):
            here = np.unique(new[(new >= base) & (new < base + segment.size)])
            if len(here):
                cards = segment.cards((here - base).tolist())
                for document, card in zip(here.tolist(), cards, strict=True):
                    self._cards.put(document, card, CARD_BYTES)

    @cached_property
    def name_order(self) -> NDArray[np.int64]:
        """For each document its place among all in the order of their names."""
        for segment in self.segments:
            if segment.name not in self._ordered:
                self._ordered[segment.name] = Ordered(segment.sort_names)
        return merged_ranks([self._ordered[segment.name] for segment in self.segments])

    def sort_names_of(self, documents: NDArray[Any]) -> NDArray[np.bytes_]:
        """The names of `documents` as they are put in order: folded, and cut to SORT_BYTES."""
        found = np.empty(len(documents), dtype=f"S{SORT_BYTES}")
        for base, segment in zip(self.bases, self.segments, strict=False):
            here = (documents >= base) & (documents < base + segment.size)
            found[here] = segment.sort_names[documents[here] - base]
        return found

    def _place(self, document: int) -> tuple[Part, int]:
        at = int(np.searchsorted(self.bases, document, side="right")) - 1
        return self.segments[at], document - int(self.bases[at])

    def words_from(self, start: str, *, most: int = 50) -> list[str]:
        """Unstemmed words that start with `start`."""
        found = {w for segment in self.segments for w in segment.words_from(start, most=most)}
        return sorted(found)[:most]

    @cached_property
    def words(self) -> list[str]:
        """Every word that stands anywhere, unstemmed."""
        return sorted({word for segment in self.segments for word in segment.all_words()})


def _added_up(parts: Sequence[tuple[Ints, Floats, float]], size: int) -> tuple[Ints, Floats]:
    """Each of `size` documents that is in any part, once; the sum of its boosted scores."""
    documents = np.concatenate([ids for ids, _, _ in parts])
    scores = np.concatenate([scores * boost for _, scores, boost in parts])
    if len(documents) * DENSE > size:  # to count is faster than to sort
        held = np.zeros(size, dtype=bool)
        held[documents] = True
        once = np.flatnonzero(held).astype(np.int32)
        return once, np.bincount(documents, scores, minlength=size)[once].astype(np.float32)
    once, where = np.unique(documents, return_inverse=True)
    return once, np.bincount(where, scores, minlength=len(once)).astype(np.float32)


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
        held.get(segment.segment_id())
        or Segment(segment.segment_id(), SegmentReader(storage, toc.schema, segment))
        for segment in toc.segments
    ]
    deleted = [list(segment.deleted_docs()) for segment in toc.segments]
    # With the time it was written: a folder that was deleted may come again under its number.
    written = (folder / f"_MAIN_{toc.generation}.toc").stat().st_mtime_ns
    snapshot = Snapshot(f"{folder.name}.{toc.generation}.{written:x}", segments, deleted, before)
    if snapshot.note.get("version") != schema.VERSION:
        raise CannotOpen("it was written by another version of Kith")
    return snapshot
