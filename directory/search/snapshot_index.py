"""An index that answers out of snapshots: all but where they come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search import freed, suggestions
from directory.search.answer import Answer
from directory.search.closeness import Close, Closeness
from directory.search.generation import Generation
from directory.search.index import NotReady
from directory.search.mapping import Box, Mark
from directory.search.query import Query
from directory.search.reading import Damaged
from directory.search.results import Results, Suggestion
from directory.search.spelling import Spelling
from directory.search.understanding import Meaning, understand
from directory.search.wordings import Thesaurus
from directory.vocabulary.terms import Kind

# Filters that name entries by their slugs.
NAMING = {"place": Kind.PLACE, "approach": Kind.APPROACH}

SlugsNow = Callable[[Kind, Sequence[str]], Mapping[str, str]]


class SnapshotIndex(ABC):
    """The reading half of `SearchIndex`; where generations lie and how they are written is up to
    the backend.

    Attributes:
        closeness: what is close in meaning; None where search goes by words alone.
        slugs_now: former slugs with those of today; None where nobody knows of former ones.
    """

    closeness: Closeness | None = None
    slugs_now: SlugsNow | None = None

    def __init__(
        self,
        *,
        gazetteer: Callable[[], Gazetteer | None],
        thesaurus: Callable[[], Thesaurus],
        today: Callable[[], date],
    ) -> None:
        self._gazetteer = gazetteer
        self._thesaurus = thesaurus
        self._today = today

    @abstractmethod
    def _current(self) -> Generation:
        """The newest generation that can be opened.

        Raises:
            NotReady: there never was one.
        """

    @abstractmethod
    def _unreadable(self, error: Damaged) -> NotReady:
        """What to raise where a generation cannot be read to its end, which is noted."""

    def stamp(self) -> Hashable:
        """Differs when answers may differ, apart from what the database tells itself."""
        return None

    def spelling(self, generation: Generation) -> Spelling:
        """Who knows the words of `generation`."""
        return generation.speller

    @abstractmethod
    def position(self) -> int | None:
        """How far the index has followed the change log; None if it must be built anew."""

    @abstractmethod
    def forget(self) -> None:
        """Throw the index away, as when another database came back from a backup."""

    @abstractmethod
    def apply(self, changes: Sequence[Change]) -> None:
        """Follow the change log; applying a change twice is the same as once."""

    @abstractmethod
    def rebuild(
        self,
        entries: Iterable[Entry],
        *,
        n: int,
        catch_up: Callable[[int], Sequence[Change]] = lambda n: (),
        report: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Replace the index by these entries, in one step or not at all."""

    def find(
        self, query: Query, *, among: frozenset[UUID] | None = None, counts: bool = True
    ) -> Results:
        """Entries matching `query`, best first."""
        if among is None and (query.network or query.collection):
            among = frozenset()  # nobody said what is in it
        generation = self._current()
        try:
            return self._answer(generation, query, among).results(counts=counts)
        except Damaged as error:
            raise self._unreadable(error) from error
        finally:
            freed.after_an_answer()

    def marks(
        self,
        query: Query,
        box: Box,
        zoom: int,
        *,
        deepest: int,
        among: frozenset[UUID] | None = None,
    ) -> list[Mark]:
        """The results of `query` that stand in a part of the map.

        Raises:
            NotReady: there is no index to read yet.
        """
        generation = self._current()
        try:
            return self._answer(generation, query, among).marks(box, zoom, deepest=deepest)
        except Damaged as error:
            raise self._unreadable(error) from error

    def caught(self, query: Query) -> frozenset[UUID]:
        """Every entry that the filters of `query` let through, whatever its words ask for."""
        generation = self._current()
        try:
            return self._answer(generation, query.with_(q="")).caught()
        except Damaged as error:
            raise self._unreadable(error) from error

    def count(self, query: Query) -> Results:
        """The answer to `query` without its hits: how many, and what each filter would give.

        Raises:
            NotReady: there is no index to read yet.
        """
        generation = self._current()
        try:
            return self._answer(generation, query).results(with_hits=False)
        except Damaged as error:
            raise self._unreadable(error) from error

    def suggest(self, typed: str, *, limit: int) -> list[Suggestion]:
        """What the visitor may be about to type."""
        try:
            snapshot = self._current().snapshot
            return suggestions.suggest(snapshot, self._gazetteer(), typed, limit=limit)
        except NotReady:
            return []
        except Damaged as error:
            self._unreadable(error)
            return []

    def warm(self) -> None:
        """Do now what the first search would otherwise wait for."""
        with suppress(NotReady, Damaged):
            generation = self._current()
            _ = self.spelling(generation), generation.snapshot.name_order
            self.find(Query(q="warm", near="Leeds"))

    def answering(self, query: Query) -> Answer:
        """What answers `query`, which tells afterwards what it went by; for search-explain."""
        return self._answer(self._current(), query)

    def understand(self, query: Query) -> tuple[Meaning, Generation]:
        """How `query` is read, and what answers it."""
        generation = self._current()
        return self._meaning(generation, query), generation

    def _meaning(self, generation: Generation, query: Query) -> Meaning:
        return understand(
            query,
            generation.snapshot,
            self.spelling(generation),
            self._thesaurus(),
            self._gazetteer(),
        )

    def _answer(
        self, generation: Generation, query: Query, among: frozenset[UUID] | None = None
    ) -> Answer:
        query = self._of_today(generation, query)
        meaning = self._meaning(generation, query)
        return Answer(
            generation,
            query,
            meaning,
            today=self._today(),
            among=among,
            close_to=partial(self._close_to, query, meaning),
        )

    def _of_today(self, generation: Generation, query: Query) -> Query:
        """`query` with what was renamed or joined to another as it is called today: an address, an
        alert or a rule goes on finding. Only slugs that nothing here has are asked about."""
        snapshot = generation.snapshot
        changes: dict[str, Any] = {}
        for facet, kind in NAMING.items():
            chosen: tuple[str, ...] = getattr(query, facet)
            having = {slug: snapshot.keys[facet].having(slug) for slug in chosen}
            unknown = [slug for slug, some in having.items() if not snapshot.live[some].any()]
            if unknown and self.slugs_now:
                now = self.slugs_now(kind, unknown)
                changes[facet] = tuple(sorted({now.get(slug, slug) for slug in chosen}))
        return query.with_(page=query.page, **changes) if changes else query

    def _close_to(self, query: Query, meaning: Meaning) -> Close | None:
        """What is close in meaning; not where signs say which words there must be, or none."""
        if self.closeness is None or meaning.plan.required or meaning.plan.excluded:
            return None
        return self.closeness.to(meaning.corrected or query.q)
