"""The index on Whoosh: `SearchIndex` for a site on one machine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from directory.entries.catalogue import Change, Entry, url_of
from directory.entries.freshness import Freshness, state_of
from directory.places.gazetteer import Gazetteer
from directory.search import facets, suggestions, writing
from directory.search.index import NotReady
from directory.search.joins import INHERITED, Joined
from directory.search.query import Query, Sort
from directory.search.ranking import Plan, rank
from directory.search.reading import (
    CannotOpen,
    Damaged,
    Floats,
    Ints,
    Mask,
    Snapshot,
    open_snapshot,
)
from directory.search.reasons import matched
from directory.search.results import Hit, Nearest, Reason, Results, Suggestion
from directory.search.spelling import Speller
from directory.search.understanding import Meaning, Thesaurus, understand
from directory.vocabulary.terms import Kind

logger = logging.getLogger("kith.search")

PER_PAGE = 12
# An entry that answers less of the question than this is not a result: in a long question nearly
# every entry of the directory has some word.
LEAST_COVERAGE = 0.25
# And one that answers less than most of it must still score so much of the best.
MOST_COVERAGE = 0.8
LEAST_SCORE = 0.1
# Of a service that is near, so much of the best match is asked before it comes ahead of approaches.
GOOD_ENOUGH = 0.4
NEAR_MILES = 25.0
# What happens so close to a town or postcode happens there.
HERE_MILES = 5.0
# An approach that already happens near the reader is lifted by so much.
HAPPENS_NEAR = 1.3
HAPPENS_INSIDE = 1.5
# So many slices of the directory are held ready.
MASKS_KEPT = 64


class Generation:
    """Everything that answers questions, of one generation of the index."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.joined = Joined(snapshot)
        self.mask_of = lru_cache(maxsize=MASKS_KEPT)(self._mask_of)

    def _mask_of(self, ids: frozenset[UUID]) -> Mask:
        """The documents of these entries."""
        mask = np.zeros(self.snapshot.size, dtype=bool)
        for one in ids:
            mask[self.snapshot.holding(str(one), field="id")] = True
        return mask

    @cached_property
    def speller(self) -> Speller:
        from directory.search import words

        return Speller(
            self.snapshot.words,
            lambda word: self.snapshot.frequency("text", words.stem(word)),
        )


class WhooshIndex:
    """Reads the current generation; writes only when told to follow the change log."""

    def __init__(
        self,
        path: Path,
        *,
        gazetteer: Callable[[], Gazetteer | None],
        thesaurus: Callable[[], Thesaurus],
        today: Callable[[], date],
    ) -> None:
        self._folder = writing.IndexFolder(path)
        self._gazetteer = gazetteer
        self._thesaurus = thesaurus
        self._today = today
        self._opening = threading.Lock()
        self._generation: Generation | None = None
        self._seen: tuple[Any, ...] | None = None

    # Reading

    def find(self, query: Query, *, among: frozenset[UUID] | None = None) -> Results:
        """Entries matching `query`, best first."""
        if among is None and (query.network or query.collection):
            among = frozenset()  # nobody said what is in it
        generation = self._current()
        try:
            return _Answer(self, generation, query, among).results()
        except Damaged as error:
            raise self._unreadable(error) from error

    def caught(self, query: Query) -> frozenset[UUID]:
        """Every entry that the filters of `query` let through, whatever its words ask for."""
        generation = self._current()
        try:
            return _Answer(self, generation, query.with_(q=""), None).caught()
        except Damaged as error:
            raise self._unreadable(error) from error

    def count(self, query: Query) -> Results:
        """The answer to `query` without its hits: how many, and what each filter would give.

        Raises:
            NotReady: there is no index to read yet.
        """
        generation = self._current()
        try:
            return _Answer(self, generation, query, None).results(with_hits=False)
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
            _ = generation.speller, generation.snapshot.name_order
            self.find(Query(q="warm", near="Leeds"))

    def understand(self, query: Query) -> tuple[Meaning, Generation]:
        """How `query` is read, and what answers it; for search-explain."""
        generation = self._current()
        meaning = understand(
            query,
            generation.snapshot,
            generation.speller,
            self._thesaurus(),
            self._gazetteer(),
        )
        return meaning, generation

    def _current(self) -> Generation:
        """The newest generation that can be opened. Two looks at the disk when nothing changed.

        Raises:
            NotReady: there never was one.
        """
        seen = self._look()
        held = self._generation
        if held is not None and seen == self._seen:
            return held
        # While one thread opens the new generation, others go on with the one they have.
        if not self._opening.acquire(blocking=held is None) and held is not None:
            return held
        try:
            if self._generation is None or self._look() != self._seen:
                self._open()
            if self._generation is None:
                raise NotReady
            return self._generation
        finally:
            self._opening.release()

    def _look(self) -> tuple[Any, ...]:
        """Changes whenever a new generation may be there."""
        try:
            pointer = (self._folder.path / writing.CURRENT).stat()
            folder = self._folder.current() if self._seen is None else self._seen[-1]
            if self._seen is None or pointer.st_mtime_ns != self._seen[0]:
                folder = self._folder.current()
            changed = folder.stat().st_mtime_ns if folder else 0
        except OSError:
            return (0, 0, None)
        return (pointer.st_mtime_ns, changed, folder)

    def _open(self) -> None:
        before = self._generation.snapshot if self._generation else None
        seen = self._look()
        folder = seen[-1]
        if folder is None:
            return
        try:
            snapshot = open_snapshot(folder, before)
        except CannotOpen as error:
            logger.error("the search index cannot be read: %s", error)
            self._folder.report_broken()
        else:
            if before is None or snapshot.generation != before.generation:
                self._generation = Generation(snapshot)
            self._seen = seen

    def _unreadable(self, error: Damaged) -> NotReady:
        logger.error("the search index is damaged: %s", error)
        self._folder.report_broken()
        return NotReady()

    # Writing

    def position(self) -> int | None:
        """How far the index has followed the change log; None if it must be built anew."""
        if self._folder.current() is None or self._folder.is_broken():
            return None
        self._folder.remove_old()
        try:
            generation = self._current()
        except NotReady:
            return None
        if self._folder.is_broken():
            return None
        return int(generation.snapshot.note["n"])

    def apply(self, changes: Sequence[Change]) -> None:
        """Follow the change log; applying a change twice is the same as once."""
        with self._folder.writing():
            n, folder = self.position(), self._folder.current()
            if n is None or folder is None:
                raise NotReady
            if new := [change for change in changes if change.n > n]:
                writing.apply(folder, new, gazetteer=self._gazetteer())

    def rebuild(
        self,
        entries: Iterable[Entry],
        *,
        n: int,
        catch_up: Callable[[int], Sequence[Change]] = lambda n: (),
        report: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Replace the index by these entries, in one step or not at all."""
        folder = self._folder.new()
        gazetteer = self._gazetteer()
        writing.write(folder, entries, n=n, gazetteer=gazetteer, report=report)
        with self._folder.writing():
            while changes := catch_up(n):
                writing.apply(folder, changes, gazetteer=gazetteer)
                n = changes[-1].n
            self._folder.make_current(folder)


class _Answer:
    """One question being answered."""

    def __init__(
        self,
        index: WhooshIndex,
        generation: Generation,
        query: Query,
        among: frozenset[UUID] | None,
    ) -> None:
        self._query = query
        self._snapshot = generation.snapshot
        self._joined = generation.joined
        self._today = index._today()
        self._generation = generation
        self._index = index
        self._among = among
        self._meaning = understand(
            query, self._snapshot, generation.speller, index._thesaurus(), index._gazetteer()
        )
        self._spot = self._meaning.place.spot if self._meaning.place else None
        self._miles: NDArray[np.float32] | None = None
        self._inside: Mask | None = None
        if self._spot:
            self._miles = self._joined.miles_from(self._spot.lat, self._spot.lon)
            self._inside = self._joined.within_councils(self._spot.councils)

    def results(self, *, with_hits: bool = True) -> Results:
        query, joined = self._query, self._joined
        matches, scores = self._matching(self._meaning.plan)
        if not matches.any() and self._spot and self._meaning.place.in_question:  # type: ignore[union-attr]
            matches, scores = self._matching(Plan())  # nothing but a place was asked for
        values = {**joined.values, "fresh": joined.fresh(self._today)}
        masks = facets.chosen_mask(query, values, self._snapshot.size)
        counted = facets.count(query, values, matches, masks, joined.name_of)
        shown = matches.copy()
        for mask in masks.values():
            shown &= mask
        found = np.flatnonzero(shown).astype(np.int32)
        total = len(found)
        pages = max(-(-total // PER_PAGE), 1)
        page = min(query.page, pages)
        first = (page - 1) * PER_PAGE
        if query.sort is Sort.BEST and self._miles is None:
            found = _best(found, scores, first + PER_PAGE)
        wanted = self._ordered(found, scores)[first : first + PER_PAGE]
        return Results(
            query=query,
            hits=tuple(self._hits(wanted, scores)) if with_hits else (),
            total=total,
            first=first + 1 if total else 0,
            page=page,
            pages=pages,
            facets=counted,
            also_looked_for=self._meaning.added,
            did_you_mean=self._did_you_mean(total),
            urgent_help=self._meaning.urgent,
            place=self._meaning.place,
            inside=self._count_inside(shown),
            kinds=joined.values["kind"].counts(shown),
            unfiltered=int(np.count_nonzero(matches)),
            wants_place=self._meaning.is_near_me,
            per_page=PER_PAGE,
            generation=self._snapshot.generation,
        )

    def caught(self) -> frozenset[UUID]:
        """What the filters let through; with a distance only what happens as near as that."""
        query, joined = self._query, self._joined
        found = self._snapshot.live & ~joined.is_kind["page"]
        values = {**joined.values, "fresh": joined.fresh(self._today)}
        for mask in facets.chosen_mask(query, values, self._snapshot.size).values():
            found &= mask
        if query.near:
            found &= self._happens_near()
        return frozenset(
            UUID(self._snapshot.card(int(document))["id"]) for document in np.flatnonzero(found)
        )

    def _happens_near(self) -> Mask:
        """Services and places within the distance asked for, or in the area, and the approaches
        that happen there; nothing where the place is not known."""
        joined = self._joined
        if self._miles is None:
            return np.zeros(self._snapshot.size, dtype=bool)
        near = self._inside_area().copy()
        if self._query.within is not None:
            near |= self._miles <= self._query.within
        near &= joined.is_kind["service"] | joined.is_kind["place"]
        near[joined.followed[near[joined.followers]]] = True
        return near

    def _matching(self, plan: Plan) -> tuple[Mask, Floats]:
        """What matches the words, before any filter, and how well."""
        joined = self._joined
        ranked = rank(self._snapshot, plan)
        found = (ranked.found | joined.inherit(ranked.found)) & ~ranked.excluded
        found &= self._snapshot.live
        if self._among is not None:
            found &= self._mask_of(self._among)
        if self._query.within is not None and self._miles is not None:
            is_far = joined.is_kind["service"] & (self._miles > self._query.within)
            found &= ~is_far | self._inside_area()
        scores = ranked.scores + INHERITED * joined.inherit(ranked.scores)
        if not any(concept.finds for concept in plan.concepts):
            scores += 1  # nothing to rank by but the kind
        coverage = np.minimum(ranked.coverage + joined.inherit(ranked.coverage), 1)
        # One that answers all of a question comes before one that repeats a part of it.
        scores = scores * np.sqrt(coverage) * joined.weights * self._lift()
        enough = LEAST_SCORE * scores[found].max(initial=0)
        found &= coverage >= LEAST_COVERAGE
        found &= (coverage >= MOST_COVERAGE) | (scores >= enough)
        scores[~found] = 0
        return found, scores

    def _mask_of(self, ids: frozenset[UUID]) -> Mask:
        return self._generation.mask_of(ids)

    def _inside_area(self) -> Mask:
        assert self._inside is not None
        return self._inside

    def _lift(self) -> Floats | float:
        """Approaches that already happen near the reader come higher."""
        if self._spot is None or self._miles is None:
            return 1.0
        lift = np.ones(self._snapshot.size)
        joined = self._joined
        runs = ~joined.has_ended[joined.followers]
        inside = self._inside_area()[joined.followers] & runs
        near = (self._miles[joined.followers] <= NEAR_MILES / 2) & runs
        lift[joined.followed[near]] = HAPPENS_NEAR
        lift[joined.followed[inside]] = HAPPENS_INSIDE
        return lift

    def _ordered(self, documents: Ints, scores: Floats) -> Ints:
        """Documents in the order asked for; equals by name."""
        by_name = self._snapshot.name_order[documents]
        by_score = -scores[documents]
        match self._query.sort:
            case Sort.NAME:
                return documents[by_name.argsort()]
            case Sort.CHECKED:
                checked = self._snapshot.numbers["checked"][documents]
                return documents[np.lexsort((by_name, by_score, -checked))]
            case Sort.LATEST:
                changed = self._snapshot.numbers["changed"][documents]
                return documents[np.lexsort((by_name, by_score, -changed))]
            case Sort.NEAREST if self._miles is not None:
                far = self._distances()[documents]
                return documents[np.lexsort((by_name, by_score, far))]
        if self._miles is None:
            return documents[np.lexsort((by_name, by_score))]
        return self._near_first(documents, scores)

    def _distances(self) -> NDArray[np.float32]:
        """Miles to each document, or to the nearest service of an approach."""
        assert self._miles is not None
        joined = self._joined
        miles = self._miles.copy()
        np.minimum.at(miles, joined.followed, self._miles[joined.followers])
        return miles

    def _near_first(self, documents: Ints, scores: Floats) -> Ints:
        """Services near the reader that match well, the nearest first; then approaches that could
        start there; then the rest."""
        assert self._miles is not None
        joined = self._joined
        is_service = joined.is_kind["service"][documents]
        miles = self._miles[documents]
        inside = self._inside_area()[documents]
        matched = scores[documents]
        best = matched[is_service].max(initial=0)
        is_good = matched >= GOOD_ENOUGH * best
        is_near = is_service & is_good & (inside | (miles <= (self._query.within or NEAR_MILES)))
        is_far_service = is_service & ~is_near
        tier = np.where(is_near, 0, np.where(is_far_service, 2, 1))
        by_distance = np.where(is_service, miles, 0)
        by_area = np.where(is_near & inside, 0, 1)
        by_name = self._snapshot.name_order[documents]
        return documents[np.lexsort((by_name, -matched, by_distance, by_area, tier))]

    def _count_inside(self, shown: Mask) -> int:
        """How many matching approaches happen within the area asked for, or close to its point."""
        if self._spot is None or self._miles is None:
            return 0
        joined = self._joined
        is_here = self._here()
        here = np.zeros(self._snapshot.size, dtype=bool)
        here[joined.followed[is_here[joined.followers]]] = True
        return int(np.count_nonzero(here & shown & joined.is_kind["approach"]))

    def _here(self) -> Mask:
        assert self._spot is not None
        assert self._miles is not None
        runs = self._joined.is_kind["service"] & ~self._joined.has_ended
        if self._spot.councils:
            return self._inside_area() & runs
        return (self._miles <= HERE_MILES) & runs

    def _did_you_mean(self, total: int) -> Query | None:
        """The question in our spelling, if that finds at least as much."""
        if self._meaning.corrected is None:
            return None
        corrected = self._query.with_(q=self._meaning.corrected)
        return corrected if corrected.q != self._query.q else None

    def _hits(self, documents: Ints, scores: Floats) -> list[Hit]:
        approaches = documents[self._joined.is_kind["approach"][documents]]
        nearest = self._nearest_services(approaches)
        reasons = matched(self._snapshot, self._joined, self._meaning.plan, documents)
        return [
            self._hit(int(document), float(scores[document]), nearest.get(int(document)), why)
            for document, why in zip(documents, reasons, strict=True)
        ]

    def _nearest_services(self, approaches: Ints) -> dict[int, int]:
        """For each approach the service to show: the nearest, or without a place the freshest."""
        if not len(approaches):
            return {}
        joined = self._joined
        wanted = np.zeros(self._snapshot.size, dtype=bool)
        wanted[approaches] = True
        services = joined.followers[wanted[joined.followed]]
        services = services[joined.is_kind["service"][services] & ~joined.has_ended[services]]
        if self._miles is None:
            return {}
        if self._among is not None:
            services = services[self._mask_of(self._among)[services]]
        distances = np.where(self._inside_area(), self._miles / 1e5, self._miles)
        services = services[np.isfinite(distances[services])]
        return joined.nearest(services, distances)

    def _hit(
        self, document: int, score: float, nearest: int | None, why: tuple[Reason, ...]
    ) -> Hit:
        card = self._snapshot.card(document)
        kind = Kind(card["kind"])
        miles = self._miles_to(document) if kind is Kind.SERVICE else None
        return Hit(
            id=UUID(card["id"]),
            kind=kind,
            slug=card["slug"],
            url=url_of(kind, card["slug"]),
            name=card["name"],
            strapline=card["strapline"],
            support_area=self._taken("support_area", document, card),
            who_for=self._taken("who_for", document, card),
            moment=card.get("moment"),
            freshness=self._freshness(card),
            updated=date.fromisoformat(card["updated"]),
            score=score,
            place=self._place_name(document, card),
            miles=miles,
            is_inside=bool(self._inside is not None and self._inside[document]),
            nearest=self._nearest(nearest) if nearest is not None else None,
            status=card.get("status"),
            easy_read=card.get("easy", ""),
            matched=why,
        )

    def _taken(self, name: str, document: int, card: dict[str, Any]) -> tuple[str, ...]:
        """Values of a filter in the order of the document, or of the approach that it follows."""
        if own := card.get(name):
            return tuple(own)
        for followed in self._joined.followed_by(document)[:1]:
            return tuple(self._snapshot.card(followed).get(name, ()))
        return ()

    def _nearest(self, document: int) -> Nearest:
        card = self._snapshot.card(document)
        return Nearest(
            url=url_of(Kind.SERVICE, card["slug"]),
            name=card["name"],
            place=self._place_name(document, card),
            miles=self._miles_to(document),
            is_inside=bool(self._inside is not None and self._inside[document]),
            freshness=self._freshness(card),
        )

    def _miles_to(self, document: int) -> float | None:
        if self._miles is None or not np.isfinite(self._miles[document]):
            return None
        return float(self._miles[document])

    def _place_name(self, document: int, card: dict[str, Any]) -> str:
        if "label" in card:
            return str(card["label"])
        place = int(self._joined.place_of[document])
        if place >= 0:
            return str(self._snapshot.card(place)["name"])
        return ", ".join(card.get("area", []))

    def _freshness(self, card: dict[str, Any]) -> Freshness:
        checked = date.fromisoformat(card["assured_date"]) if "assured_date" in card else None
        return Freshness(state_of(checked, self._today), checked, card.get("last_known"))


def _best(documents: Ints, scores: Floats, count: int) -> Ints:
    """The `count` documents with the best scores, and those as good as the last of them."""
    if len(documents) <= count:
        return documents
    found = scores[documents]
    least = np.partition(found, len(found) - count)[len(found) - count]
    best: Ints = documents[found >= least]
    return best
