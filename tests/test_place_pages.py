"""Places: what is known there, what is bare cloth, and the same as a table."""

from __future__ import annotations

import pytest

from tests.builders import a_place, a_service, an_approach
from tests.house_rules import words


@pytest.fixture
def leeds(publish):
    """Leeds with a choir and a shed; York with a Homeshare."""
    publish(
        a_place(),
        a_place(name="York", type="unitary authority", lat=53.96, lon=-1.08, gss_code=None),
        an_approach(),
        an_approach(name="Men's Sheds", support_area=["whole-community", "day-and-employment"]),
        an_approach(name="Homeshare", support_area=["accommodation"]),
        a_service(),
        a_service(name="Leeds Shed", approach=["mens-sheds"]),
        a_service(name="Homeshare York", approach=["homeshare"], place="york"),
    )


def rows(page):
    """Each part of life with the names of the approaches known in it."""
    return {
        words(next(iter(row.iter("h2")))): [
            words(link)
            for link in row.iter("a")
            if link.get("class") == "patch__name" and "Add" not in words(link)
        ]
        for row in page.all("section", class_="quilt-row")
    }


def test_a_row_for_each_part_of_life_most_known_first(leeds, browser):
    page = browser.open("/places/leeds")

    assert page.heading == "Leeds"
    assert list(rows(page).items())[:2] == [
        ("Whole community", ["Community choirs", "Men's Sheds"]),
        ("Things to do and work", ["Men's Sheds"]),
    ]
    assert len(rows(page)) == 5


def test_one_sentence_sums_it_up(leeds, browser):
    page = browser.open("/places/leeds")

    assert (
        "2 approaches known here. They touch two parts of life; three are still bare cloth."
        in page.text
    )
    assert "None of the 2 has been checked yet" in page.text


def test_a_known_approach_names_what_happens_here(leeds, browser):
    page = browser.open("/places/leeds")

    assert page.links()["Leeds Shed"] == "/services/leeds-shed"


def test_bare_cloth_shows_what_other_places_have(leeds, browser):
    page = browser.open("/places/leeds")

    (bare,) = [
        row
        for row in page.all("section", class_="quilt-row")
        if words(row).startswith("Somewhere to live")
    ]
    assert "Nothing known yet" in words(bare)
    assert "A gap you could fill. Other places have Homeshare" in words(bare)


def test_known_here_is_not_everything_here(leeds, browser):
    for path in ("/places/leeds", "/places/leeds/gaps"):
        assert "“Known here” is not everything here" in browser.open(path).text


def test_a_place_where_nothing_is_known_says_it_kindly(publish, browser):
    publish(a_place())

    page = browser.open("/places/leeds")

    assert "Nobody has told us yet what happens here." in page.text
    assert set(map(len, rows(page).values())) == {0}


def test_what_has_ended_is_told_apart(publish, browser):
    publish(a_place(), an_approach(), a_service(status="ended"))

    page = browser.open("/places/leeds")

    assert "What has ended Harehills Singers" in page.text
    assert set(map(len, rows(page).values())) == {0}


def test_the_table_has_what_is_known_and_what_is_not(leeds, browser):
    page = browser.open(
        browser.open("/places/leeds").links()["What Leeds has and lacks, as a table"]
    )

    lines = [words(row) for row in page.all("tr")]
    assert "Men's Sheds Leeds Shed none yet" in lines
    assert "Homeshare Not known 1" in lines


def test_nearby_places_are_linked_with_their_distance(leeds, browser):
    page = browser.open("/places/leeds")

    assert page.links()["York"] == "/places/york"
    assert "York 22 miles" in page.text


def test_looking_for_something_here_searches_near_this_place(leeds, browser):
    assert browser.open("/places/leeds").form("/search") == {"near": "Leeds", "q": ""}


def test_a_place_that_is_not_there_offers_ways_on(publish, browser):
    publish(a_place())

    page = browser.open("/places/lees", status=404)

    assert page.links()["Leeds"] == "/places/leeds"
    browser.open("/places/atlantis/gaps", status=404)


def test_a_place_has_its_text_and_its_history(leeds, browser):
    assert "kind: place" in browser.open("/places/leeds.md").response.get_data(as_text=True)
    assert browser.open("/places/leeds/history").heading == "History of Leeds"
