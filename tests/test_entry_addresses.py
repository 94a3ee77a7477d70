"""Addresses of an entry: its text, its history, former and mistyped ones; what caches may keep."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from directory.entries import publishing
from directory.entries.text import parse
from tests.builders import a_story, an_approach, an_id
from tests.house_rules import words

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_the_document_can_be_had_as_text(publish, browser):
    (entry,) = publish(an_approach())

    response = browser.open("/approaches/community-choirs.md").response

    assert response.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert parse(response.get_data(as_text=True)) == entry.document


def test_a_story_cannot_be_taken_away_as_a_file(publish, browser):
    publish(a_story())

    browser.open("/stories/i-found-my-voice.md", status=404)


def test_history_shows_each_version_and_the_words_that_changed(publish, browser):
    publish(an_approach(id=an_id("choir")))
    publish(an_approach(id=an_id("choir"), strapline="Sing with your friends, no audition needed"))

    page = browser.open("/approaches/community-choirs/history")

    assert page.headings[:2] == ["Version 2", "Version 1"]
    (gone,), (come,) = page.all("del"), page.all("ins")
    assert "neighbours" in words(gone)
    assert "friends" in words(come)
    assert "21 November 2026" in page.text
    assert "The first version." in page.text


def test_history_never_names_who_sent_a_change(browser, session: Session):
    publishing.publish(
        session, an_approach(), slug="choirs", origin="submission", author="Ada Lovelace", at=NOW
    )
    session.commit()

    page = browser.open("/approaches/choirs/history")

    assert "Somebody suggested it and a moderator agreed" in page.text
    assert "Ada" not in page.html


def test_a_long_history_comes_in_pages(publish, browser):
    publish(*(an_approach(id=an_id("choir"), started=1900 + number) for number in range(25)))

    page = browser.open("/approaches/community-choirs/history")
    assert "Showing 1 to 20 of 25." in page.text
    older = browser.open("/approaches/community-choirs/history?page=2")

    assert older.headings[0] == "Version 5"
    browser.open("/approaches/community-choirs/history?page=3", status=404)


def test_an_old_address_leads_to_the_new_one(publish, browser):
    publish(an_approach(id=an_id("choir")), slug="singing")
    publish(an_approach(id=an_id("choir")), slug="community-choirs")

    for suffix in ("", ".md", "/history"):
        answer = browser.open(f"/approaches/singing{suffix}", status=301, follow=False)
        assert answer.headers["Location"] == f"/approaches/community-choirs{suffix}"


def test_a_merged_entry_leads_to_the_one_that_took_its_place(publish, browser, session):
    first, second = publish(an_approach(name="Choirs"), an_approach(name="Singing groups"))
    publishing.merge(session, first.id, into=second.id, at=NOW)
    session.commit()

    answer = browser.open("/approaches/choirs", status=301, follow=False)

    assert answer.headers["Location"] == "/approaches/singing-groups"


def test_what_has_ended_says_so_and_why(publish, browser, session):
    (entry,) = publish(an_approach())
    publishing.end(session, entry.id, reason="The idea was given up in 2025.", at=NOW)
    session.commit()

    page = browser.open("/approaches/community-choirs", status=410)

    assert page.heading == "This has ended"
    assert "The idea was given up in 2025." in page.text
    assert page.links()["See all approaches"] == "/approaches/"


def test_a_withdrawn_story_leaves_nothing_of_it(publish, browser, session):
    (entry,) = publish(a_story(body="Something private."))
    publishing.erase(session, entry.id, reason="The teller asked.", at=NOW)
    session.commit()

    page = browser.open("/stories/i-found-my-voice", status=410)

    assert page.heading == "This has been taken away"
    for trace in ("Something private", "found my voice", "The teller asked"):
        assert trace not in page.html


def test_a_slip_in_the_address_finds_what_was_meant(publish, browser):
    publish(an_approach(), an_approach(name="Men's Sheds"))

    page = browser.open("/approaches/comunity-choir", status=404)

    assert page.links()["Community choirs"] == "/approaches/community-choirs"
    assert "Men's Sheds" not in page.text


def test_an_address_like_nothing_still_shows_ways_on(publish, browser):
    page = browser.open("/services/qq", status=404)

    assert page.links()["See everywhere that something happens"] == "/services/"


def test_readers_may_keep_a_page_for_a_minute_and_ask_again_cheaply(publish, browser):
    publish(an_approach())

    page = browser.open("/approaches/community-choirs")
    again = browser.open(
        "/approaches/community-choirs", status=304, If_None_Match=page.headers["ETag"]
    )

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Last-Modified" in page.headers
    assert "Set-Cookie" not in page.headers
    assert again.response.get_data() == b""


def test_a_changed_entry_has_another_tag(publish, browser):
    publish(an_approach(id=an_id("choir")))
    before = browser.open("/approaches/community-choirs").headers["ETag"]
    publish(an_approach(id=an_id("choir"), started=1990))

    page = browser.open("/approaches/community-choirs", If_None_Match=before)

    assert page.headers["ETag"] != before


def test_pages_for_someone_with_a_session_are_not_shared(publish, browser):
    publish(an_approach())
    browser.client.set_cookie("session", "anything", domain="kith.test")
    browser.has_session = True

    page = browser.open("/approaches/community-choirs")

    assert page.headers["Cache-Control"] == "private, no-cache"
