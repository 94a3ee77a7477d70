"""The parts of a snapshot of the index on PostgreSQL: what all entries of a build have is held,
words are asked for when a question first has them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from directory.search import postgres_rows as rows
from directory.search import postgres_runs as runs
from directory.search.postgres_rows import FIGURES
from directory.search.postgres_runs import Numbers
from directory.search.postgres_source import Source
from directory.search.postgres_tables import State, named
from directory.search.reading import Cache, Damaged, Floats, Ints
from directory.search.schema import KEY_FIELDS, NUMBERS, TEXT_FIELDS

# Postings that are held: some 10 bytes for each entry that has a word.
CACHED_BYTES = 32_000_000
# Places of words in texts, and phrases: 4 bytes for each time that a word is said.
CACHED_SPOTS_BYTES = 16_000_000
# So many terms are known by how many entries hold them.
COUNTED_MOST = 200_000
_POSTINGS, _SPOTS = (
    "SELECT term, first, postings FROM {postings} "
    "WHERE term = ANY(%(terms)s) AND first < %(until)s ORDER BY first",
    "SELECT term, first, spots FROM {postings} "
    "WHERE term = ANY(%(terms)s) AND first < %(until)s ORDER BY first",
)
_NOTHING: Ints = np.empty(0, dtype=np.int32)
# Sorts behind every character that a word may hold.
_LAST = "\U0010ffff"

Postings = dict[str, tuple[Ints, NDArray[np.uint8]]]


class EntriesPart(ABC):
    """Some of the entries of a build, by the numbers under which they were written."""

    def __init__(self, source: Source, documents: Ints, figures: Any, name: str) -> None:
        self.name = name
        self.source = source
        self.documents = documents
        self.size = len(documents)
        self._ids = np.ascontiguousarray(figures["id"])
        self.sort_names: NDArray[np.bytes_] = np.ascontiguousarray(figures["sort_name"])
        self.numbers: dict[str, NDArray[Any]] = {
            number: figures[number].astype(np.dtype(code)) for number, (code, _d) in NUMBERS.items()
        }
        self.lengths: dict[str, NDArray[np.uint8]] = {
            field: np.ascontiguousarray(figures["lengths"][:, at])
            for at, field in enumerate(TEXT_FIELDS)
        }
        self.total_lengths = {
            field: int(figures["words"][:, at].sum(dtype=np.int64))
            for at, field in enumerate(TEXT_FIELDS)
        }
        self.keys: dict[str, dict[str, Ints]] = {name: {} for name in KEY_FIELDS}
        self._cache = Cache(CACHED_BYTES)

    @abstractmethod
    def _postings(self, term: str) -> Postings:
        """For each field the entries that hold `term`, sorted, and how often."""

    @abstractmethod
    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""

    @abstractmethod
    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term` anywhere (field "text"), or close to the top ("pairs");
        deleted ones too."""

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Which documents hold `term`, sorted; and how often."""
        if field == "id":
            return self._with_id(term)
        found: Postings = self._cache.get(term, lambda: self._postings(term), _size)
        if field == "text":
            anywhere = self._anywhere(found)
            return anywhere, np.ones(len(anywhere))
        ids, counts = found.get(field, (_NOTHING, _NOTHING))
        return ids, counts.astype(np.float64)

    def _anywhere(self, found: Postings) -> Ints:
        """Documents that hold a term in any field."""
        held = np.zeros(self.size, dtype=bool)
        for ids, _counts in found.values():
            held[ids] = True
        return np.flatnonzero(held).astype(np.int32)

    def _with_id(self, text: str) -> tuple[Ints, Floats]:
        order, wanted = self._by_id, np.array([UUID(text).bytes], dtype="S16")
        at = np.searchsorted(self._ids, wanted, sorter=order)[0]
        ids = order[at : at + 1]
        return (
            (ids, np.ones(1)) if self.size and self._ids[ids] == wanted else (_NOTHING, np.empty(0))
        )

    @cached_property
    def _by_id(self) -> Ints:
        return np.argsort(self._ids, kind="stable").astype(np.int32)

    def words_from(self, start: str, *, most: int) -> list[str]:
        """None of its own: the list of words is that of the build."""
        return []

    def all_words(self) -> list[str]:
        """None of its own."""
        return []

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""
        return self.cards([document])[0]

    def cards(self, documents: Sequence[int]) -> list[dict[str, Any]]:
        """What was stored of each of `documents`."""
        numbers = self.documents[list(documents)].tolist()
        found = dict(
            self.source.ask("SELECT doc, card FROM {cards} WHERE doc = ANY(%(docs)s)", docs=numbers)
        )
        if len(found) < len(set(numbers)):
            raise Damaged("an entry of the index is missing")
        return [found[number] for number in numbers]


class Opened(EntriesPart):
    """The entries that were in runs when the build was opened."""

    def __init__(
        self, source: Source, documents: Ints, figures: Any, name: str, *, until: int
    ) -> None:
        """Hold what all entries have.

        Args:
            until: the number behind the last one that was in a run.
        """
        super().__init__(source, documents, figures, name)
        self.until = until
        self._spots = Cache(CACHED_SPOTS_BYTES)
        self._entries: dict[str, int] = {}
        # Which of ours has each number, -1 where it was taken out; None where all are there.
        self._ours: Ints | None = None
        if self.size < until:
            self._ours = np.full(until, -1, dtype=np.int32)
            self._ours[documents] = np.arange(self.size, dtype=np.int32)

    @classmethod
    def read(cls, connection: Connection, source: Source, state: State) -> Opened:
        """All entries of the runs of a build."""
        found = _read(connection, source, "SELECT until, documents, figures FROM {runs} ORDER BY 1")
        gone = [row[0] for row in _read(connection, source, "SELECT doc FROM {gone}")]
        every = rows.unpacked(b"".join(documents for _until, documents, _figures in found))
        figures = np.frombuffer(b"".join(row[2] for row in found), dtype=FIGURES)
        left = ~np.isin(every, gone)
        until = max((row[0] for row in found), default=0)
        name = f"{state.build}.{state.made}.{until}.{state.n}"
        part = cls(source, every[left], figures[left], name, until=until)
        keys = _read(connection, source, "SELECT key, documents FROM {keys} ORDER BY key, first")
        for key, some in groupby(keys, key=itemgetter(0)):
            field, _, value = key.partition("=")
            documents = rows.unpacked(b"".join(row[1] for row in some))
            if len(kept := part._kept(documents)):
                part.keys[field][value] = kept
        return part

    def _kept(self, documents: Ints) -> Ints:
        """Our numbers of what was written under these; without those that were taken out."""
        if self._ours is None:
            return documents
        ours = self._ours[documents]
        return ours[ours >= 0]

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`, deleted ones too. A term of pairs is no other's."""
        known = self._entries.get(term)
        return min(self.count([term])[term] if known is None else known, self.size)

    def count(self, terms: Iterable[str]) -> dict[str, int]:
        """Ask at once how many entries hold each of `terms` of which it is not known."""
        new = [term for term in terms if term not in self._entries]
        if not new:
            return {}
        found = dict(
            self.source.ask(
                "SELECT term, sum(entries)::integer FROM {postings} "
                "WHERE term = ANY(%(terms)s) AND first < %(until)s GROUP BY term",
                terms=new,
                until=self.until,
            )
        )
        counted = {term: found.get(term, 0) for term in new}
        if len(self._entries) > COUNTED_MOST:
            self._entries = {}
        self._entries.update(counted)
        return counted

    def fetch(self, terms: Iterable[str]) -> None:
        """Ask at once for the postings of `terms`, as far as they are not held."""
        new = [term for term in terms if term not in self._cache and self._entries.get(term, 1)]
        for term, found in self._ask(_POSTINGS, new).items():
            postings = self._taken_apart(found)
            self._cache.put(term, postings, _size(postings))

    def fetch_places(self, phrases: Iterable[tuple[str, ...]]) -> None:
        """Ask at once for the places of the words of `phrases` that may be said here."""
        new = [phrase for phrase in phrases if phrase not in self._spots]
        words = {
            term
            for phrase in new
            if all(self.frequency("text", one) for one in phrase)
            for term in phrase
        }
        asked = [term for term in words if term not in self._spots]
        for term, found in self._ask(_SPOTS, asked).items():
            spots = _spots(found)
            self._spots.put(term, spots, _size_of_spots(spots))

    def _ask(self, statement: str, terms: Sequence[str]) -> dict[str, list[_Row]]:
        """What each of `terms` has, each run's apart."""
        found: dict[str, list[_Row]] = {}
        rows = self.source.ask(statement, terms=terms, until=self.until) if terms else ()
        for term, first, packed in rows:
            found.setdefault(term, []).append(_Row(first, runs.unpacked(packed)))
        return found

    def _postings(self, term: str) -> Postings:
        if not self.frequency("text", term):
            return {}
        return self._taken_apart(self._ask(_POSTINGS, [term]).get(term, ()))

    def _taken_apart(self, found: Sequence[_Row]) -> Postings:
        """For each field the entries of all runs, and how often."""
        fields: dict[str, list[tuple[Ints, NDArray[np.uint8]]]] = {}
        for one in found:
            for field, documents, counts in runs.by_field(one.values):
                documents += np.int32(one.first)
                if self._ours is not None:
                    documents = self._ours[documents]
                    counts, documents = counts[documents >= 0], documents[documents >= 0]
                fields.setdefault(field, []).append((documents, counts))
        return {field: _joined(some) for field, some in fields.items()}

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        if not all(self.frequency("text", term) for term in terms):
            return _NOTHING

        def look() -> dict[int, Ints]:
            self.fetch_places([tuple(terms)])
            places = [self._places(term) for term in terms]
            common = sorted(set(places[0]).intersection(*places))
            found = [
                first + runs.holding_phrase([one[first] for one in places]) for first in common
            ]
            return {0: self._kept(np.concatenate([_NOTHING, *found]))}

        found: dict[int, Ints] = self._spots.get(tuple(terms), look, _size_of_spots)
        return found[0]

    def _places(self, term: str) -> dict[int, Numbers]:
        """The spots of a term by the run in which they are."""
        found: dict[int, Numbers] = self._spots.get(
            term, lambda: _spots(self._ask(_SPOTS, [term]).get(term, ())), _size_of_spots
        )
        return found

    def all_words(self) -> list[str]:
        """Every unstemmed word of the build."""
        return [row[0] for row in self.source.ask("SELECT word FROM {spellings}")]

    def words_from(self, start: str, *, most: int) -> list[str]:
        """Unstemmed words of the build that start with `start`, whatever their accents."""
        found = self.source.ask(
            "SELECT word FROM {spellings} WHERE plain >= unaccent(%(start)s) "
            "AND plain < unaccent(%(start)s) || %(last)s ORDER BY plain, word LIMIT %(most)s",
            start=start,
            last=_LAST,
            most=most,
        )
        return [row[0] for row in found]


class _Row(NamedTuple):
    """One term in one run."""

    first: int
    values: Numbers


def _read(connection: Connection, source: Source, statement: str) -> Sequence[Any]:
    return connection.exec_driver_sql(named(statement, source.build)).all()


def _spots(found: Sequence[_Row]) -> dict[int, Numbers]:
    return {one.first: one.values for one in found}


def _joined(some: Sequence[tuple[Ints, NDArray[np.uint8]]]) -> tuple[Ints, NDArray[np.uint8]]:
    if len(some) == 1:
        return some[0]
    ids, counts = zip(*some, strict=True)
    return np.concatenate(ids), np.concatenate(counts)


def _size(found: Postings) -> int:
    return 200 + sum(ids.nbytes + counts.nbytes for ids, counts in found.values())


def _size_of_spots(found: dict[int, NDArray[Any]]) -> int:
    return 200 + sum(spots.nbytes for spots in found.values())
