"""tantivy and Datasette: nothing that Kith needs, so only where they are installed."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from deploy.bench.engines import FACETS, TOP, Answer, Engine, FullTextSearch, Row, row, rows
from directory.entries.catalogue import Entry
from directory.search import words

HOW_TO_GET_THEM = ".venv/bin/uv pip install --python .venv --group bench"
NAMES = ("tantivy", "datasette")


def missing() -> list[str]:
    return [name for name in NAMES if importlib.util.find_spec(name) is None]


class Tantivy:
    """tantivy through its Python binding: English stems, filters counted from its columns."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tantivy"
        self._index: Any = None

    def build(self, entries: Sequence[Entry]) -> None:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw")
        for name in ("name", "text"):
            builder.add_text_field(name, tokenizer_name="en_stem")
        for name in FACETS:
            builder.add_text_field(name, tokenizer_name="raw", fast=True)
        self._folder.mkdir()
        index = tantivy.Index(builder.build(), path=str(self._folder))
        writer = index.writer()
        for one in rows(entries):
            self._write(writer, one)
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def _write(writer: Any, one: Row) -> None:
        import tantivy

        document = tantivy.Document(id=one.id, name=one.name, text=one.text, **one.facets)
        writer.add_document(document)

    def _opened(self) -> Any:
        if self._index is None:
            import tantivy

            self._index = tantivy.Index.open(str(self._folder))
        return self._index

    def add(self, entry: Entry, number: int) -> None:
        index = self._opened()
        writer = index.writer()
        self._write(writer, row(entry, {}))
        writer.commit()
        index.reload()

    def ask(self, question: str) -> Answer:
        index = self._opened()
        asked = " ".join(words.split(question))
        query = index.parse_query(asked, ["name", "text"], field_boosts={"name": 3.0})
        searcher = index.searcher()
        found = searcher.search(query, limit=TOP, count=True)
        wanted = {name: {"terms": {"field": name, "size": 50}} for name in FACETS}
        counted = searcher.aggregate(query, wanted)
        counts = {
            name: {one["key"]: int(one["doc_count"]) for one in counted[name]["buckets"]}
            for name in FACETS
        }
        ids = tuple(searcher.doc(address)["id"][0] for _score, address in found.hits)
        return Answer(ids, int(found.count), counts)


class Datasette:
    """Datasette's table page as JSON over the database of FTS5: search, three facets, a count."""

    name = "Datasette"

    def __init__(self, texts: FullTextSearch) -> None:
        self._texts = texts
        self._loop = asyncio.new_event_loop()
        self._server: Any = None

    def build(self, entries: Sequence[Entry]) -> None:
        """Nothing: it reads what FTS5 wrote."""

    def add(self, entry: Entry, number: int) -> None:
        """Nothing."""

    def ask(self, question: str) -> Answer:
        if self._server is None:
            self._server = self._served()
        said = [("_search", " OR ".join(words.split(question))), ("_searchmode", "raw")]
        said += [("_fts_table", "words"), ("_fts_pk", "number"), ("_size", str(TOP))]
        said += [("_facet", "kind"), ("_facet_array", "support_area"), ("_facet_array", "who_for")]
        path = f"/fts5/entry.json?{urlencode(said)}"
        response = self._loop.run_until_complete(self._server.client.get(path))
        found = response.json()
        counts = {
            name: {one["value"]: one["count"] for one in facet["results"]}
            for name, facet in found["facet_results"].items()
        }
        ids = tuple(one[1] for one in found["rows"])
        return Answer(ids, int(found["filtered_table_rows_count"]), counts)

    def _served(self) -> Any:
        from datasette.app import Datasette as Server

        limits = {"sql_time_limit_ms": 60_000, "facet_time_limit_ms": 60_000}
        return Server([str(self._texts.path)], settings=limits)


def installed(folder: Path, texts: FullTextSearch) -> list[Engine]:
    found: list[Engine] = []
    if "tantivy" not in missing():
        found.append(Tantivy(folder))
    if "datasette" not in missing():
        found.append(Datasette(texts))
    return found
