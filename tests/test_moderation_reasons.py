"""Declining: with prepared reasons, own words, or as spam."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.moderation import reasons
from directory.moderation.models import Decision
from directory.submissions.models import Submission
from tests.builders import an_approach
from tests.house_rules import Browser, words
from tests.mailbox import Mailbox
from tests.moderating import (
    SendIn,
    decide,
    moderator,
    send_in,
    signed_in,
    undo_of,
)

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_declining_needs_a_reason_which_the_author_reads(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")

    assert page.all("input", name="outcome", checked="") == []  # nobody publishes by accident
    page = moderator.submit(page, f"/moderation/submissions/{number}/decision", status=422)
    assert "Choose what to do" in words(page.find("p", id="outcome-error"))
    page = decide(moderator, page, number, "decline", status=422)
    assert "Write a reason" in words(page.find("p", id="note-error"))
    assert page.find("input", name="outcome", checked="").get("value") == "decline"
    decide(moderator, page, number, "decline", note="It is an advert.")

    assert "> It is an advert." in mailbox.fetch("sam@example.org", subject="Not published").text
    assert session.get_one(Submission, number).state == "declined"


def test_declining_with_prepared_reasons_that_admins_write(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    page = moderator.open("/moderation/reasons")
    page = moderator.submit(page, page.path, title="A tune", words="", status=422)
    assert "Write a short title" in page.text
    moderator.submit(page, page.path, title="A tune", words="It is only a tune.")
    tune = next(one.id for one in reasons.offered(session) if one.title == "A tune")
    others = [str(one.id) for one in reasons.offered(session)][:3]
    session.rollback()
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    page = decide(moderator, page, number, "decline", reasons=[*others, str(tune)], status=422)
    assert "Choose at most three reasons" in page.text

    decide(moderator, page, number, "decline", reasons=[str(tune), others[0]], note="Sorry.")

    text = mailbox.fetch("sam@example.org", subject="Not published").text
    assert "> It is only a tune." in text
    assert "> Sorry." in text
    (decision,) = session.scalars(select(Decision)).all()
    assert {one.id for one in decision.reasons} == {tune, int(others[0])}
    session.rollback()
    page = moderator.open("/moderation/reasons")
    moderator.send(page.path, page.form(page.path) | {"reason": str(tune), "action": "retire"})
    session.rollback()
    assert "A tune" not in [one.title for one in reasons.offered(session)]
    assert "It is only a tune." in moderator.open("/moderation/decisions").text


def test_only_admins_write_reasons(app: Flask, moderator: Browser, session: Session) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")

    other.open("/moderation/reasons", status=403)
    assert "Reasons" not in other.open("/moderation/").links()


def test_spam_is_closed_without_a_mail_and_can_be_taken_up_again(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    mailbox.send()
    before = len(mailbox.letters())

    queue = decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "spam")

    assert "Marked as spam." in queue.text
    mailbox.send()
    assert len(mailbox.letters()) == before
    decision = session.scalars(select(Decision)).one()
    assert (decision.outcome, decision.is_spam) == ("declined", True)
    decision.decided_at -= timedelta(days=3)
    session.commit()
    page = moderator.open(f"/moderation/submissions/{number}")
    page = moderator.submit(page, undo_of(page))
    assert "Your decision" in page.text
