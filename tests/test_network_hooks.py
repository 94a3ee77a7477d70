"""Web hooks: signed, in order, again until they are taken, and again when asked."""

from __future__ import annotations

import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.config import Config
from directory.networks import hooks
from directory.networks.models import Hook
from directory.networks.rules import Rules
from tests.builders import an_approach
from tests.elsewhere import Somewhere
from tests.networking import Open, an_editor
from tests.test_networks import Publish

DESK = "/networks/dale-valley/desk/hooks"


@pytest.fixture
def config(config: Config, somewhere: Somewhere) -> Config:
    return replace(config, reachable=somewhere.reachable)


def deliver(session: Session, config: Config, at: datetime) -> list[str]:
    """What the worker does at that moment; what went wrong with each."""
    session.rollback()
    due = hooks.take_due(session, public_url=config.public_url, at=at)
    assert hooks.take_due(session, public_url=config.public_url, at=at) == []
    session.commit()
    faults = []
    for one in due:
        fault = hooks.send(one, public_url=config.public_url, at=at, reachable=config.reachable)
        hooks.record(session, one, fault, at=at)
        session.commit()
        faults.append(fault)
    session.rollback()
    return faults


def test_a_program_is_told_in_order_until_it_has_it(
    app: Flask,
    session: Session,
    config: Config,
    publish: Publish,
    open_network: Open,
    somewhere: Somewhere,
) -> None:
    publish(an_approach())
    jo = an_editor(app, session, open_network(Rules(kind=("approach",))))
    page = jo.submit(jo.open(DESK), DESK, status=422, url="http://10.0.0.1/hook")
    assert page.form(DESK)["url"] == "http://10.0.0.1/hook"
    jo.submit(page, DESK, url=f"{somewhere.url}/hook")
    at = datetime.now(UTC) + timedelta(minutes=1)
    assert deliver(session, config, at) == []

    homeshare, _other = publish(an_approach(name="Homeshare"), an_approach(name="Timebanking"))
    somewhere.answers["/hook"] = (500, {}, b"")
    assert deliver(session, config, at) == ["it answered 500"]
    assert deliver(session, config, at + timedelta(seconds=59)) == []
    assert "Did not work: it answered 500" in jo.open(DESK).text
    somewhere.answers["/hook"] = (204, {}, b"")
    assert deliver(session, config, at + timedelta(seconds=61)) == [""]
    assert deliver(session, config, at + timedelta(hours=1)) == []

    first, again = (body for _path, _host, body in somewhere.asked)
    assert first == again
    events = json.loads(again)["events"]
    assert [(one["n"], one["action"]) for one in events] == [(2, "entered"), (3, "entered")]
    assert {one["entry_id"]: one["api_url"] for one in events}[str(homeshare.id)] == (
        "http://kith.test/api/v1/entries/approach/homeshare"
    )

    hook = session.query(Hook).one()
    action = f"{DESK}/{hook.id}/replay"
    session.rollback()
    jo.submit(jo.open(DESK), action, after="0")
    assert deliver(session, config, datetime.now(UTC) + timedelta(minutes=2)) == [""]
    told = json.loads(somewhere.asked[-1][2])["events"]
    assert [one["n"] for one in told] == [1, 2, 3]


def test_who_never_answers_is_given_up_until_an_editor_says_so(
    app: Flask,
    session: Session,
    config: Config,
    publish: Publish,
    open_network: Open,
    somewhere: Somewhere,
) -> None:
    network = open_network(Rules(kind=("approach",)))
    at = datetime.now(UTC)
    hooks.add(session, network, f"{somewhere.url}/x", at=at, reachable=somewhere.reachable)
    session.commit()
    publish(an_approach())
    somewhere.answers["/x"] = (302, {"Location": "/y"}, b"")

    for _turn in range(len(hooks.WAITS) + 1):
        at += timedelta(days=2)
        assert deliver(session, config, at) == ["it answered 302"]
    assert deliver(session, config, at + timedelta(days=9)) == []
    assert {path for path, _host, _body in somewhere.asked} == {"/x"}

    hook = session.query(Hook).one()
    assert hook.state == "given-up"
    hooks.replay(hook, after=0, at=at)
    session.commit()
    somewhere.answers["/x"] = (200, {}, b"")
    assert deliver(session, config, at) == [""]


def test_the_signature_is_of_the_time_and_the_body():
    at = datetime(2026, 11, 22, tzinfo=UTC)

    said = hooks.signature("secret", b"{}", at=at)

    moment, mac = said.removeprefix("t=").split(",v1=")
    assert moment == "1795305600"
    assert mac == hmac.new(b"secret", f"{moment}.".encode() + b"{}", sha256).hexdigest()
