"""What is carried over from one generation to the next is what would have been made anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from directory.search.generation import Generation
from directory.search.joins import Joined
from directory.search.ordering import Ordered, merged_ranks
from directory.search.segment_reading import open_snapshot
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.searching import a_change, an_entry, an_index

names = st.lists(st.sampled_from([b"", b"a", b"ab", b"b", b"c", b"cc", b"d"]), max_size=12)


@given(st.lists(names, min_size=1, max_size=4))
def test_ranks_of_parts_are_those_of_the_whole(parts: list[list[bytes]]):
    arrays = [np.array(part, dtype="S40") for part in parts]
    whole = np.concatenate(arrays)
    assert (
        merged_ranks([Ordered(array) for array in arrays]).tolist()
        == whole.argsort(kind="stable").argsort(kind="stable").tolist()
    )


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
    index.apply([a_change(20, choirs, gone=True)])
    carried = Generation(open_snapshot(folder, generation.snapshot), generation)
    anew = Generation(open_snapshot(folder))

    assert carried.snapshot.name_order.tolist() == anew.snapshot.name_order.tolist()
    assert values_of(carried.joined) == values_of(anew.joined)
    for wrong in ("zebrra", "hamers", "singgers", "wonderin"):
        assert carried.speller.nearest(wrong) == anew.speller.nearest(wrong) != []


def values_of(joined: Joined) -> dict[str, dict[str, list[int]]]:
    """The documents of each value of each filter; each is counted once."""
    everything = np.ones(joined.size, dtype=bool)
    found = {}
    for facet, values in joined.values.items():
        masks = {name: values.mask([name], joined.size) for name in values.names}
        assert values.counts(everything) == {name: mask.sum() for name, mask in masks.items()}
        found[facet] = {name: np.flatnonzero(mask).tolist() for name, mask in masks.items()}
    return found
