"""What is carried over from one generation to the next is what would have been made anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from directory.search import ordering
from directory.search.generation import Generation
from directory.search.joins import Joined
from directory.search.ordering import Merged
from directory.search.segment_reading import open_snapshot
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.searching import a_change, an_entry, an_index

names = st.lists(st.sampled_from([b"", b"a", b"ab", b"b", b"c", b"cc", b"d"]), max_size=12)


@given(st.lists(names, min_size=1, max_size=4))
def test_ranks_of_parts_are_those_of_the_whole(parts: list[list[bytes]]):
    arrays = [np.array(part, dtype="S40") for part in parts]
    whole = np.concatenate(arrays)
    assert (
        ordering.merged(arrays, [ordering.in_order(array) for array in arrays]).tolist()
        == whole.argsort(kind="stable").argsort(kind="stable").tolist()
    )


@given(st.lists(names, min_size=2, max_size=5), st.lists(names, max_size=4))
def test_small_parts_are_counted_in(before: list[list[bytes]], more: list[list[bytes]]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "LARGE", 6)
        known = None
        for some in (before, [*before[1:], *more]):
            parts = [(f"{part}", np.array(part, dtype="S40")) for part in some]
            known = Merged.of(parts, known)
            large_first = sorted(parts, key=lambda part: len(part[1]) < 6)
            whole = np.concatenate([names for _name, names in large_first])
            wanted = whole.argsort(kind="stable").argsort(kind="stable")
            starts = np.cumsum([0, *(len(names) for _name, names in large_first)])
            places = {
                id(part): wanted[start:] for part, start in zip(large_first, starts, strict=False)
            }
            assert known.ranks(parts).tolist() == [
                place for part in parts for place in places[id(part)][: len(part[1])].tolist()
            ]


def test_a_generation_with_one_before_it_is_like_one_without(tmp_path: Path):
    choirs = an_entry(an_approach(name="Choirs", who_for=["older-people"]), slug="choirs")
    sheds = an_entry(an_approach(name="Sheds", who_for=["anyone"]), slug="sheds")
    index = an_index(
        tmp_path, choirs, sheds, a_place(), a_service(name="Singers", approach=["choirs"])
    )
    folder = tmp_path / "index" / "1"
    generation = Generation(open_snapshot(folder))
    assert generation.speller.nearest("singgers") == ["singers"]
    both = an_entry(a_service(name="Hammers", approach=["choirs", "sheds"], place="leeds"))
    changes = [
        an_entry(an_organization(name="Zebra wanderers")),
        both,
        an_entry(a_story(name="Wondering")),
        an_entry(
            an_approach(name="Sheds again", who_for=["anyone", "unpaid-carers"]), slug="sheds"
        ),
    ]
    for n, entry in enumerate(changes, start=10):
        index.apply([a_change(n, entry)])
        generation = Generation(open_snapshot(folder, generation.snapshot), generation)
        assert generation.snapshot.name_order is not None
    index.apply([a_change(20, choirs, gone=True)])
    carried = Generation(open_snapshot(folder, generation.snapshot), generation)
    anew = Generation(open_snapshot(folder))

    assert carried.snapshot.name_order.tolist() == anew.snapshot.name_order.tolist()
    assert values_of(carried.joined) == values_of(anew.joined)
    for wrong in ("zebrra", "hamers", "singgers", "wonderin"):
        assert carried.speller.nearest(wrong) == anew.speller.nearest(wrong) != []


def steps(*, most: int) -> st.SearchStrategy[list[tuple[str, int, int]]]:
    kinds = ("service", "service in a place", "story", "organization", "approach", "place", "gone")
    step = st.tuples(st.sampled_from(kinds), st.integers(0, 4), st.integers(0, 3))
    return st.lists(step, min_size=1, max_size=most)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(steps(most=9))
@example([("service", 0, 1), ("service in a place", 0, 2), ("gone", 0, 0), ("service", 1, 3)])
@example([("service in a place", number % 5, number % 4) for number in range(14)])
def test_what_is_joined_to_what_was_there_is_what_joining_all_gives(
    tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, int, int]]
):
    tmp_path = tmp_path_factory.mktemp("joined")
    everyone = [["older-people"], ["anyone", "unpaid-carers"]]
    approaches = [
        an_entry(an_approach(name=f"Way {number}", who_for=everyone[number]), slug=f"way-{number}")
        for number in range(2)
    ]
    services = [
        an_entry(a_service(name=f"Club {number}", approach=[f"way-{number % 2}"], place="leeds"))
        for number in range(4)
    ]
    index = an_index(tmp_path, *approaches, *services, an_entry(a_place(name="Leeds")))
    folder = tmp_path / "index" / "1"
    generation = Generation(open_snapshot(folder))
    for n, (kind, number, follows) in enumerate(done, start=20):
        some = [f"way-{at}" for at in range(2) if follows & (at + 1)] or ["nowhere"]
        one = {
            "service": an_entry(a_service(name=f"Club {number}", approach=some, place="york")),
            "service in a place": an_entry(
                a_service(name=f"Club {number}", approach=some, place="leeds")
            ),
            "story": an_entry(a_story(name=f"Story {number}", about=f"approaches/{some[0]}")),
            "organization": an_entry(an_organization(name=f"Firm {number}")),
            "approach": an_entry(
                an_approach(name=f"Way {number}", who_for=everyone[follows % 2]),
                slug=f"way-{number}",
            ),
            "place": an_entry(a_place(name=("Leeds", "York", "Bath")[number % 3])),
            "gone": services[number % 4],
        }[kind]
        assert generation.joined.size
        index.apply([a_change(n, one, gone=kind == "gone")])
        generation = Generation(open_snapshot(folder, generation.snapshot), generation)
    carried, anew = generation.joined, Generation(open_snapshot(folder)).joined

    assert values_of(carried) == values_of(anew)
    assert carried.followers.tolist() == anew.followers.tolist()
    assert carried.followed.tolist() == anew.followed.tolist()
    assert carried.place_of.tolist() == anew.place_of.tolist()
    assert carried.weights.tolist() == anew.weights.tolist()
    numbers = np.arange(1, carried.size + 1)
    assert carried.inherit(numbers).tolist() == anew.inherit(numbers).tolist()


def values_of(joined: Joined) -> dict[str, dict[str, list[int]]]:
    """The documents of each value of each filter; each is counted once."""
    everything = np.ones(joined.size, dtype=bool)
    found = {}
    for facet, values in joined.values.items():
        masks = {name: values.mask([name], joined.size) for name in values.names}
        assert values.counts(everything) == {name: mask.sum() for name, mask in masks.items()}
        found[facet] = {name: np.flatnonzero(mask).tolist() for name, mask in masks.items()}
    return found
