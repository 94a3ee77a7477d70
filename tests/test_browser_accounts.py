"""One's own account in a real browser: the second factor, and passkeys.

Chromium brings an authenticator for tests; browsers make passkeys for a name only, so the app under
test is served at localhost.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from deploy import a_site
from directory.accounts import people, sign_in
from directory.config import Config
from tests.chromium import NARROW, check_no_sideways_scroll, check_with_axe

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True),
]


@pytest.fixture
def config(config: Config) -> Config:
    """By its name: no browser makes a passkey for 127.0.0.1."""
    return replace(config, public_url=f"http://localhost:{a_site.free_port()}")


@pytest.fixture
def url(app: Flask, config: Config) -> Iterator[str]:
    """Address of the app under test, served."""
    server = make_server("localhost", int(config.host.rpartition(":")[2]), app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield config.public_url
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    return new_page(reduced_motion="reduce")  # colours do not fade while axe looks


@pytest.fixture
def phone(page: Page) -> Callable[..., Any]:
    """A phone that keeps passkeys. Calling it sets one of its switches."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def switch(command: str, **values: bool) -> None:
        session.send(f"WebAuthn.{command}", {"authenticatorId": made["authenticatorId"]} | values)

    return switch


def test_a_passkey_is_added_used_and_removed(
    session: Session, url: str, page: Page, phone: Callable[..., Any]
) -> None:
    press_link(session, url, page)
    expect(page.get_by_role("navigation", name="Moderation")).to_be_visible()

    page.goto(f"{url}/accounts/mine")
    adding, name = page.get_by_role("button", name="Add a passkey"), page.get_by_label("Name of")
    expect(name).not_to_have_value("")
    name.fill("Priya's phone")
    adding.click()
    expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Priya's phone")).to_be_visible()
    check_everywhere(page)

    # The same phone needs no second one.
    adding.click()
    expect(page.get_by_role("alert")).to_have_text(
        "This device has a passkey for this site already."
    )
    expect(adding).to_be_focused()
    check_everywhere(page)

    page.goto(f"{url}/moderation/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    page.goto(f"{url}/accounts/mine")  # and from there to where one wanted to be
    signing_in = page.get_by_role("button", name="Sign in with a passkey")
    phone("setUserVerified", isUserVerified=False)  # a finger that it does not know
    signing_in.click()
    expect(page.get_by_role("alert")).to_contain_text("Press the button to try again.")
    check_everywhere(page)
    phone("setUserVerified", isUserVerified=True)
    signing_in.click()
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="used last")).to_have_count(2)

    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("status").filter(has_text="Done.")).to_be_visible()
    page.context.clear_cookies()
    page.goto(f"{url}/accounts/sign-in")
    signing_in.click()
    expect(page.get_by_role("alert")).to_contain_text("does not let anybody in here")
    expect(page.get_by_role("alert")).to_be_focused()
    check_everywhere(page)


def test_a_second_factor_is_set_up_and_given(session: Session, url: str, page: Page) -> None:
    press_link(session, url, page)
    page.goto(f"{url}/accounts/second-factor/new")
    check_everywhere(page)
    key = page.locator("code").inner_text()
    page.get_by_label("Code from").fill("000000")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    check_everywhere(page)
    page.get_by_label("Code from").fill(str(TOTP(re.sub(r"\W", "", key)).generate().token))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", name="Keep these codes")).to_be_visible()
    check_everywhere(page)
    recovery = page.locator("li > code").first.inner_text()
    page.get_by_role("link", name="I have them").click()
    page.goto(f"{url}/accounts/mine")
    check_everywhere(page)

    page.context.clear_cookies()
    press_link(session, url, page)
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()
    check_everywhere(page)
    page.get_by_label("Code from").fill(recovery)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("navigation", name="Moderation")).to_be_visible()


def test_who_was_signed_out_elsewhere_keeps_the_words_and_finds_back_by_keyboard(
    session: Session, url: str, page: Page, new_page: Callable[..., Page]
) -> None:
    press_link(session, url, page)
    other = new_page()
    press_link(session, url, other)
    page.goto(f"{url}/moderation/team")
    page.get_by_label("E-mail address").fill("ama@example.org")
    other.goto(f"{url}/accounts/mine")
    other.get_by_role("button", name="Sign out everywhere else").press("Enter")
    expect(other.get_by_role("status").filter(has_text="Done.")).to_be_visible()

    page.get_by_label("E-mail address").press("Enter")

    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_have_value("ama@example.org")
    check_everywhere(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").press("Enter")
    tab = opened.value
    expect(tab.get_by_text("You were signed out.")).to_be_visible()
    check_everywhere(tab)
    tab.get_by_label("Your e-mail address").press("Enter")
    expect(tab.get_by_role("alert")).to_be_focused()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.get_by_label("Your e-mail address")).to_be_focused()
    expect(page.get_by_label("What you wrote")).to_have_value("ama@example.org")


def press_link(session: Session, url: str, page: Page) -> None:
    """Open a mailed link of Priya's, and press its button."""
    user = people.appoint(session, "priya@example.org", name="Priya S.", at=datetime.now(UTC))
    token = sign_in.make_link(session, user, at=datetime.now(UTC))
    session.commit()
    page.goto(f"{url}/accounts/sign-in/{token}")
    check_everywhere(page)
    page.get_by_role("button", name="Sign in").click()


def check_everywhere(page: Page) -> None:
    """No violation, wide and narrow."""
    wide = page.viewport_size
    assert wide
    check_with_axe(page)
    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)
    check_with_axe(page, "320 px")
    page.set_viewport_size(wide)
