"""An open network, and a browser in which one of its editors has signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people, sign_in
from directory.networks.models import Editor, Network, Role, State
from directory.networks.rules import Rules
from tests import services
from tests.house_rules import Browser

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Open = Callable[..., Network]


@pytest.fixture
def open_network(app: Flask, session: Session) -> Open:
    """An open network with these rules; the slice is there."""

    def make(rules: Rules | None = None, *, slug: str = "dale-valley", **fields: object) -> Network:
        network = Network(
            id=uuid4(),
            slug=slug,
            name="Dale Valley Carers",
            web_page="https://www.dale-valley.example",
            asked_by="jo@dale-valley.example",
            state=State.OPEN,
            created_at=NOW,
            rules=(rules or Rules()).kept(),
            rules_version=1,
            **fields,
        )
        session.add(network)
        session.commit()
        services.follow(app)
        session.refresh(network)
        return network

    return make


def an_editor(
    app: Flask,
    session: Session,
    network: Network,
    role: Role = Role.OWNER,
    *,
    email: str = "jo@dale-valley.example",
) -> Browser:
    """A browser in which Jo, or somebody else, who edits `network`, has signed in."""
    user = people.welcome(session, email, at=NOW)
    link = f"/accounts/sign-in/{sign_in.make_link(session, user, at=datetime.now(UTC))}"
    session.add(Editor(network_id=network.id, user_id=user.id, role=role, added_at=NOW))
    session.commit()
    browser = Browser(app)
    browser.submit(browser.open(link), link)
    return browser
