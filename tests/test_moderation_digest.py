"""The digest: who wants it how often, what it says, and how it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.config import Config
from directory.moderation import digest
from directory.moderation.models import Often
from directory.submissions import links, proposing
from directory.submissions.models import Purpose
from directory.submissions.proposing import Author, Proposal
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import signed_in

SATURDAY_NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SUNDAY = SATURDAY_NOON + timedelta(days=1)
MONDAY = SATURDAY_NOON + timedelta(days=2)

Digests = Callable[[datetime], list[str]]


@pytest.fixture
def digests(session: Session, config: Config) -> Digests:
    """Queue and send what is due at a moment; the subjects of the digests so far."""
    from directory import mail

    def send(at: datetime) -> list[str]:
        digest.queue_due(session, at=at)
        session.commit()
        mail.send_due(session, config, at=at)
        return [
            one.subject for one in Mailbox(session, config).letters() if "to read" in one.subject
        ]

    return send


def test_a_daily_digest_comes_in_the_morning_if_something_is_new(
    session: Session, digests: Digests
) -> None:
    moderator(session, Often.DAILY)
    assert digests(SUNDAY.replace(hour=8)) == []

    new_work(session, at=SUNDAY.replace(hour=9))
    assert digests(SUNDAY.replace(hour=20)) == []
    assert digests(MONDAY.replace(hour=7, minute=59)) == []
    assert digests(MONDAY.replace(hour=8, minute=1)) == ["1 new thing to read (Kith)"]
    assert len(digests(MONDAY + timedelta(days=1))) == 1


def test_a_weekly_digest_comes_on_monday(session: Session, digests: Digests) -> None:
    moderator(session, Often.WEEKLY)
    new_work(session, at=SATURDAY_NOON + timedelta(minutes=1))

    assert digests(SUNDAY) == []
    assert len(digests(MONDAY)) == 1


def test_who_wants_it_at_once_is_told_at_once(session: Session, digests: Digests) -> None:
    moderator(session, Often.AT_ONCE)
    new_work(session, at=SATURDAY_NOON + timedelta(minutes=1))

    assert len(digests(SATURDAY_NOON + timedelta(minutes=2))) == 1
    assert len(digests(SATURDAY_NOON + timedelta(minutes=3))) == 1
    new_work(session, name="Repair cafes", at=SATURDAY_NOON + timedelta(minutes=4))
    assert len(digests(SATURDAY_NOON + timedelta(minutes=5))) == 2


def test_who_wants_none_gets_none(session: Session, digests: Digests) -> None:
    moderator(session, Often.NEVER)
    new_work(session, at=SUNDAY)

    assert digests(MONDAY) == []


def test_it_says_what_is_new_and_how_much_waits(
    session: Session, digests: Digests, mailbox: Mailbox
) -> None:
    moderator(session, Often.AT_ONCE)
    new_work(session, at=SATURDAY_NOON + timedelta(minutes=1))
    new_work(session, name="Repair cafes", at=SATURDAY_NOON + timedelta(minutes=2))

    digests(SATURDAY_NOON + timedelta(minutes=3))

    (letter,) = [one for one in mailbox.letters() if one.to == "priya@example.org"]
    assert "- Community choirs (new approach)\n- Repair cafes (new approach)" in letter.text
    assert (
        "2 things wait in all. The one that waits longest came on 21 November 2026." in letter.text
    )
    assert "http://kith.test/moderation/" in letter.text


def test_one_press_in_the_mail_program_stops_it(
    app: Flask, session: Session, digests: Digests, mailbox: Mailbox
) -> None:
    """RFC 8058: the program posts to the address without opening our page."""
    moderator(session, Often.AT_ONCE)
    new_work(session, at=SATURDAY_NOON + timedelta(minutes=1))
    digests(datetime.now(UTC))
    (letter,) = [one for one in mailbox.letters() if one.to == "priya@example.org"]
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in letter.path.read_text()
    path = letter.link("/moderation/digest/stop/")

    answer = app.test_client().post(
        path, base_url="http://kith.test", data={"List-Unsubscribe": "One-Click"}
    )

    assert answer.status_code == 200
    user = people.find(session, "priya@example.org")
    assert user
    assert digest.often_of(session, user) is Often.NEVER


def test_a_scanner_that_opens_the_link_stops_nothing(
    browser: Browser, session: Session, digests: Digests, mailbox: Mailbox
) -> None:
    moderator(session, Often.AT_ONCE)
    new_work(session, at=SATURDAY_NOON + timedelta(minutes=1))
    digests(datetime.now(UTC))
    (letter,) = [one for one in mailbox.letters() if one.to == "priya@example.org"]
    path = letter.link("/moderation/digest/stop/")

    page = browser.open(path)

    user = people.find(session, "priya@example.org")
    assert user
    assert digest.often_of(session, user) is Often.AT_ONCE
    session.rollback()
    assert browser.submit(page, path).heading == "These mails have stopped"


def test_a_moderator_chooses_how_often(app: Flask, session: Session) -> None:
    browser = signed_in(app, session, "priya@example.org", "Priya S.")
    page = browser.open("/moderation/digest")
    assert page.find("input", name="often", checked="").get("value") == "daily"

    page = browser.submit(page, "/moderation/digest", often="weekly")

    assert "Saved." in page.text
    assert page.find("input", name="often", checked="").get("value") == "weekly"


def moderator(session: Session, often: Often) -> None:
    """Priya, told of everything until Saturday noon."""
    user = people.appoint(session, "priya@example.org", name="Priya S.", at=SATURDAY_NOON)
    digest.choose(session, user, often, at=SATURDAY_NOON)
    session.commit()


def new_work(session: Session, *, name: str = "Community choirs", at: datetime) -> None:
    """A confirmed proposal that came in at that moment."""
    made = proposing.propose(
        session,
        Proposal(an_approach(name=name), Author("sam@example.org"), licence_version="1"),
        at=at,
    )
    token = links.make(session, made, Purpose.CONFIRM, at=at)
    session.flush()
    proposing.confirm(session, token, at=at)
    session.commit()
