"""What happens to a decision when somebody else was quicker, or words changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.config import current
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.moderation import later
from directory.moderation.models import Decision
from directory.submissions import conversation, proposing
from directory.submissions.models import Submission
from directory.vocabulary.terms import Kind
from tests.builders import a_service, an_approach
from tests.house_rules import Browser, words
from tests.moderating import (
    NOW,
    SendIn,
    decide,
    let_claims_lapse,
    moderator,
    renamed,
    send_in,
    signed_in,
)

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_published_later_on_its_day_unless_it_changes(
    app: Flask, moderator: Browser, browser: Browser, session: Session, send_in: SendIn
) -> None:
    named = {"organization": "Calder Voices"}
    stays = send_in(a_service(place=None, service_area=["Calderdale"]), asides=named)
    changes, at_last = send_in(an_approach(name="Repair cafes")), send_in(an_approach(name="Zines"))
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    for number in (stays, changes, at_last):
        page = moderator.open(f"/moderation/submissions/{number}")
        page = decide(moderator, page, number, "later", day="soon", note="Soon!", status=422)
        assert "Choose a day after today" in words(page.find("p", id="day-error"))
        assert page.find("input", id="day").get("value") == "soon"
        ticked = {"with_organization": "y"} if number == stays else {}
        page = decide(moderator, page, number, "later", day=tomorrow.isoformat(), **ticked)
        assert "Comes out later" in page.heading
    assert moderator.open("/moderation/").heading == "Nothing waits"

    def change(number: int) -> None:
        kept = session.get_one(Submission, number)
        proposing.revise(kept, an_approach(name="Buy gold"), why="", asides={}, at=NOW)
        session.commit()

    change(changes)
    with app.app_context():
        errands.publish_later(session, current())
    browser.open("/services/harehills-singers", status=404)
    # What changed does not lie hidden until its day.
    page = moderator.open("/moderation/")
    assert (page.heading, "Buy gold" in page.links()) == ("1 thing to read", True)
    assert "2 come out later" in page.text
    assert "waits again: it changed before its day" in moderator.open("/moderation/decisions").text

    change(at_last)
    at = datetime.now(UTC) + timedelta(days=3)
    while later.publish_next(session, at=at):
        session.commit()

    assert browser.open("/services/harehills-singers").heading == "Harehills Singers"
    assert "Calder Voices" in browser.open("/organizations/calder-voices").heading
    browser.open("/approaches/buy-gold", status=404)
    assert session.get_one(Submission, at_last).state == "waiting"
    session.rollback()
    assert "not published: it changed meanwhile" in moderator.open("/moderation/decisions").text
    assert moderator.open("/moderation/").heading == "2 things to read"


def test_whose_author_writes_before_the_day_is_read_before_it_is_published(
    app: Flask, moderator: Browser, browser: Browser, session: Session, send_in: SendIn
) -> None:
    soon, at_last, heard = (send_in(an_approach(name=one)) for one in ("Choirs", "Zines", "Sheds"))
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)

    def say(number: int, words: str) -> None:
        submission = session.get_one(Submission, number)
        conversation.say_as_author(session, submission, words, at=NOW)
        session.commit()

    say(heard, "When will you look?")
    for number in (soon, at_last, heard):
        page = moderator.open(f"/moderation/submissions/{number}")
        decide(moderator, page, number, "later", day=tomorrow.isoformat())
    say(soon, "Please wait, the hall has changed.")
    with app.app_context():
        errands.publish_later(session, current())

    page = moderator.open("/moderation/")
    assert (page.heading, "Choirs" in page.links()) == ("1 thing to read", True)
    log = moderator.open("/moderation/decisions").text
    assert "waits again: its author wrote before its day" in log

    say(at_last, "Wait!")  # on the morning of the day
    while later.publish_next(session, at=datetime.now(UTC) + timedelta(days=3)):
        session.commit()
    assert browser.open("/approaches/sheds").heading == "Sheds", "that message had been read"
    browser.open("/approaches/zines", status=404)
    log = moderator.open("/moderation/decisions").text
    assert "not published: its author wrote meanwhile" in log


def test_the_first_decision_stands_and_the_second_is_told_so_with_its_words(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    number = send_in(an_approach())
    theirs = other.open(f"/moderation/submissions/{number}")
    let_claims_lapse(session)
    mine = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, mine, number, "publish")

    page = decide(other, theirs, number, "decline", note="Not for us, sadly.", status=409)

    assert "This suggestion has been decided meanwhile." in page.text
    assert page.find("textarea", name="note").text.strip() == "Not for us, sadly."
    assert "By Priya S." in page.text
    assert len(session.scalars(select(Decision)).all()) == 1


def test_words_that_changed_while_reading_are_not_published_unseen(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    kept = session.get_one(Submission, number)
    proposing.revise(kept, an_approach(name="Buy gold"), why="", asides={}, at=NOW)
    session.commit()

    page = decide(moderator, page, number, "publish", note="Lovely.", status=409)

    assert "changed while you were reading" in page.text
    assert page.heading == "Buy gold: new"
    assert page.find("textarea", name="note").text.strip() == "Lovely."
    decide(moderator, page, number, "decline", note="An advert.")


def test_a_moderators_own_words_replace_nothing_unseen_and_are_not_lost(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach())
    path = f"/moderation/submissions/{number}/words"
    page = moderator.open(path)
    kept = session.get_one(Submission, number)
    fresh = an_approach(summary="They sing by ear, on Mondays.")
    proposing.revise(kept, fresh, why="", asides={}, at=NOW)
    session.commit()

    page = moderator.submit(page, path, summary="They sing in the hall.", status=409)

    assert "changed while you were reading" in page.text
    assert "Where your words differ from what is proposed now" in page.text
    assert "on Mondays" in page.text
    moderator.submit(page, path)
    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.summary == "They sing in the hall."
    session.rollback()
    assert moderator.open(path).path == f"/moderation/submissions/{number}"  # decided


def test_an_edit_of_the_live_entry_meanwhile_is_neither_lost_nor_hidden(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    page = moderator.open(f"/moderation/submissions/{number}")
    publish(entry.document.model_copy(update={"strapline": "Sing together"}))

    page = decide(moderator, page, number, "publish", status=409)
    assert "The entry changed since this was written" in page.text
    assert "1 thing would change" in page.text
    decide(moderator, page, number, "publish")

    now = catalogue.by_id(session, entry.id)
    assert now
    assert now.document.name == "Choirs for all"
    assert now.document.tagline == "Sing together"


def test_when_both_changed_the_same_words_the_moderator_is_told(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    publish(renamed(entry, "Singing circles"), slug="community-choirs")

    page = moderator.open(f"/moderation/submissions/{number}")

    assert "Others changed the same words meanwhile" in page.text
    assert "Name: publishing puts these words in place of theirs." in page.text
    assert "They started from" in page.text
