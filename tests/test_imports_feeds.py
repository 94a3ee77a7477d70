"""Harvesting feeds of others: both versions, and broken ones."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.config import Config
from directory.db import db
from directory.entries import catalogue, publishing
from directory.entries.documents import Service
from directory.imports import feeds, lists, open_referral, standing
from directory.imports.feeds import Ask
from directory.imports.models import Every, Feed, FeedItem, Stage
from directory.submissions.proposing import document_of
from directory.vocabulary.terms import Status
from tests import services
from tests.builders import a_place, an_approach
from tests.elsewhere import Somewhere
from tests.harvesting import NOW, Harvest
from tests.moderating import signed_in
from tests.networking import Open, an_editor
from tests.test_imports_open_referral import ONE, THREE
from tests.test_networks import Publish

DESK = "/networks/dale-valley/desk"


@pytest.fixture
def config(config: Config, somewhere: Somewhere) -> Config:
    return replace(config, reachable=somewhere.reachable)


def a_service_there(number: int, **said: Any) -> dict[str, Any]:
    """A service as a feed of version 3.0 says it."""
    return THREE | {"id": f"service-{number}", "name": f"Choir {number}"} | said


def tell(somewhere: Somewhere, *services: dict[str, Any], since: str = "", base: str = "") -> None:
    """Let the other server have a feed of these services, on one page."""
    asked = f"&modified_after={since}" if since else ""
    page = {"total_pages": 1, "contents": list(services), "empty": not services}
    answer = (200, {}, json.dumps(page).encode())
    somewhere.answers[f"{base}/services?page=1&per_page=50&full=true{asked}"] = answer


@pytest.fixture
def harvest(
    app: Flask, session: Session, config: Config, publish: Publish, somewhere: Somewhere
) -> Harvest:
    """A feed with two choirs in Leeds."""
    publish(an_approach(), a_place())
    tell(somewhere, a_service_there(1), a_service_there(2))
    feed = feeds.add(
        session, network_id=None, user_id=None, name="Leeds", url=somewhere.url,
        every=Every.DAY, licence_version="1", at=NOW,
    )  # fmt: skip
    session.commit()
    return Harvest(app, session, config, feed)


def test_what_changed_or_went_is_proposed_and_what_moderators_mended_stays_mended(
    harvest: Harvest, somewhere: Somewhere, session: Session
) -> None:
    harvest.accept()
    assert [one.why for one in harvest.waiting()] == [
        "From “Leeds”, where it is service-1.",
        "From “Leeds”, where it is service-2.",
    ]
    later = NOW + timedelta(days=8)
    one = harvest.read(later)  # nothing new, and the last words still wait
    assert (one.stage, len(harvest.waiting())) == (Stage.DONE, 2)
    first, _second = harvest.publish_all()
    mended = first.document.model_copy(update={"summary": "Mended here."})
    publishing.publish(session, mended, slug=first.slug, origin="moderation", author="", at=NOW)
    session.commit()

    tell(somewhere, a_service_there(1, url="https://example.org/new"), a_service_there(3))
    later += timedelta(days=8)
    harvest.read(later)

    changed, new, ended = harvest.waiting()
    document = document_of(changed)
    assert isinstance(document, Service)
    assert (document.url, document.summary) == ("https://example.org/new", "Mended here.")
    assert changed.base_revision == 2
    assert (new.what, new.name) == ("new", "Choir 3")
    assert (ended.name, ended.why) == ("Choir 2", "It is not in “Leeds” any more.")
    gone = document_of(ended)
    assert isinstance(gone, Service)
    assert gone.status is Status.ENDED
    harvest.publish_all()

    tell(somewhere, *(a_service_there(n, url="https://example.org/new") for n in (1, 2)),
         a_service_there(3))  # fmt: skip
    harvest.read(later + timedelta(days=8))
    (back,) = harvest.waiting()
    document = document_of(back)
    assert isinstance(document, Service)
    assert (document.name, document.status) == ("Choir 2", Status.PAUSED)
    assert document.url == "https://example.org/new"


def test_between_readings_of_all_only_what_changed_is_asked_for(
    harvest: Harvest, somewhere: Somewhere
) -> None:
    harvest.accept()
    harvest.publish_all()
    since = "2026-11-21T12%3A00%3A00Z"  # a day before the last reading
    tell(somewhere, a_service_there(2, url="https://example.org/new"), since=since)

    one = harvest.read(NOW + timedelta(days=1))

    assert [row.name for row in harvest.waiting()] == ["Choir 2"]
    assert not one.fetched["is_whole"]  # so that nothing follows for the first
    tell(somewhere, since="2026-11-22T12%3A00%3A00Z")
    assert harvest.read(NOW + timedelta(days=2)).stage == Stage.DONE


def test_a_feed_that_lost_most_of_what_it_had_ends_nothing(
    app: Flask, session: Session, config: Config, publish: Publish, somewhere: Somewhere
) -> None:
    publish(an_approach(), a_place())
    tell(somewhere, *(a_service_there(number) for number in range(12)))
    feed = feeds.add(
        session, network_id=None, user_id=None, name="Leeds", url=somewhere.url,
        every=Every.WEEK, licence_version="1", at=NOW,
    )  # fmt: skip
    session.commit()
    harvest = Harvest(app, session, config, feed)
    harvest.accept()
    harvest.publish_all()

    tell(somewhere, a_service_there(1), a_service_there(2))
    one = harvest.read(NOW + timedelta(days=8))

    assert harvest.waiting() == []
    assert one.fault.startswith("10 of 12 services are missing from the feed.")


def test_a_trusted_feed_goes_live_but_never_over_words_from_here(
    harvest: Harvest, somewhere: Somewhere, session: Session
) -> None:
    harvest.feed.is_trusted = True
    session.commit()
    harvest.accept()

    # An organisation that we have no entry for needs a moderator.
    assert [one.name for one in harvest.waiting()] == ["Choir 1", "Choir 2"]
    harvest.publish_all()
    nobody = {"organization": None}
    tell(somewhere, a_service_there(1, url="https://example.org/a", **nobody),
         a_service_there(2, **nobody), a_service_there(3, **nobody))  # fmt: skip
    harvest.read(NOW + timedelta(days=8))

    assert harvest.waiting() == []
    live = harvest.entry("Choir 1")
    assert isinstance(live.document, Service)
    assert (live.revision, live.document.url) == (2, "https://example.org/a")
    assert harvest.entry("Choir 3").revision == 1
    assert catalogue.history(session, live.id)[0].origin == "import"

    ours = live.document.model_copy(update={"url": "https://example.org/ours"})
    publishing.publish(session, ours, slug=live.slug, origin="moderation", author="", at=NOW)
    session.commit()
    tell(somewhere, a_service_there(1, url="https://example.org/b", **nobody),
         a_service_there(2, status="active", **nobody))  # fmt: skip
    harvest.read(NOW + timedelta(days=16))
    assert [one.name for one in harvest.waiting()] == ["Choir 1", "Choir 3"]  # a clash, and an end
    second = harvest.entry("Choir 2").document
    assert isinstance(second, Service)
    assert second.status is Status.RUNNING


def test_one_that_is_here_already_waits_for_an_answer_and_the_rest_goes_on(
    harvest: Harvest, somewhere: Somewhere, session: Session, publish: Publish
) -> None:
    harvest.accept()
    harvest.publish_all()
    services.follow(harvest.app)
    bad = a_service_there(7, contacts=[{"phones": [{"number": "x"}]}])
    again = a_service_there(8, name="choir 1")
    fresh = a_service_there(9, name="Bread and Roses")
    tell(somewhere, a_service_there(1), a_service_there(2), bad, again, fresh)
    one = harvest.read(NOW + timedelta(days=8))

    assert (one.stage, [row.name for row in harvest.waiting()]) == (Stage.DONE, ["Bread and Roses"])
    progress = standing.progress(session, one)
    assert (progress.questions, progress.of("bad")) == (1, 1)
    (row,), _total = standing.rows_of(session, one, "open")
    lists.choose(session, one, {row.number: row.candidates[0]["entry"]}, at=NOW)
    assert standing.progress(session, one).ready == 0 or row.choice == "change"
    lists.take_in(session, one, at=NOW)
    harvest.work()
    item = session.get(FeedItem, (harvest.feed_id, "service-8"))
    assert item is not None
    assert item.entry_id == harvest.entry("Choir 1").id


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({1: (404, {}, b"")}, "It answered 404"),
        ({1: (200, {}, b"<html>")}, "not JSON"),
        ({1: (200, {}, b'{"hello": 1}')}, "no service"),
        ({1: (200, {}, b'{"contents": []}')}, "no service in it"),
        ({1: (302, {"Location": "http://169.254.169.254/services"}, b"")}, "public internet"),
        ({1: (302, {"Location": "http://localhost/services"}, b"")}, "public internet"),
    ],
)
def test_broken_feeds_are_told_and_change_nothing(
    harvest: Harvest, somewhere: Somewhere, answers: dict[int, Any], said: str
) -> None:
    for page, answer in answers.items():
        somewhere.answers[f"/services?page={page}&per_page=50&full=true"] = answer

    one = harvest.read()

    assert (one.stage, harvest.waiting()) == (Stage.FAILED, [])
    assert said in one.fault
    assert harvest.feed.fault == one.fault


def test_endless_pages_end(
    harvest: Harvest, somewhere: Somewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(number: int, name: int) -> None:
        said = {"last_page": False, "contents": [a_service_there(name)]}
        address = f"/services?page={number}&per_page=50&full=true"
        somewhere.answers[address] = (200, {}, json.dumps(said).encode())

    page(1, 1)
    page(2, 1)
    assert harvest.read().fault == "It says the same page again and again."
    for number in range(1, 6):
        page(number, number)
    monkeypatch.setattr(feeds, "PAGES_MAX", 4)
    one = harvest.read(NOW + timedelta(days=1))
    assert one.stage == Stage.FAILED
    assert "more than 5000 services or 4 pages" in one.fault


def test_a_feed_that_is_down_is_asked_again_later_and_then_given_up_until_its_next_time(
    harvest: Harvest, somewhere: Somewhere
) -> None:
    good = somewhere.answers.copy()
    for address in good:
        somewhere.answers[address] = (500, {}, b"")
    one = harvest.read()
    assert (one.stage, harvest.feed.fault) == (
        Stage.FETCHING,
        "It did not answer well: it answered 500.",
    )
    asked = len(somewhere.asked)
    harvest.read(NOW + timedelta(seconds=59))
    assert len(somewhere.asked) == asked
    somewhere.answers |= good
    assert harvest.read(NOW + timedelta(seconds=61)).stage == Stage.MAPPING

    for address in good:
        somewhere.answers[address] = (503, {}, b"")
    at = NOW + timedelta(days=2)
    lists.drop(harvest.session, one)
    harvest.session.commit()
    for _turn in range(len(feeds.WAITS) + 1):
        one = harvest.read(at)
        at += timedelta(hours=2)
    assert one.stage == Stage.FAILED


def test_pages_are_kept_once_and_read_on_after_a_kill(
    harvest: Harvest, somewhere: Somewhere, session: Session
) -> None:
    for number in (1, 2):
        said = {"total_pages": 2, "contents": [a_service_there(number)]}
        somewhere.answers[f"/services?page={number}&per_page=50&full=true"] = (
            200, {}, json.dumps(said).encode(),
        )  # fmt: skip
    ask = feeds.next_ask(session, at=NOW)
    assert ask is not None
    session.rollback()
    page = feeds.ask(ask, who="", reachable=harvest.config.reachable)
    for _worker in range(2):
        feeds.keep(session, ask, page, at=NOW)
        session.commit()
    feeds.keep(session, Ask(ask.import_id, ask.url, 2, ""), page, at=NOW)
    session.rollback()  # killed before its commit

    one = harvest.read()

    assert [row.key for row in standing.first_rows(session, one, 9)] == ["service-1", "service-2"]


def test_a_feed_of_the_first_version_is_asked_for_each_service_that_it_only_names(
    somewhere: Somewhere,
) -> None:
    brief = {"id": "7", "name": "Harehills Singers"}
    said = {"totalPages": 3, "number": 1, "content": [brief, {"id": "8 b", "name": "Gone"}]}
    somewhere.answers["/v1/services?page=1&per_page=50&full=true"] = (
        200, {}, json.dumps(said).encode(),
    )  # fmt: skip
    somewhere.answers["/v1/services/7"] = (200, {}, json.dumps(ONE).encode())
    somewhere.answers["/v1/services/8%20b"] = (404, {}, b"")

    page = feeds.ask(Ask(1, f"{somewhere.url}/v1", 1, ""), who="", reachable=somewhere.reachable)

    assert page.has_more
    assert [open_referral.flat(one).get("contact.phone") for one in page.services] == [
        "0113 496 0000",
        None,
    ]


def test_an_editor_adds_a_feed_and_admins_alone_trust_it(
    app: Flask, session: Session, open_network: Open, publish: Publish, somewhere: Somewhere
) -> None:
    publish(an_approach(), a_place())
    tell(somewhere, a_service_there(1), base="/oruk/v3")
    jo = an_editor(app, session, open_network())
    page = jo.open(f"{DESK}/lists")
    for bad in ("https://10.0.0.1/oruk", "ftp://example.org", "http://example.org/oruk"):
        page = jo.submit(
            page, f"{DESK}/feeds", status=422, feed__name="Leeds", feed__url=bad, feed__agree="y"
        )
        assert page.title.startswith("Error:")
        assert page.form(f"{DESK}/feeds")["feed-url"] == bad
    page = jo.submit(page, f"{DESK}/feeds", feed__url=f"{somewhere.url}/oruk/v3/services?page=7")
    assert page.heading == "Leeds"
    assert "Look now" not in page.text

    with app.app_context():
        errands.harvest_feeds(db.session(), app.extensions["kith.config"])
        db.session.remove()
    page = jo.open(page.path)
    page = jo.open(next(iter(h for h in page.links().values() if "/lists/" in h)))
    page = jo.submit(page, f"{page.path}/columns")
    assert "0 of 1 rows checked" in page.text

    feed = session.scalars(select(Feed)).one()
    assert feed.url == f"{somewhere.url}/oruk/v3"
    session.rollback()
    path = f"{DESK}/feeds/{feed.id}"
    session.rollback()
    jo.submit(jo.open(path), path, is_trusted="y", every="day")
    session.refresh(feed)
    assert (feed.is_trusted, feed.every) == (False, "day")
    session.rollback()
    priya = signed_in(app, session, "priya@example.org", "Priya")  # the first one is an admin
    priya.submit(priya.open(path), path, is_trusted="y")
    session.refresh(feed)
    assert feed.is_trusted
    session.rollback()
    jo.submit(jo.open(f"{path}/deleted"), f"{path}/deleted")
    jo.open(path, status=404)
