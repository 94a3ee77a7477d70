"""What happens to a decision when somebody else was quicker, or words changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import worker
from directory.config import current
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.moderation import later
from directory.moderation.models import Decision
from directory.submissions import proposing
from directory.submissions.models import Submission
from tests.builders import an_approach
from tests.house_rules import Browser
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
    stays, changes = send_in(an_approach()), send_in(an_approach(name="Repair cafes"))
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    for number in (stays, changes):
        page = moderator.open(f"/moderation/submissions/{number}")
        page = decide(moderator, page, number, "later", day="", note="Soon!", status=422)
        assert "Choose a day after today" in page.text
        page = decide(moderator, page, number, "later", day=tomorrow.isoformat())
        assert "Comes out later" in page.heading
    assert moderator.open("/moderation/").heading == "Nothing waits"
    proposing.revise(
        session.get_one(Submission, changes),
        an_approach(name="Buy gold"), why="", asides={}, at=NOW,
    )  # fmt: skip
    session.commit()
    with app.app_context():
        worker.publish_later(session, current())
    browser.open("/approaches/community-choirs", status=404)

    at = datetime.now(UTC) + timedelta(days=3)
    while later.publish_next(session, at=at):
        session.commit()

    assert browser.open("/approaches/community-choirs").heading == "Community choirs"
    browser.open("/approaches/buy-gold", status=404)
    assert session.get_one(Submission, changes).state == "waiting"
    session.rollback()
    assert "not published: it changed meanwhile" in moderator.open("/moderation/decisions").text
    assert moderator.open("/moderation/").heading == "1 thing to read"


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
