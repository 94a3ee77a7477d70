"""Entries as rows of the index on PostgreSQL: the same terms as on Whoosh, written as lexemes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection
from whoosh.util.numeric import length_to_byte

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search.postgres_tables import KEEP_OLD, named
from directory.search.schema import KEY_FIELDS, NUMBERS, SORT_BYTES, TEXT_FIELDS, index_document

# What stands behind a term in a lexeme, before how often it occurs.
MARKS = dict(zip(TEXT_FIELDS, "nesupgfbw", strict=True))
# A small word, which stands in the text and in no field: it counts only in phrases and for -word.
ONLY_IN_TEXT = "x"
# Two neighbouring terms are said so often at most; lists of them need no list of lexemes.
PAIRS_MOST = 8
# PostgreSQL keeps no place of a word behind this, and no more places of one word.
LAST_PLACE, PLACES_MOST = 16_383, 255

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
    lexemes: list[str]
    text: str
    figures: bytes
    keys: list[str]
    card: str
    spelt: list[str]

    @property
    def listed(self) -> Iterable[str]:
        """The lexemes that are looked up by their term: all but pairs."""
        return (one for one in self.lexemes if " " not in one)


def row(entry: Entry, gazetteer: Gazetteer | None) -> Row:
    """`entry` as a row: what `schema.index_document` says of it."""
    document = index_document(entry, gazetteer)
    lexemes: list[str] = []
    for name, mark in MARKS.items():
        most = PAIRS_MOST if name == "pairs" else None
        lexemes += [
            f"{term}_{mark}{min(count, most) if most else count}"
            for term, count in Counter(document[name]).items()
        ]
    ranked = {term for name in MARKS if name != "pairs" for term in document[name]}
    every = {term for line in document["text"] for term in line}
    lexemes += [f"{term}_{ONLY_IN_TEXT}1" for term in every - ranked]
    return Row(
        entry=entry.id,
        lexemes=lexemes,
        text=_with_places(document["text"]),
        figures=_figures(entry.id, document),
        keys=[f"{name}={value}" for name in KEY_FIELDS for value in dict.fromkeys(document[name])],
        card=json.dumps(document["card"], ensure_ascii=False),
        spelt=document["spell"],
    )


def _with_places(lines: Sequence[Sequence[str]]) -> str:
    """The terms with where each stands, as PostgreSQL reads a vector. A phrase never runs from one
    line into the next."""
    places: dict[str, list[int]] = {}
    at = 1
    for line in lines:
        for term in line:
            found = places.setdefault(term, [])
            if at < LAST_PLACE and len(found) < PLACES_MOST:
                found.append(at)
            at += 1
        at += 1
    return " ".join(
        f"'{term}':{','.join(map(str, found))}" for term, found in places.items() if found
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
class Writer:
    """Writes rows into one build and numbers them; in the caller's transaction.

    Attributes:
        size: the number that the next entry gets.
    """

    connection: Connection
    build: int
    gazetteer: Gazetteer | None
    size: int = 0
    _lexemes: set[str] = field(default_factory=set)
    _spelt: set[str] = field(default_factory=set)

    def add(self, entries: Iterable[Entry]) -> None:
        """Write `entries`; none of them may be there already."""
        made = [row(entry, self.gazetteer) for entry in entries]
        numbered = list(enumerate(made, start=self.size))
        self._copy(
            "words",
            ((n, " ".join(f"'{one}'" for one in row.lexemes), row.text) for n, row in numbered),
        )
        self._copy(
            "cards", ((n, row.entry, row.figures, row.keys, row.card) for n, row in numbered)
        )
        self._learn(made)
        self.size += len(made)

    def _learn(self, rows: Sequence[Row]) -> None:
        """List what lexemes and words there are, each once."""
        lexemes = {one for row in rows for one in row.listed} - self._lexemes
        spelt = {one for row in rows for one in row.spelt} - self._spelt
        self._run(
            "INSERT INTO {lexemes} SELECT unnest(%(new)s::text[]) ON CONFLICT DO NOTHING",
            new=sorted(lexemes),
        )
        self._run(
            "INSERT INTO {spellings} SELECT word, unaccent(word) "
            "FROM unnest(%(new)s::text[]) AS word ON CONFLICT DO NOTHING",
            new=sorted(spelt),
        )
        self._lexemes |= lexemes
        self._spelt |= spelt

    def _run(self, statement: str, **values: Any) -> None:
        self.connection.exec_driver_sql(named(statement, self.build), values)

    def _copy(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        driver = self.connection.connection.driver_connection
        assert driver is not None
        with (
            driver.cursor() as cursor,
            cursor.copy(named(f"COPY {{{table}}} FROM STDIN", self.build)) as copy,
        ):
            for one in rows:
                copy.write_row(one)

    def take_in(self, changes: Sequence[Change]) -> None:
        """Write changes; the last one of an entry counts."""
        latest = {change.entry_id: change for change in changes}
        self._remove(list(latest), n=changes[-1].n)
        self.add(change.entry for change in latest.values() if change.entry is not None)

    def _remove(self, entries: Sequence[UUID], *, n: int) -> None:
        """Take entries out. Their cards stay for a moment: a reader may be about to show them."""
        self._run(
            "WITH old AS (INSERT INTO {gone} (doc, n) SELECT doc, %(n)s FROM {cards} "
            "WHERE entry = ANY(%(entries)s) ON CONFLICT DO NOTHING RETURNING doc) "
            "DELETE FROM {words} WHERE doc IN (SELECT doc FROM old)",
            entries=list(entries),
            n=n,
        )
        self._run(
            "DELETE FROM {cards} WHERE doc IN "
            "(SELECT doc FROM {gone} WHERE at < clock_timestamp() - %(old)s)",
            old=KEEP_OLD,
        )
