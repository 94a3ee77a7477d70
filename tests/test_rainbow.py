"""The shape of the rainbow: five arcs of patches that never overlap, the apex free for labels."""

from __future__ import annotations

from itertools import chain, combinations
from math import dist

import pytest

from directory.look import rainbow


def test_the_arcs_hold_fewer_patches_the_further_in_they_lie():
    assert [len(arc) for arc in rainbow.arcs()] == [32, 28, 24, 22, 18]


def test_patches_lie_on_the_picture_and_never_on_each_other():
    cells = [*chain(*rainbow.arcs())]

    for cell in cells:
        assert 0 < cell.x < rainbow.WIDTH
        assert 0 < cell.y < rainbow.HEIGHT
    for one, other in combinations(cells, 2):
        assert dist((one.x, one.y), (other.x, other.y)) >= rainbow.BLOCK


def test_the_apex_is_free_for_the_labels():
    for cell in chain(*rainbow.arcs()):
        assert abs(cell.x - rainbow.CENTRE_X) >= rainbow.HALF_GAP + rainbow.BLOCK / 2 - 0.1


def test_the_crown_has_no_gap_at_its_apex():
    for arc in rainbow.crown():
        nearest = min(abs(cell.x - rainbow.CENTRE_X) for cell in arc)
        assert nearest < rainbow.PITCH


def test_an_arc_runs_from_the_left_foot_over_the_top_to_the_right_and_mirrors_itself():
    for arc in (*rainbow.arcs(), *rainbow.crown()):
        assert [cell.x for cell in arc] == sorted(cell.x for cell in arc)
        for left, right in zip(arc, reversed(arc), strict=True):
            assert left.x - rainbow.CENTRE_X == pytest.approx(rainbow.CENTRE_X - right.x, abs=0.11)
            assert left.turn == pytest.approx(-right.turn)


def test_a_few_entries_are_spread_evenly_and_the_rest_is_bare():
    assert rainbow.spread(["choir", "shed"], 8) == [
        None, None, "choir", None, None, None, "shed", None
    ]  # fmt: skip


@pytest.mark.parametrize("entries", range(19))
def test_every_entry_gets_a_cell_of_its_own(entries: int):
    laid = rainbow.spread(list(range(entries)), 18)

    assert [one for one in laid if one is not None] == list(range(entries))


def test_too_many_entries_are_refused_rather_than_made_small():
    with pytest.raises(ValueError, match="19 entries"):
        rainbow.spread(list(range(19)), 18)
