"""Judged questions find what they should: floors a little under what docs/performance.md says.

By words alone, without the model of meaning.
"""

from __future__ import annotations

import pytest

from deploy.bench import corpus, parts, questions
from directory.search.whoosh_index import WhooshIndex
from directory.vocabulary import thesaurus
from tests.searching import an_index

FLOORS = {
    "intents": (0.88, 0.98),
    "queries": (0.77, 0.88),
    "queries-2": (0.75, 0.92),
    "queries-3": (0.69, 0.85),
}
# What part of the questions that find a best answer still find it with one slip of the keys.
MISSPELT_PART = 0.9


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    known = list(thesaurus.groups())
    return an_index(tmp_path_factory.mktemp("content"), *corpus.entries(0), groups=known)


@pytest.mark.parametrize("name", FLOORS)
def test_judged_questions_find_what_they_should(index: WhooshIndex, name: str):
    least_ndcg, least_in_first_five = FLOORS[name]

    found = parts.relevance(index, questions.judged(name))

    assert found.ndcg >= least_ndcg
    assert found.top_five >= least_in_first_five


def test_a_slip_of_the_keys_costs_little(index: WhooshIndex):
    asked = [one for name in FLOORS for one in questions.judged(name)]

    right, wrong = parts.misspelt_relevance(index, asked[::2])

    assert wrong.top_five >= MISSPELT_PART * right.top_five


def test_judged_questions_are_of_approaches_that_are_there():
    known = {entry.slug for entry in corpus.entries(0) if entry.kind == "approach"}
    for name in FLOORS:
        asked = [one.query for one in questions.judged(name)]
        assert len(asked) == len(set(asked))
        assert {slug for one in questions.judged(name) for slug in one.relevance} <= known
