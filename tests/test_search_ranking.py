"""The fast way ranks as plain Whoosh does: the same entries, the same scores."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.search.ranking import Concept, Plan, Wording, rank
from directory.search.reading import Snapshot
from directory.search.segment_reading import open_snapshot
from directory.search.whoosh_index import WhooshIndex
from tests import whoosh_reference
from tests.builders import a_body, a_service, an_approach
from tests.searching import a_change, an_entry, an_index

WORDS = ["sing", "song", "garden", "tea", "spare", "room", "friend", "shed", "walk", "rare"]


def some_approaches() -> list[object]:
    return [
        an_approach(
            name=f"{WORDS[i % 7].title()} {WORDS[(i * 3) % 9]} number {i}",
            summary=f"A {WORDS[i % 5]} with a {WORDS[(i + 4) % 9]} and a spare room.",
            everyday_words=[f"{WORDS[(i * 7) % 10]} {WORDS[(i + 1) % 10]}"],
            body=a_body(how_it_works=" ".join(WORDS[: i % 9]) * (i % 3 + 1)),
        )
        for i in range(30)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of several segments, with deletions."""
    path = tmp_path_factory.mktemp("ranking")
    index = an_index(path, *some_approaches())  # type: ignore[arg-type]
    follow_a_few(index)
    return path / "index" / "1"


def follow_a_few(index: WhooshIndex) -> None:
    changed = an_entry(an_approach(name="Sing song number 0", summary="Changed: tea in the garden"))
    more = [an_entry(a_service(name=f"Tea and song {i}")) for i in range(5)]
    index.apply([a_change(31, changed)])
    index.apply([a_change(32 + i, one) for i, one in enumerate(more)])
    index.apply([a_change(40, more[0], gone=True)])


terms = st.sampled_from([*WORDS, "unknown"])
wordings = st.builds(
    lambda terms, weight: Wording(tuple(terms), weight, words=" ".join(terms)),
    st.lists(terms, min_size=1, max_size=3),
    st.sampled_from([1.0, 0.6, 0.35]),
)
concepts = st.builds(
    Concept, st.lists(wordings, min_size=1, max_size=4).map(tuple), finds=st.booleans()
)
phrases = st.lists(terms, min_size=1, max_size=3).map(tuple)
plans = st.builds(
    Plan,
    concepts=st.lists(concepts, max_size=4).map(tuple),
    pairs=st.lists(st.sampled_from(["spare room", "tea garden", "sing song"]), max_size=2).map(
        tuple
    ),
    required=st.lists(phrases, max_size=1).map(tuple),
    excluded=st.lists(phrases, max_size=2).map(tuple),
)


@settings(
    max_examples=60,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(plan=plans)
def test_ids_and_scores_are_those_of_whoosh(folder: Path, plan: Plan) -> None:
    snapshot = open_snapshot(folder)

    ours = ranked_by_id(snapshot, plan)
    with whoosh_reference.opened(folder) as searcher:
        theirs = whoosh_reference.search(searcher, plan)

    assert ours.keys() == theirs.keys()
    if any(concept.finds for concept in plan.concepts):
        for one, score in ours.items():
            assert score == pytest.approx(theirs[one], rel=1e-5, abs=1e-6)


def ranked_by_id(snapshot: Snapshot, plan: Plan) -> dict[str, float]:
    ranked = rank(snapshot, plan)
    found = np.flatnonzero(ranked.found & ~ranked.excluded & snapshot.live)
    return {snapshot.card(int(one))["id"]: float(ranked.scores[one]) for one in found}


def test_the_best_wording_counts_and_not_their_sum(folder: Path) -> None:
    snapshot = open_snapshot(folder)
    one = Plan((Concept((Wording(("tea",)),)),))
    many = Plan((Concept((Wording(("tea",)), Wording(("tea",)), Wording(("tea",), 0.5))),))

    assert ranked_by_id(snapshot, one) == ranked_by_id(snapshot, many)
