"""Reports of readers, broken files, failed mails, and what is due a check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.clock import day_of
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.models import ContentFault
from directory.mail.models import MailState, OutboxMail
from directory.moderation import views_due
from directory.submissions.models import Concern
from directory.submissions.reports import report
from directory.vocabulary.terms import Kind
from tests.builders import an_approach, an_organization
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import (
    NOW,
    SendIn,
    let_claims_lapse,
    moderator,
    send_in,
    signed_in,
)

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_reports_stand_first_and_are_answered(
    moderator: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    choirs, cafes = publish(an_approach(), an_approach(name="Repair cafes"))
    report(session, choirs, concern=Concern.WRONG, words="Moved.", email="ann@example.org", at=NOW)
    report(session, cafes, concern=Concern.WORRYING, words="Not safe.", email="", at=NOW)
    session.commit()
    queue = moderator.open("/moderation/?sort=reports")
    assert [one.text for one in queue.all("a", class_="work__name")] == [
        "Repair cafes",
        "Community choirs",
    ]
    page = moderator.open(queue.links()["Community choirs"])

    moderator.submit(page, f"{page.path}/decision", answer="We have put it right.")

    assert "> We have put it right." in mailbox.fetch("ann@example.org").text
    assert moderator.open("/moderation/").heading == "1 thing to read"


def test_two_cannot_close_the_same_report(
    app: Flask, moderator: Browser, session: Session, publish: Publish
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    (choirs,) = publish(an_approach())
    report(session, choirs, concern=Concern.OTHER, words="Hm.", email="", at=NOW)
    session.commit()
    path = "/moderation/reports/1"
    theirs = other.open(path)
    let_claims_lapse(session)
    mine = moderator.open(path)
    moderator.submit(mine, f"{path}/decision", answer="Done.")

    page = other.submit(theirs, f"{path}/decision", answer="My long answer.", status=409)

    assert page.find("textarea", name="answer").text.strip() == "My long answer."
    assert "Dealt with by Priya S." in page.text


def test_broken_files_and_failed_mails_are_told(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    session.add(
        ContentFault(
            path="approaches/x.md", line=3, field="moment", what="it is missing",
            remedy="Add it.", found_at=NOW,
        )
    )  # fmt: skip
    session.add(
        OutboxMail(
            letter="confirm", to="ann@example.org", values={}, state=MailState.FAILED,
            created_at=NOW, due_at=NOW, fault="the server refused the address (550)",
        )
    )  # fmt: skip
    session.commit()

    page = moderator.open("/moderation/")

    assert "approaches/x.md" in page.text
    assert "it is missing. Add it." in page.text
    assert "The link that confirms a proposal, to a…@example.org" in page.text
    assert "Nobody gets our mails. They lie in instance/mail/" in page.text
    path = "/moderation/mails/1/decision"
    moderator.send(path, page.form(path) | {"action": "again"})
    session.rollback()
    assert session.get_one(OutboxMail, 1).state == MailState.WAITING


def test_what_nobody_has_checked_is_listed_and_checked(
    moderator: Browser, session: Session, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime.now(UTC)
    monkeypatch.setattr(views_due, "now", lambda: at)  # a press on the next day is a check again
    publish(an_approach(), an_approach(name="Fresh", assured_date=day_of(at)))
    publish(an_organization())
    listed = page = moderator.open("/moderation/due")
    assert page.heading == "1 entry is due a check"

    path = "/moderation/due/approach/community-choirs/check"
    page = moderator.submit(page, path)

    assert page.heading == "0 entries are due a check"
    moderator.submit(listed, path)  # in another window, which still shows it
    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.assured_date == day_of(at)
    assert entry.revision == 2
