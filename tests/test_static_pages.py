"""The site's own pages, their lists, and what machines ask for."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from directory import create_app
from directory.config import ROOT
from directory.entries.text import parse
from tests.builders import a_page, an_approach, an_organization
from tests.house_rules import Browser, words

OWN = (
    "about",
    "how-moderation-works",
    "accessibility",
    "privacy",
    "contact",
    "credits",
    "licence",
    "easy-read-about",
    "add-your-story",
)


def own_page(slug):
    path = ROOT / "content" / "pages" / f"{slug}.md"
    return parse(path.read_text(encoding="utf-8"), path=str(path))


@pytest.mark.parametrize("slug", OWN)
def test_every_page_of_our_own_opens_and_links_only_to_what_there_is(publish, browser, slug):
    publish(own_page(slug), slug=slug)

    page = browser.open(f"/pages/{slug}")

    assert page.heading == own_page(slug).name


def test_our_pages_link_to_pages_that_we_have():
    known = {f"/pages/{path.stem}" for path in (ROOT / "content" / "pages").glob("*.md")}
    for slug in OWN:
        for piece in own_page(slug).body.split("](/pages/")[1:]:
            assert f"/pages/{piece.split(')')[0]}" in known, slug


def test_a_page_shows_the_lists_that_it_asks_for(publish, browser):
    publish(
        an_approach(name="Choirs", support_area=["whole-community"]),
        an_approach(name="Homeshare", support_area=["accommodation"]),
        a_page(
            name="Somewhere to live",
            lists=[
                {"heading": "A home", "query": "kind=approach&support_area=accommodation"},
                {"heading": "Help", "query": "kind=approach&support_area=leaving-hospital"},
            ],
        ),
    )

    page = browser.open("/pages/somewhere-to-live")

    told = words(page.find("main"))
    assert "A home Homeshare" in told
    assert "Choirs" not in told
    assert "Help There is none here yet." in told


def test_a_page_in_easy_read_shows_pictures_and_sentences(publish, browser):
    publish(own_page("easy-read-about"), slug="easy-read-about")

    page = browser.open("/pages/easy-read-about")

    assert "Kith is a website." in page.text
    assert "People with learning disabilities have not checked it yet." in page.text


def test_pages_say_only_what_the_operator_has_set(publish, browser):
    publish(own_page("contact"), slug="contact")

    page = browser.open("/pages/contact")

    assert "has not given a phone number or e-mail address yet" in page.text
    assert "@" not in page.text


def test_pages_say_how_to_reach_the_operator(publish, config):
    publish(own_page("contact"), slug="contact")
    told = replace(
        config,
        operator_name="Kith Leeds",
        contact_email="hello@example.org",
        contact_phone="0113 496 0000",
        data_controller="Kith Leeds CIO",
    )

    page = Browser(create_app(told)).open("/pages/contact")

    assert page.links()["0113 496 0000"] == "tel:01134960000"
    assert page.links()["hello@example.org"] == "mailto:hello@example.org"
    assert "Kith Leeds CIO" in page.text


def test_guides_are_listed(publish, browser):
    publish(a_page())

    assert browser.open("/pages/").links()["About Kith"] == "/pages/about-kith"


def test_robots_are_kept_from_searches_and_private_pages(browser):
    text = browser.open("/robots.txt").response.get_data(as_text=True)

    for path in ("/search", "/submissions/", "/moderation/", "/accounts/"):
        assert f"Disallow: {path}\n" in text
    assert "Sitemap: http://kith.test/sitemap.xml" in text


def test_the_sitemap_holds_every_entry(publish, browser):
    publish(an_approach(), an_organization(), a_page())

    root = ET.fromstring(browser.open("/sitemap.xml").response.get_data())

    found = {element.text for element in root.iter() if element.tag.endswith("loc")}
    assert {
        "http://kith.test/",
        "http://kith.test/approaches/community-choirs",
        "http://kith.test/organizations/singing-together",
        "http://kith.test/pages/about-kith",
    } <= found


def test_a_very_long_sitemap_comes_in_parts(publish, browser, monkeypatch):
    monkeypatch.setattr("directory.pages.machines.ADDRESSES_PER_SITEMAP", 2)
    publish(*(an_approach(name=f"Number {number}") for number in range(3)))

    index = browser.open("/sitemap.xml").response.get_data(as_text=True)
    second = browser.open("/sitemap-2.xml").response.get_data(as_text=True)

    assert index.count("<sitemap>") == 2
    assert second.count("<url>") == 1
    browser.open("/sitemap-3.xml", status=404)


def test_security_txt_is_there_once_there_is_someone_to_tell(browser, config):
    browser.open("/.well-known/security.txt", status=404)

    reachable = Browser(create_app(replace(config, contact_email="hello@example.org")))
    text = reachable.open("/.well-known/security.txt").response.get_data(as_text=True)

    assert "Contact: mailto:hello@example.org\n" in text
    assert "Expires: 20" in text


def test_browsers_can_add_the_search(browser):
    root = ET.fromstring(browser.open("/opensearch.xml").response.get_data())

    templates = [one.get("template", "") for one in root.iter() if one.tag.endswith("Url")]
    assert "http://kith.test/search?q={searchTerms}" in templates
