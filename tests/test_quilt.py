"""Quilt blocks: drawn from an id and its parts of life, the same for ever."""

from __future__ import annotations

import re
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree

import pytest

from directory.look import quilt
from directory.look.quilt import CALICO, CLOTHS, COLOURS, Block, Pattern, draw, to_svg
from directory.vocabulary.terms import SupportArea
from tests.builders import an_id

AREAS = list(SupportArea)
IDS = [an_id(f"entry {number}") for number in range(400)]


def cloths(block: Block) -> set[str]:
    return {patch.cloth.name for patch in (*block.behind, *block.figure)}


def test_the_same_entry_always_has_the_same_block():
    assert draw(an_id("choir"), ["home"]) == draw(str(an_id("choir")), [SupportArea.HOME])


def test_a_block_never_changes_between_versions_of_kith():
    """The bytes of this seed say: Ohio star, one turn, ground 1, no swap, first leads, frame 5."""
    block = draw("keyring-networks", ["accommodation", "home"])

    assert block.pattern is Pattern.OHIO_STAR
    assert block.transform == "translate(1 1)scale(.8333)rotate(90 6 6)"
    assert [patch.cloth.key for patch in block.behind] == ["fern-tint", "madder-tint"]
    assert [patch.cloth.key for patch in block.figure] == ["fern", "madder", "madder-deep"]
    assert [patch.printed for patch in block.figure] == [True, True, False]
    assert block.figure[2].path == "M4 4 8 4 8 8 4 8z"


def test_ids_give_every_pattern_about_equally_often():
    found = Counter(draw(one, ["home"]).pattern for one in IDS)

    assert set(found) == set(Pattern)
    assert max(found.values()) < 4 * min(found.values())


def test_entries_of_the_same_parts_of_life_hardly_ever_look_alike():
    looks = Counter(to_svg(draw(one, ["home", "whole-community"]), size=96) for one in IDS[:90])

    assert len(looks) > 80


@pytest.mark.parametrize("areas", [*combinations(AREAS, 1), *combinations(AREAS, 2)])
def test_a_block_has_no_hue_that_its_entry_does_not_have(areas: tuple[SupportArea, ...]):
    allowed = {CLOTHS[area] for area in areas} | {"calico"}

    for one in IDS[:120]:
        assert cloths(draw(one, areas)) <= allowed


def test_the_third_part_of_life_shows_only_in_the_middle():
    areas = [SupportArea.HOME, SupportArea.ACCOMMODATION, SupportArea.LEAVING_HOSPITAL]

    blocks = [draw(one, areas) for one in IDS]
    with_third = [block for block in blocks if "heather" in cloths(block)]

    assert with_third
    for block in with_third:
        assert [patch.cloth.key for patch in block.figure].count("heather") == 1
        assert all(patch.cloth.name != "heather" for patch in block.behind)


def test_an_entry_without_a_part_of_life_is_of_ink_and_calico():
    assert {name for one in IDS for name in cloths(draw(one, []))} == {"ink", "calico"}


def test_the_order_of_parts_of_life_matters_for_who_leads_but_not_their_repeats():
    one, other = SupportArea.HOME, SupportArea.WHOLE_COMMUNITY

    assert draw(IDS[0], [one, other, one]) == draw(IDS[0], [one, other])
    assert any(draw(an, [one, other]) != draw(an, [other, one]) for an in IDS[:10])


def test_small_blocks_have_no_prints_and_no_pale_frames():
    for one in IDS:
        small = draw(one, ["home", "accommodation"], prints=False)
        assert not any(patch.printed for patch in (*small.behind, *small.figure))
        if len(small.behind) > 1:
            assert small.behind[0].cloth.shade != "tint"


def test_a_print_shows_only_on_base_cloth():
    printed = [
        patch
        for one in IDS
        for patch in draw(one, ["home", "accommodation"]).figure
        if patch.printed
    ]

    assert printed
    assert all(patch.cloth.shade == "base" and patch.cloth != CALICO for patch in printed)


def test_everything_lies_inside_the_square():
    for one in IDS:
        for patch in draw(one, ["home"]).figure:
            corners = re.findall(r"[ML]([\d.]+) ([\d.]+)", patch.path)
            assert all(0 <= float(n) <= quilt.SIDE for corner in corners for n in corner)


def test_a_block_can_travel_without_our_stylesheet():
    svg = to_svg(draw(IDS[0], ["home"]), size=56)

    root = ElementTree.fromstring(svg)
    fills = {path.get("fill") for path in root.iter("{http://www.w3.org/2000/svg}path")}
    assert root.get("width") == "56"
    assert fills <= set(COLOURS.values())


def test_a_block_stays_light():
    sizes = [len(to_svg(draw(one, ["home", "accommodation"]), size=96)) for one in IDS]

    assert sum(sizes) / len(sizes) < 700
