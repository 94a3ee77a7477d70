"""Snapshots of the index on PostgreSQL: what is joined and counted is held, words are asked for.

A snapshot has two parts: the entries that were there when the build was opened, and those that were
written since. Lists of entries come from the GIN indexes when a word or phrase is first asked for.
Of the second part, which is small and changes often, the words are held.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from directory.search import words
from directory.search.postgres_rows import FIGURES, MARKS, ONLY_IN_TEXT, PAIRS_MOST
from directory.search.postgres_tables import State, named, quoted
from directory.search.reading import Cache, Damaged, Floats, Ints, Snapshot
from directory.search.schema import KEY_FIELDS, NUMBERS, TEXT_FIELDS, VERSION
from directory.search.spelling import SHORTEST, likeliest

# Postings and phrases of one part: some 12 bytes for each entry that has a word.
CACHED_BYTES = 24_000_000
# So many written entries are held with their words; then the build is opened anew.
RECENT_MOST = 2_000
# So many words that share most with a misspelt one are looked at closely.
CLOSEST = 120
# So many misspelt words are remembered with what they may mean.
KEPT = 2_000
_FIELD_OF = {mark: name for name, mark in MARKS.items()}
_NOTHING: Ints = np.empty(0, dtype=np.int32)
# Sorts behind every character that a word may hold.
_LAST = "\U0010ffff"

Postings = dict[str, tuple[Ints, Floats]]


class Source:
    """Asks one build."""

    def __init__(self, engine: Engine, build: int) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.build = build

    def ask(self, statement: str, values: dict[str, Any]) -> Sequence[Any]:
        """All rows that `statement` gives; `words`, `cards`… in it are the tables of this build.

        Raises:
            Damaged: PostgreSQL does not answer, or the build is gone.
        """
        try:
            with self._engine.connect() as connection:
                return connection.exec_driver_sql(named(statement, self.build), values).all()
        except DBAPIError as error:
            raise Damaged(repr(error.orig)) from error


class _Part(ABC):
    """Entries by the numbers under which they stand in the tables, from `first` up to `end`."""

    def __init__(
        self, source: Source, documents: NDArray[np.int64], figures: bytes, name: str
    ) -> None:
        self.name = name
        self._source = source
        self.documents = documents
        self.size = len(documents)
        self.figures = figures
        found = np.frombuffer(figures, dtype=FIGURES)
        self._ids = np.ascontiguousarray(found["id"])
        self.sort_names: NDArray[np.bytes_] = np.ascontiguousarray(found["sort_name"])
        self.numbers: dict[str, NDArray[Any]] = {
            number: found[number].astype(np.dtype(code)) for number, (code, _d) in NUMBERS.items()
        }
        self.lengths: dict[str, NDArray[np.uint8]] = {
            field: np.ascontiguousarray(found["lengths"][:, at])
            for at, field in enumerate(TEXT_FIELDS)
        }
        self.total_lengths = {
            field: int(found["words"][:, at].sum(dtype=np.int64))
            for at, field in enumerate(TEXT_FIELDS)
        }
        self.keys: dict[str, dict[str, Ints]] = {name: {} for name in KEY_FIELDS}
        self._cache = Cache(CACHED_BYTES)

    @abstractmethod
    def _postings(self, term: str) -> Postings:
        """For each field the entries that hold `term`, and how often."""

    def postings(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Which documents hold `term`, sorted; and how often."""
        if field == "id":
            return self._with_id(term)
        found: Postings = self._cache.get(term, lambda: self._all_postings(term), _size)
        return found.get(field, (_NOTHING, np.empty(0)))

    def _all_postings(self, term: str) -> Postings:
        found = self._postings(term)
        everywhere = [ids for field, (ids, _counts) in found.items() if field != "pairs"]
        if everywhere:
            anywhere = np.unique(np.concatenate(everywhere))
            found["text"] = anywhere, np.ones(len(anywhere))
        return found

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

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`."""
        return len(self.postings(field, term)[0])

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        if not all(self.frequency("text", term) for term in terms):
            return _NOTHING

        def ask() -> Postings:
            rows = self._source.ask(
                "SELECT string_agg(int4send(doc), ''::bytea) FROM {words} "
                "WHERE text @@ %(phrase)s::tsquery AND doc >= %(first)s AND doc <= %(last)s",
                {
                    "phrase": quoted(terms),
                    "first": int(self.documents[0]),
                    "last": int(self.documents[-1]),
                },
            )
            return {"text": (self._numbered(rows[0][0]), np.empty(0))}

        found: Postings = self._cache.get(tuple(terms), ask, _size)
        return found["text"][0]

    def _numbered(self, packed: bytes | None) -> Ints:
        """Our numbers of the documents in a list that PostgreSQL packed, sorted; what is not ours
        is left out."""
        found = np.sort(_unpacked(packed))
        at = np.searchsorted(self.documents, found)
        at = at[at < self.size]
        ours: Ints = at[self.documents[at] == found[: len(at)]].astype(np.int32)
        return ours

    def words_from(self, start: str, *, most: int) -> list[str]:
        """None of its own: the list of words is that of the build."""
        return []

    def all_words(self) -> list[str]:
        """None of its own."""
        return []

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""
        rows = self._source.ask(
            "SELECT card FROM {cards} WHERE doc = %(doc)s", {"doc": int(self.documents[document])}
        )
        if not rows:
            raise Damaged("an entry of the index is missing")
        card: dict[str, Any] = rows[0][0]
        return card


class Opened(_Part):
    """The entries that were there when the build was opened."""

    @classmethod
    def read(cls, connection: Connection, source: Source, state: State) -> Opened:
        """All entries of a build."""
        documents, figures = _figures(connection, source, 0)
        part = cls(source, documents, figures, f"{state.build}.{state.made}.{state.n}")
        rows = connection.exec_driver_sql(
            named(
                "SELECT key, string_agg(int4send(doc), ''::bytea) "
                "FROM {cards}, unnest(keys) AS key "
                "WHERE doc NOT IN (SELECT doc FROM {gone}) "
                'GROUP BY key ORDER BY key COLLATE "C"',
                source.build,
            )
        )
        for key, packed in rows:
            name, _, value = key.partition("=")
            part.keys[name][value] = part._numbered(packed)
        return part

    def _postings(self, term: str) -> Postings:
        if " " in term:
            mark = MARKS["pairs"]
            lexemes = [f"{term}_{mark}{count}" for count in range(1, PAIRS_MOST + 1)]
            rows = self._source.ask(
                "SELECT lexeme, string_agg(int4send(doc), ''::bytea) "
                "FROM unnest(%(lexemes)s::text[]) AS list (lexeme) "
                "JOIN {words} ON words @@ quote_literal(lexeme)::tsquery GROUP BY lexeme",
                {"lexemes": lexemes},
            )
        else:
            # "`" is the sign after "_": so this is all that starts with the term and "_".
            rows = self._source.ask(
                "SELECT lexeme, string_agg(int4send(doc), ''::bytea) FROM {lexemes} "
                "JOIN {words} ON words @@ quote_literal(lexeme)::tsquery "
                "WHERE lexeme > %(start)s AND lexeme < %(end)s GROUP BY lexeme",
                {"start": f"{term}_", "end": f"{term}`"},
            )
        return _by_field((lexeme.rpartition("_")[2], self._numbered(ids)) for lexeme, ids in rows)

    def all_words(self) -> list[str]:
        """Every unstemmed word of the build."""
        return [row[0] for row in self._source.ask("SELECT word FROM {spellings}", {})]

    def words_from(self, start: str, *, most: int) -> list[str]:
        """Unstemmed words of the build that start with `start`, whatever their accents."""
        rows = self._source.ask(
            "SELECT word FROM {spellings} WHERE plain >= unaccent(%(start)s) "
            "AND plain < unaccent(%(start)s) || %(last)s ORDER BY plain, word LIMIT %(most)s",
            {"start": start, "last": _LAST, "most": most},
        )
        return [row[0] for row in rows]


class _Held:
    """Terms of entries that were written lately. It only grows: an older part of it sees of each
    list what was there when it was made."""

    def __init__(self) -> None:
        self.by_term: dict[str, dict[str, list[int]]] = {}
        self.keys: dict[str, list[int]] = {}

    def add(self, number: int, lexemes: Sequence[str], keys: Sequence[str]) -> None:
        for lexeme in lexemes:
            term, _, mark = lexeme.rpartition("_")
            self.by_term.setdefault(term, {}).setdefault(mark, []).append(number)
        for key in keys:
            self.keys.setdefault(key, []).append(number)


class Recent(_Part):
    """The entries that were written after the build was opened."""

    def __init__(
        self,
        source: Source,
        documents: NDArray[np.int64],
        figures: bytes,
        held: _Held,
        name: str,
    ) -> None:
        super().__init__(source, documents, figures, name)
        self._held = held
        for key, numbers in sorted(held.keys.items()):
            field, _, value = key.partition("=")
            self.keys[field][value] = np.array(numbers, dtype=np.int32)

    @classmethod
    def read(
        cls,
        connection: Connection,
        source: Source,
        state: State,
        *,
        first: int,
        before: Recent | None,
    ) -> Recent:
        """All entries from number `first` on; what `before` holds of them is taken over."""
        held = before._held if before else _Held()
        known = before.documents if before else np.empty(0, dtype=np.int64)
        start = int(known[-1]) + 1 if len(known) else first
        documents, figures = _figures(connection, source, start)
        rows = connection.exec_driver_sql(
            named(
                "SELECT doc, tsvector_to_array(words), keys "
                "FROM {cards} LEFT JOIN {words} USING (doc) WHERE doc >= %(start)s ORDER BY doc",
                source.build,
            ),
            {"start": start},
        )
        for number, (_document, lexemes, keys) in enumerate(rows, start=len(known)):
            held.add(number, lexemes or (), keys)  # no words: it is gone again
        return cls(
            source,
            np.concatenate((known, documents)),
            (before.figures if before else b"") + figures,
            held,
            f"{state.build}.{state.made}.{first}-{state.size}",
        )

    def _postings(self, term: str) -> Postings:
        marked = self._held.by_term.get(term, {})
        return _by_field((mark, self._own(numbers)) for mark, numbers in marked.items())

    def _own(self, numbers: list[int]) -> Ints:
        found = np.array(numbers, dtype=np.int32)
        own: Ints = found[found < self.size]
        return own


def open_snapshot(
    engine: Engine, connection: Connection, state: State, before: Snapshot | None
) -> Snapshot:
    """The entries of `state`, read in one transaction; what `before` holds of them is taken over.

    Raises:
        Damaged: PostgreSQL does not answer, or the build is gone.
    """
    try:
        return _open(engine, connection, state, before)
    except DBAPIError as error:
        raise Damaged(repr(error.orig)) from error


def _open(
    engine: Engine, connection: Connection, state: State, before: Snapshot | None
) -> Snapshot:
    held = before.segments if before and _is_same_build(before, state) else ()
    opened = next((part for part in held if isinstance(part, Opened)), None)
    recent = next((part for part in held if isinstance(part, Recent)), None)
    first = before.note["first"] if before and opened else state.size
    if opened is None or state.size - first > RECENT_MOST:
        source = Source(engine, state.build)
        opened, recent, first, since = (
            Opened.read(connection, source, state),
            None,
            state.size,
            state.n,
        )
    else:
        assert before is not None
        source, since = opened._source, before.note["since"]
    parts: list[_Part] = [opened]
    if state.size > first:
        parts.append(Recent.read(connection, source, state, first=first, before=recent))
    gone = [
        row[0]
        for row in connection.exec_driver_sql(
            named("SELECT doc FROM {gone} WHERE n > %(since)s", source.build), {"since": since}
        )
    ]
    deleted = [np.flatnonzero(np.isin(part.documents, gone)).tolist() for part in parts]
    snapshot = Snapshot(f"pg.{state.build}.{state.made}.{state.n}", parts, deleted, before)
    snapshot.note = {
        "n": state.n,
        "version": VERSION,
        "state": state,
        "first": first,
        "since": since,
    }
    return snapshot


def _is_same_build(before: Snapshot, state: State) -> bool:
    held: State = before.note["state"]
    return (held.build, held.made) == (state.build, state.made)


class Speller:
    """Our words nearest to a misspelt one: PostgreSQL compares them by three letters at a time,
    whatever their accents."""

    def __init__(self, snapshot: Snapshot, source: Source) -> None:
        self._snapshot = snapshot
        self._source = source
        self.nearest = lru_cache(maxsize=KEPT)(self._nearest)

    def _nearest(self, word: str) -> list[str]:
        if len(word) < SHORTEST:
            return []
        rows = self._source.ask(
            "SELECT word FROM {spellings} ORDER BY plain <-> unaccent(%(word)s) LIMIT %(most)s",
            {"word": word, "most": CLOSEST},
        )
        candidates = [row[0] for row in rows if row[0].isalpha()]
        return likeliest(word, candidates, self._frequency)

    def _frequency(self, word: str) -> int:
        return self._snapshot.frequency("text", words.stem(word))


def speller_of(snapshot: Snapshot) -> Speller:
    """The speller for the words of `snapshot`."""
    part = snapshot.segments[0]
    assert isinstance(part, _Part)
    return Speller(snapshot, part._source)


def _figures(connection: Connection, source: Source, start: int) -> tuple[NDArray[np.int64], bytes]:
    packed, figures = connection.exec_driver_sql(
        named(
            "SELECT string_agg(int4send(doc), ''::bytea ORDER BY doc), "
            "string_agg(figures, ''::bytea ORDER BY doc) FROM {cards} "
            "WHERE doc >= %(start)s AND (%(start)s > 0 OR doc NOT IN (SELECT doc FROM {gone}))",
            source.build,
        ),
        {"start": start},
    ).one()
    return _unpacked(packed), bytes(figures or b"")


def _unpacked(packed: bytes | None) -> NDArray[np.int64]:
    """The numbers of a list as PostgreSQL sends them: 32 bits each, the highest byte first."""
    return np.frombuffer(packed or b"", dtype=">i4").astype(np.int64)


def _by_field(found: Iterable[tuple[str, Ints]]) -> Postings:
    """Postings by field from lists of documents, each with its mark and count: "n2"."""
    lists: dict[str, list[tuple[int, Ints]]] = {}
    for mark, ids in found:
        field = "small" if mark[0] == ONLY_IN_TEXT else _FIELD_OF[mark[0]]
        lists.setdefault(field, []).append((int(mark[1:]), ids))
    return {field: _joined(counted) for field, counted in lists.items()}


def _joined(counted: Sequence[tuple[int, Ints]]) -> tuple[Ints, Floats]:
    ids = np.concatenate([ids for _count, ids in counted])
    counts = np.concatenate([np.full(len(ids), float(count)) for count, ids in counted])
    order = np.argsort(ids, kind="stable")
    return ids[order], counts[order]


def _size(found: Postings) -> int:
    return 200 + sum(ids.nbytes + counts.nbytes for ids, counts in found.values())
