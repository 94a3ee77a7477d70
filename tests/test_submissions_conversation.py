"""Authors and moderators write to each other; changes are asked by field; a decline is appealed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import User
from directory.submissions import conversation, proposing
from directory.submissions.models import Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import NotNow, State
from tests.builders import an_approach
from tests.mailbox import Mailbox

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def priya(app: Flask, session: Session) -> User:
    """The first moderator."""
    return people.appoint(session, "priya@example.org", at=NOW)


@pytest.fixture
def waiting(session: Session) -> Submission:
    """A confirmed proposal of a choir, from Sam."""
    made = proposing.propose(
        session,
        Proposal(an_approach(), Author("sam@example.org"), licence_version="1"),
        at=datetime.now(UTC),
    )
    made.state = State.WAITING
    session.commit()
    return made


def test_messages_go_both_ways_and_to_whoever_wrote_last(
    session: Session, priya: User, waiting: Submission, mailbox: Mailbox
) -> None:
    people.appoint(session, "tom@example.org", at=NOW)
    conversation.say_as_author(session, waiting, "When will you look?", at=NOW)
    session.commit()
    mailbox.send()
    assert sorted(mailbox.addresses()) == ["priya@example.org", "tom@example.org"]
    letter = mailbox.fetch("tom@example.org")
    assert "> When will you look?" in letter.text
    assert letter.link("/moderation/") == f"/moderation/submissions/{waiting.id}"

    conversation.say_as_moderator(session, waiting, "This week.", moderator=priya, at=NOW)
    session.commit()
    letter = mailbox.fetch("sam@example.org", subject="a moderator writes")
    assert "> This week." in letter.text
    assert letter.link("/submissions/")

    before = len(mailbox.letters())
    conversation.say_as_author(session, waiting, "Thank you.", at=NOW)
    session.commit()
    mailbox.send()
    assert mailbox.addresses()[before:] == ["priya@example.org"]


def test_an_author_who_gets_no_answer_cannot_flood_the_moderators(
    session: Session, priya: User, waiting: Submission
) -> None:
    for number in range(5):
        conversation.say_as_author(session, waiting, f"Hello {number}", at=NOW)

    with pytest.raises(conversation.TooManyMessages):
        conversation.say_as_author(session, waiting, "Hello?", at=NOW)

    conversation.say_as_moderator(session, waiting, "Hello.", moderator=priya, at=NOW)
    conversation.say_as_author(session, waiting, "At last.", at=NOW)


def test_what_is_asked_by_field_stays_asked_when_somebody_writes_besides(
    session: Session, priya: User, waiting: Submission
) -> None:
    conversation.ask(waiting, {"name": "Old question"}, moderator=priya, at=NOW)
    later = NOW.replace(hour=14)
    wanted = {"strapline": "Say where.", "body": "Who sings?", "summary": "  "}
    conversation.ask(waiting, wanted, moderator=priya, at=later)
    waiting.state = State.CHANGES_ASKED
    conversation.say_as_moderator(session, waiting, "No hurry.", moderator=priya, at=later)

    assert conversation.asked(waiting) == {"strapline": "Say where.", "body": "Who sings?"}

    conversation.answer(waiting, {"strapline": "In Leeds.", "body": ""}, at=later)
    assert [(one.field, one.words) for one in waiting.messages if one.from_author] == [
        ("strapline", "In Leeds.")
    ]
    waiting.state = State.WAITING
    assert conversation.asked(waiting) == {}


def test_a_decline_is_appealed_once_with_reasons(
    session: Session, priya: User, waiting: Submission, mailbox: Mailbox
) -> None:
    assert not conversation.may_appeal(waiting)
    with pytest.raises(NotNow):
        conversation.appeal(session, waiting, "Why not yet?", at=NOW)
    waiting.state, waiting.decided_at = State.DECLINED, NOW
    with pytest.raises(conversation.NothingSaid):
        conversation.appeal(session, waiting, " ", at=NOW)
    assert waiting.state == State.DECLINED

    conversation.appeal(session, waiting, "It is open to all.", at=NOW)
    session.commit()

    assert (waiting.state, waiting.decided_at) == (State.WAITING, None)
    letter = mailbox.fetch("priya@example.org", subject="second look")
    assert "> It is open to all." in letter.text
    waiting.state = State.DECLINED
    assert not conversation.may_appeal(waiting)
    with pytest.raises(conversation.AppealedBefore):
        conversation.appeal(session, waiting, "Again.", at=NOW)
