"""From text to terms."""

from __future__ import annotations

import pytest

from directory.search import words
from directory.search.spelling import Speller, edits_between


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("neighbour", "Neighbours'"),
        ("café", "CAFE"),
        ("men's", "mens"),
        ("carer", "carers"),
        ("singing", "sings"),
        ("organise", "organizing"),
        ("don’t", "dont"),
        ("Ŵyl", "wyl"),
    ],
)
def test_the_same_word_in_other_clothes_is_one_term(one: str, other: str):
    assert words.terms(one) == words.terms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("care", "career"),
        ("size", "sise"),
        ("wise", "wiz"),
        ("died", "dying"),
        ("down", "downs"),
        ("poor", "poorly"),
    ],
)
def test_other_words_stay_apart(one: str, other: str):
    assert words.terms(one) != words.terms(other)


def test_hyphens_and_slashes_part_words():
    assert words.split("co-production and/or self-advocacy") == [
        "co", "production", "and", "or", "self", "advocacy",
    ]  # fmt: skip


def test_nothing_endless_becomes_a_term():
    assert words.terms("a" * 5000) == []


def test_addresses_and_headings_are_no_words():
    assert words.split(words.plain("## How it works\nSee [the shed](https://x.org/a) here")) == [
        "see", "the", "shed", "here",
    ]  # fmt: skip


def test_neighbouring_words_make_pairs_over_small_words():
    assert list(words.pairs(words.split("a cup of tea with friends"))) == ["cup tea", "tea friend"]


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("choir", "choir", 0), ("chior", "choir", 1), ("demensia", "dementia", 1), ("tea", "team", 1),
     ("lonley", "lonely", 1), ("garden", "gardening", 3)],
)  # fmt: skip
def test_edits_are_letters_in_out_changed_or_swapped(one: str, other: str, edits: int):
    assert edits_between(one, other, most=3) == edits
    assert edits_between(other, one, most=3) == edits


def test_edits_are_counted_only_as_far_as_is_asked():
    assert edits_between("choir", "brewery", most=2) == 3


@pytest.mark.parametrize(
    ("typed", "right"),
    [("demensia", "dementia"), ("freinds", "friends"), ("chior", "choir"),
     ("alotment", "allotment"), ("homless", "homeless"), ("nieghbour", "neighbour")],
)  # fmt: skip
def test_the_nearest_word_of_ours_is_found(typed: str, right: str):
    known = ["dementia", "friends", "choir", "allotment", "homeless", "neighbour", "chair", "cafe"]

    assert Speller(known, lambda word: 1).nearest(typed)[0] == right


def test_the_more_common_of_two_near_words_comes_first():
    speller = Speller(["lonely", "lovely"], {"lonely": 9, "lovely": 1}.__getitem__)

    assert speller.nearest("loneyl")[0] == "lonely"
    assert speller.nearest("lonly") == ["lonely"]


@pytest.mark.parametrize("typed", ["", "x", "tea", "xyzzyx", "zzzzzzzzzzzz"])
def test_what_is_like_nothing_stays_as_it_is(typed: str):
    assert Speller(["dementia", "friends"], lambda word: 1).nearest(typed) == []
