"""A plan as plain Whoosh would search it: slow, and known to be right."""

from __future__ import annotations

from collections.abc import Iterable
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


def search(folder: Path, plan: Plan) -> dict[str, float]:
    """Ids of what matches `plan`, with scores."""
    searcher = index.open_dir(str(folder), schema=schema.whoosh_schema()).searcher(
        weighting=Weighting()
    )
    with searcher:
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
    return query.AndMaybe(query.Or(finders), query.Or(lifters)) if lifters else query.Or(finders)


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
    scored = query.Or(list(_terms(wording.terms, weight)))
    return scored if len(wording.terms) == 1 else query.Require(scored, _phrase(wording.terms))


def _terms(terms: Iterable[str], weight: float) -> Iterable[query.Query]:
    for term in terms:
        for name in WORD_FIELDS:
            yield query.Term(name, term, boost=BOOSTS[name] * weight)


def _phrase(terms: tuple[str, ...]) -> query.Query:
    return query.Term("text", terms[0]) if len(terms) == 1 else query.Phrase("text", list(terms))
