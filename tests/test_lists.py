"""Lists of all entries of a kind."""

from __future__ import annotations

import pytest

from directory.entries import lists
from tests.builders import a_page, a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import words


def groups(page):
    """Headings of the list's groups, with the names of the entries below each."""
    return {
        words(next(iter(section.iter("h2")))): [
            words(link)
            for link in section.iter("a")
            if link.get("class") in {"entry-line__name", "service-row__name"}
        ]
        for section in page.all("section", class_="list-group")
    }


def test_approaches_stand_by_moment_from_well_to_crisis(publish, browser):
    publish(
        an_approach(name="Crisis cafes", moment="crisis"),
        an_approach(name="Choirs", moment="staying-well"),
        an_approach(name="Allotments", moment="staying-well"),
    )

    page = browser.open("/approaches/")

    assert page.heading == "3 approaches"
    assert groups(page) == {"Staying well": ["Allotments", "Choirs"], "Crisis": ["Crisis cafes"]}


def test_the_crisis_group_leads_with_help(publish, browser):
    publish(an_approach(name="Crisis cafes", moment="crisis"))

    main = words(browser.open("/approaches/").find("main"))

    assert main.index("116 123") < main.index("Crisis cafes")


def test_services_stand_by_place_and_those_of_no_place_last(publish, browser):
    publish(
        an_approach(),
        a_place(),
        a_place(name="Derby"),
        a_service(name="Zest"),
        a_service(name="Alto"),
        a_service(name="Derby Voices", place="derby"),
        a_service(name="Everywhere", place=None, service_area=["England"]),
    )

    page = browser.open("/services/")

    assert groups(page) == {
        "Derby": ["Derby Voices"],
        "Leeds": ["Alto", "Zest"],
        "Across a wider area": ["Everywhere"],
    }
    assert page.links()["Leeds"] == "/places/leeds"


def test_services_can_stand_by_approach(publish, browser):
    publish(
        an_approach(),
        an_approach(name="Homeshare"),
        a_service(name="Alto"),
        a_service(name="Both", approach=["homeshare", "community-choirs"]),
    )

    page = browser.open("/services/?by=approach")

    assert groups(page) == {"Community choirs": ["Alto", "Both"], "Homeshare": ["Both"]}


def test_a_service_whose_approach_has_no_entry_is_listed_all_the_same(publish, browser):
    publish(a_service(name="Alto", approach=["unwritten"]))

    assert groups(browser.open("/services/?by=approach")) == {"Other": ["Alto"]}


def test_organizations_stand_from_a_to_z_whatever_the_accents(publish, browser):
    publish(
        an_organization(name="Éclair"),
        an_organization(name="Dove House"),
        an_organization(name="3Space"),
    )

    page = browser.open("/organizations/")

    assert page.headings == ["0–9", "D", "E"]


def test_places_stand_by_region_and_nation_with_what_is_known(publish, browser):
    publish(
        an_approach(),
        a_place(),
        a_place(name="Fife", nation="Scotland", region="Fife", gss_code=None),
        a_place(name="Camden", region="London", gss_code=None),
        a_service(),
    )

    page = browser.open("/places/")

    regions = ["London", "Yorkshire and the Humber", "Scotland"]
    assert list(groups(page)) == [*regions, "Every other council"]
    assert "Leeds 1 approach known" in page.text
    assert "Fife Nothing known yet" in page.text


def test_no_story_is_invented_the_page_invites_instead(publish, browser):
    publish(a_page(name="Add your story"))

    page = browser.open("/stories/")

    assert "No story has been told here yet" in page.text
    assert page.links()["How to add your story"] == "/pages/add-your-story"


def test_stories_are_listed_when_there_are_some(publish, browser):
    publish(a_story())

    page = browser.open("/stories/")

    assert page.links()["I found my voice"] == "/stories/i-found-my-voice"
    assert "No story has been told here yet" not in page.text


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/approaches/", an_approach),
        ("/services/", a_service),
        ("/services/?by=approach", a_service),
        ("/organizations/", an_organization),
        ("/places/", a_place),
    ],
)
def test_a_long_list_comes_in_pages_that_repeat_and_lose_nothing(
    publish, browser, monkeypatch, path, make
):
    monkeypatch.setattr(lists, "PER_PAGE", 3)
    monkeypatch.setattr(lists, "SERVICES_PER_PAGE", 3)
    names = [f"Number {number}" for number in range(1, 8)]
    publish(*(make(name=name) for name in names))
    joint = "&" if "?" in path else "?"

    shown = []
    for number in (1, 2, 3):
        page = browser.open(f"{path}{joint}page={number}")
        shown += [name for name in page.links() if name.startswith("Number ")]

    assert shown == names
    browser.open(f"{path}{joint}page=4", status=404)


def test_a_group_that_goes_on_says_so(publish, browser, monkeypatch):
    monkeypatch.setattr(lists, "SERVICES_PER_PAGE", 2)
    publish(an_approach(), a_place(), *(a_service(name=f"Choir {n}") for n in range(3)))

    assert list(groups(browser.open("/services/"))) == ["Leeds"]
    assert list(groups(browser.open("/services/?page=2"))) == ["Leeds (more)"]


@pytest.mark.parametrize("page", ["0", "-1", "two", "99", "1e3", "9999999999"])
def test_a_page_number_that_makes_no_sense_is_not_found(browser, page):
    browser.open(f"/approaches/?page={page}", status=404)


@pytest.mark.parametrize(
    "path", ["/approaches/", "/services/", "/organizations/", "/places/", "/stories/", "/pages/"]
)
def test_an_empty_directory_has_every_list(browser, path):
    assert browser.open(path).heading
