"""What an area has and lacks: the rule, without the web."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from directory.entries.catalogue import Entry
from directory.entries.connections import Sighting
from directory.entries.documents import Document
from directory.entries.slugs import slugify
from directory.places.nearby import neighbours
from directory.places.patchwork import Patchwork, known_by_place, patchwork
from directory.vocabulary.terms import Kind, SupportArea
from tests.builders import a_place, a_service, an_approach, an_id

HOME, LIVING, COMMUNITY = (
    SupportArea.HOME,
    SupportArea.ACCOMMODATION,
    SupportArea.WHOLE_COMMUNITY,
)
LEEDS = a_place()
YORK = a_place(name="York", type="unitary authority", lat=53.96, lon=-1.08)
WIGAN = a_place(name="Wigan", type="metropolitan borough", lat=53.55, lon=-2.63)
FIFE = a_place(name="Fife", type="council area", nation="Scotland", lat=56.2, lon=-3.15)


def entry(document: Document) -> Entry:
    slug, at = slugify(document.name), datetime(2026, 11, 1, tzinfo=UTC)
    return Entry(an_id(slug), Kind(document.kind), slug, document, "", 1, at, at)


def seen(approach: str, place: str | None, service: str = "") -> Sighting:
    return Sighting(UUID(int=hash((approach, place, service)) % 2**128), approach, place)


def quilt(*documents: Document, sightings: tuple[Sighting, ...] = (), **more: Any) -> Patchwork:
    """The patchwork of Leeds from documents of any kind."""
    entries = [entry(document) for document in documents]
    return patchwork(
        entry(LEEDS),
        services=[one for one in entries if one.kind is Kind.SERVICE],
        approaches=[one for one in entries if one.kind is Kind.APPROACH],
        places=[entry(one) for one in (LEEDS, YORK, WIGAN, FIFE)],
        sightings=sightings,
    )


def names(patches: Any) -> list[str]:
    return [patch.entry.document.name for patch in patches]


def test_an_approach_counts_in_every_part_of_life_that_it_touches():
    homeshare = an_approach(name="Homeshare", support_area=["accommodation", "home"])
    service = a_service(name="Leeds Homeshare", approach=["homeshare"])

    found = quilt(homeshare, service)

    rows = {row.area: names(row.patches) for row in found.rows}
    assert rows[LIVING] == rows[HOME] == ["Homeshare"]
    assert rows[COMMUNITY] == []
    assert (len(found.patches), found.touched) == (1, 2)


def test_rows_with_most_known_come_first():
    found = quilt(
        an_approach(name="Choirs", support_area=["whole-community"]),
        an_approach(name="Sheds", support_area=["whole-community"]),
        an_approach(name="Adapting", support_area=["home"]),
        a_service(name="One", approach=["choirs"]),
        a_service(name="Two", approach=["sheds"]),
        a_service(name="Three", approach=["adapting"]),
    )

    assert [row.area for row in found.rows][:2] == [COMMUNITY, HOME]
    assert [row.is_bare for row in found.rows] == [False, False, True, True, True]


def test_two_services_of_one_approach_are_one_patch():
    found = quilt(
        an_approach(name="Choirs"),
        a_service(name="Zest Singers", approach=["choirs"]),
        a_service(name="Alto", approach=["choirs"]),
    )

    (patch,) = found.patches
    assert [one.document.name for one in patch.services] == ["Alto", "Zest Singers"]


def test_what_has_ended_is_not_known_here_but_is_told():
    found = quilt(
        an_approach(name="Choirs"), a_service(name="Old", approach=["choirs"], status="ended")
    )

    assert found.patches == ()
    assert [one.document.name for one in found.ended] == ["Old"]


def test_a_service_stands_for_itself_while_its_approach_has_no_entry():
    found = quilt(a_service(name="Kirkgate Table", approach=["unwritten"], support_area=["home"]))

    assert names(found.patches) == ["Kirkgate Table"]


def test_gaps_show_first_what_comparable_places_have_most():
    approaches = [
        an_approach(name=name, support_area=["accommodation"])
        for name in ("Abroad", "Comparable", "Nation", "Often", "Nowhere")
    ]
    found = quilt(
        *approaches,
        sightings=(
            seen("abroad", "fife"),
            seen("comparable", "wigan"),
            seen("nation", "york"),
            seen("often", "york"),
            seen("often", "fife"),
        ),
    )

    row = next(row for row in found.rows if row.area is LIVING)
    assert [one.approach.document.name for one in row.missing] == [
        "Comparable",  # Wigan is a metropolitan borough, as Leeds is
        "Often",  # as often in England as "Nation", and in one more place
        "Nation",
        "Abroad",
    ]
    assert len(row.suggestions) == 3


def test_gaps_show_first_what_is_mainly_about_that_part_of_life():
    found = quilt(
        an_approach(name="Also living", support_area=["home", "accommodation"]),
        an_approach(name="Mainly living", support_area=["accommodation"]),
        sightings=(seen("also-living", "wigan"), seen("mainly-living", "fife")),
    )

    row = next(row for row in found.rows if row.area is LIVING)
    assert [one.approach.document.name for one in row.missing] == ["Mainly living", "Also living"]


def test_what_is_known_here_is_no_gap():
    found = quilt(
        an_approach(name="Choirs"),
        a_service(name="Alto", approach=["choirs"]),
        sightings=(seen("choirs", "york"),),
    )

    assert all(row.missing == () for row in found.rows)


def test_services_that_nobody_checked_are_counted():
    found = quilt(
        an_approach(name="Choirs"),
        a_service(name="Alto", approach=["choirs"]),
        a_service(name="Bass", approach=["choirs"], assured_date=date(2026, 10, 1)),
    )

    assert found.unchecked(date(2026, 11, 21)) == 1


def test_a_places_block_is_drawn_from_what_it_has_most_first():
    approaches = [
        entry(an_approach(name="Choirs", support_area=["whole-community"])),
        entry(an_approach(name="Sheds", support_area=["whole-community", "home"])),
    ]

    known = known_by_place([seen("choirs", "leeds"), seen("sheds", "leeds")], approaches)

    assert known["leeds"].approaches == 2
    assert known["leeds"].areas == (COMMUNITY, HOME)


def test_neighbours_are_the_nearest_first_and_never_itself():
    everywhere = [entry(one) for one in (LEEDS, YORK, WIGAN, FIFE)]

    found = neighbours(entry(LEEDS), everywhere)

    assert [one.entry.document.name for one in found] == ["York", "Wigan"]
    assert 20 < found[0].miles < 25
