"""Atom feeds: what is new or changed in everything, a kind, a place, a search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from directory.entries import publishing
from tests import services
from tests.builders import a_page, a_place, a_service, an_approach, an_id
from tests.conftest import NOW

A = "{http://www.w3.org/2005/Atom}"


def read(machine, path):
    """The feed at `path`, after what RFC 4287 asks of every feed was checked."""
    response = machine.ask(path)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(response.get_data())
    assert feed.tag == f"{A}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{A}{name}")) == 1, f"{path}: {name}"
    assert {one.get("rel") for one in feed.findall(f"{A}link")} == {"self", "alternate"}
    for entry in feed.findall(f"{A}entry"):
        for name in ("id", "title", "updated", "summary"):
            assert len(entry.findall(f"{A}{name}")) == 1, f"{path}: {name}"
    return feed


def titles(feed):
    return [entry.findtext(f"{A}title") for entry in feed.findall(f"{A}entry")]


@pytest.fixture
def publish_hourly(session, app) -> Callable[..., None]:
    """Publish documents, each an hour after the one before."""

    def publish_all(*documents) -> None:
        for hour, document in enumerate(documents):
            publishing.publish(
                session,
                document,
                slug=document.name.lower().replace(" ", "-"),
                origin="file",
                author="",
                at=NOW + timedelta(hours=hour),
            )
        session.commit()
        services.follow(app)

    return publish_all


def test_what_changed_last_comes_first(publish_hourly, machine):
    publish_hourly(an_approach(name="Old"), a_place(), an_approach(name="New"), a_page())

    feed = read(machine, "/feeds/new.atom")

    assert titles(feed) == ["New", "Leeds", "Old"]
    assert feed.findtext(f"{A}updated") == "2026-11-21T14:00:00Z"
    assert feed.findtext(f"{A}title") == "New and changed · Kith"


def test_an_entry_keeps_its_id_when_it_is_renamed(publish, machine):
    publish(an_approach(id=an_id("choirs")))
    before = read(machine, "/feeds/approaches.atom").findtext(f"{A}entry/{A}id")

    publish(an_approach(id=an_id("choirs")), slug="choirs")

    after = read(machine, "/feeds/approaches.atom")
    assert after.findtext(f"{A}entry/{A}id") == before == f"urn:uuid:{an_id('choirs')}"
    assert after.find(f"{A}entry/{A}link").get("href") == "http://kith.test/approaches/choirs"


def test_each_kind_has_a_feed(publish, machine):
    publish(an_approach(), a_place(), a_service())

    assert titles(read(machine, "/feeds/approaches.atom")) == ["Community choirs"]
    assert titles(read(machine, "/feeds/services.atom")) == ["Harehills Singers"]
    assert titles(read(machine, "/feeds/stories.atom")) == []


def test_a_place_has_a_feed_of_what_happens_there(publish, machine):
    publish(a_place(id=an_id("leeds")), a_service(), a_service(name="York Choir", place="york"))

    told = titles(read(machine, "/feeds/places/leeds.atom"))
    assert sorted(told) == ["Harehills Singers", "Leeds"]

    publish(a_place(id=an_id("leeds")), slug="city-of-leeds")
    moved = machine.ask("/feeds/places/leeds.atom", status=301)
    assert moved.location == "/feeds/places/city-of-leeds.atom"
    machine.get("/feeds/places/nowhere.atom", status=404)


def test_a_search_has_a_feed_of_all_that_it_finds(publish_hourly, machine):
    publish_hourly(
        *(an_approach(name=f"Choir {number}") for number in range(15)),
        an_approach(name="Repair cafes", strapline="Mend it", summary="They mend.", body=""),
    )

    feed = read(machine, "/feeds/search.atom?q=choir&kind=approach")

    assert titles(feed) == [f"Choir {number}" for number in range(14, -1, -1)]
    assert feed.findtext(f"{A}id") == "http://kith.test/feeds/search.atom?q=choir&kind=approach"
    [page] = [one for one in feed.findall(f"{A}link") if one.get("rel") == "alternate"]
    assert page.get("href") == "http://kith.test/search?q=choir&kind=approach"


def test_a_feed_of_an_unknown_network_is_not_the_whole_directory(publish, machine):
    publish(an_approach())

    machine.get("/feeds/search.atom?network=nobody", status=404)


def test_signs_that_xml_reserves_come_through(publish, machine):
    publish(an_approach(name="Tea & <cake>"))

    assert titles(read(machine, "/feeds/approaches.atom")) == ["Tea & <cake>"]


def test_pages_say_where_their_feed_is(publish, browser):
    publish(an_approach(), a_place())

    for path, feed in {
        "/": "/feeds/new.atom",
        "/approaches/": "/feeds/approaches.atom",
        "/places/leeds": "/feeds/places/leeds.atom",
        "/search?q=choir": "/feeds/search.atom?q=choir",
    }.items():
        [link] = browser.open(path).all("link", type="application/atom+xml")
        assert link.get("href") == feed
        assert browser.client.get(feed, base_url="http://kith.test").status_code == 200
