"""The booklet as a page: what it tells, how it can be set, and where it leads."""

from __future__ import annotations

from collections.abc import Callable

from directory.config import Config
from directory.entries.catalogue import Entry
from directory.entries.documents import EasyReadLine
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser
from tests.places import a_gazetteer

E = "e=approaches/homeshare"


def test_every_entry_has_its_sheet_between_cover_and_help(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"), an_approach(name="Choirs"))

    page = browser.open(f"/saved/booklet?name=For+mum&{E}&e=approaches/choirs")

    assert page.heading == "For mum"
    assert page.headings == [
        "Homeshare",
        "Choirs",
        "If you need someone now",
    ]
    assert "2 things from Kith" in page.text


def test_it_leads_to_the_same_as_a_pdf(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"))
    page = browser.open(f"/saved/booklet?{E}&edition=large&paper=a4")

    assert page.links()["Open as a PDF"] == (
        "/saved/booklet.pdf?e=approaches/homeshare&edition=large&paper=a4"
    )


def test_the_easy_read_edition_has_pictures_instead_of_prose(
    publish: Callable[..., list[Entry]], browser: Browser
):
    line = EasyReadLine(text="You have a spare room.", picture="bed", alt="A bed")
    publish(
        an_approach(name="Homeshare", body=a_body(how_it_works="The prose."), easy_read=[line] * 4)
    )

    page = browser.open(f"/saved/booklet?{E}&edition=easy-read")

    assert "You have a spare room." in page.text
    assert "The prose." not in page.text
    assert "People with learning disabilities have not checked it yet." in page.text


def test_services_are_told_nearest_first(
    publish: Callable[..., list[Entry]], browser: Browser, config: Config
):
    a_gazetteer(config.geo_path)
    publish(
        an_approach(name="Homeshare"),
        a_place(name="Leeds", lat=53.8, lon=-1.55),
        a_place(name="York", lat=53.96, lon=-1.08),
        a_service(name="A in York", approach=["homeshare"], place="york"),
        a_service(name="B in Leeds", approach=["homeshare"], place="leeds"),
        a_service(name="C has ended", approach=["homeshare"], place="leeds", status="ended"),
    )

    text = browser.open(f"/saved/booklet?{E}&near=Leeds").text

    assert "Nearest to Leeds B in Leeds (Leeds) A in York (York, about 22 miles)" in text
    assert "C has ended" not in text


def test_an_unknown_place_is_said(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"))

    page = browser.open(f"/saved/booklet?{E}&near=Nowhereton")

    assert "We do not know “Nowhereton”." in page.text


def test_crisis_entries_say_where_help_stands(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Crisis cafes", moment="crisis"))

    assert (
        "In danger now? Ring 999." in browser.open("/saved/booklet?e=approaches/crisis-cafes").text
    )


def test_a_booklet_of_nothing_is_not_found(browser: Browser):
    browser.open("/saved/booklet", status=404)
    browser.open("/saved/booklet.pdf?e=approaches/gone", status=404)


def test_without_a_setting_paper_fits_the_edition(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))

    def paper(query: str) -> str:
        form = browser.open(f"/saved/booklet?{E}&{query}").form("/saved/booklet")
        return str(form["paper"][0])

    assert paper("") == "a5"
    assert paper("edition=easy-read") == "a4"
    assert paper("edition=nonsense&paper=a0") == "a5"
