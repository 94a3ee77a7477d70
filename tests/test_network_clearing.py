"""Networks that show only versions that they have cleared, and the mails that tell them."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.entries import catalogue, publishing
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.networks import clearing, collection, telling
from directory.networks.models import Editor, Hand, Often, StopLink
from directory.networks.rules import Rules
from tests import services
from tests.builders import a_place, a_service, a_story, an_approach
from tests.conftest import NOW
from tests.house_rules import Browser
from tests.machines import Machine
from tests.mailbox import Mailbox
from tests.networking import Open, an_editor
from tests.test_networks import Publish, network_of

DESK = "/networks/dale-valley/desk"
ASKED = "network=dale-valley"
# Every address that shows a slice to programs, and to people.
DATA = (
    f"/embed/v1/search.json?{ASKED}&limit=10",
    f"/embed/v1/search.json?{ASKED}&q=sing&near=Leeds&limit=10",
    f"/embed/v1/search.json?{ASKED}&entry=approaches/community-choirs",
    f"/api/v1/search?{ASKED}",
    f"/api/v1/entries?{ASKED}",
    f"/api/v1/entries.geojson?{ASKED}",
    f"/api/v1/entries.csv?{ASKED}",
    f"/api/v1/entries.ndjson?{ASKED}",
    "/feeds/networks/dale-valley.atom",
    f"/feeds/search.atom?{ASKED}",
    f"/oruk/v3/services?{ASKED}",
    f"/oruk/v3/services?{ASKED}&full=true&format=ndjson",
    f"/oruk/v3/organizations?{ASKED}&full_service=true",
)
PAGES = (
    "/networks/dale-valley",
    f"/search?{ASKED}",
    f"/embed/v1/frame?{ASKED}&show=list&limit=10",
    f"/embed/v1/frame?{ASKED}&entry=approaches/community-choirs",
)


def all_that_is_shown(machine: Machine, browser: Browser) -> dict[str, str]:
    """What each address of the slice says."""
    return {path: machine.ask(path).text for path in DATA} | {
        path: browser.open(path).text for path in PAGES
    }


def changed(entry: Entry, **fields: object) -> Document:
    """The document of `entry` with other words."""
    return entry.document.model_copy(update=fields)


def test_what_an_entry_goes_with_is_told_in_cleared_words_or_not_at_all(
    app: Flask, session: Session, browser: Browser, publish: Publish, open_network: Open
) -> None:
    _choirs, knitting = publish(
        an_approach(), an_approach(name="Knitting circles", related=["community-choirs"])
    )
    jo = an_editor(app, session, open_network(Rules(kind=("approach",))))
    jo.submit(jo.open(f"{DESK}/versions"), f"{DESK}/versions", show="cleared")
    publish(changed(knitting, name="Pirate knitting"))

    assert "Goes with Pirate knitting" in browser.open("/search?q=knitting").text
    page = browser.open("/search?q=knitting&network=dale-valley")
    assert "Community choirs" in page.text
    assert "Pirate" not in page.text


def test_while_an_edit_waits_the_slice_shows_what_was_cleared(
    app: Flask,
    session: Session,
    browser: Browser,
    machine: Machine,
    publish: Publish,
    open_network: Open,
) -> None:
    choirs, singers, _leeds = publish(
        an_approach(),
        a_service(open_referral=True, summary="A choir that was cleared."),
        a_place(),
    )
    jo = an_editor(app, session, open_network(Rules(kind=("approach", "service"))))
    page = jo.open(f"{DESK}/versions")
    jo.submit(page, f"{DESK}/versions", show="cleared")

    publish(
        changed(choirs, name="Pirate choirs", strapline="Pirate words", summary="Pirate summary."),
        changed(
            singers, name="Pirate singers", strapline="Arr, Pirates", summary="Pirate shanties."
        ),
        an_approach(name="Pirate ships", summary="New, and nobody has cleared it."),
    )
    publish(changed(singers, name="Pirate singers", summary="Pirate shanties again."))

    for path, said in all_that_is_shown(machine, browser).items():
        assert "Pirate" not in said, path  # addresses are those of today
        assert "Community choirs" in said or "Harehills Singers" in said, path
    assert "Pirate choirs" in browser.open("/approaches/community-choirs").text
    whole = machine.get(f"/oruk/v3/services?{ASKED}&full=true")["contents"][0]
    assert whole["description"] == "A choir that was cleared."
    found = machine.get(f"/embed/v1/search.json?{ASKED}&near=Leeds")["results"]
    assert {one["name"]: one["strapline"] for one in found}["Community choirs"] == (
        choirs.document.tagline
    )

    page = jo.open(f"{DESK}/versions")
    assert page.heading == "3 versions wait"
    assert "[taken out: Community ] choirs" in " ".join(page.text.split()), page.text
    assert "New for your part of the directory" in page.text
    action = f"{DESK}/versions/{choirs.id}"
    seen = page.form(action)
    publish(changed(choirs, name="Pirate kings"))
    page = jo.send(action, seen | {"outcome": "clear"}, status=409)
    assert "changed again while you read it" in page.text
    assert "Community choirs" in machine.ask(DATA[0]).text
    jo.submit(page, action, outcome="clear")
    page = jo.submit(
        jo.open(f"{DESK}/versions"), f"{DESK}/versions/{singers.id}", outcome="leave-out"
    )
    services.follow(app)

    names = [one["name"] for one in machine.get(DATA[0])["results"]]
    assert names == ["Pirate kings"]
    assert jo.open(f"{DESK}/versions").heading == "1 version waits"
    lines = collection.log(session, network_of(session), after=2)
    assert [(one.action, one.entry_id) for one in lines] == [
        ("left", singers.id), ("changed", choirs.id),
    ]  # fmt: skip
    session.rollback()

    jo.submit(jo.open(f"{DESK}/versions"), f"{DESK}/versions", show="newest")
    services.follow(app)
    names = sorted(one["name"] for one in machine.get(DATA[0])["results"])
    assert names == ["Pirate kings", "Pirate ships"]


def test_what_is_taken_back_leaves_at_once(
    app: Flask, session: Session, machine: Machine, publish: Publish, open_network: Open
) -> None:
    choirs, told, homeshare = publish(
        an_approach(), a_story(summary="With my full name."), an_approach(name="Homeshare")
    )
    network = open_network(Rules(kind=("approach", "story")))
    clearing.begin(session, network, by=user(session), at=NOW)
    session.commit()

    publish(changed(told, summary="Without it."))
    publishing.end(session, homeshare.id, reason="It ended.", at=NOW)
    session.commit()
    services.follow(app)

    assert [one["name"] for one in machine.get(DATA[0])["results"]] == ["Community choirs"]
    waits = clearing.waiting(session, network_of(session))
    session.rollback()
    assert [one.entry.id for one in waits] == [told.id]
    for path in DATA:
        assert "full name" not in machine.ask(path).text
    publishing.erase(session, choirs.id, reason="Asked for.", at=NOW)
    session.commit()
    assert machine.get(f"/api/v1/entries?{ASKED}")["entries"] == []


def user(session: Session) -> int:
    """Somebody who clears."""
    found = people.welcome(session, "jo@dale-valley.example", at=NOW)
    session.flush()
    return found.id


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_each_address_shows_what_was_cleared_last(
    seed: int,
    app: Flask,
    session: Session,
    browser: Browser,
    machine: Machine,
    publish: Publish,
    open_network: Open,
) -> None:
    """Edits, new entries, endings and decisions in any order, beside a plain list of what is so."""
    chance = random.Random(seed)
    publish(a_place())
    live: dict[str, Entry] = {}

    def write(slug: str) -> None:
        mark = f"word{chance.randrange(10**9)}"
        known = live.get(slug)
        document = (
            changed(known, strapline=mark, summary=mark)
            if known
            else an_approach(name=slug.title(), strapline=mark, summary=mark)
        )
        (live[slug],) = publish(document)

    for slug in ("oak", "ash"):
        write(slug)
    network = open_network(Rules(kind=("approach",)))
    by = user(session)
    clearing.begin(session, network, by=by, at=NOW)
    session.commit()
    shown = {slug: entry.document.summary for slug, entry in live.items()}
    left_out: set[str] = set()

    for _turn in range(10):
        act = chance.choice(["write", "write", "clear", "clear", "end", "leave-out", "add"])
        slug = chance.choice(["oak", "ash", "elm", "yew"])
        if act == "write" and (slug in live or slug not in shown):
            write(slug)
        elif slug not in live:
            continue
        entry = catalogue.by_id(session, live[slug].id)
        network = network_of(session)
        if entry is None:
            continue
        if act == "clear":
            clearing.clear(session, network, entry.id, entry.revision, by=by, at=NOW)
            shown[slug] = entry.document.summary
        elif act == "end" and len(live) > 2:
            publishing.end(session, entry.id, reason="Over.", at=NOW)
            del live[slug]
            shown.pop(slug, None)
        elif act in {"leave-out", "add"}:
            hand = Hand.LEFT_OUT if act == "leave-out" else Hand.ADDED
            collection.pick(session, network, entry, hand, "", at=NOW)
            (left_out.add if act == "leave-out" else left_out.discard)(slug)
        session.commit()
        services.follow(app)

        expected = {text for slug, text in shown.items() if slug not in left_out}
        for path in (*DATA[:1], *DATA[3:10]):
            said = machine.ask(path).text
            assert all_words(said) == expected, (path, act, slug)
        page = browser.open(f"/search?{ASKED}").text
        assert all_words(page) == expected
        waits = {one.entry.slug for one in clearing.waiting(session, network_of(session))}
        session.rollback()
        assert waits == {
            slug
            for slug, entry in live.items()
            if slug not in left_out and entry.document.summary != shown.get(slug)
        }


def all_words(text: str) -> set[str]:
    return set(re.findall(r"word\d+", text))


def test_editors_hear_of_news_each_morning_until_they_stop_it(
    app: Flask, session: Session, publish: Publish, open_network: Open, mailbox: Mailbox
) -> None:
    (choirs,) = publish(an_approach())
    jo = an_editor(app, session, open_network(Rules(support_area=("whole-community",))))
    session.execute(update(Editor).values(added_at=datetime.now(UTC)))
    session.commit()
    jo.submit(jo.open(f"{DESK}/versions"), f"{DESK}/versions", show="cleared")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert telling.queue_due(session, at=datetime.now(UTC)) == 0
    session.commit()

    publish(changed(choirs, summary="Other words."), an_approach(name="Repair cafés"))
    assert telling.queue_due(session, at=tomorrow) == 1
    assert telling.queue_due(session, at=tomorrow) == 0
    session.commit()

    mailbox.send(later=timedelta(days=2))
    letter = mailbox.fetch("jo@dale-valley.example", subject="Dale Valley Carers")
    assert "- Repair cafés" in letter.text
    assert "2 versions wait in all" in letter.text
    link = letter.link("/networks/mails/")
    everyone = Browser(app)
    everyone.submit(everyone.open(link), link)
    session.expire_all()
    assert session.scalar(select(Editor.often)) == Often.NEVER
    publish(an_approach(name="Timebanking"))
    assert telling.queue_due(session, at=tomorrow + timedelta(days=9)) == 0
    telling.forget_old(session, at=tomorrow + telling.STOP_WITHIN + timedelta(days=3))
    assert session.scalar(select(func.count()).select_from(StopLink)) == 0
    session.commit()
    everyone.open(link, status=410)


def test_mornings_and_mondays_are_those_of_london() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert telling.last_morning(at("2026-07-01T06:59"), weekly=False) == at("2026-06-30T07:00")
    assert telling.last_morning(at("2026-07-01T07:00"), weekly=False) == at("2026-07-01T07:00")
    assert telling.last_morning(at("2026-11-23T07:30"), weekly=True) == at("2026-11-16T08:00")
    assert telling.last_morning(at("2026-11-23T08:30"), weekly=True) == at("2026-11-23T08:00")
