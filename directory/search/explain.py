"""Why results stand where they stand: nothing about the order is secret."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from directory.places.names import key as name_key
from directory.search import closeness
from directory.search.answer import RELATED
from directory.search.generation import Generation
from directory.search.query import Query
from directory.search.ranking import Concept, match
from directory.search.reading import Snapshot
from directory.search.schema import BOOSTS, TEXT_FIELDS
from directory.search.snapshot_index import SnapshotIndex
from directory.search.understanding import Meaning


def explain(index: SnapshotIndex, query: Query, *, most: int) -> Iterator[str]:
    """Lines that say how `query` is understood and what the first results score for."""
    meaning, generation = index.understand(query)
    yield from _understood(meaning, generation.snapshot)
    answer = index.answering(query)
    results, close = answer.results(), answer.close
    yield ""
    yield f"{results.total} results (generation {results.generation})"
    for number, hit in enumerate(results.hits[:most], start=1):
        yield ""
        near = f", {hit.miles:.1f} miles" if hit.miles is not None else ""
        yield f"{number}. {hit.name} ({hit.kind}{near}): {hit.score:.2f}"
        document = int(generation.snapshot.holding(str(hit.id), field="id")[-1])
        yield from _reasons(meaning, generation, document)
        if close and hit.id in close.ids:
            above = float(close.deviations[close.ids.index(hit.id)])
            yield f"           in meaning {above:+.1f} deviations from the mean {_lift(above)}"
        has_spot = meaning.place is not None and meaning.place.spot is not None
        if not has_spot and name_key(hit.name) == name_key(query.q):
            yield "           and as much as the best again: it is called so"
        if hit.goes_with:
            yield f"           holds none of the words, but goes with {hit.goes_with}"


def _understood(meaning: Meaning, snapshot: Snapshot) -> Iterator[str]:
    if meaning.place:
        spot = meaning.place.spot
        yield f"place: {spot.full_name if spot else meaning.place.typed + ' (not sure which)'}"
    if meaning.corrected:
        yield f"in our spelling: {meaning.corrected}"
    for concept in meaning.plan.concepts:
        does = "finds" if concept.finds else "lifts"
        yield f"{does}: {', '.join(_wordings(concept, snapshot))}"
    for name in ("pairs", "required", "excluded"):
        if values := getattr(meaning.plan, name):
            words = [value if isinstance(value, str) else " ".join(value) for value in values]
            yield f"{name}: {', '.join(words)}"


def _wordings(concept: Concept, snapshot: Snapshot) -> Iterator[str]:
    for wording in concept.wordings:
        rarity = max(snapshot.rarity("text", term) for term in wording.terms)
        yield f"{wording.words} ({wording.origin} ×{wording.weight:.2f}, rarity {rarity:.1f})"


def _reasons(meaning: Meaning, generation: Generation, document: int) -> Iterator[str]:
    snapshot, joined = generation.snapshot, generation.joined
    for concept in meaning.plan.concepts:
        documents, scores = match(snapshot, concept)
        at = np.flatnonzero(documents == document)
        if len(at):
            yield f"   {scores[at[0]]:6.2f}  {concept.typed}: {_where(concept, snapshot, document)}"
    for pair in meaning.plan.pairs:
        documents, scores = snapshot.pair(pair)
        at = np.flatnonzero(documents == document)
        if len(at):
            yield f"   {scores[at[0]]:6.2f}  “{pair}” side by side"
    naming, named = joined.related
    others = sorted(snapshot.card(one)["name"] for one in naming[named == document].tolist())
    if others:
        yield f"           and {RELATED:.0%} of the best of: {', '.join(others)}, which name it"
    for followed in joined.followed_by(document):
        yield f"           and a part of what {snapshot.card(followed)['name']} scores"
    yield f"   × {joined.weights[document]:.2f} for its kind"


def _lift(deviations: float) -> str:
    if deviations <= closeness.FROM:
        return "(lifts nothing)"
    return f"({closeness.WORTH * (deviations - closeness.FROM):.0%} of the best score)"


def _where(concept: Concept, snapshot: Snapshot, document: int) -> str:
    """The fields where the words of a concept stand in a document."""
    found = []
    for wording in concept.wordings:
        for term in wording.terms:
            for field in TEXT_FIELDS:
                documents, scores = snapshot.scores(field, term)
                at = np.flatnonzero(documents == document)
                if field != "pairs" and len(at):
                    found.append(f"{term} in {field} {scores[at[0]] * BOOSTS[field]:.2f}")
    return ", ".join(dict.fromkeys(found))
