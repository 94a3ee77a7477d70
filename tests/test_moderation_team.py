"""Who moderates: invited by mail, made an admin, signed out, let go."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.moderation.models import AuditLine
from tests.builders import an_approach
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import SendIn, moderator, send_in, signed_in

__all__ = ["moderator", "send_in"]

TEAM = "/moderation/team"


def test_a_moderator_is_invited_and_signs_in_by_mail(
    app: Flask, moderator: Browser, mailbox: Mailbox
) -> None:
    page = moderator.open(TEAM)
    page = moderator.submit(page, TEAM, email="ama", name="Ama", status=422)
    assert "not a whole e-mail address" in page.text

    page = moderator.submit(page, TEAM, email="Ama@example.org")

    assert "ama@example.org" in page.text
    letter = mailbox.fetch("ama@example.org", subject="You are now a moderator")
    assert "Priya S. has invited you" in letter.text
    ama = Browser(app)
    ama.submit(ama.open(letter.link("/accounts/sign-in")), "/accounts/sign-in",
               email="ama@example.org")  # fmt: skip
    path = mailbox.fetch("ama@example.org", subject="ign").link("/accounts/sign-in/")
    assert ama.submit(ama.open(path), path).heading == "Nothing waits"
    ama.open(TEAM, status=403)


def test_who_leaves_is_signed_out_and_what_they_had_taken_is_free(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn
) -> None:
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    path = f"/moderation/submissions/{send_in(an_approach())}"
    sam.open(path)
    assert "Sam M. has this" in moderator.open(path).text
    page = moderator.open(TEAM)

    asked = end_of(session, "sam@example.net")
    assert asked in [one.get("href") for one in page.all("a")]
    page = moderator.open(asked)
    assert "sam@example.net is signed out everywhere" in page.text
    assert "They moderate no more." in moderator.submit(page, asked).text

    assert (
        "/accounts/sign-in"
        in sam.open("/moderation/", follow=False, status=303).headers["Location"]
    )
    assert "so nobody else will" in moderator.open(path).text
    assert "sam@example.net" not in moderator.open(TEAM).text


def test_the_last_admin_stays_until_there_is_another(
    app: Flask, moderator: Browser, session: Session
) -> None:
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    ends = {email: end_of(session, email) for email in ("priya@example.org", "sam@example.net")}
    page = moderator.submit(moderator.open(ends["priya@example.org"]), ends["priya@example.org"],
                            status=409)  # fmt: skip
    assert "Make somebody else an admin first." in page.text
    page = press(moderator, moderator.open(TEAM), session, "priya@example.org", "moderator",
                 status=409)  # fmt: skip
    assert "Make somebody else an admin first." in page.text
    assert page.find("a", href="#candidate") is not None
    assert page.find("button", id="candidate").get("value") == "admin"  # Sam's
    sam.open(ends["priya@example.org"], status=403)

    for action in ("admin", "moderator", "admin"):
        page = press(moderator, page, session, "sam@example.net", action)
        assert page.path == TEAM
    page = press(moderator, page, session, "priya@example.org", "moderator")
    assert page.path == "/accounts/mine"
    assert "Done." in page.text
    moderator.open(TEAM, status=403)
    moderator.open(ends["sam@example.net"], status=403)
    page = moderator.open("/accounts/mine")  # whoever wants to leaves
    assert ends["priya@example.org"] in [one.get("href") for one in page.all("a")]
    page = moderator.open(ends["priya@example.org"])
    assert "You moderate no more" in moderator.submit(page, ends["priya@example.org"]).text

    moderator.open("/moderation/", follow=False, status=303)
    assert [one.email for one in people.admins(session)] == ["sam@example.net"]
    did = session.scalars(select(AuditLine.did).order_by(AuditLine.id)).all()
    assert did == [
        "made an admin", "made an admin a moderator", "made an admin",
        "made an admin a moderator", "stopped moderating",
    ]  # fmt: skip


def press(
    browser: Browser, page: Page, session: Session, email: str, action: str, *, status: int = 200
) -> Page:
    user = people.find(session, email)
    assert user
    path = f"{TEAM}/{user.id}"
    session.rollback()
    return browser.send(path, page.form(path) | {"action": action}, status=status)


def end_of(session: Session, email: str) -> str:
    """Address of the page that lets somebody go."""
    user = people.find(session, email)
    assert user is not None
    number = user.id
    session.rollback()
    return f"{TEAM}/{number}/end"
