"""A sign-in that ended while somebody worked; links pressed again; the way back from both."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import config as settings
from directory.accounts import people, sign_in, views_signed_out
from directory.accounts.models import SignIn, User
from directory.config import Config
from directory.moderation import team
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.test_accounts_mine import MINE, SECOND, SET_UP, code_of, press_link, signed_in

REASONS = "/moderation/reasons"
ASK = "/accounts/sign-in"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


@pytest.fixture
def priya(session: Session) -> User:
    """The first moderator: an admin."""
    user = people.appoint(session, "priya@example.org", name="Priya S.", at=datetime.now(UTC))
    session.commit()
    return user


@pytest.fixture
def on_the_open_web(app: Flask, config: Config) -> None:
    """As behind https: admins need a second factor."""
    settings.attach(app, replace(config, public_url="https://kith.test"))


def test_what_was_typed_is_shown_where_the_sign_in_ended_meanwhile(
    app: Flask, session: Session, priya: User
) -> None:
    browser = signed_in(app, session, priya)
    page = browser.open(REASONS)
    end_all(session)

    page = browser.send(REASONS, a_reason(page), status=401)

    assert page.heading == "You are signed out"
    assert page.find("textarea", id="typed").text.strip() == (
        "Not a place\n\nWe list what people do\ntogether."
    )
    (way,) = [one for one in page.all("a") if "Sign in again" in one.text]
    assert (way.get("href"), way.get("target")) == (f"{ASK}?next={REASONS}", "_blank")
    assert page.headers["Cache-Control"] == "no-store"
    page = browser.open(f"{ASK}?next={REASONS}")
    assert "You were signed out." in page.text
    # Nothing but ticks and numbers: nothing to copy, and no second tab.
    page = browser.send("/accounts/sign-ins/7/end", page_token(browser), status=401)
    (way,) = [one for one in page.all("a") if "Sign in again" in one.text]
    assert (way.get("href"), way.get("target")) == (f"{ASK}?next=/accounts/mine", None)


def test_a_form_that_is_older_than_the_sign_in_is_asked_for_again(
    app: Flask, session: Session, priya: User
) -> None:
    browser = signed_in(app, session, priya)
    older = a_reason(browser.open(REASONS))
    browser.submit(browser.open("/moderation/keys"), "/accounts/sign-out")
    page = browser.send(REASONS, older, status=400)
    assert page.heading == "You are signed out"
    press_link(browser, session, priya)

    page = browser.send(REASONS, older, status=400)

    assert page.heading == "Please send that once more"
    assert "We list what people do" in page.find("textarea", id="typed").text
    (way,) = [one for one in page.all("a") if "Open the page again" in one.text]
    assert browser.open(way.get("href", "")).path == REASONS
    page = browser.send("/accounts/passkeys", {"name": "Phone", "csrf_token": "old"}, status=400)
    assert page.heading == "Please send that once more"
    page = Browser(app).send(ASK, {"email": "priya@example.org"}, status=400)
    assert "your browser refuses cookies" in page.text
    assert [one.get("href") for one in page.all("a") if "Open the page again" in one.text] == [ASK]


@pytest.mark.parametrize(
    "path",
    [
        "/networks/leeds/desk/team",
        "/moderation/lists",
        "/moderation/person/export",
        "/moderation/searches/groups",
        "/developers/keys",
    ],
)
def test_words_are_shown_again_wherever_somebody_works(
    app: Flask, session: Session, priya: User, path: str
) -> None:
    browser = signed_in(app, session, priya)

    page = browser.send(path, {"name": "Leeds Neighbours", "csrf_token": "old"}, status=400)

    assert page.heading == "Please send that once more"
    assert page.find("textarea", id="typed").text.strip() == "Leeds Neighbours"


@pytest.mark.parametrize(
    "typed",
    [
        {"answer": "fixed", "grant": "yes"},
        {"note": "done.", "action": "publish", "version": "3"},
        {"ask-cost": "free?", "action": "ask"},
    ],
)
def test_what_a_moderator_wrote_is_shown_however_short_it_is(
    app: Flask, session: Session, priya: User, typed: dict[str, str]
) -> None:
    browser = signed_in(app, session, priya)
    token = page_token_of(browser.open(REASONS))
    end_all(session)

    page = browser.send("/moderation/reports/1/decision", {**token, **typed}, status=401)

    (words, *_ticks) = typed.values()
    assert page.find("textarea", id="typed").text.strip() == words


def test_every_box_in_which_moderators_and_networks_write_is_one_of_those_shown() -> None:
    boxes = re.compile(r'field\("([\w-]+)"(?:(?!field\().)*kind="textarea"')
    folders = ("moderation", "networks", "imports", "search")
    texts = [one.read_text() for name in folders for one in (TEMPLATES / name).rglob("*.html")]

    names = {found for text in texts for found in boxes.findall(text)}

    assert "answer" in names
    assert names - views_signed_out.WRITTEN == {"ask-"}


def test_a_link_leads_on_where_its_owner_is_signed_in(
    app: Flask, session: Session, priya: User
) -> None:
    browser, other = Browser(app), Browser(app)
    path = link_for(session, priya, goes_to="/moderation/decisions?page=1")
    page = browser.open(path)
    browser.submit(page, path)
    for again in (browser.open(path), browser.send(path, page.form(path))):  # pressed twice
        assert again.path == "/moderation/decisions"
    assert "was used before: each works once" in other.open(path, status=410).text

    # A good one is not spent by whoever needs none.
    path = link_for(session, priya)
    assert browser.open(path).path == "/moderation/"
    other.submit(other.open(path), path)

    sam = people.appoint(session, "sam@example.net", at=datetime.now(UTC))
    session.commit()
    assert browser.open(link_for(session, sam)).heading == "Hello sam"
    old = link_for(session, sam, at=datetime.now(UTC) - sign_in.GOOD_FOR)
    page = browser.open(old, status=410)
    assert "is too old: each works for 15 minutes" in page.text
    page = browser.open(f"{ASK}/gone", status=410)
    assert "is not whole, or very old" in page.text


def test_one_browser_is_one_sign_in_however_often_somebody_signs_in(
    app: Flask, session: Session, priya: User
) -> None:
    sam = people.appoint(session, "sam@example.net", at=datetime.now(UTC))
    session.commit()
    browser = signed_in(app, session, priya)

    press_link(browser, session, sam)

    assert session.scalars(select(SignIn.user_id)).all() == [sam.id]
    session.rollback()
    page = browser.submit(browser.open("/moderation/keys"), "/accounts/sign-out")
    assert "You are signed out." in page.text
    assert "You were signed out" not in browser.open(ASK).text, "they know"


def test_who_becomes_an_admin_at_work_sets_up_and_goes_on_where_they_were(
    app: Flask, session: Session, priya: User, on_the_open_web: None
) -> None:
    sam = people.appoint(session, "sam@example.net", at=datetime.now(UTC))
    session.commit()
    browser = signed_in(app, session, sam)
    page = browser.open("/moderation/keys")
    team.make_admin(session, sam, admin=priya, at=datetime.now(UTC))
    session.commit()

    page = browser.send(REASONS, a_reason(page), status=401)
    assert page.heading == "Your second factor is needed"
    assert "We list what people do" in page.find("textarea", id="typed").text
    (way,) = [one for one in page.all("a") if "Go on" in one.text]
    assert way.get("href") == f"{ASK}?next={REASONS}"
    page = browser.open(f"{ASK}?next=/moderation/decisions")

    assert page.path == SET_UP  # no second mail for somebody who has just been here
    page = browser.submit(page, SET_UP, code=code_of(page))
    (onward,) = [one.get("href") for one in page.all("a") if "go on" in one.text]
    assert onward == "/moderation/decisions"
    assert browser.open(SECOND).path == "/moderation/decisions", "given, perhaps in another tab"


def test_who_is_asked_for_the_second_factor_on_its_own_page_comes_to_their_account(
    app: Flask, session: Session, priya: User, on_the_open_web: None
) -> None:
    browser = signed_in(app, session, priya)

    for own in (SECOND, SET_UP):
        assert browser.open(f"{ASK}?next={own}").path == SET_UP  # asked for, and led back to it
    page = browser.open(SET_UP)
    page = browser.submit(page, SET_UP, code=code_of(page))

    assert [one.get("href") for one in page.all("a") if "go on" in one.text] == [MINE]
    assert browser.open(SECOND).path == MINE


def test_an_editor_who_is_signed_in_is_not_led_to_a_page_for_moderators(
    app: Flask, session: Session
) -> None:
    editor = people.welcome(session, "ed@example.net", at=datetime.now(UTC))
    session.commit()

    assert signed_in(app, session, editor).open(ASK).path == "/networks/mine"


def test_a_second_factor_is_taken_away_once(
    session: Session, priya: User, mailbox: Mailbox
) -> None:
    sam = people.appoint(session, "sam@example.net", at=datetime.now(UTC))
    team.forget_second(session, sam, admin=priya, at=datetime.now(UTC))
    session.commit()

    mailbox.send()
    assert "sam@example.net" not in mailbox.addresses()


def a_reason(page: Page) -> dict[str, str]:
    """The form of a new reason, with words in it."""
    return {
        **page_token_of(page),
        "reasons": "decline",  # as a tick sends it
        "title": "Not a place",
        "words": "We list what people do\ntogether.",
    }


def page_token_of(page: Page) -> dict[str, str]:
    (first, *_others) = [
        one.get("value", "") for one in page.all("input") if one.get("name") == "csrf_token"
    ]
    return {"csrf_token": first}


def page_token(browser: Browser) -> dict[str, str]:
    return page_token_of(browser.open(ASK))


def end_all(session: Session) -> None:
    """As from another browser."""
    session.execute(delete(SignIn))
    session.commit()


def link_for(
    session: Session, user: User, *, goes_to: str = sign_in.HOME, at: datetime | None = None
) -> str:
    token = sign_in.make_link(session, user, goes_to=goes_to, at=at or datetime.now(UTC))
    session.commit()
    return f"{ASK}/{token}"
