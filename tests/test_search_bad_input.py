"""Whatever stands in an address: a sensible answer, bounded work, never an error of ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from directory.search import wordings
from directory.search.query import Q_MAX, VALUES_MAX, WITHOUT_MAX, Query
from directory.search.understanding import MOST_WORDINGS, MOST_WORDS
from directory.search.whoosh_index import WhooshIndex
from directory.vocabulary.thesaurus import Group
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser
from tests.searching import an_index, find, names

Publish = Callable[..., Any]

# Everything that reads a question from its address.
PAGES = (
    "/search",
    "/search/map.json",
    "/search/easy-read",
    "/suggest",
    "/suggest.json",
    "/api/v1/search",
    "/api/v1/suggest",
    "/embed/v1/search.json",
    "/feeds/search.atom",
    "/alerts/new",
)
FIELDS = (
    "q", "near", "within", "kind", "who_for", "fresh", "place", "approach", "network", "without",
    "words", "sort", "page", "box", "zoom",
)  # fmt: skip
ODD = (
    "lonely " * 1_430,
    "x" * 10_000,
    "9" * 5_000,
    "-1",
    "1000000000",
    "1e9",
    "\x00\x01\x1b[31m",
    "مرحبا \u202e choir",
    "👵🏽 🧶",
    '"unbalanced (brackets [',
    "choir AND (shed OR NOT name:tea^9~2?",
    "*",
    "a* b* c*",
    "[a TO z]",
    "(a+)+$",
    "'; DROP TABLE entries; --",
    "{{ 7 * 7 }}<script>",
    "../../etc/passwd",
    "nan",
    "²",
    "\ud800",
)
SAID = st.sampled_from(["choir", "near leeds", "in bath", "ls7 4aa", "-", '"', "not", "on my own"])
VALUES = st.one_of(st.sampled_from(ODD), SAID, st.text(max_size=30))


def test_no_address_of_a_search_fails(publish: Publish, browser: Browser):
    publish(an_approach(name="Community choirs"), a_place(), a_service())

    def statuses(values: dict[str, list[str]]) -> dict[str, int]:
        asked = urlencode(values, doseq=True, errors="surrogatepass")
        return {
            page: browser.client.get(f"{page}?{asked}", base_url="http://kith.test").status_code
            for page in PAGES
        }

    @settings(
        max_examples=8,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        values=st.dictionaries(
            st.sampled_from(FIELDS), st.lists(VALUES, min_size=1, max_size=3), max_size=5
        )
    )
    def any_address(values: dict[str, list[str]]) -> None:
        for page, status in statuses(values).items():
            no_such_network = {404} if "network" in values else set()
            assert status in {200, 303, 400} | no_such_network, (page, status, values)

    for odd in ODD:
        for page, status in statuses({"q": [odd]}).items():
            assert status in {200, 303, 400}, (page, status, odd[:40])
    for odd in ODD[1:6]:
        others = {field: [odd] for field in FIELDS if field not in {"q", "network"}}
        for page, status in statuses({"q": ["choir"]} | others).items():
            assert status in {200, 303, 400}, (page, status, odd[:40])
    any_address()
    many = [f"anyone{n}" for n in range(900)]
    assert statuses({"who_for": many, "place": many})["/search"] == 200


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    """Two hundred words that start alike, each in a group with forty others."""
    many = [f"wordy{n:03}" for n in range(200)]
    return an_index(
        tmp_path_factory.mktemp("many"),
        an_approach(everyday_words=many[:40], body=a_body(how_it_works=" ".join(many))),
        an_approach(name="Tea", summary="Not for wolves. Alone, on my own."),
        groups=[Group(words=tuple(many[n : n + 40])) for n in range(0, 200, 40)],
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    said=st.lists(
        st.one_of(
            st.integers(0, 199).map(lambda n: f"wordy{n:03}"),
            st.sampled_from(
                ["wordy*", "w*", "wordy", '"wordy001 wordy002"', "-wordy009", "*", '"']
            ),
            st.text(min_size=1, max_size=12),
        ),
        max_size=400,
    )
)
def test_a_question_has_a_budget(index: WhooshIndex, said: list[str]):
    query = Query.from_string(urlencode({"q": " ".join(said)}, errors="ignore"))
    plan = index.understand(query)[0].plan

    wordings = [wording for concept in plan.concepts for wording in concept.wordings]
    assert len(query.q) <= Q_MAX
    assert len(wordings) <= MOST_WORDINGS + MOST_WORDS
    assert max(len(plan.pairs), len(plan.required), len(plan.excluded)) <= MOST_WORDS


def test_a_word_half_typed_is_finished_in_a_few_ways(index: WhooshIndex):
    (concept,) = index.understand(Query(q="wordy*"))[0].plan.concepts
    assert len(concept.wordings) == 1 + wordings.MOST_UNFINISHED
    assert len(index.suggest("wordy", limit=8)) <= 8


def test_an_address_has_a_budget():
    slugs = [f"slug-{n}" for n in range(500)]
    query = Query.from_string(urlencode({"place": slugs, "without": slugs}, doseq=True))
    assert len(query.place) <= VALUES_MAX
    assert len(query.without) <= WITHOUT_MAX


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("not wolves", ["Tea"]),
        ('"not for wolves"', ["Tea"]),
        ('"for not wolves"', []),
        ("on my own", ["Tea"]),
        ('"on my own"', ["Tea"]),
        ("wolves -own", []),
        ("-wolves -wordy001", []),
        ('wolves "', ["Tea"]),
        ("WOLVES* OR (", ["Tea"]),
    ],
)
def test_signs_and_small_words_mean_what_people_mean(
    index: WhooshIndex, asked: str, found: list[str]
):
    assert names(find(index, asked)) == found


def test_the_index_is_of_this_folder_alone(tmp_path: Path):
    """A question is words: nothing in it names a file or a field."""
    index = an_index(tmp_path, an_approach(name="Choirs", summary="Singing."))
    for asked in ("id:_log", "kind:_log", "_log", "name:choirs -choirs"):
        assert find(index, asked).total == 0
