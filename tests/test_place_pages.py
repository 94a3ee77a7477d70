"""Places: what is known there, what is bare cloth, and the same as a table."""

from __future__ import annotations

import pytest

from directory.entries import catalogue, publishing
from directory.vocabulary.terms import Kind, Status
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.conftest import NOW
from tests.house_rules import words
from tests.places import a_gazetteer


@pytest.fixture
def leeds(publish):
    """Leeds with a choir and a shed; York with a Homeshare."""
    publish(
        a_place(),
        a_place(name="York", type="unitary authority", lat=53.96, lon=-1.08, gss_code="E06000014"),
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
    assert "In one other place" in words(bare)


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


def table(page):
    """Each line of the tables: its approach and the words of its cells."""
    return {
        words(next(iter(row.iter("th")))): [words(cell) for cell in row.iter("td")]
        for row in page.all("tr")
        if next(iter(row.iter("td")), None) is not None
    }


def test_the_table_has_what_is_known_and_what_is_not(leeds, browser):
    page = browser.open(
        browser.open("/places/leeds").links()["What Leeds has and lacks, as a table"]
    )

    assert table(page) == {
        "Homeshare": [
            "not known I would like this here : Homeshare",
            "none",
            "1",
            "None found yet",
        ],
        "Community choirs": ["Harehills Singers", "none", "none", "None found yet"],
        "Men's Sheds": ["Leeds Shed", "none", "none", "None found yet"],
    }


def test_the_table_is_narrowed_down_compared_and_downloaded(leeds, browser):
    page = browser.open("/places/leeds/gaps?with=York&with=Bradford&with=york&show=lacking")

    assert page.heading == "Leeds, York, Bradford side by side"
    assert table(page) == {"Homeshare": ["not known", "1 known", "not known", "none"]}
    assert browser.open("/places/leeds/gaps?who_for=older-people").text.count("fits all of this")

    answer = browser.open(page.links()["Download as CSV"]).response
    lines = answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()
    assert answer.mimetype == "text/csv"
    assert lines[0].split(",")[4:7] == [
        "services in Leeds", "services in York", "services in Bradford",
    ]  # fmt: skip
    assert lines[1].startswith("Homeshare,http://kith.test/approaches/homeshare,Somewhere to live,")
    assert lines[1].endswith(",0,1,0,0,0")


def test_a_place_to_compare_with_that_nobody_knows_is_told_at_its_field(leeds, browser):
    page = browser.open("/places/leeds/gaps?with=Nowhere+at+all")

    assert page.title.startswith("Error:")
    field = page.find("input", id="with-1")
    assert field.get("value") == "Nowhere at all"
    assert "with-1-error" in field.get("aria-describedby", "")


def test_any_council_has_a_page_which_search_engines_leave_out(leeds, browser):
    page = browser.open("/places/hartlepool")

    assert page.heading == "Hartlepool"
    assert "Nobody has told us yet what happens here." in page.text
    assert page.find("meta", name="robots").get("content") == "noindex"
    assert page.links()["Community choirs"] == "/approaches/community-choirs"
    assert browser.open("/places/hartlepool/gaps").heading == "What Hartlepool has and lacks"
    assert not browser.open("/places/leeds").all("meta", name="robots")
    assert browser.open("/places/").links()["Hartlepool"] == "/places/hartlepool"


def test_what_happens_in_a_council_without_a_text_is_known_there(leeds, publish, browser):
    publish(a_service(name="Seaside Singers", place="hartlepool"))

    page = browser.open("/places/hartlepool")

    assert "One approach known here." in page.text
    assert not page.all("meta", name="robots")
    feed = browser.open("/feeds/places/hartlepool.atom").response.get_data(as_text=True)
    assert "Seaside Singers" in feed


def test_a_town_and_a_postcode_lead_to_their_council(leeds, browser, config):
    a_gazetteer(config.geo_path)

    for path, inside in [
        ("/places/todmorden", "Todmorden"),
        ("/places/?find=Todmorden", "Todmorden"),
        ("/places/?find=ol14+7aa", "OL14 7"),
        ("/?place=Todmorden", "Todmorden"),
    ]:
        page = browser.open(path)
        assert page.heading == "Calderdale"
        assert f"{inside} lies in Calderdale" in page.text

    kent = browser.open("/places/kent")
    assert "“kent” could mean several places." in kent.text
    assert "/places/?find=ashford" in [link.get("href") for link in kent.all("a")]
    assert "Newport, Isle of Wight" in browser.open("/places/newport").links()
    injected = browser.open("/places/leeds?inside=<b>Buy+this</b>")
    assert "Buy this" not in injected.text


def test_a_place_on_one_sheet_has_every_part_of_life_and_who_could_help(leeds, publish, browser):
    publish(
        an_organization(name="Sheds for All"),
        an_approach(name="Sewing", support_area=["home"], support_body="sheds-for-all"),
        a_service(name="Sewing York", approach=["sewing"], place="york"),
    )

    page = browser.open("/places/leeds/sheet")

    lines = [words(row) for row in page.all("tr")]
    assert "Whole community Community choirs; Men's Sheds Nothing more that we know of" in lines
    assert "At home Nothing known yet Sewing (Sheds for All)" in lines
    assert "Helps places to start: Sheds for All" in browser.open("/places/leeds").text
    assert browser.open("/places/leeds/qr.svg").response.mimetype == "image/svg+xml"


def test_what_waits_for_a_check_is_named_with_a_way_to_tell(leeds, browser):
    page = browser.open("/places/leeds")

    assert "Leeds Shed not checked yet, known in 2018" in page.text
    assert page.links()["Say what is true of Leeds Shed"] == "/submit/change/service/leeds-shed"


def test_counts_follow_every_change(leeds, publish, browser, session):
    assert "2 approaches known here." in browser.open("/places/leeds").text

    def change(slug, **fields):
        document = catalogue.find(session, Kind.SERVICE, slug).document
        publish(document.model_copy(update=fields))

    change("homeshare-york", place="leeds")
    assert "3 approaches known here." in browser.open("/places/leeds").text
    assert "Nobody has told us yet" in browser.open("/places/york").text

    change("leeds-shed", status=Status.ENDED)
    page = browser.open("/places/leeds")
    assert "2 approaches known here." in page.text
    assert "What has ended Leeds Shed" in page.text


def test_services_of_a_place_that_was_renamed_stay_with_it(leeds, session, browser):
    assert "One approach known here." in browser.open("/places/york").text
    entry = catalogue.find(session, Kind.PLACE, "york")
    publishing.publish(
        session, entry.document, slug="city-of-york", origin="file", author="",
        at=NOW,
    )  # fmt: skip
    session.commit()

    page = browser.open("/places/york")

    assert page.path == "/places/city-of-york"
    assert "One approach known here." in page.text


def test_nearby_places_are_linked_with_their_distance(leeds, browser):
    page = browser.open("/places/leeds")

    assert page.links()["York"] == "/places/york"
    assert "York 22 miles, 1 known" in page.text


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
