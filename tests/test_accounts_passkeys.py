"""Passkeys on the pages: added, used and removed, with real signatures, and without a script."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import config as settings
from directory.accounts import people, second_factor
from directory.accounts.models import Passkey, PasskeyChallenge, SignIn, User
from directory.config import Config
from directory.moderation import team
from directory.moderation.models import AuditLine
from tests.authenticator import Authenticator
from tests.house_rules import HOST, Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import SAM, priya, sam
from tests.test_accounts_mine import MINE, SECOND, SET_UP, is_out, press_link

__all__ = ["priya", "sam"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ADD = "/accounts/passkeys"
SIGN_IN = "/accounts/passkeys/sign-in"


@pytest.fixture
def over_https(app: Flask, config: Config) -> None:
    """Browsers make passkeys, and admins need a second factor. The client is behind a proxy."""
    settings.attach(app, replace(config, public_url="https://kith.test"))


def test_a_moderator_adds_a_passkey_and_signs_in_with_it(
    app: Flask, session: Session, sam: User, mailbox: Mailbox, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    page = browser.open(MINE)
    assert "Passkeys" in page.headings

    page = add(browser, page, phone, name="  Sam's   phone ")

    assert "Done." in page.text
    assert "Sam's phone" in page.text
    assert "not used yet" in page.text
    letter = mailbox.fetch(SAM, subject="A passkey was added")
    assert "- Sam's phone" in letter.text
    assert letter.link(MINE)

    browser.submit(browser.open("/moderation/keys"), "/accounts/sign-out")
    page = sign_in(browser, phone, "/accounts/sign-in?next=/moderation/keys")
    assert page.path == "/moderation/keys"
    assert page.headers["Cache-Control"] == "no-store"
    page = browser.open(MINE)
    assert "used last" in page.text

    page = browser.submit(page, remove_of(page))

    assert "Sam's phone" not in page.text
    assert "- Sam's phone" in mailbox.fetch(SAM, subject="A passkey of yours was removed").text
    page = sign_in(Browser(app), phone, status=422)
    assert "does not let anybody in here" in page.text
    assert page.form("/accounts/sign-in")["next"] == "/moderation/"
    log = session.scalars(select(AuditLine.did).order_by(AuditLine.id)).all()
    assert log == ["added a passkey", "removed a passkey"]


def test_a_passkey_is_a_second_factor_of_an_admin(
    app: Flask, session: Session, priya: User, sam: User, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    add(browser, browser.open(MINE), phone)
    team.make_admin(session, sam, admin=priya, at=NOW)
    session.commit()
    assert is_out(browser)

    # Whoever reads the mail of an admin who has a passkey gets nowhere, nor to another factor.
    other = Browser(app)
    page = press_link(other, session, sam, goes_to="/moderation/keys")
    assert (page.path, page.heading) == (SECOND, "Your passkey")
    assert is_out(other, "/moderation/keys")
    assert other.open(SET_UP).path == SECOND
    page = sign_in(other, phone, SECOND)
    assert page.path == "/moderation/keys"
    assert len(session.scalars(select(SignIn)).all()) == 2, "the half sign-in is over"
    session.rollback()

    # It stays while it is the only one.
    page = other.open(MINE)
    assert "On: your passkey. A mail alone signs nobody in." in page.text
    assert "You can always sign in by mail" not in page.text
    page = other.submit(page, remove_of(page), status=422)
    assert "Set up an app first." in page.text
    set_up_an_app(session, SAM)
    page = other.submit(page, remove_of(page))
    assert "Done." in page.text
    assert session.scalars(select(Passkey)).all() == []


def test_who_has_a_code_too_may_give_either(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    add(browser, browser.open(MINE), phone)
    assert "See that each of them is yours: My phone." in browser.open(SET_UP).text
    set_up_an_app(session, SAM)

    page = press_link(Browser(app), session, sam)

    assert (page.path, page.heading) == (SECOND, "Your code")
    assert {f"{SECOND}", SIGN_IN} <= {form.get("action") for form in page.all("form")}
    assert sign_in(Browser(app), phone).path == "/moderation/"


def test_what_could_not_be_checked_is_said_and_the_name_is_kept(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser = Browser(app)
    press_link(browser, session, sam)

    elsewhere = Authenticator(origin="https://kith.example")
    page = add(browser, browser.open(MINE), elsewhere, name="My phone", status=422)

    assert page.title.startswith("Error:")
    assert "could not be checked" in page.text
    assert page.find("input", id="name").get("value") == "My phone"
    assert session.scalars(select(PasskeyChallenge)).all() == [], "it is spent all the same"
    session.rollback()
    phone = Authenticator()
    add(browser, page, phone, name=" ")
    page = add(browser, browser.open(MINE), phone, status=422)
    assert "was added before" in page.text
    assert page.find("span", class_="work__name").text == "A passkey"


def test_nothing_is_offered_where_browsers_make_no_passkeys(
    app: Flask, session: Session, sam: User
) -> None:
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    assert "passkey" not in page.html
    token = page.form("/accounts/sign-in")["csrf_token"]
    browser.send(f"{SIGN_IN}/challenge", {"csrf_token": token}, status=404)

    press_link(browser, session, sam)

    assert "passkey" not in browser.open(MINE).html


def test_without_a_script_nothing_of_it_is_seen(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser = Browser(app)
    assert_hidden(browser.open("/accounts/sign-in"))
    press_link(browser, session, sam)
    assert_hidden(browser.open(MINE))
    add(browser, browser.open(MINE), Authenticator(), name="My phone")

    page = browser.open(MINE)

    # What there is can be removed without a script too.
    (section,) = page.all("section", aria_labelledby="passkeys-title")
    assert section.get("hidden") is None
    assert_hidden(page)


def test_challenges_need_a_token_a_sign_in_and_patience(app: Flask, over_https: None) -> None:
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    token = {"csrf_token": page.form("/accounts/sign-in")["csrf_token"]}
    browser.send(f"{SIGN_IN}/challenge", status=400)
    browser.send(SIGN_IN, status=400)
    answer = browser.client.post(f"{ADD}/challenge", data=token, base_url=HOST)
    assert (answer.status_code, answer.mimetype) == (401, "text/plain")  # the script shows it
    assert "You are signed out." in answer.text
    browser.send(ADD, token, status=401)

    answers = [browser.send(f"{SIGN_IN}/challenge", token).html for _one in range(10)]

    assert len({json.loads(one)["challenge"] for one in answers}) == 10
    browser.send(f"{SIGN_IN}/challenge", token, status=429)
    for _number in range(10):
        browser.send(SIGN_IN, token, status=422)
    page = browser.send(SIGN_IN, token, status=429)
    assert "Too many sign-ins came from your network. Wait an hour." in page.text


# Steps.


def add(
    browser: Browser,
    page: Page,
    authenticator: Authenticator,
    *,
    name: str = "My phone",
    status: int = 200,
) -> Page:
    """Press "Add a passkey", as the script does it."""
    asked = browser.send(f"{ADD}/challenge", page.form(ADD)).html
    return browser.submit(page, ADD, proof=authenticator.make(asked), name=name, status=status)


def sign_in(
    browser: Browser,
    authenticator: Authenticator,
    opened_from: str = "/accounts/sign-in",
    *,
    status: int = 200,
) -> Page:
    """Press "Sign in with a passkey", as the script does it."""
    page = browser.open(opened_from)
    asked = browser.send(f"{SIGN_IN}/challenge", page.form(SIGN_IN)).html
    return browser.submit(page, SIGN_IN, proof=authenticator.open(asked), status=status)


def remove_of(page: Page) -> str:
    """Where the button goes that removes the passkey of the page."""
    (action,) = [
        one.get("action", "")
        for one in page.all("form")
        if one.get("action", "").startswith(f"{ADD}/") and one.get("action", "").endswith("/end")
    ]
    return action


def set_up_an_app(session: Session, email: str) -> None:
    user = people.find(session, email)
    assert user
    codes = second_factor.Codes("a secret", "Kith")
    secret = codes.fresh()
    codes.set_up(session, user, secret, codes.generate(secret), at=NOW)
    session.commit()


def assert_hidden(page: Page) -> None:
    """All that needs the script is inside of something hidden."""
    hidden = [one for one in page.root.iter() if one.get("hidden") is not None]
    inside = {id(child) for one in hidden for child in one.iter()}
    forms = [one for one in page.all("form") if one.get("data-passkey")]
    assert forms
    assert all(id(form) in inside for form in forms)
