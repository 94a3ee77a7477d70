"""Whatever is asked, the fast way gives what plain Whoosh gives: ids, scores and counts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deploy.bench import corpus, questions
from directory.search.joins import Joined
from directory.search.query import Query
from directory.search.ranking import Origin, Plan, rank
from directory.search.reading import Snapshot
from directory.search.segment_reading import open_snapshot
from directory.search.spelling import edits_allowed, edits_between
from directory.search.whoosh_index import WhooshIndex
from directory.vocabulary import thesaurus
from directory.vocabulary.thesaurus import Group
from tests import whoosh_reference
from tests.searching import a_change, an_index

JUDGED = [one for name in ("intents", "queries") for one in questions.judged(name)]
# Questions with signs, half typed and misspelt ones: the ways to ask that few judged ones use.
SIGNS = (
    '"spare room"',
    '"on my own" cooking',
    "choir -dementia",
    'lonely -"older people" -online',
    '-shed "men" tea',
    "befri",
    "somewhere to garde",
    "demensia cafes",
    "nieghbours who help with shoping",
    "what to do",
)
MISSPELT_EVERY = 6


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    """All of content/, with one deleted and some written anew into a segment of their own."""
    entries = list(corpus.entries(0))
    known = [*thesaurus.groups(), Group(words=("what to do", "do with"))]
    index = an_index(tmp_path_factory.mktemp("content"), *entries, groups=known)
    n = len(entries)
    changed = [a_change(n + 2 + at, entry) for at, entry in enumerate(entries[40:200:50])]
    index.apply([a_change(n + 1, entries[3], gone=True), *changed])
    return index


@pytest.fixture(scope="module")
def folder(index: WhooshIndex) -> Path:
    found = index._folder.current()
    assert found is not None
    return found


def asked() -> list[str]:
    slips = [wrong for one in JUDGED[::MISSPELT_EVERY] if (wrong := questions.misspelt(one))]
    return [*(one.query for one in JUDGED), *slips, *SIGNS]


def test_all_judged_questions_and_all_ways_to_ask(index: WhooshIndex, folder: Path):
    having = whoosh_reference.filters(folder)
    origins = set()
    with whoosh_reference.opened(folder) as searcher:
        for question in asked():
            meaning, generation = index.understand(Query(q=question))
            origins |= {w.origin for concept in meaning.plan.concepts for w in concept.wordings}

            theirs = whoosh_reference.search(searcher, meaning.plan)
            ours, counted = by_id(generation.snapshot, generation.joined, meaning.plan)

            assert ours.keys() == theirs.keys(), question
            assert counted == whoosh_reference.counts(theirs, having), question
            if any(concept.finds for concept in meaning.plan.concepts):
                assert list(ours.values()) == pytest.approx([theirs[one] for one in ours], rel=1e-5)
    assert origins == set(Origin)


def by_id(
    snapshot: Snapshot, joined: Joined, plan: Plan
) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
    ranked = rank(snapshot, plan)
    found = ranked.found & ~ranked.excluded & snapshot.live
    scores = {snapshot.card(d)["id"]: float(ranked.scores[d]) for d in np.flatnonzero(found)}
    return scores, {
        facet: {value: n for value, n in joined.values[facet].counts(found).items() if n}
        for facet in whoosh_reference.COUNTED
    }


def test_counts_of_whole_answers(index: WhooshIndex, folder: Path):
    having = whoosh_reference.filters(folder)
    for question in ("", "choir", "lonely", '"spare room"'):
        results = index.find(Query(q=question))
        pages = [index.find(Query(q=question, page=n + 1)) for n in range(results.pages)]
        found = [str(hit.id) for page in pages for hit in page.hits]

        assert len(found) == len(set(found)) == results.total
        for facet, counted in whoosh_reference.counts(found, having).items():
            assert {c.value: c.count for c in results.facets[facet]} == counted


def test_words_half_typed_are_those_that_whoosh_expands_a_prefix_to(folder: Path):
    snapshot = open_snapshot(folder)
    with whoosh_reference.opened(folder) as searcher:
        for start in ("befri", "ga", "choi", "zzz", "été", "r"):
            theirs = [word.decode() for word in searcher.reader().expand_prefix("spell", start)]
            assert snapshot.words_from(start, most=10_000) == sorted(theirs)
            assert snapshot.words_from(start, most=6) == sorted(theirs)[:6]


def test_misspelt_words_are_near_those_that_whoosh_finds_fuzzily(folder: Path):
    known = open_snapshot(folder).words
    with whoosh_reference.opened(folder) as searcher:
        for wrong in ("choor", "lonly", "demensia", "gardn", "xylophon"):
            most = edits_allowed(wrong)
            near = {w for w in known if edits_between(wrong, w, most=most) <= most}
            theirs = set(searcher.reader().terms_within("spell", wrong, most))
            assert theirs <= near
            # Two letters swapped are one slip for us and two for Whoosh.
            assert near <= set(searcher.reader().terms_within("spell", wrong, 2 * most))
