"""Moderating in tests: what waits, who is signed in, and the button in the decision panel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from directory.accounts import people, sign_in
from directory.accounts.models import User
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.moderation.models import Claim
from directory.submissions import links, proposing
from directory.submissions.models import Purpose
from directory.submissions.proposing import Author, Proposal
from tests.house_rules import Browser, Page

SendIn = Callable[..., int]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PRIYA, SAM = "priya@example.org", "sam@example.net"


@pytest.fixture
def send_in(session: Session) -> SendIn:
    """Put a confirmed submission into the queue; returns its number."""

    def propose(document: Document, *, change_of: Entry | None = None, **fields: Any) -> int:
        made = proposing.propose(
            session,
            Proposal(
                document,
                Author(fields.pop("email", "sam@example.org"), role="I run it"),
                licence_version="1",
                why=fields.pop("why", ""),
                asides=fields.pop("asides", {}),
            ),
            change_of=change_of,
            at=NOW,
        )
        token = links.make(session, made, Purpose.CONFIRM, at=NOW)
        session.flush()
        proposing.confirm(session, token, at=NOW)
        session.commit()
        number = made.id
        session.rollback()
        return number

    return propose


@pytest.fixture
def moderator(app: Flask, session: Session) -> Browser:
    """A browser in which Priya has signed in."""
    return signed_in(app, session, "priya@example.org", "Priya S.")


@pytest.fixture
def priya(session: Session) -> User:
    """The first moderator: an admin."""
    return people.appoint(session, PRIYA, at=NOW)


@pytest.fixture
def sam(session: Session, priya: User) -> User:
    """A moderator who is no admin."""
    return people.appoint(session, SAM, at=NOW)


def signed_in(app: Flask, session: Session, email: str, name: str) -> Browser:
    """A browser in which a moderator has signed in."""
    at = datetime.now(UTC)
    user = people.appoint(session, email, name=name, at=at)
    token = sign_in.make_link(session, user, at=at)
    session.commit()
    browser = Browser(app)
    path = f"/accounts/sign-in/{token}"
    browser.submit(browser.open(path), path)
    return browser


def let_claims_lapse(session: Session) -> None:
    """Twenty minutes pass in which nobody touches anything."""
    session.execute(update(Claim).values(until=NOW))
    session.commit()


def decide(
    browser: Browser, page: Page, number: int, outcome: str, *, status: int = 200, **values: Any
) -> Page:
    """Press the button in the decision panel."""
    path = f"/moderation/submissions/{number}/decision"
    return browser.submit(page, path, outcome=outcome, status=status, **values)


def undo_of(page: Page) -> str:
    """Where the form with the undo button goes."""
    actions = [form.get("action", "") for form in page.all("form")]
    return next(action for action in actions if action.endswith("/reversal"))


def renamed(entry: Entry, name: str) -> Document:
    return entry.document.model_copy(update={"name": name})
