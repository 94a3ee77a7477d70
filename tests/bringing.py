"""For tests of lists: an editor who brings one, and what the worker does about it."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.db import db
from directory.networks.models import Role
from directory.submissions.models import Submission
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.house_rules import Browser, Page
from tests.networking import Open, an_editor
from tests.test_networks import Publish

DESK = "/networks/dale-valley/desk/lists"
LIST = """Group;What happens;Type;Town;Tel;Our ref
Roundhay Singers;We sing on Mondays.;Community choirs;Leeds;0113 496 0001;1
Harehills Singers;A choir in a hall.;Community choirs;Leeds;0113 496 0002;2
Broken Choir;It has a bad number.;Community choirs;Leeds;ring us;3
Roundhay singers;The same again.;Community choirs;Leeds;;4
"""


@pytest.fixture
def jo(app: Flask, session: Session, open_network: Open, publish: Publish) -> Browser:
    """An editor of a network, where a choir in Leeds is known."""
    publish(an_approach(), a_place(), an_organization(), a_service())
    return an_editor(app, session, open_network(), Role.EDITOR)


def bring(jo: Browser, content: str | bytes, *, status: int = 200, **changes: object) -> Page:
    """Send a file as the form does; the page that comes after it."""
    raw = content.encode() if isinstance(content, str) else content
    values = jo.open(DESK).form(DESK) | {"file": (io.BytesIO(raw), "choirs.csv"), "agree": "y"}
    return jo.send(DESK, values | changes, status=status)


def work(app: Flask) -> None:
    """What the worker does until there is nothing to do."""
    with app.app_context():
        for follow in (errands.check_lists, errands.take_in_lists):
            follow(db.session(), app.extensions["kith.config"])
        db.session.remove()


def checked(jo: Browser, app: Flask, content: str | bytes, **same: str) -> Page:
    """A list whose columns are as guessed, checked; its review page."""
    page = bring(jo, content)
    page = jo.submit(page, f"{page.path}/columns", **same)
    work(app)
    return jo.open(page.path)


def waiting(session: Session) -> list[str]:
    session.rollback()
    found = list(session.scalars(select(Submission.name).order_by(Submission.id)))
    session.rollback()  # what only looks must not keep the others waiting
    return found
