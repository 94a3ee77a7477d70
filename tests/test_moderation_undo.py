"""Undoing: the words of before are back, and the author heard nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.mail.models import MailState, OutboxMail
from directory.moderation.models import Decision
from directory.submissions.models import Submission
from directory.vocabulary.terms import Kind
from tests.builders import a_service, an_approach
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import (
    SendIn,
    decide,
    moderator,
    renamed,
    send_in,
    undo_of,
)

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_undoing_a_change_publishes_the_earlier_words_again(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )

    page = moderator.submit(queue, undo_of(queue))

    assert "Undone. It waits again." in page.text
    assert "Your decision" in page.text
    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.revision, now.document) == (3, entry.document)
    assert session.get_one(Submission, number).state == "waiting"


def test_undoing_a_new_entry_ends_it_and_publishing_again_brings_it_back(
    moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )

    page = moderator.submit(queue, undo_of(queue))

    assert browser.open("/approaches/community-choirs", status=410)
    mailbox.send()
    assert not [one for one in mailbox.letters() if one.subject.startswith("Published")]
    decide(moderator, page, number, "publish")
    browser.open("/approaches/community-choirs")


def test_undoing_takes_back_the_organisation_that_was_made_with_it(
    moderator: Browser, browser: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach())
    numbers = [
        send_in(
            a_service(name=name, place=None, service_area=["Calderdale"]),
            asides={"organization": "Calder Voices"},
        )
        for name in ("Harehills Singers", "Mill Singers")
    ]
    first, second = (f"/moderation/submissions/{number}" for number in numbers)

    def publish_with_organization(number: int) -> Page:
        page = moderator.open(f"/moderation/submissions/{number}")
        return decide(moderator, page, number, "publish", with_organization="y")

    for path, number in ((first, numbers[0]), (second, numbers[1]), (first, numbers[0])):
        queue = publish_with_organization(number)
        browser.open("/organizations/calder-voices")
        assert moderator.submit(queue, undo_of(queue)).path == path
        browser.open("/organizations/calder-voices", status=410)

    # What two name is made once, and stays while one of them does.
    publish_with_organization(numbers[0])
    queue = publish_with_organization(numbers[1])
    moderator.submit(queue, undo_of(queue))
    browser.open("/organizations/calder-voices")
    service = catalogue.find(session, Kind.SERVICE, "harehills-singers")
    assert service
    session.rollback()
    assert service.document.organization == "calder-voices"  # type: ignore[attr-defined]


def test_the_author_hears_of_it_only_when_it_cannot_be_undone_any_more(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    queue = decide(moderator, page, number, "ask", note="Where do you meet?")
    mailbox.send(later=timedelta())
    assert not [one for one in mailbox.letters() if one.subject.startswith("A question")]

    page = moderator.submit(queue, undo_of(queue))
    assert "Where do you meet?" not in page.text
    queue = decide(moderator, page, number, "publish")
    decision = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert decision
    decision.decided_at -= timedelta(seconds=31)
    session.commit()

    page = moderator.submit(queue, undo_of(queue), status=409)
    assert "its author has been told" in page.text
    forms = moderator.open(f"/moderation/submissions/{number}").all("form")
    actions = [form.get("action", "") for form in forms]
    assert not [one for one in actions if one.endswith(("/reversal", "/decision"))]
    mailbox.send()
    subjects = [one.subject for one in mailbox.letters()]
    assert [one for one in subjects if one.startswith("Published")]
    assert not [one for one in subjects if one.startswith("A question")]


def test_undoing_withdraws_the_mail_of_the_decision_and_no_other(
    moderator: Browser, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    path = f"/moderation/submissions/{number}"
    page = moderator.open(path)
    page = moderator.submit(page, f"{path}/messages", words="Lovely! Who may come?")
    queue = decide(moderator, page, number, "decline", note="Not here.")

    moderator.submit(queue, undo_of(queue))  # before any mail could go

    mailbox.send()
    assert [one.subject for one in mailbox.letters()] == [
        "We have it: Community choirs",
        "About “Community choirs”: a moderator writes",
    ]


def test_what_changed_since_cannot_be_undone(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )
    publish(renamed(entry, "Singing circles"), slug="community-choirs")

    page = moderator.submit(queue, undo_of(queue), status=409)

    assert "cannot be undone any more" in page.text
    assert session.get_one(Submission, number).state == "published"


@pytest.mark.parametrize("state", [MailState.WAITING, MailState.SENT])
def test_what_the_author_is_just_being_told_is_not_undone(
    moderator: Browser, session: Session, send_in: SendIn, state: MailState
) -> None:
    number = send_in(an_approach())
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )
    letter = session.scalars(select(OutboxMail).where(OutboxMail.letter == "published")).one()
    letter.tries, letter.state = 1, state
    session.commit()

    page = moderator.submit(queue, undo_of(queue), status=409)

    assert "The mail about this is on its way" in page.text
    assert session.get_one(Submission, number).state == "published"
