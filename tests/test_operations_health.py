"""What operators' machines ask: is it alive, is it ready."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory import create_app, security, worker
from directory.config import Config
from directory.operations import heartbeat


@pytest.fixture
def index(app: Flask) -> None:
    """An index that can be read."""
    worker.catch_up(app)


@pytest.fixture
def heart(session: Session) -> None:
    heartbeat.beat(session, at=datetime.now(UTC))
    session.commit()


def test_a_site_with_all_its_parts_is_ready(app: Flask, index: None, heart: None):
    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "missing": []}
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_an_index_it_is_not_ready(app: Flask, heart: None):
    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["missing"] == ["index"]


def test_without_a_worker_it_is_not_ready(app: Flask, index: None, session: Session):
    heartbeat.beat(session, at=datetime.now(UTC) - timedelta(minutes=2))
    session.commit()

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["missing"] == ["worker"]


def test_without_a_database_it_is_not_ready_but_alive_and_says_nothing_private(tmp_path: Path):
    url = "postgresql+psycopg://kith:secret@127.0.0.1:1/kith?connect_timeout=1"
    app = create_app(Config(instance_dir=tmp_path / "instance", database_url=url))

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "missing": ["database"]}
    assert app.test_client().get("/healthz").status_code == 200


def test_machines_may_ask_by_address_and_as_often_as_they_like(config: Config, app: Flask):
    client = app.test_client()

    answers = [client.get("/healthz", headers={"Host": "10.0.0.7:8000"}) for _ in range(200)]

    assert {answer.status_code for answer in answers} == {200}


def test_health_pages_carry_the_same_protection_as_all_others(app: Flask):
    answer = app.test_client().get("/healthz")

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers


def test_the_secret_is_made_once_and_for_its_owner_only(tmp_path: Path):
    instance = tmp_path / "instance"

    first = security.secret(instance)

    assert len(first) >= 40
    assert security.secret(instance) == first
    assert instance.stat().st_mode & 0o777 == 0o700
    assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_have_one_secret(tmp_path: Path):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _turn: security.secret(tmp_path / "instance"), range(32)))

    assert len(found) == 1
    assert len(found.pop()) >= 40
    assert [path.name for path in (tmp_path / "instance").iterdir()] == ["secret_key"]
