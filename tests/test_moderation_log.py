"""The audit log: every decision, without the author; nobody changes it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow
from directory.moderation.models import AuditLine
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import (
    SendIn,
    decide,
    moderator,
    send_in,
)

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_every_decision_is_in_the_log_with_its_reason_and_without_the_author(
    moderator: Browser, send_in: SendIn
) -> None:
    first, second = send_in(an_approach()), send_in(an_approach(name="Repair cafes"))
    decide(moderator, moderator.open(f"/moderation/submissions/{first}"), first, "publish")
    page = moderator.open(f"/moderation/submissions/{second}")
    decide(moderator, page, second, "decline", note="We have it already.")

    page = moderator.open("/moderation/decisions")

    rows = [[cell.text or "" for cell in row.iter("td")][1:3] for row in page.all("tr")][1:]
    assert rows == [["Priya S.", "declined"], ["Priya S.", "published"]]
    assert "We have it already." in page.text
    assert "sam@example.org" not in page.html


def test_the_log_cannot_be_changed(moderator: Browser, session: Session, send_in: SendIn) -> None:
    number = send_in(an_approach())
    decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish")
    line = session.scalars(select(AuditLine)).one()

    line.why = "something else"

    with pytest.raises(TypeError):
        session.flush()
    session.rollback()
    for change in ("UPDATE audit_lines SET why = 'x'", "DELETE FROM audit_lines"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(change))
        session.rollback()


def test_an_authors_address_is_nowhere_but_in_the_tables_for_it(
    moderator: Browser, browser: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach(), email="private@example.org")
    page = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, page, number, "publish", note="Thanks.")
    mailbox.send()

    assert "private@example.org" not in page.html
    for path in ("", ".md", "/history"):
        response = browser.client.get(
            f"/approaches/community-choirs{path}", base_url="http://kith.test"
        )
        assert "private@example.org" not in response.get_data(as_text=True)
    holders = [
        table.name
        for table in EntryRow.metadata.sorted_tables
        for row in session.execute(table.select()).all()
        if "private@example.org" in repr(row)
    ]
    assert holders == ["submissions"]
