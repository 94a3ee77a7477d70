"""What an area has and lacks: the rule, without the web."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.sightings import Seen
from directory.entries.slugs import slugify
from directory.places.areas import areas
from directory.places.atlas import Atlas
from directory.places.nearby import neighbours
from directory.places.patchwork import Patchwork, known_by_place, patchwork
from directory.vocabulary.terms import Kind, SupportArea
from tests.builders import a_place, an_approach, an_id

HOME, LIVING, COMMUNITY = (
    SupportArea.HOME,
    SupportArea.ACCOMMODATION,
    SupportArea.WHOLE_COMMUNITY,
)
LEEDS = a_place()
YORK = a_place(name="York", type="unitary authority", lat=53.96, lon=-1.08, gss_code=None)
WIGAN = a_place(name="Wigan", lat=53.55, lon=-2.63, type="metropolitan borough", gss_code=None)
FIFE = a_place(name="Fife", nation="Scotland", lat=56.2, lon=-3.15, gss_code="S12000047")


def entry(document: Document) -> Entry:
    slug, at = slugify(document.name), datetime(2026, 11, 1, tzinfo=UTC)
    return Entry(an_id(slug), Kind(document.kind), slug, document, "", 1, at, at)


def seen(approach: str, place: str = "leeds", name: str = "One", **fields: Any) -> Seen:
    """A service that follows `approach`."""
    given = {
        "areas": (),
        "has_ended": False,
        "checked": None,
        "last_known": 2018,
    } | fields
    slug = slugify(f"{name} {approach} {place}")
    return Seen(id=an_id(slug), slug=slug, name=name, place=place, approaches=(approach,), **given)


def atlas(*known: Document | Seen) -> Atlas:
    """What is known where: of Leeds, York, Wigan and Fife."""
    approaches = [entry(one) for one in known if not isinstance(one, Seen)]
    places = areas(entry(one) for one in (LEEDS, YORK, WIGAN, FIFE))
    services: dict[str, dict[Any, Seen]] = {}
    where: dict[str, dict[str, int]] = {}
    for one in known:
        if isinstance(one, Seen):
            services.setdefault(one.place, {})[one.id] = one
            if not one.has_ended:
                there = where.setdefault(one.approaches[0], {})
                there[one.place] = there.get(one.place, 0) + 1
    return Atlas(1, {one.slug: one for one in approaches}, places, services, where, {})


def quilt(*known: Document | Seen, sizes: dict[str, int] | None = None) -> Patchwork:
    """The patchwork of Leeds."""
    found = atlas(*known)
    return patchwork(found.areas["leeds"], found, sizes or {})


def names(patches: Any) -> list[str]:
    return [patch.name for patch in patches]


def missing(found: Patchwork, area: SupportArea) -> list[str]:
    return names(next(row for row in found.rows if row.area is area).missing)


def test_an_approach_counts_in_every_part_of_life_that_it_touches():
    homeshare = an_approach(name="Homeshare", support_area=["accommodation", "home"])

    found = quilt(homeshare, seen("homeshare"))

    rows = {row.area: names(row.patches) for row in found.rows}
    assert rows[LIVING] == rows[HOME] == ["Homeshare"]
    assert rows[COMMUNITY] == []
    assert (len(found.patches), found.touched) == (1, 2)


def test_rows_with_most_known_come_first():
    found = quilt(
        an_approach(name="Choirs", support_area=["whole-community"]),
        an_approach(name="Sheds", support_area=["whole-community"]),
        an_approach(name="Adapting", support_area=["home"]),
        seen("choirs"),
        seen("sheds"),
        seen("adapting"),
    )

    assert [row.area for row in found.rows][:2] == [COMMUNITY, HOME]
    assert [row.is_bare for row in found.rows] == [False, False, True, True, True]


def test_two_services_of_one_approach_are_one_patch():
    found = quilt(
        an_approach(name="Choirs"), seen("choirs", name="Zest"), seen("choirs", name="Alto")
    )

    (patch,) = found.patches
    assert names(patch.services) == ["Alto", "Zest"]


def test_of_very_many_patches_those_with_most_services_are_shown():
    many = [an_approach(name=f"Idea {n:02}", support_area=["home"]) for n in range(13)]
    services = [seen(f"idea-{n:02}", name=f"S{k}") for n in range(13) for k in range(1 + (n > 1))]

    row = quilt(*many, *services).rows[0]

    assert len(row.patches) == 13
    assert names(row.shown) == [f"Idea {n:02}" for n in range(2, 13)]


def test_what_has_ended_is_not_known_here_but_is_told():
    found = quilt(an_approach(name="Choirs"), seen("choirs", name="Old", has_ended=True))

    assert found.patches == ()
    assert names(found.ended) == ["Old"]


def test_a_service_stands_for_itself_while_its_approach_has_no_entry():
    found = quilt(seen("unwritten", name="Kirkgate Table", areas=(HOME,)))

    assert names(found.patches) == ["Kirkgate Table"]


def test_gaps_show_first_what_comparable_places_have_most():
    approaches = [
        an_approach(name=name, support_area=["accommodation"])
        for name in ("Abroad", "Comparable", "Nation", "Often", "Nowhere")
    ]

    found = quilt(
        *approaches,
        seen("abroad", "fife"),
        seen("comparable", "wigan"),
        seen("nation", "york"),
        seen("often", "york"),
        seen("often", "fife"),
    )

    assert missing(found, LIVING) == [
        "Comparable",  # Wigan is a metropolitan borough, as Leeds is
        "Often",  # as often in England as "Nation", and in one more place
        "Nation",
        "Abroad",
    ]


def test_comparable_places_are_about_as_big():
    codes = {"leeds": "E08000035", "bradford": "E08000032", "knowsley": "E08000011"}
    sizes = {codes["leeds"]: 100, codes["bradford"]: 60, codes["knowsley"]: 40}

    alike = {one.slug for one in quilt(sizes=sizes).comparable}

    assert "bradford" in alike
    assert "knowsley" not in alike  # less than half as many sectors
    assert "wigan" in alike  # of what size nobody knows here
    assert "leeds" not in alike


def test_gaps_show_first_what_is_mainly_about_that_part_of_life():
    found = quilt(
        an_approach(name="Also living", support_area=["home", "accommodation"]),
        an_approach(name="Mainly living", support_area=["accommodation"]),
        seen("also-living", "wigan"),
        seen("mainly-living", "fife"),
    )

    assert missing(found, LIVING) == ["Mainly living", "Also living"]


def test_what_is_known_here_is_no_gap():
    found = quilt(an_approach(name="Choirs"), seen("choirs"), seen("choirs", "york"))

    assert all(row.missing == () for row in found.rows)


def test_what_nobody_checked_waits_longest():
    today = date(2026, 11, 21)
    found = quilt(
        an_approach(name="Choirs"),
        seen("choirs", name="Alto", last_known=2024),
        seen("choirs", name="Bass", checked=date(2026, 10, 1)),
        seen("choirs", name="Cantata", checked=date(2023, 10, 1)),
        seen("choirs", name="Descant", last_known=2016),
    )

    assert found.unchecked == 2
    assert names(found.waiting(today)) == ["Descant", "Alto", "Cantata"]


def test_a_places_block_is_drawn_from_what_it_has_most_first():
    known = known_by_place(
        atlas(
            an_approach(name="Choirs", support_area=["whole-community"]),
            an_approach(name="Sheds", support_area=["whole-community", "home"]),
            seen("choirs"),
            seen("sheds"),
        )
    )

    assert known["leeds"].approaches == 2
    assert known["leeds"].areas == (COMMUNITY, HOME)


def test_neighbours_are_the_nearest_first_and_never_itself():
    everywhere = atlas().areas

    found = neighbours(everywhere["leeds"], everywhere.values())

    assert "leeds" not in [one.area.slug for one in found]
    assert [one.miles for one in found] == sorted(one.miles for one in found)
    assert len(found) == 6


def test_every_council_has_a_page_and_one_with_an_entry_has_only_that():
    everywhere = atlas().areas

    assert len(everywhere) == 361 + 2  # Wigan and York have no code here, so they are written twice
    assert everywhere["hartlepool"].entry is None
    assert everywhere["leeds"].entry is not None
    assert everywhere["york-council"].code == "E06000014"
    assert everywhere["bristol"].name == "Bristol"
