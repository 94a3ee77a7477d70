"""Easy Read versions of the site's own pages, and links that stay in Easy Read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.config import ROOT
from directory.entries.catalogue import Entry, by_id
from directory.entries.documents import EasyReadLine, Page
from directory.entries.models import EntryRow
from directory.entries.text import dump, parse
from directory.moderation import stewarding
from directory.moderation.models import AuditLine
from directory.reading.views_easy_read import VERSIONS
from tests.builders import an_approach
from tests.house_rules import Browser, words
from tests.moderating import moderator

__all__ = ["moderator"]

SITE = "http://kith.test"

LINES = [EasyReadLine(text=f"Line {n}.", picture="house", alt="A house") for n in range(1, 5)]


@pytest.fixture
def guides(publish: Callable[..., list[Entry]]) -> None:
    """The site's own pages in Easy Read, as they stand in content/, and an idea."""
    publish(an_approach(easy_read=LINES))
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


def test_an_idea_is_a_postcard_and_stands_among_all_ideas(
    publish: Callable[..., list[Entry]], browser: Browser
):
    eight = [EasyReadLine(text=f"Line {n}.", picture="house", alt="A house") for n in range(1, 9)]
    publish(an_approach(easy_read=eight), an_approach(name="Men's Sheds"))

    ideas = browser.open("/approaches/easy-read")
    assert [words(one) for one in ideas.all("li", class_="easy-line")] == [
        "Community choirs Line 1."
    ]
    page = browser.open(ideas.links()["Community choirs"])
    card = browser.open(page.links()["Print this as a postcard"])
    lines = card.find("ul", class_="postcard__lines")
    assert [words(line) for line in lines] == [f"Line {n}." for n in range(1, 7)]
    assert "kith.test/approaches/community-choirs/easy-read" in card.text
    assert card.all("article", class_="postcard--a6")
    larger = browser.open("/approaches/community-choirs/easy-read/postcard?paper=a5")
    assert larger.all("article", class_="postcard--a5")
    code = browser.client.get("/approaches/community-choirs/easy-read/qr.svg", base_url=SITE)
    assert code.data.startswith(b"<svg")
    browser.open("/approaches/mens-sheds/easy-read/postcard", status=404)
    assert browser.open("/approaches/community-choirs").links()["Easy Read"].endswith("/easy-read")
    assert browser.open("/approaches/mens-sheds").links()["Easy Read"] == "/easy-read"


def test_a_group_that_checked_it_is_named_until_a_sentence_changes(
    publish: Callable[..., list[Entry]], browser: Browser, moderator: Browser, session: Session
):
    (entry,) = publish(an_approach(easy_read=LINES))
    address = f"/moderation/entries/{entry.id}/easy-read"
    page = moderator.open("/moderation/entries/approach/community-choirs")
    page = moderator.submit(page, address, words=" ", day="2026-11-20", status=422)
    assert "Write the name of the group" in page.text
    page = moderator.submit(page, address, words="Sunshine group", day="2099-01-01", status=422)
    assert "Write the day" in page.text

    page = moderator.submit(page, address, words="Sunshine group", day="2026-11-20")

    assert "The page says now who checked it." in page.text
    said = "Checked by Sunshine group, people with learning disabilities, on 20 November 2026."
    assert said in browser.open("/approaches/community-choirs/easy-read").text
    line = session.scalars(select(AuditLine)).one()
    assert (line.did, line.why) == ("noted who checked the Easy Read", "Sunshine group")
    checked = by_id(session, entry.id)
    assert checked
    assert parse(dump(checked.document)) == checked.document

    publish(checked.document.model_copy(update={"summary": "People sing."}))
    assert said in browser.open("/approaches/community-choirs/easy-read").text
    publish(checked.document.model_copy(update={"easy_read": LINES[::-1]}))
    assert said not in browser.open("/approaches/community-choirs/easy-read").text
    assert "easy_read_check" not in browser.client.get(
        "/approaches/community-choirs.md", base_url=SITE
    ).get_data(as_text=True)


def test_a_group_can_have_checked_it_on_the_day_that_has_begun_in_london(
    publish: Callable[..., list[Entry]], session: Session
):
    (entry,) = publish(an_approach(easy_read=LINES))
    just_after_midnight = datetime(2027, 7, 14, 23, 30, tzinfo=UTC)
    priya = people.appoint(session, "priya@example.org", at=just_after_midnight)

    def check(on: str) -> None:
        stewarding.check_easy_read(
            session,
            session.get_one(EntryRow, entry.id),
            group="Sunshine group",
            on=on,
            head=1,
            moderator=priya,
            at=just_after_midnight,
        )

    with pytest.raises(stewarding.DayMissing):
        check("2027-07-16")
    check("2027-07-15")

    checked = by_id(session, entry.id)
    assert checked
    assert checked.document.easy_read_check.day.isoformat() == "2027-07-15"  # type: ignore[attr-defined]
