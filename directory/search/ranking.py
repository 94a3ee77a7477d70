"""Which entries match a plan, and how well: BM25F in numpy, the sums that Whoosh would make.

A plan is a list of concepts. A concept is something that the reader means, in one or several
wordings; the best wording counts, so that a word with many synonyms is no louder than one with
none. A test writes the same plans as queries for Whoosh and holds the scores together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from directory.search.reading import Floats, Ints, Mask, Snapshot


class Origin(StrEnum):
    """Where a wording comes from; KIN: another word for one of the family, from the thesaurus."""

    TYPED = "typed"
    SPELLING = "spelling"
    UNFINISHED = "unfinished"
    THESAURUS = "thesaurus"
    KIN = "kin"


@dataclass(frozen=True)
class Wording:
    """One way to say something: a term, or several in a row.

    Attributes:
        weight: how much it counts against the reader's own word, which counts 1.
        words: as people write it, for "we also looked for".
    """

    terms: tuple[str, ...]
    weight: float = 1.0
    origin: Origin = Origin.TYPED
    words: str = ""


@dataclass(frozen=True)
class Concept:
    """Something meant, in all its wordings. `finds`: whether it finds entries by itself, or only
    lifts what others find."""

    wordings: tuple[Wording, ...]
    finds: bool = True

    @property
    def typed(self) -> str:
        return self.wordings[0].words


@dataclass(frozen=True)
class Plan:
    """What to look for.

    Attributes:
        concepts: an entry that matches one of them that finds, matches.
        pairs: neighbouring terms of the question; they lift entries that have them side by side.
        required: phrases in quotation marks; every one must be there.
        excluded: words and phrases with a minus; none may be there.
    """

    concepts: tuple[Concept, ...] = ()
    pairs: tuple[str, ...] = ()
    required: tuple[tuple[str, ...], ...] = ()
    excluded: tuple[tuple[str, ...], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for everything."""
        return not (self.concepts or self.required or self.excluded)


@dataclass(frozen=True)
class Ranked:
    """What matches, over all documents of a snapshot.

    Attributes:
        found: documents that match what is asked for.
        excluded: documents that hold what is not wanted.
        scores: how well each matches.
        coverage: what part of the question each answers, 0 to 1, by how rare its words are.
    """

    found: Mask
    excluded: Mask
    scores: Floats
    coverage: Floats


def rank(snapshot: Snapshot, plan: Plan) -> Ranked:
    """All documents, deleted and hidden ones too, against `plan`."""
    size = snapshot.size
    scores, coverage = np.zeros(size), np.zeros(size)
    finders = [concept for concept in plan.concepts if concept.finds]
    found = np.full(size, not finders)
    excluded = np.zeros(size, dtype=bool)
    whole = 0.0
    for concept in plan.concepts:
        documents, gained = match(snapshot, concept)
        scores[documents] += gained
        if concept.finds:
            found[documents] = True
            importance = concept_rarity(snapshot, concept)
            coverage[documents] += importance
            whole += importance
    for pair in plan.pairs:
        documents, gained = snapshot.pair(pair)
        scores[documents] += gained
    for phrase in plan.required:
        having = np.zeros(size, dtype=bool)
        having[snapshot.phrase(phrase)] = True
        found &= having
    for phrase in plan.excluded:
        excluded[snapshot.phrase(phrase)] = True
    return Ranked(found, excluded, scores, coverage / whole if whole else np.ones(size))


def match(snapshot: Snapshot, concept: Concept) -> tuple[Ints, Floats]:
    """Documents that say `concept` in any wording, sorted; the score of each one's best wording."""
    parts = [_wording(snapshot, wording) for wording in concept.wordings]
    if len(parts) == 1:
        return parts[0]
    best = np.full(snapshot.size, -1.0)
    for ids, gained in parts:
        best[ids] = np.maximum(best[ids], gained)
    documents = np.flatnonzero(best >= 0).astype(np.int32)
    return documents, best[documents]


def _wording(snapshot: Snapshot, wording: Wording) -> tuple[Ints, Floats]:
    if len(wording.terms) == 1:
        documents, scores = snapshot.term(wording.terms[0])
        return documents, scores * wording.weight
    documents = snapshot.phrase(wording.terms)
    scores = np.zeros(len(documents))
    for term in wording.terms:
        ids, gained = snapshot.term(term)
        scores += _picked(ids, gained, documents)
    # A phrase is one thing said, not several.
    return documents, scores * (wording.weight / np.sqrt(len(wording.terms)))


def _picked(ids: Ints, scores: Floats, wanted: Ints) -> Floats:
    """The scores of the `wanted` documents; 0 for those that are not in `ids`."""
    if not len(ids):
        return np.zeros(len(wanted))
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[at] == wanted, scores[at], 0.0)


def concept_rarity(snapshot: Snapshot, concept: Concept) -> float:
    """How much a concept matters: as its own word, or as its best wording if that is unknown."""
    typed = concept.wordings[0]
    known = [wording for wording in concept.wordings if _is_known(snapshot, wording)]
    if typed in known:
        known = [typed]
    return max((_rarity(snapshot, wording.terms) for wording in known), default=0.0)


def _is_known(snapshot: Snapshot, wording: Wording) -> bool:
    if len(wording.terms) == 1:
        return snapshot.frequency("text", wording.terms[0]) > 0
    return len(snapshot.phrase(wording.terms)) > 0


def _rarity(snapshot: Snapshot, terms: Sequence[str]) -> float:
    """A phrase is as rare as it is itself: each word of "young and old" is common, together few
    say them."""
    if len(terms) == 1:
        return snapshot.rarity("text", terms[0])
    return snapshot.rarity_of(len(snapshot.phrase(terms)))
