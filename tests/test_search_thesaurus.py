"""The thesaurus that comes with Kith, and how it is read."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import ValidationError

from directory.search import words
from directory.search.groups import InUse
from directory.search.wordings import RELATED, SAME, Thesaurus
from directory.vocabulary import thesaurus
from directory.vocabulary.thesaurus import Group


def others(groups: str, typed: str) -> dict[str, float]:
    """What is looked for besides `typed`, with weights."""
    known = Thesaurus(thesaurus.parse(groups))
    return {one.words: one.weight for one in known.others(tuple(words.terms(typed)))}


def test_words_of_a_group_bring_each_other_and_related_ones_less():
    groups = "- {words: [lonely, isolated], also: [company]}"
    assert others(groups, "lonely") == {"isolated": SAME, "company": RELATED}
    assert others(groups, "isolated") == {"lonely": SAME, "company": RELATED}


def test_related_words_do_not_work_backwards():
    assert others("- {words: [lonely], also: [company]}", "company") == {}


def test_endings_and_accents_do_not_matter():
    assert others("- {words: [cafés, tea rooms]}", "CAFE") == {"tea rooms": SAME}


def test_a_word_in_two_groups_brings_both_at_its_best_weight():
    groups = "[{words: [a fall, tumble]}, {words: [tumble, slip], also: [a fall]}]"
    assert others(groups, "tumble") == {"a fall": SAME, "slip": SAME}


@pytest.mark.parametrize(
    "broken",
    [
        "- words: []",
        "- words: ['']",
        "- words: [one two three four five six seven]",
        "- {words: [lonely], alos: [company]}",
        "- lonely",
    ],
)
def test_a_broken_group_is_told(broken: str):
    with pytest.raises(ValidationError):
        thesaurus.parse(broken)


def test_ours_can_be_read_and_no_group_says_a_thing_twice():
    twice = [
        word
        for group in thesaurus.groups()
        for number, word in enumerate(group.words)
        if words.terms(word) in [words.terms(other) for other in group.words[:number]]
    ]
    assert len(thesaurus.groups()) > 60
    assert twice == []


def test_every_word_of_ours_leaves_a_term():
    assert [w for g in thesaurus.groups() for w in (*g.words, *g.also) if not words.terms(w)] == []


def test_who_asks_while_the_first_look_is_taken_waits_for_it():
    begun, asked, may_end = threading.Event(), threading.Event(), threading.Event()

    def load() -> tuple[Group, ...]:
        begun.set()
        assert may_end.wait(10)
        return (Group(words=("ceilidh",), also=("barn dance",)),)

    def ask() -> Thesaurus:
        asked.set()
        return in_use()

    in_use = InUse(load)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(in_use)
        assert begun.wait(10)
        second = threads.submit(ask)
        assert asked.wait(10)
        may_end.set()

        known = [one.result(10).knows(("ceilidh",)) for one in (first, second)]

    assert known == [True, True]
