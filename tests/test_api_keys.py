"""Keys raise limits and open nothing; limits are told in the standard headers."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.api.models import ApiKey
from directory.config import Config
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.machines import Machine
from tests.moderating import signed_in
from tests.networking import Open, an_editor
from tests.test_networks import Publish

DESK = "/networks/dale-valley/desk/keys"
ADMIN = "/developers/keys"


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, limit_searching="2 per minute", limit_with_key="4 per minute")


def test_a_key_of_a_network_raises_its_limit_until_it_is_revoked(
    app: Flask, session: Session, machine: Machine, publish: Publish, open_network: Open
) -> None:
    publish(an_approach())
    jo = an_editor(app, session, open_network())
    page = jo.submit(jo.open(DESK), DESK, status=422, name=" ")
    assert page.title.startswith("Error:")
    page = jo.submit(page, DESK, name="Our town\u2019s app")
    secret = re.search(r"kith_[\w-]{40,}", page.text)
    assert secret
    assert secret[0] not in jo.open(DESK).text
    [kept] = session.query(ApiKey).all()
    assert secret[0] not in {kept.secret_hash, kept.begins, kept.name}
    session.rollback()

    first = machine.ask("/api/v1/search")
    assert first.headers["RateLimit-Policy"] == '"address";q=2;w=60'
    assert re.fullmatch(r'"address";r=1;t=(60|5\d)', first.headers["RateLimit"])
    machine.ask("/api/v1/search")
    assert int(machine.ask("/api/v1/search", status=429).headers["Retry-After"]) > 0
    said = {"Authorization": f"Bearer {secret[0]}"}
    for left in (3, 2, 1, 0):
        answer = machine.ask("/api/v1/search", **said)
        assert answer.headers["RateLimit"].startswith(f'"key";r={left};')
    machine.ask("/api/v1/search", status=429, **said)
    assert (
        machine.get("/api/v1/search", status=401, Authorization="Bearer kith_no")["status"] == 401
    )
    Browser(app).client.get("/", headers={"Authorization": "Bearer kith_no"})

    revoked = f"{DESK}/{kept_number(session)}/revocation"
    jo.submit(jo.open(revoked), revoked)
    jo.open(revoked, status=404)
    machine.ask("/api/v1/networks", status=401, **said)


def kept_number(session: Session) -> int:
    number: int = session.query(ApiKey).one().id
    session.rollback()
    return number


def test_admins_make_keys_for_those_who_are_no_network(
    app: Flask, session: Session, browser: Browser, machine: Machine, open_network: Open
) -> None:
    jo = an_editor(app, session, open_network())
    admin = signed_in(app, session, "priya@example.org", "Priya, the admin")
    assert browser.open(ADMIN).heading == "Sign in"
    jo.open(ADMIN, status=403)

    page = admin.submit(admin.open(ADMIN), ADMIN, name="A library")

    secret = re.search(r"kith_[\w-]{40,}", page.text)
    assert secret
    machine.ask("/api/v1/networks", Authorization=f"Bearer {secret[0]}")
    number = kept_number(session)
    jo.send(f"{DESK}/{number}/revocation", jo.open(DESK).form(DESK), status=200)
    machine.ask("/api/v1/networks", Authorization=f"Bearer {secret[0]}")
    revoked = f"{ADMIN}/{number}/revocation"
    admin.submit(admin.open(revoked), revoked)
    admin.open(revoked, status=404)
    machine.ask("/api/v1/networks", status=401, Authorization=f"Bearer {secret[0]}")
