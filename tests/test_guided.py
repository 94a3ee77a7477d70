"""Guided talks: a sheet without scripts; with them, notes that stay on the device."""

from __future__ import annotations

from tests.builders import a_place, a_service, an_approach
from tests.house_rules import words


def test_a_talk_about_a_place_knows_what_is_there_and_what_others_do(publish, browser):
    publish(
        a_place(),
        a_place(name="York", type="unitary authority", gss_code="E06000014"),
        an_approach(),
        an_approach(name="Homeshare", support_area=["accommodation"]),
        a_service(),
        a_service(name="Homeshare York", approach=["homeshare"], place="york"),
    )
    page = browser.open(browser.open("/places/leeds").links()["Talk about it together"])

    assert page.heading == "What should Leeds do more of, and less?"
    parts = {
        words(next(iter(one.iter("h2")))): words(one)
        for one in page.all("section", class_="guided-part")
    }
    assert "What we know is here Community choirs" in parts["Whole community"]
    assert "Homeshare : none found yet" in parts["Somewhere to live"]
    assert len(page.all("textarea")) == 5 * 5 + 2
    assert not any(one.get("name") for one in page.all("textarea")), "nothing can be sent"
    assert "This is a sheet to print and write on." in page.text


def test_a_talk_asks_for_a_place_and_tells_at_the_field_what_it_does_not_know(publish, browser):
    publish(a_place())

    assert browser.open("/guided/conversation").form("/guided/conversation") == {"place": ""}
    assert browser.open("/guided/conversation?place=Leeds").heading.startswith("What should Leeds")
    page = browser.open("/guided/conversation?place=Nowhere+at+all")
    assert page.title.startswith("Error:")
    assert page.find("input", id="place").get("value") == "Nowhere at all"


def test_the_check_asks_only_what_we_have_read(browser):
    page = browser.open(browser.open("/guided/").links()["Is ours an asset-based area?"])

    assert len(page.all("fieldset")) == 7
    assert len(page.all("input", type="radio")) == 7 * 4
    assert "three more we could not read" in page.text
