"""The private page: how long it takes, messages, a second look, and links that can be renewed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.submissions import conversation, links, proposing, waiting
from directory.submissions.models import Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import State
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def sent_in(session: Session, *, email: str = "sam@example.org", since: datetime) -> Submission:
    """A proposal that waits since then."""
    made = proposing.propose(
        session, Proposal(an_approach(), Author(email), licence_version="1"), at=since
    )
    made.state, made.waiting_since = State.WAITING, since
    session.flush()
    return made


def private_page(session: Session, made: Submission, *, at: datetime | None = None) -> str:
    token = links.make(session, made, Purpose.PAGE, at=at or datetime.now(UTC))
    session.commit()
    return f"/submissions/{token}"


@pytest.fixture
def now() -> datetime:
    """The moment at which a test begins: pages tell of what was decided lately."""
    return datetime.now(UTC)


@pytest.fixture
def decided(session: Session, now: datetime) -> None:
    """Ten decided lately, after 1, 2, … 10 days; and one long ago."""
    for number in range(10):
        made = sent_in(session, email=f"{number}@example.org", since=now - timedelta(days=20))
        made.state = State.PUBLISHED if number % 2 else State.DECLINED
        made.decided_at = made.created_at + timedelta(days=number + 1)
    old = sent_in(session, email="old@example.org", since=now - timedelta(days=700))
    old.state, old.decided_at = State.PUBLISHED, now - timedelta(days=300)
    session.commit()


def test_how_long_it_takes_comes_from_what_was_decided_lately(
    session: Session, decided: None, now: datetime
) -> None:
    assert waiting.usual_wait(session, at=now) == waiting.Wait(count=10, half=5, most=9)
    assert waiting.usual_wait(session, at=now + timedelta(days=178)) is None, "too few to say"


def test_the_page_says_where_it_stands_in_the_line(
    session: Session, browser: Browser, decided: None, now: datetime
) -> None:
    sent_in(session, email="first@example.org", since=now - timedelta(days=3))
    mine = sent_in(session, since=now - timedelta(days=2))
    sent_in(session, email="later@example.org", since=now - timedelta(days=1))

    page = browser.open(private_page(session, mine))

    assert "1 other has waited longer." in page.text
    assert "half were decided within 5 days, and nine of ten within 9." in page.text


def test_author_and_moderator_write_to_each_other_on_the_page(
    app: Flask, session: Session, browser: Browser, mailbox: Mailbox
) -> None:
    priya = people.appoint(session, "priya@example.org", at=NOW)
    mine = sent_in(session, since=NOW)
    path = private_page(session, mine)
    page = browser.submit(browser.open(path), f"{path}/messages", words=" ", status=422)
    assert page.title.startswith("Error:")

    page = browser.submit(page, f"{path}/messages", words="When do you look?")

    assert "When do you look?" in page.text
    assert "> When do you look?" in mailbox.fetch("priya@example.org").text
    kept = session.get_one(Submission, mine.id)
    conversation.say_as_moderator(session, kept, "On Sunday.", moderator=priya, at=NOW)
    session.commit()
    letter = mailbox.fetch("sam@example.org", subject="a moderator writes")
    assert "On Sunday." in browser.open(letter.link("/submissions/")).text
    for number in range(5):
        page = browser.submit(browser.open(path), f"{path}/messages", words=f"Hello {number}")
    page = browser.submit(page, f"{path}/messages", words="And again", status=429)
    assert "Please wait for an answer" in page.text
    assert page.find("textarea", name="words").text.strip() == "And again"


def test_a_declined_one_gets_one_second_look(
    session: Session, browser: Browser, mailbox: Mailbox
) -> None:
    people.appoint(session, "priya@example.org", at=NOW)
    people.appoint(session, "tom@example.org", at=NOW)
    mine = sent_in(session, since=NOW)
    mine.state, mine.decided_at = State.DECLINED, NOW
    path = private_page(session, mine)
    page = browser.submit(browser.open(path), f"{path}/appeal", reason="", status=422)

    page = browser.submit(page, f"{path}/appeal", reason="It is open to all.")

    assert "Somebody else will decide this time." in page.text
    assert "second look" in mailbox.fetch("priya@example.org").subject
    kept = session.get_one(Submission, mine.id)
    assert kept.state == State.WAITING
    kept.state, kept.decided_at = State.DECLINED, NOW
    session.commit()
    page = browser.open(path)
    assert "It was looked at twice." in page.text
    assert not page.all("textarea", name="reason")


def test_a_link_that_is_too_old_is_renewed_by_mail(
    session: Session, browser: Browser, mailbox: Mailbox
) -> None:
    mine = sent_in(session, since=datetime.now(UTC))
    old = private_page(session, mine, at=datetime.now(UTC) - timedelta(days=366))
    page = browser.open(old, status=410)
    assert page.heading == "This link is too old"
    assert "Community choirs" not in page.text

    page = browser.submit(page, f"{old}/renewal")

    assert "Look into your mail." in page.text
    letter = mailbox.fetch("sam@example.org", subject="Your private page")
    assert browser.open(letter.link("/submissions/")).heading == "Community choirs"


def test_a_lost_link_is_mailed_again_and_nobody_learns_who_wrote_to_us(
    session: Session, browser: Browser, mailbox: Mailbox
) -> None:
    sent_in(session, since=datetime.now(UTC))
    session.commit()
    mailbox.send()
    before = len(mailbox.letters())
    page = browser.open(browser.open("/submit/").links()["Lost the link to your private page?"])

    known = browser.submit(page, "/submissions/lost", email="Sam@example.org")
    mailbox.send()
    assert mailbox.addresses()[before:] == ["sam@example.org"]
    unknown = browser.submit(page, "/submissions/lost", email="eve@example.org")

    assert known.text == unknown.text
    mailbox.send()
    assert len(mailbox.letters()) == before + 1
