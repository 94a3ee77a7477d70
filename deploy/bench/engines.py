"""Engines that can answer the same questions about the same entries.

Each gives the ten best, how many there are in all, and the counts of three filters. The others get
what Kith joins by itself (who a service is for, from its approach) written into each of their rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from whoosh import analysis, fields, sorting
from whoosh import index as whoosh_index
from whoosh.qparser import MultifieldParser, OrGroup
from whoosh.query import Term

from directory.entries.catalogue import Change, Entry
from directory.entries.documents import Approach
from directory.places import gazetteer
from directory.search import words
from directory.search.query import Query
from directory.search.whoosh_index import WhooshIndex
from directory.search.wordings import Thesaurus
from directory.vocabulary import thesaurus

TODAY = date(2026, 11, 22)
FACETS = ("kind", "support_area", "who_for")
TOP = 10


@dataclass(frozen=True)
class Answer:
    """The ids of the ten best, how many match, and for each filter its values with counts."""

    ids: tuple[str, ...] = ()
    total: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Engine(Protocol):
    name: str

    def build(self, entries: Sequence[Entry]) -> None:
        """Write an index of `entries` into an empty folder."""

    def add(self, entry: Entry, number: int) -> None:
        """Add one entry; its id is found when this returns."""

    def ask(self, question: str) -> Answer: ...


@dataclass(frozen=True)
class Row:
    """An entry as engines without joins want it."""

    id: str
    name: str
    text: str
    facets: dict[str, list[str]]


def rows(entries: Sequence[Entry]) -> Iterator[Row]:
    approaches = {e.slug: e.document for e in entries if isinstance(e.document, Approach)}
    for entry in entries:
        yield row(entry, approaches)


def row(entry: Entry, approaches: Mapping[str, Approach]) -> Row:
    document = entry.document
    texts = [getattr(document, "strapline", None) or "", document.summary]
    texts += getattr(document, "everyday_words", ())
    texts.append(words.plain(document.body))
    found = {"kind": [str(entry.kind)]}
    followed = [approaches[a] for a in getattr(document, "approach", ()) if a in approaches]
    for name in FACETS[1:]:
        values = getattr(document, name, None) or [v for a in followed for v in getattr(a, name)]
        found[name] = [str(value) for value in dict.fromkeys(values)]
    return Row(str(entry.id), document.name, "\n".join(texts), found)


class Kith:
    """Ours, as the site uses it: thesaurus, spelling, places, all filters, twelve cards."""

    name = "Kith"

    def __init__(self, folder: Path, places: Path) -> None:
        known = Thesaurus(thesaurus.groups())
        self.index = WhooshIndex(
            folder / "kith",
            gazetteer=lambda: gazetteer.at(places),
            thesaurus=lambda: known,
            today=lambda: TODAY,
        )
        self._n = 1

    def build(self, entries: Sequence[Entry]) -> None:
        self.index.rebuild(entries, n=self._n)

    def add(self, entry: Entry, number: int) -> None:
        n = (self.index.position() or 0) + 1
        self.index.apply([Change(n, entry.id, "published", entry.updated_at, entry)])
        _meaning, generation = self.index.understand(Query())
        assert len(generation.snapshot.holding(str(entry.id), field="id"))

    def ask(self, question: str, kind: str = "") -> Answer:
        results = self.index.find(Query(q=question, kind=(kind,) if kind else ()))
        counts = {name: {c.value: c.count for c in results.facets[name]} for name in FACETS}
        return Answer(tuple(str(hit.id) for hit in results.hits[:TOP]), results.total, counts)

    def ask_engine(self, question: str) -> Answer:
        """The engine alone: only the reader's words, no cards."""
        results = self.index.count(Query(q=question, own_words=True))
        counts = {name: {c.value: c.count for c in results.facets[name]} for name in FACETS}
        return Answer((), results.total, counts)


class PlainWhoosh:
    """Whoosh as its documentation shows it: a searcher a request, filters by `groupedby`."""

    name = "plain Whoosh"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "whoosh"
        self._approaches: dict[str, Approach] = {}

    def build(self, entries: Sequence[Entry]) -> None:
        self._folder.mkdir()
        stemmed = analysis.StemmingAnalyzer()
        keyword = fields.KEYWORD(commas=True, stored=True)
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            name=fields.TEXT(analyzer=stemmed, field_boost=3.0, stored=True),
            text=fields.TEXT(analyzer=stemmed),
            **dict.fromkeys(FACETS, keyword),
        )
        writer = whoosh_index.create_in(str(self._folder), schema).writer(limitmb=256)
        for one in rows(entries):
            writer.add_document(**self._values(one))
        writer.commit()

    @staticmethod
    def _values(one: Row) -> dict[str, str]:
        keys = {name: ",".join(values) for name, values in one.facets.items()}
        return {"id": one.id, "name": one.name, "text": one.text, **keys}

    def add(self, entry: Entry, number: int) -> None:
        writer = whoosh_index.open_dir(str(self._folder)).writer()
        writer.update_document(**self._values(row(entry, {})))
        writer.commit()
        with whoosh_index.open_dir(str(self._folder)).searcher() as searcher:
            assert searcher.document(id=str(entry.id))

    def ask(self, question: str, kind: str = "") -> Answer:
        index = whoosh_index.open_dir(str(self._folder))
        parser = MultifieldParser(["name", "text"], index.schema, group=OrGroup)
        with index.searcher() as searcher:
            found = searcher.search(
                parser.parse(question),
                limit=TOP,
                filter=Term("kind", kind) if kind else None,
                groupedby=[sorting.FieldFacet(name, allow_overlap=True) for name in FACETS],
            )
            counts = {
                name: {str(k): len(v) for k, v in found.groups(name).items()} for name in FACETS
            }
            return Answer(tuple(hit["id"] for hit in found), len(found), counts)


class FullTextSearch:
    """SQLite FTS5: one table of texts, one of filter values, filters counted by SQL."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "fts5.sqlite"
        self._connection: sqlite3.Connection | None = None

    @property
    def connection(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self.path)
        return self._connection

    def build(self, entries: Sequence[Entry]) -> None:
        db = self.connection
        db.executescript(
            """
            CREATE TABLE entry (number INTEGER PRIMARY KEY, id TEXT, name TEXT, kind TEXT,
                support_area TEXT, who_for TEXT);
            CREATE VIRTUAL TABLE words USING fts5(name, text, tokenize='porter unicode61');
            CREATE TABLE value (entry INTEGER, facet TEXT, value TEXT);
            """
        )
        for number, one in enumerate(rows(entries), start=1):
            self._insert(number, one)
        db.executescript("CREATE INDEX value_entry ON value (entry, facet, value); ANALYZE;")
        db.commit()

    def _insert(self, number: int, one: Row) -> None:
        lists = [str(one.facets[name]).replace("'", '"') for name in FACETS[1:]]
        entry = (number, one.id, one.name, one.facets["kind"][0], *lists)
        self.connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", entry)
        self.connection.execute(
            "INSERT INTO words (rowid, name, text) VALUES (?, ?, ?)", (number, one.name, one.text)
        )
        values = [(number, name, value) for name in FACETS for value in one.facets[name]]
        self.connection.executemany("INSERT INTO value VALUES (?, ?, ?)", values)

    def add(self, entry: Entry, number: int) -> None:
        self._insert(10_000_000 + number, row(entry, {}))
        self.connection.commit()

    def ask(self, question: str) -> Answer:
        asked = " OR ".join(f'"{word}"' for word in words.split(question)) or '""'
        best = self.connection.execute(
            "SELECT entry.id FROM words JOIN entry ON number = words.rowid WHERE words MATCH ? "
            "ORDER BY bm25(words, 3.0, 1.0) LIMIT ?",
            (asked, TOP),
        ).fetchall()
        total = self.connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (asked,))
        counted = self.connection.execute(
            "SELECT facet, value, count(*) FROM words JOIN value ON entry = words.rowid "
            "WHERE words MATCH ? GROUP BY facet, value",
            (asked,),
        )
        counts: dict[str, dict[str, int]] = {name: {} for name in FACETS}
        for facet, value, number in counted:
            counts[facet][value] = number
        return Answer(tuple(one[0] for one in best), int(total.fetchone()[0]), counts)


Ways = dict[str, Callable[[str], Any]]
