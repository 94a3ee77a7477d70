"""One question being answered: what matches, how well, in which order, with which filters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import numpy as np

from directory.places.names import key as name_key
from directory.search import closeness, facets, words
from directory.search.closeness import Close
from directory.search.generation import Generation
from directory.search.hits import Brought, Hits
from directory.search.joins import INHERITED
from directory.search.mapping import Box, Mark
from directory.search.marks import Marks
from directory.search.nearness import Around
from directory.search.parts import NOTHING
from directory.search.query import Query, Sort
from directory.search.ranking import Plan, concept_rarity, rank
from directory.search.reading import Floats, Ints, Mask
from directory.search.results import Results
from directory.search.schema import SORT_BYTES
from directory.search.understanding import Meaning

PER_PAGE = 12
# An entry that answers less of the question than this is not a result: in a long question nearly
# every entry of the directory has some word.
LEAST_COVERAGE = 0.15
# And one that answers less than most of it must still score so much of the best.
MOST_COVERAGE = 0.8
LEAST_SCORE = 0.1
# An approach gains so much of what the best of those that name it as close to them scores; and is
# found, though it has not the words, where that one is among the best few and scores so much of
# the best.
RELATED = 0.4
RELATED_JOINS = 0.7
RELATED_OF = 3
# Words have found it where the best approach answers so much of a question: meaning is not asked.
ALL_OF_IT = 0.999


class Answer:
    """What one generation of the index says to one question.

    Attributes:
        close: what was close in meaning, if that was asked for the results.
    """

    def __init__(
        self,
        generation: Generation,
        query: Query,
        meaning: Meaning,
        *,
        today: date,
        among: frozenset[UUID] | None = None,
        close_to: Callable[[], Close | None] = lambda: None,
    ) -> None:
        """Prepare to answer `query`, understood as `meaning`; only with entries `among` these.

        Args:
            close_to: what is close in meaning; asked where words leave something unanswered.
        """
        self._query = query
        self._meaning = meaning
        self._generation = generation
        self._snapshot = generation.snapshot
        self._joined = generation.joined
        self._today = today
        self._among = None if among is None else generation.mask_of(among)
        self._spot = meaning.place.spot if meaning.place else None
        self._close_to = close_to
        self.close: Close | None = None
        self._brought = Brought()
        self._around = Around(self._joined, self._spot, within=query.within) if self._spot else None

    def results(self, *, with_hits: bool = True, counts: bool = True) -> Results:
        """The page of results that was asked for, and with `counts` what each filter would give."""
        query, meaning, joined = self._query, self._meaning, self._joined
        matches, scores = self._matching_or_all_here()
        values = {**joined.values, "fresh": joined.fresh(self._today)}
        masks = facets.chosen_mask(query, values, self._snapshot.size)
        shown = _within(matches, masks)
        found = np.flatnonzero(shown).astype(np.int32)
        total = len(found)
        pages = max(-(-total // PER_PAGE), 1)
        page = min(query.page, pages)
        first = (page - 1) * PER_PAGE
        if query.sort is Sort.BEST and self._around is None:
            found = _best(found, scores, first + PER_PAGE)
        wanted = self._ordered(found, scores)[first : first + PER_PAGE]
        hits = Hits(self._generation, self._around, self._today)
        return Results(
            query=query,
            hits=tuple(hits.of(wanted, scores, meaning.plan, self._among, self._brought))
            if with_hits
            else (),
            total=total,
            first=first + 1 if total else 0,
            page=page,
            pages=pages,
            facets=facets.count(query, values, matches, masks, joined.name_of) if counts else {},
            also_looked_for=meaning.added,
            did_you_mean=self._did_you_mean(),
            urgent_help=meaning.urgent,
            place=meaning.place,
            inside=self._around.count_happening(shown) if self._around else 0,
            kinds=joined.values["kind"].counts(shown) if counts else {},
            unfiltered=int(np.count_nonzero(matches)),
            wants_place=meaning.is_near_me,
            perhaps=meaning.perhaps,
            per_page=PER_PAGE,
            generation=self._snapshot.generation,
            mapped=Marks(self._generation, shown).whole(self._spot, self._around)
            if with_hits and counts
            else None,
        )

    def marks(self, box: Box, zoom: int, *, deepest: int) -> list[Mark]:
        """All results that stand in a part of the map, as marks."""
        matches, scores = self._matching_or_all_here()
        values = {**self._joined.values, "fresh": self._joined.fresh(self._today)}
        masks = facets.chosen_mask(self._query, values, self._snapshot.size)
        hits = Hits(self._generation, self._around, self._today)
        marks = Marks(self._generation, _within(matches, masks))
        return marks.within(box, zoom, deepest=deepest, scores=scores, hits=hits)

    def caught(self) -> frozenset[UUID]:
        """What the filters let through; with a place only what happens as near as was asked, and
        nothing where the place is not known."""
        query, joined = self._query, self._joined
        found = self._snapshot.live & ~joined.is_kind["page"]
        values = {**joined.values, "fresh": joined.fresh(self._today)}
        for mask in facets.chosen_mask(query, values, self._snapshot.size).values():
            found &= mask
        if query.near and not self._meaning.is_near_me:
            found &= self._around.happens() if self._around else False
        return frozenset(
            UUID(self._snapshot.card(int(document))["id"]) for document in np.flatnonzero(found)
        )

    def _matching_or_all_here(self) -> tuple[Mask, Floats]:
        """What matches the question, before any filter; all, where only a place was asked for."""
        place = self._meaning.place
        matches, scores = self._matching(self._meaning.plan)
        if place and place.in_question and self._around and not matches.any():
            matches, scores = self._matching(Plan())
        return matches, scores

    def _matching(self, plan: Plan) -> tuple[Mask, Floats]:
        """What matches the words, before any filter, and how well."""
        joined = self._joined
        ranked = rank(self._snapshot, plan)
        found = (ranked.found | joined.inherit(ranked.found)) & ~ranked.excluded
        found &= self._snapshot.live
        if self._among is not None:
            found &= self._among
        scores = ranked.scores + INHERITED * joined.inherit(ranked.scores)
        if not any(concept.finds for concept in plan.concepts):
            scores += 1  # nothing to rank by but the kind
        coverage = np.minimum(ranked.coverage + joined.inherit(ranked.coverage), 1)
        # One that answers all of a question comes before one that repeats a part of it.
        scores = scores * np.sqrt(coverage) * joined.weights
        if self._around:
            found &= ~self._around.left_out(self._query.q)
            scores *= self._around.lift()
        # Multiplied, for numpy takes ten times as long to choose by a mask.
        enough = LEAST_SCORE * (scores * found).max(initial=0)
        found &= coverage >= LEAST_COVERAGE
        found &= (coverage >= MOST_COVERAGE) | (scores >= enough)
        scores *= found
        allowed = self._snapshot.live & ~ranked.excluded
        if self._among is not None:
            allowed &= self._among
        if self._may_bring_related(plan):
            self._bring_related(found, scores, allowed)
        if not self._is_answered(plan, found, scores, coverage):
            self.close = self._close_to()
            if self.close:
                self._bring_close(self.close, found, scores, allowed)
        if self._around is None:  # who types a whole name wants what is called so
            named = self._named_by(self._query.q)
            scores[named] += scores.max(initial=0) * found[named]
        return found, scores

    def _is_answered(self, plan: Plan, found: Mask, scores: Floats, coverage: Floats) -> bool:
        """Whether the best approach holds all that was asked for, and no word of it is unknown."""
        approaches = np.flatnonzero(found & self._joined.is_kind["approach"])
        finders = (concept for concept in plan.concepts if concept.finds)
        if not len(approaches) or not all(concept_rarity(self._snapshot, one) for one in finders):
            return False
        return bool(coverage[approaches[scores[approaches].argmax()]] >= ALL_OF_IT)

    def _named_by(self, question: str) -> Ints:
        """Entries whose whole name `question` is."""
        said = [word for word in words.split(question) if word not in words.STOP]
        if not said:
            return NOTHING
        holding = self._snapshot.holding(words.stem(said[0]), field="name")
        is_it = self._snapshot.sort_names_of(holding) == name_key(question).encode()[:SORT_BYTES]
        named: Ints = holding[is_it]
        return named

    def _may_bring_related(self, plan: Plan) -> bool:
        """Whether more may be found than the words: not where signs say which there must be, or
        none, where the reader wants their own words alone, or where only a place was named."""
        has_signs = bool(plan.required or plan.excluded)
        wants_words = self._query.own_words or has_signs
        return bool(plan.concepts) and not wants_words and not self._meaning.is_only_a_place

    def _bring_related(self, found: Mask, scores: Floats, allowed: Mask) -> None:
        """Lift what those that answer well name as close to them, as their editors did; find what
        the best of them name."""
        naming, named = self._joined.related
        best = np.sort(scores[self._joined.is_kind["approach"]])[-RELATED_OF:].min(initial=np.inf)
        enough = max(RELATED_JOINS * scores.max(initial=0), best)
        lift = np.zeros(self._snapshot.size)
        np.maximum.at(lift, named, scores[naming])
        joining = allowed & ~found & (lift >= enough) & (lift > 0)
        chosen = np.flatnonzero(joining[named])
        chosen = chosen[scores[naming[chosen]].argsort(kind="stable")]  # the best comes last
        goes_with = zip(named[chosen].tolist(), naming[chosen].tolist(), strict=True)
        self._brought = replace(self._brought, goes_with=dict(goes_with))
        found |= joining
        scores += RELATED * lift * found

    def _bring_close(self, close: Close, found: Mask, scores: Floats, allowed: Mask) -> None:
        """Lift what is close in meaning; find what is very close, though it has not the words."""
        documents = self._generation.documents_of(close.ids)
        here = documents >= 0
        documents, deviations = documents[here], close.deviations[here]
        joining = allowed[documents] & ~found[documents] & close.joins[here]
        only_close = np.zeros(self._snapshot.size, dtype=bool)
        only_close[documents[joining]] = True
        self._brought = replace(self._brought, close=only_close)
        found |= only_close
        lifted = found[documents] & (deviations > closeness.FROM)
        best = scores.max(initial=0) or 1.0
        lift = closeness.WORTH * best * (deviations[lifted] - closeness.FROM)
        scores[documents[lifted]] += lift

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
            case Sort.NEAREST if self._around:
                far = self._around.distances()[documents]
                return documents[np.lexsort((by_name, by_score, far))]
        if self._around is None:
            return documents[np.lexsort((by_name, by_score))]
        return self._around.order(
            documents, scores, self._query.q, names_a_place=self._meaning.is_only_a_place
        )

    def _did_you_mean(self) -> Query | None:
        """The question in our spelling, which was looked for too and so finds no less."""
        if self._meaning.corrected is None:
            return None
        corrected = self._query.with_(q=self._meaning.corrected)
        return corrected if corrected.q != self._query.q else None


def _within(matches: Mask, masks: Mapping[str, Mask]) -> Mask:
    """What all filters let through."""
    shown = matches.copy()
    for mask in masks.values():
        shown &= mask
    return shown


def _best(documents: Ints, scores: Floats, count: int) -> Ints:
    """The `count` documents with the best scores, and those as good as the last of them."""
    if len(documents) <= count:
        return documents
    found = scores[documents]
    least = np.partition(found, len(found) - count)[len(found) - count]
    best: Ints = documents[found >= least]
    return best
