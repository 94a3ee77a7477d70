"""The entries that were written since the last run of the index on PostgreSQL: few, and held with
all their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import Connection

from directory.search import postgres_runs as runs
from directory.search.postgres_parts import EntriesPart, Postings
from directory.search.postgres_rows import FIGURES, Loose, loose
from directory.search.postgres_source import Source
from directory.search.postgres_tables import State
from directory.search.reading import Ints


class _Held:
    """What was read so far. It only grows: an older part sees of each list what was there when it
    was made."""

    def __init__(self) -> None:
        self.documents: list[int] = []
        self.figures = b""
        self.postings: dict[str, list[int]] = {}
        self.spots: dict[str, list[int]] = {}
        self.keys: dict[str, list[int]] = {}

    def add(self, entries: Sequence[Loose]) -> None:
        for number, one in enumerate(entries, start=len(self.documents)):
            for term, posting in zip(
                one.said.terms, runs.postings(one.said.codes, number), strict=True
            ):
                self.postings.setdefault(term, []).append(posting)
            for term, spot in runs.spots(one.said.lines, number):
                self.spots.setdefault(term, []).append(spot)
            for key in one.keys:
                self.keys.setdefault(key, []).append(number)
        self.documents += [one.document for one in entries]
        self.figures += b"".join(one.figures for one in entries)


class Recent(EntriesPart):
    """The entries that lie loose."""

    def __init__(self, source: Source, held: _Held, name: str) -> None:
        documents = np.array(held.documents, dtype=np.int32)
        super().__init__(source, documents, np.frombuffer(held.figures, dtype=FIGURES), name)
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
        start = held.documents[-1] + 1 if held.documents else first
        held.add(loose(connection, source.build, start, state.size))
        return cls(source, held, f"{state.build}.{state.made}.{first}-{state.size}")

    def _postings(self, term: str) -> Postings:
        found = np.array(self._held.postings.get(term, ()), dtype=np.uint32)
        found.sort()
        return {
            field: (documents[documents < self.size], counts[documents < self.size])
            for field, documents, counts in runs.by_field(found)
        }

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term`, deleted ones too."""
        return len(self.postings(field, term)[0])

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        spots = [np.array(self._held.spots.get(term, ()), dtype=np.uint32) for term in terms]
        found = runs.holding_phrase(spots)
        return found[found < self.size]
