"""The moderators' list on the shelf: made once a moment for each of them, anew after any write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, request
from sqlalchemy.orm import Session

from directory import shelf
from directory.accounts import people, sessions
from tests.builders import an_approach
from tests.house_rules import HOST, Browser
from tests.moderating import SendIn, decide, send_in, signed_in, undo_of

__all__ = ["send_in"]

LIST = "/moderation/"


@pytest.fixture
def made(app: Flask) -> Iterator[list[str]]:
    """Paths of the lists that Flask made, with the shelf before it."""
    paths: list[str] = []

    @app.before_request
    def note() -> None:
        if request.path == LIST:
            paths.append(request.full_path.rstrip("?"))

    stamp = shelf.attach(app)
    yield paths
    stamp.close()


@pytest.fixture
def moderator(app: Flask, session: Session, made: list[str]) -> Browser:
    """A browser in which Priya has signed in, and has seen the list before."""
    browser = signed_in(app, session, "priya@example.org", "Priya S.")
    browser.open(LIST + "?sort=mails")  # the first page with a form gives it a token
    made.clear()
    return browser


def test_the_list_is_made_once_for_who_looks_again(moderator: Browser, made: list[str]):
    pages = [
        moderator.open(path).response.data for path in (LIST, LIST, LIST + "?sort=reports", LIST)
    ]

    assert made == [LIST, LIST + "?sort=reports"]
    assert pages[0] == pages[1] == pages[3] != pages[2]


def test_each_moderator_has_their_own(
    app: Flask, session: Session, moderator: Browser, made: list[str]
):
    tom = signed_in(app, session, "tom@example.org", "Tom")
    tom.open(LIST + "?sort=mails")
    made.clear()

    for browser in (moderator, tom, moderator, tom):
        browser.open(LIST)

    assert made == [LIST, LIST]
    stranger = app.test_client().get(LIST, base_url=HOST)
    assert stranger.status_code == 303
    assert len(made) == 3


def test_what_was_written_is_seen_at_once(moderator: Browser, made: list[str], send_in: SendIn):
    moderator.open(LIST)
    number = send_in(an_approach(name="Bike library"))
    waiting = moderator.open(LIST)
    review = moderator.open(f"/moderation/submissions/{number}")
    decided = decide(moderator, review, number, "decline", note="We have one.")
    undone = moderator.submit(decided, undo_of(decided))

    assert "Bike library" in waiting.response.text
    assert "Bike library" not in moderator.open(LIST + "?sort=checks").response.text
    assert "Bike library" in undone.response.text
    assert "Bike library" in moderator.open(LIST).response.text


def test_an_offer_to_undo_is_made_each_time(moderator: Browser, made: list[str], send_in: SendIn):
    number = send_in(an_approach())
    decided = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "decline",
        note="We have one.",
    )  # fmt: skip
    assert undo_of(decided)
    path = made[-1]

    made.clear()
    moderator.open(path)
    moderator.open(path)

    assert made == [path, path]


def test_who_was_signed_out_or_has_left_sees_it_no_more(
    app: Flask, session: Session, moderator: Browser, made: list[str]
):
    assert moderator.open(LIST).status == 200
    user = people.find(session, "priya@example.org")
    assert user is not None
    sessions.end_all(session, user)
    session.commit()

    answer = moderator.client.get(LIST, base_url=HOST)

    assert (answer.status_code, made) == (303, [LIST, LIST])


def test_a_list_kept_for_one_grows_old(
    moderator: Browser, made: list[str], monkeypatch: pytest.MonkeyPatch
):
    moderator.open(LIST)
    monkeypatch.setattr(shelf, "FOR_EACH_SECONDS", 0)
    moderator.open(LIST + "?sort=reports")
    moderator.open(LIST + "?sort=reports")

    assert made == [LIST, LIST + "?sort=reports", LIST + "?sort=reports"]
