"""Entries as rows of the index on PostgreSQL: the same terms as on Whoosh, packed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, CursorResult
from whoosh.util.numeric import length_to_byte

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search.postgres_runs import RUN, Run, Said, said
from directory.search.postgres_tables import KEEP_OLD, named
from directory.search.schema import KEY_FIELDS, NUMBERS, SORT_BYTES, TEXT_FIELDS, index_document

# So many written entries lie loose; then they become a run, and readers open the build anew.
LOOSE_MOST = 2_000

FIGURES = np.dtype(
    [
        ("id", "S16"),
        ("sort_name", f"S{SORT_BYTES}"),
        ("lengths", "u1", (len(TEXT_FIELDS),)),
        ("words", "<u2", (len(TEXT_FIELDS),)),
        *((name, f"<{np.dtype(code).str[1:]}") for name, (code, _default) in NUMBERS.items()),
    ]
)
"""What is held of every entry: which it is, its name to sort by, how many words each field has (as
Whoosh rounds it, for ranking, and exactly, for means), and its numbers."""


@dataclass(frozen=True)
class Row:
    """One entry, ready to be written."""

    entry: UUID
    said: Said
    figures: bytes
    keys: list[str]
    card: str
    spelt: list[str]


def row(entry: Entry, gazetteer: Gazetteer | None) -> Row:
    """`entry` as a row: what `schema.index_document` says of it."""
    document = index_document(entry, gazetteer)
    return Row(
        entry=entry.id,
        said=said(document, document["text"]),
        figures=_figures(entry.id, document),
        keys=[f"{name}={value}" for name in KEY_FIELDS for value in dict.fromkeys(document[name])],
        card=json.dumps(document["card"], ensure_ascii=False),
        spelt=document["spell"],
    )


def _figures(entry_id: UUID, document: dict[str, Any]) -> bytes:
    numbers: list[Any] = [
        none if document[name] is None else document[name] for name, (_, none) in NUMBERS.items()
    ]
    lengths = [len(document[name]) for name in TEXT_FIELDS]
    return np.array(
        (
            entry_id.bytes,
            document["sort_name"],
            [length_to_byte(length) for length in lengths],
            [min(length, 65_535) for length in lengths],
            *numbers,
        ),
        dtype=FIGURES,
    ).tobytes()


@dataclass
class _Collected:
    """Entries on their way into a run."""

    run: Run
    documents: list[int] = field(default_factory=list)
    figures: list[bytes] = field(default_factory=list)
    keys: dict[str, list[int]] = field(default_factory=dict)

    def add(self, document: int, told: Said, figures: bytes, keys: Iterable[str]) -> None:
        self.run.add(document, told)
        self.documents.append(document)
        self.figures.append(figures)
        for key in keys:
            self.keys.setdefault(key, []).append(document)


class Writer:
    """Writes rows into one build and numbers them; in the caller's transaction.

    Attributes:
        size: the number that the next entry gets.
        is_worn: whether most of what the build holds was taken out again. Runs keep the words of
            that; so it is better made anew.
    """

    def __init__(
        self, connection: Connection, build: int, gazetteer: Gazetteer | None, *, size: int = 0
    ) -> None:
        self.build = build
        self.size = size
        self.is_worn = False
        self._connection = connection
        self._gazetteer = gazetteer
        self._spelt: set[str] = set()
        self._collected = _Collected(Run(size))

    def add(self, entries: Iterable[Entry]) -> None:
        """Write some `entries`, none of which may be there already; after the last: `finish`."""
        for number, made in self._write(entries):
            self._collected.add(number, made.said, made.figures, made.keys)
        if self.size - self._collected.run.first >= RUN:
            self.finish()

    def finish(self) -> None:
        """Write what was added to its end."""
        self._write_run(self._collected, until=self.size)
        self._collected = _Collected(Run(self.size))

    def take_in(self, changes: Sequence[Change]) -> None:
        """Write changes; the last one of an entry counts. They lie loose until they are many."""
        latest = {change.entry_id: change for change in changes}
        self._remove(list(latest), n=changes[-1].n)
        made = self._write(one.entry for one in latest.values() if one.entry is not None)
        self._copy(
            "loose",
            (
                (
                    number,
                    one.figures,
                    one.keys,
                    list(one.said.terms),
                    list(one.said.codes),
                    [" ".join(line) for line in one.said.lines],
                )
                for number, one in made
            ),
        )
        self._pack()

    def _write(self, entries: Iterable[Entry]) -> list[tuple[int, Row]]:
        """Write what is the same for all, loose or in a run; the rows with their numbers."""
        made = [row(entry, self._gazetteer) for entry in entries]
        numbered = list(enumerate(made, start=self.size))
        self._copy("cards", ((number, one.entry, one.card) for number, one in numbered))
        self._learn(made)
        self.size += len(made)
        return numbered

    def _learn(self, rows: Sequence[Row]) -> None:
        """List what words there are, each once."""
        spelt = {one for row in rows for one in row.spelt} - self._spelt
        self._run(
            "INSERT INTO {spellings} SELECT word, unaccent(word) "
            "FROM unnest(%(new)s::text[]) AS word ON CONFLICT DO NOTHING",
            new=sorted(spelt),
        )
        self._spelt |= spelt

    def _pack(self) -> None:
        """Make runs of what lies loose, if it is much."""
        first: int = self._run("SELECT coalesce(max(until), 0) FROM {runs}").scalar_one()
        while self.size - first >= LOOSE_MOST:
            until = min(first + RUN, self.size)
            collected = _Collected(Run(first))
            for one in loose(self._connection, self.build, first, until):
                collected.add(one.document, one.said, one.figures, one.keys)
            self._write_run(collected, until=until)
            self._run("DELETE FROM {loose} WHERE doc < %(until)s", until=until)
            first = until
            gone: int = self._run("SELECT count(*) FROM {gone}").scalar_one()
            self.is_worn = gone * 2 > self.size

    def _write_run(self, collected: _Collected, *, until: int) -> None:
        first = collected.run.first
        if until == first:
            return
        self._copy(
            "postings",
            (
                (one.term, first, one.entries, one.postings, one.spots)
                for one in collected.run.packed()
            ),
        )
        self._copy("keys", ((key, first, packed(found)) for key, found in collected.keys.items()))
        line = (first, until, packed(collected.documents), b"".join(collected.figures))
        self._copy("runs", [line])

    def _run(self, statement: str, **values: Any) -> CursorResult[Any]:
        return self._connection.exec_driver_sql(named(statement, self.build), values)

    def _copy(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        driver = self._connection.connection.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy(named(f"COPY {{{table}}} FROM STDIN", self.build)) as copy,
        ):
            for one in rows:
                copy.write_row(one)

    def _remove(self, entries: Sequence[UUID], *, n: int) -> None:
        """Take entries out. Their cards stay for a moment: a reader may be about to show them."""
        self._run(
            "WITH old AS (INSERT INTO {gone} (doc, n) SELECT doc, %(n)s FROM {cards} "
            "WHERE entry = ANY(%(entries)s) ON CONFLICT DO NOTHING RETURNING doc) "
            "DELETE FROM {loose} WHERE doc IN (SELECT doc FROM old)",
            entries=list(entries),
            n=n,
        )
        self._run(
            "DELETE FROM {cards} WHERE doc IN "
            "(SELECT doc FROM {gone} WHERE at < clock_timestamp() - %(old)s)",
            old=KEEP_OLD,
        )


class Loose(NamedTuple):
    """An entry that is in no run yet."""

    document: int
    figures: bytes
    keys: list[str]
    said: Said


def loose(connection: Connection, build: int, first: int, until: int) -> list[Loose]:
    """The entries from number `first` up to `until` that lie loose."""
    rows = connection.exec_driver_sql(
        named(
            "SELECT doc, figures, keys, terms, codes, lines FROM {loose} "
            "WHERE doc >= %(first)s AND doc < %(until)s ORDER BY doc",
            build,
        ),
        {"first": first, "until": until},
    )
    return [
        Loose(document, figures, keys, Said(terms, codes, [line.split(" ") for line in lines]))
        for document, figures, keys, terms, codes, lines in rows
    ]


def packed(documents: Sequence[int]) -> bytes:
    """Numbers of entries as they lie in a row."""
    return np.array(documents, dtype="<i4").tobytes()


def unpacked(documents: bytes) -> NDArray[np.int32]:
    return np.frombuffer(documents, dtype="<i4")
