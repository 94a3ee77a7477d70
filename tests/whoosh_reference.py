"""A plan as plain Whoosh would search it, and filters counted in plain Python: slow and right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import log, sqrt
from pathlib import Path
from typing import Any

from whoosh import index, matching, query, scoring

from directory.search import schema
from directory.search.ranking import Concept, Plan, Wording
from directory.search.reading import K1
from directory.search.schema import BOOSTS, LOG_KIND, LONG, LONG_ELSE, TEXT_FIELDS

WORD_FIELDS = [name for name in TEXT_FIELDS if name != "pairs"]


class Weighting(scoring.BM25F):
    """Whoosh's own, but a word is as rare in every field as it is anywhere."""

    def __init__(self) -> None:
        super().__init__(B=LONG_ELSE, K1=K1, **{f"{name}_B": b for name, b in LONG.items()})

    def idf(self, searcher: Any, fieldname: str, text: Any) -> float:
        reader = searcher.get_parent()
        field = "pairs" if fieldname == "pairs" else "text"
        return log(reader.doc_count_all() / (reader.doc_frequency(field, text) + 1)) + 1


def opened(folder: Path) -> Any:
    """A searcher of the index in `folder`."""
    return index.open_dir(str(folder), schema=schema.whoosh_schema()).searcher(
        weighting=Weighting()
    )


def search(searcher: Any, plan: Plan) -> dict[str, float]:
    """Ids of what matches `plan`, with scores."""
    hits = searcher.search(
        _scored(plan),
        limit=None,
        filter=query.And([*map(_phrase, plan.required)]) if plan.required else None,
        mask=query.Or([query.Term("kind", LOG_KIND), *map(_phrase, plan.excluded)]),
    )
    return {hit["card"]["id"]: hit.score for hit in hits}


def _scored(plan: Plan) -> query.Query:
    finders = [_concept(concept) for concept in plan.concepts if concept.finds]
    lifters = [_concept(concept) for concept in plan.concepts if not concept.finds]
    lifters += [query.Term("pairs", pair, boost=BOOSTS["pairs"]) for pair in plan.pairs]
    if not finders:
        return query.Every()
    return query.AndMaybe(_Any(finders), _Any(lifters)) if lifters else _Any(finders)


class _Any(query.Or):
    """Whoosh's own makes arrays of all documents, which is slow for so few."""

    matcher_type = query.Or.DEFAULT_MATCHER


class _BestMatcher(matching.DisjunctionMaxMatcher):
    """Whoosh's own compares the scores of whatever documents its two sides stand at."""

    def score(self) -> float:
        sides = [side for side in (self.a, self.b) if side.is_active()]
        here = min(side.id() for side in sides)
        return max(side.score() for side in sides if side.id() == here)


class _Best(query.DisjunctionMax):
    def _matcher(self, subs: Any, searcher: Any, context: Any) -> Any:
        reader = searcher.reader()
        return self._tree_matcher(
            subs, _BestMatcher, searcher, context, lambda one: one.estimate_size(reader)
        )


def _concept(concept: Concept) -> query.Query:
    return _Best([_wording(wording) for wording in concept.wordings])


def _wording(wording: Wording) -> query.Query:
    weight = wording.weight / sqrt(len(wording.terms))
    scored = _Any(list(_terms(wording.terms, weight)))
    if len(wording.terms) == 1:
        return scored
    # A phrase of little words ("done with") is in `text` alone, and found although nothing scores.
    return query.AndMaybe(_phrase(wording.terms).with_boost(0.0), scored)


def _terms(terms: Iterable[str], weight: float) -> Iterable[query.Query]:
    for term in terms:
        for name in WORD_FIELDS:
            yield query.Term(name, term, boost=BOOSTS[name] * weight)


def _phrase(terms: tuple[str, ...]) -> query.Query:
    return query.Term("text", terms[0]) if len(terms) == 1 else query.Phrase("text", list(terms))


# What an entry has of each filter.
Filters = Mapping[str, frozenset[str]]

TAKEN_OVER = ("support_area", "who_for", "moment", "builds_on")
COUNTED = ("kind", "evidence", "place", *TAKEN_OVER)


def filters(folder: Path) -> dict[str, Filters]:
    """For each live entry the values of its filters, with what it takes over from others."""
    with opened(folder) as searcher:
        own = _own(searcher)
    approaches = {
        slug: has for has in own.values() if "approach" in has["kind"] for slug in has["approach"]
    }
    followed = {
        one: [approaches[slug] for slug in sorted(has["approach"]) if slug in approaches]
        for one, has in own.items()
        if has["kind"] & {"service", "story"}
    }
    found: dict[str, dict[str, frozenset[str]]] = {}
    for one, has in own.items():
        values = {facet: frozenset(has[facet]) for facet in COUNTED}
        for facet in TAKEN_OVER:
            if not values[facet]:
                values[facet] = frozenset(v for a in followed.get(one, ()) for v in a[facet])
        if "approach" in has["kind"]:
            values["place"] |= {
                place
                for other, some in followed.items()
                if any(a is has for a in some)
                for place in own[other]["place"]
            }
        found[one] = values
    return found


def _own(searcher: Any) -> dict[str, dict[str, set[str]]]:
    reader = searcher.reader()
    live = set(reader.all_doc_ids())
    ids = {number: reader.stored_fields(number)["card"].get("id") for number in live}
    own: dict[str, dict[str, set[str]]] = {
        one: {facet: set() for facet in schema.KEY_FIELDS} for one in ids.values() if one
    }
    for facet in schema.KEY_FIELDS:
        for term in reader.lexicon(facet):
            for number in searcher.docs_for_query(query.Term(facet, term)):
                if ids.get(number):
                    own[ids[number]][facet].add(term.decode())
    return own


def counts(found: Iterable[str], having: Mapping[str, Filters]) -> dict[str, Counter[str]]:
    """How many of `found` have each value of each filter."""
    ids = list(found)
    return {
        facet: Counter(value for one in ids for value in having[one][facet]) for facet in COUNTED
    }
