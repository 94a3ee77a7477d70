"""The question and its address."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from directory.search.query import PAGE_MAX, Q_MAX, WITHIN, Query, Sort


def asked(address: str) -> Query:
    return Query.from_args(MultiDict(parse_qs(address, keep_blank_values=True)))


def test_an_address_is_read():
    query = asked("q=choir&near=Leeds&within=10&kind=service&who_for=anyone&sort=nearest&page=2")

    assert query == Query(
        q="choir", near="Leeds", within=10, kind=("service",), who_for=("anyone",),
        sort=Sort.NEAREST, page=2,
    )  # fmt: skip


def test_the_same_question_has_one_address():
    one = asked("support_area=whole-community&support_area=home&q= choir ")
    other = asked("q=choir&support_area=home,whole-community&page=1&sort=best")

    assert one.to_string() == other.to_string()
    assert one.to_string() == "q=choir&support_area=home&support_area=whole-community"


def test_what_cannot_be_understood_is_left_out():
    query = asked("kind=robot&support_area=moon&within=far&sort=up&page=x&place=../etc&fresh=")

    assert query == Query()


@pytest.mark.parametrize(
    ("page", "read"),
    [("-1", 1), ("0", 1), ("7", 7), ("1000000000", PAGE_MAX), ("9" * 400, PAGE_MAX), ("²", 1)],
)
def test_pages_have_bounds(page: str, read: int):
    assert asked(f"page={page}").page == read


def test_a_distance_is_one_of_a_few():
    assert asked("within=4").within == 5
    assert asked("within=900").within is None
    assert asked("within=" + "9" * 5_000).within is None
    assert set(WITHIN) >= {asked(f"within={n}").within for n in range(1, 50)}


def test_a_long_question_is_cut_at_a_word():
    query = asked("q=" + "lonely " * 2000)

    assert len(query.q) <= Q_MAX
    assert query.q.endswith("lonely")


def test_control_characters_are_no_words():
    assert asked("q=sing%00ing%0D%0Aclub%E2%80%AE").q == "sing ing club"


@pytest.mark.parametrize("field", ["q", "near"])
def test_no_full_postcode_is_kept(field: str):
    address = MultiDict({field: "choir near ls7 4hb"})

    assert getattr(Query.from_args(address), field) == "choir near LS7 4"
    assert Query.has_full_postcode(address)
    assert not Query.has_full_postcode(MultiDict({field: "choir near LS7 4"}))


def test_a_filter_is_put_in_and_taken_out():
    query = asked("q=choir&page=3").toggled("who_for", "anyone")

    assert query == Query(q="choir", who_for=("anyone",))
    assert query.toggled("who_for", "anyone") == Query(q="choir")


def test_an_added_word_is_taken_away_once():
    query = Query(q="lonely").taking_away("company").taking_away("company")

    assert query.to_string() == "q=lonely&without=company"
    assert asked(query.to_string()) == query


texts = st.text(max_size=400)


@given(
    st.dictionaries(
        st.sampled_from([*"qn", "near", "within", "kind", "place", "sort", "page", "without"]),
        st.lists(texts, max_size=3),
    )
)
def test_every_address_gives_a_question_whose_address_gives_it_again(values: dict[str, list[str]]):
    query = Query.from_args(MultiDict(values))

    assert Query.from_string(query.to_string()) == query
    assert len(query.to_string()) < 8000
