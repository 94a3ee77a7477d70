"""Easy Read versions of the site's own pages, and links that stay in Easy Read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from directory.config import ROOT
from directory.entries.catalogue import Entry
from directory.entries.documents import EasyReadLine, Page
from directory.entries.text import parse
from directory.reading.views_easy_read import VERSIONS
from tests.builders import an_approach
from tests.house_rules import Browser, words

LINES = [EasyReadLine(text=f"Line {n}.", picture="house", alt="A house") for n in range(1, 5)]


@pytest.fixture
def guides(publish: Callable[..., list[Entry]]) -> None:
    """The site's own pages in Easy Read, as they stand in content/."""
    for path in sorted((ROOT / "content" / "pages").glob("easy-read-*.md")):
        document = parse(path.read_text(encoding="utf-8"))
        assert isinstance(document, Page)
        publish(document, slug=path.stem)


@pytest.mark.parametrize("address", sorted(set(VERSIONS.values())))
def test_every_version_is_there_and_says_that_it_is_a_draft(
    address: str, guides: None, browser: Browser
):
    page = browser.open(address)

    assert page.all("li", class_="easy-line")
    assert "People with learning disabilities have not checked it yet." in page.text


@pytest.mark.parametrize("plain", sorted(set(VERSIONS) - {"/pages/about"}))
def test_a_page_with_a_version_leads_to_it(plain: str, guides: None, browser: Browser):
    assert browser.open(plain).links()["Easy Read"].startswith("/")
    assert VERSIONS[plain] in browser.open(plain).html


@pytest.mark.parametrize("address", ["/easy-read", "/help-now/easy-read", "/submit/easy-read"])
def test_ways_on_stay_in_easy_read(address: str, guides: None, browser: Browser):
    page = browser.open(address)
    ways = page.find("nav", class_="easy-nav").iter("a")
    addresses = {words(way): way.get("href", "") for way in ways}

    plain = addresses.pop("This page not in Easy Read")
    assert all(path.endswith("easy-read") for path in addresses.values())
    assert "easy-read" not in plain


def test_results_are_led_by_their_easy_read_sentence(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(
        an_approach(name="Community choirs", strapline="The usual words", easy_read=LINES),
        an_approach(name="Choirs without Easy Read"),
    )

    page = browser.open("/search/easy-read?q=choirs")

    assert "Line 1." in page.text
    assert "The usual words" not in page.text
    assert page.links()["Community choirs"] == "/approaches/community-choirs/easy-read"
    assert "Choirs without Easy Read" not in page.text


def test_a_search_keeps_its_words_on_the_way_to_easy_read_and_back(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach())
    page = browser.open("/search?q=choir&near=Leeds")
    assert "/search/easy-read?q=choir&amp;near=Leeds" in page.html

    easy = browser.open("/search/easy-read?q=choir&near=Leeds")

    assert easy.links()["This page not in Easy Read"] == "/search?q=choir&near=Leeds"


def test_crisis_words_show_help_first(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach())
    page = browser.open("/search/easy-read?q=i+want+to+end+it+all")

    assert "Samaritans" in page.text


def test_numbers_of_the_easy_page_are_those_of_the_vocabulary(guides: None, browser: Browser):
    page = browser.open("/help-now/easy-read")
    hrefs = {link.get("href") for link in page.all("a")}

    assert {"tel:999", "tel:116123", "sms:85258?body=SHOUT"} <= hrefs


def test_the_entry_in_easy_read_leads_on_in_easy_read(
    publish: Callable[..., list[Entry]], browser: Browser, app: Flask
):
    publish(an_approach(name="Homeshare", easy_read=LINES))
    page = browser.open("/approaches/homeshare/easy-read")

    assert page.links()["Search"] == "/search/easy-read"
    assert page.links()["This page not in Easy Read"] == "/approaches/homeshare"
