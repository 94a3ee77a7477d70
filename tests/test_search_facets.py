"""Filters say truly what a click would give."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.search.query import FACETS, Query
from directory.search.results import Results
from directory.search.whoosh_index import WhooshIndex
from directory.vocabulary.terms import BuildsOn, Moment, SupportArea, WhoFor
from tests.builders import a_place, a_service, an_approach
from tests.searching import an_entry, an_index, find

# Clubs 2, 6, 10… are backed by an evaluation: their checks hold for two years.
CHECKED = [None, "2026-10-01", "2024-11-01", "2020-01-01"]


def counts(results: Results, facet: str) -> dict[str, int]:
    return {choice.value: choice.count for choice in results.facets[facet]}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    """Forty entries with every mixture of filter values."""
    approaches = [
        an_entry(
            an_approach(
                name=f"Club {n} for {'singing' if n % 3 else 'walking'}",
                support_area=[list(SupportArea)[n % 5], list(SupportArea)[(n * 2 + 1) % 5]],
                who_for=[list(WhoFor)[n % 4], list(WhoFor)[n % 7]],
                builds_on=[list(BuildsOn)[n % 6]],
                moment=list(Moment)[n % 5],
                assured_date=CHECKED[n % 4],
                evidence=[
                    {
                        "claim": "c",
                        "source_title": "s",
                        "strength": ["evaluation", "none-found"][n % 2],
                    }
                ],
            ),
            slug=f"club-{n}",
        )
        for n in range(20)
    ]
    services = [
        an_entry(
            a_service(
                name=f"Singing group {n}",
                approach=[f"club-{n % 20}", f"club-{n % 3}"],
                place=["leeds", "york", "bath"][n % 3],
                who_for=["anyone"] if n % 4 == 0 else [],
            )
        )
        for n in range(17)
    ]
    places = [an_entry(a_place(name=name)) for name in ("Leeds", "York", "Bath")]
    return an_index(tmp_path_factory.mktemp("facets"), *approaches, *services, *places)


values = {
    facet: st.lists(
        st.sampled_from([str(one) for one in enum] if enum else ["leeds", "york", "nowhere"]),
        max_size=2,
    )
    for facet, enum in FACETS.items()
    if facet != "approach"
}


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(
    q=st.sampled_from(["", "singing", "walking club", "group"]),
    chosen=st.fixed_dictionaries(values),
)
def test_a_count_is_what_a_click_gives(index: WhooshIndex, q: str, chosen: dict[str, list[str]]):
    query = Query(q=q)
    for facet, some in list(chosen.items())[:3]:
        for value in dict.fromkeys(some):
            query = query.toggled(facet, value)
    results = index.find(query)

    for facet, choices in results.facets.items():
        for choice in choices:
            if choice.chosen:
                assert choice.value in getattr(query, facet)
                narrowed = index.find(query.with_(**{facet: (choice.value,)}))
                assert choice.count == narrowed.total
            else:
                assert choice.count == index.find(query.toggled(facet, choice.value)).total
                assert choice.count > 0


def test_values_of_one_filter_widen_and_filters_narrow(index: WhooshIndex):
    home = find(index, support_area=("home",)).total
    either = find(index, support_area=("home", "accommodation")).total
    both = find(index, support_area=("home",), who_for=("older-people",)).total
    assert both < home < either


def test_what_would_give_nothing_is_left_out(tmp_path: Path):
    index = an_index(tmp_path, an_approach(support_area=["home"]))
    assert counts(find(index), "support_area") == {"home": 1}
    assert counts(find(index), "kind") == {"approach": 1}


def test_a_chosen_value_that_gives_nothing_stays_to_be_taken_away(tmp_path: Path):
    index = an_index(tmp_path, an_approach(support_area=["home"]))
    assert counts(find(index, support_area=("accommodation",)), "support_area") == {
        "accommodation": 0,
        "home": 1,
    }


def test_freshness_counts_as_of_today(index: WhooshIndex):
    assert counts(find(index, kind=("approach",)), "fresh") == {
        "fresh": 5, "due": 5, "overdue": 5, "never": 5,
    }  # fmt: skip


def test_an_approach_is_known_where_its_services_are(index: WhooshIndex):
    leeds = find(index, kind=("approach",), place=("leeds",))
    assert leeds.total == counts(find(index, kind=("approach",)), "place")["leeds"]
    assert 0 < leeds.total < 20


def test_the_hidden_note_of_the_index_is_no_entry(index: WhooshIndex):
    assert find(index).total == 40
    assert set(counts(find(index), "kind")) == {"approach", "service", "place"}


def test_choices_have_words(index: WhooshIndex):
    facets = find(index).facets
    assert "At home" in {choice.label for choice in facets["support_area"]}
    assert {choice.label for choice in facets["place"]} == {"Leeds", "York", "Bath"}


def test_a_single_choice_that_all_results_share_is_not_offered(tmp_path: Path):
    index = an_index(tmp_path, an_approach(), a_place())

    assert counts(find(index), "fresh") == {"never": 2}
    assert find(index).options("fresh") == []
    assert find(index, fresh=("never",)).options("fresh")
    assert len(find(index).options("kind")) == 2


def test_an_answer_without_counts_is_the_same_in_all_else(index: WhooshIndex):
    for query in (Query(), Query(q="singing", near="Leeds"), Query(q="club", who_for=("anyone",))):
        whole = index.find(query)
        assert all((whole.facets, whole.kinds, whole.mapped))
        without = replace(whole, facets={}, kinds={}, mapped=None)
        assert index.find(query, counts=False) == without
