"""Signing in: by a mailed link that works once and tells nobody who has an account."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import people, sign_in
from directory.accounts.models import SignInLink, User
from directory.config import Config
from directory.mail.models import OutboxMail
from tests.house_rules import HOST, Browser
from tests.mailbox import Mailbox

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def priya(session: Session) -> User:
    """A moderator."""
    user = people.appoint(session, "Priya@Example.org", name="Priya S.", at=NOW)
    session.commit()
    return user


def test_a_moderator_signs_in_by_mail(priya: User, browser: Browser, mailbox: Mailbox) -> None:
    page = browser.open("/accounts/sign-in")

    sent = browser.submit(page, "/accounts/sign-in", email="priya@example.org")
    assert "a link is on its way" in sent.text
    letter = mailbox.fetch("priya@example.org")
    page = browser.open(letter.link("/accounts/sign-in/"))
    assert "Hello Priya S." in page.heading
    queue = browser.submit(page, page.path)

    assert queue.find("nav", aria_label="Moderation") is not None
    assert "Priya S." in queue.text


def test_opening_the_link_signs_nobody_in(priya: User, browser: Browser, session: Session) -> None:
    """Mail scanners open every link they see."""
    path = link_for(session, priya)

    browser.open(path)

    assert (
        browser.open("/moderation/", follow=False, status=303)
        .headers["Location"]
        .startswith("/accounts/sign-in?next=")
    )


def test_a_link_works_once(priya: User, app: Flask, session: Session) -> None:
    path = link_for(session, priya)
    browser = Browser(app)
    browser.submit(browser.open(path), path)

    second = Browser(app)

    assert "was used before: each works once" in second.open(path, status=410).text
    token = session.scalar(select(SignInLink).where(SignInLink.used_at.is_not(None)))
    assert token is not None


def test_a_link_cannot_be_pressed_twice_even_from_an_open_page(
    priya: User, app: Flask, session: Session
) -> None:
    path = link_for(session, priya)
    first, second = Browser(app), Browser(app)
    open_in_both = first.open(path), second.open(path)
    first.submit(open_in_both[0], path)

    second.submit(open_in_both[1], path, status=410)

    second.open("/moderation/", follow=False, status=303)


def test_a_link_is_too_old_after_a_quarter_of_an_hour(priya: User, session: Session) -> None:
    token = sign_in.make_link(session, priya, at=NOW)
    session.flush()

    assert sign_in.look_at(session, token, at=NOW + timedelta(minutes=14)) == priya
    with pytest.raises(sign_in.LinkSpent):
        sign_in.spend(session, token, at=NOW + timedelta(minutes=15))


def test_a_link_of_somebody_who_has_left_does_not_work(priya: User, session: Session) -> None:
    token = sign_in.make_link(session, priya, at=NOW)
    priya.active = False
    session.flush()

    with pytest.raises(sign_in.LinkSpent):
        sign_in.spend(session, token, at=NOW)


def test_the_database_does_not_hold_the_secret(priya: User, session: Session) -> None:
    token = sign_in.make_link(session, priya, at=NOW)
    session.flush()

    kept = session.scalars(select(SignInLink)).one()

    assert len(token) >= 43  # 32 bytes
    assert token not in repr(vars(kept))


def test_an_address_without_an_account_gets_the_same_answer_and_no_mail(
    priya: User, app: Flask, mailbox: Mailbox
) -> None:
    answers = []
    for address in ("priya@example.org", "nobody@example.org"):
        browser = Browser(app)
        page = browser.submit(browser.open("/accounts/sign-in"), "/accounts/sign-in", email=address)
        answers.append(page.html)

    assert answers[0] == answers[1]
    mailbox.send()
    assert mailbox.addresses() == ["priya@example.org"]


def test_what_is_no_address_is_said_beside_the_field_and_kept(browser: Browser) -> None:
    page = browser.open("/accounts/sign-in")

    page = browser.submit(page, "/accounts/sign-in", email="priya at example", status=422)

    assert page.find("input", name="email").get("value") == "priya at example"
    assert "Write it like name@example.org" in page.text
    assert page.title.startswith("Error:")


def test_an_account_gets_ten_links_an_hour(
    priya: User, session: Session, config: Config, mailbox: Mailbox
) -> None:
    for _number in range(12):
        mail.queue(session, "sign-in", to=priya.email, at=NOW)
    session.commit()

    mail.send_due(session, config, at=NOW)

    assert len(mailbox.letters()) == 10
    assert {one.state for one in session.scalars(select(OutboxMail))} == {"sent", "dropped"}


def test_an_address_may_ask_ten_times_an_hour(app: Flask) -> None:
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    for _number in range(10):
        browser.submit(page, "/accounts/sign-in", email="priya@example.org")

    page = browser.submit(page, "/accounts/sign-in", email="priya@example.org", status=429)

    assert int(page.headers["Retry-After"]) > 0


def test_after_signing_in_one_is_where_one_wanted_to_be(
    priya: User, browser: Browser, mailbox: Mailbox
) -> None:
    page = browser.open("/moderation/decisions?page=1")
    assert page.heading == "Sign in"
    browser.submit(page, "/accounts/sign-in", email="priya@example.org")
    path = mailbox.fetch("priya@example.org").link("/accounts/sign-in/")

    page = browser.submit(browser.open(path), path, follow=False, status=303)

    assert page.headers["Location"] == "/moderation/decisions?page=1"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(elsewhere: str) -> None:
    assert sign_in.safe_path(elsewhere) == "/moderation/"


def test_pages_with_a_secret_are_kept_private(
    priya: User, browser: Browser, session: Session
) -> None:
    page = browser.open(link_for(session, priya))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_signing_out_needs_a_press_and_ends_the_session(
    priya: User, browser: Browser, session: Session
) -> None:
    path = link_for(session, priya)
    queue = browser.submit(browser.open(path), path)
    assert browser.client.get("/accounts/sign-out", base_url=HOST).status_code == 405

    browser.submit(queue, "/accounts/sign-out")

    browser.open("/moderation/", follow=False, status=303)


def test_a_new_uniquifier_ends_all_sessions(
    priya: User, browser: Browser, session: Session
) -> None:
    path = link_for(session, priya)
    browser.submit(browser.open(path), path)
    priya.fs_uniquifier = "another"
    session.commit()

    browser.open("/moderation/", follow=False, status=303)


def test_flask_securitys_own_pages_are_off(app: Flask) -> None:
    rules = {rule.rule for rule in app.url_map.iter_rules()}

    assert not rules & {"/login", "/us-signin", "/us-verify-link", "/register", "/tf-setup"}
    assert not [
        rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("security.")
    ]


def test_who_has_an_account_but_is_no_moderator_cannot_see_the_queue(
    priya: User, browser: Browser, session: Session
) -> None:
    path = link_for(session, priya)
    browser.submit(browser.open(path), path)
    priya.roles.clear()
    session.commit()

    page = browser.open("/moderation/", status=403)

    assert "this is not for your account" in page.text
    assert "log in" not in page.text, "they are"
    page = browser.open("/accounts/mine")
    assert "/networks/mine" in [one.get("href") for one in page.all("a")]
    assert "can be invited again by an admin" in browser.open("/networks/mine").text


def test_the_first_moderator_is_an_admin_and_the_next_is_not(app: Flask, session: Session) -> None:
    run = app.test_cli_runner().invoke

    first = run(args=["moderator", "Priya@Example.org", "--name", "Priya S."])
    second = run(args=["moderator", "sam@example.org"])

    assert "priya@example.org is an admin" in first.output
    assert "sam@example.org is a moderator" in second.output
    roles = {
        user.email: {role.name for role in user.roles} for user in session.scalars(select(User))
    }
    assert roles == {
        "priya@example.org": {"admin", "moderator"},
        "sam@example.org": {"moderator"},
    }


def test_the_command_prints_a_link_that_signs_in(app: Flask, browser: Browser) -> None:
    result = app.test_cli_runner().invoke(args=["moderator", "priya@example.org"])
    found = re.search(r"http://kith\.test(/accounts/sign-in/\S+)", result.output)
    assert found

    page = browser.submit(browser.open(found.group(1)), found.group(1))

    assert page.find("nav", aria_label="Moderation") is not None


def test_the_command_refuses_what_is_no_address(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["moderator", "priya"])

    assert result.exit_code == 1
    assert "not a whole e-mail address" in result.output


def link_for(session: Session, user: User) -> str:
    """Path of a fresh sign-in link."""
    token = sign_in.make_link(session, user, at=datetime.now(UTC))
    session.commit()
    return f"/accounts/sign-in/{token}"
