"""Fixtures. `app`, and all that is made from it, runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from directory import create_app
from directory.config import Config
from directory.db import db
from directory.entries import publishing
from directory.entries.catalogue import Entry, by_id
from directory.entries.documents import Document
from directory.entries.slugs import slugify
from tests import services
from tests.house_rules import Browser
from tests.mailbox import Mailbox

if TYPE_CHECKING:
    from tests.once import MakeApp  # a plugin: pytest wants to be the first to load it

pytest_plugins = [
    "tests.leaving_out",
    "tests.sharing",
    "tests.once",
    "tests.chromium",
    "tests.machines",
    "tests.networking",
    "tests.elsewhere",
]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def empty_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a migrated database: a SQLite file to copy, or a PostgreSQL one to empty."""
    folder = tmp_path_factory.mktemp("database")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'empty.sqlite3'}"
    else:
        url = services.postgresql_database()
    app = create_app(Config(instance_dir=folder / "instance", database_url=url, testing=True))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    return url


@pytest.fixture
def database_url(empty_database: str, tmp_path: Path) -> str:
    """Address of a fresh database for one test."""
    if empty_database.startswith("sqlite"):
        path = tmp_path / "kith.sqlite3"
        shutil.copy(empty_database.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"
    services.empty(empty_database)
    return empty_database


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """Settings of the app under test. Limits are out of the way; tests of limits set their own."""
    return Config(
        public_url="http://kith.test",
        database_url=database_url,
        instance_dir=tmp_path / "instance",
        content_dir=tmp_path / "content",
        secret_key="only for tests",
        limit_reading="10000 per minute",
        limit_searching="10000 per minute",
        limit_writing="10000 per minute",
        meaning=False,  # the worker would start a process of its own, with settings of its own
        testing=True,
    )


@pytest.fixture
def app(config: Config, make_app: MakeApp) -> Iterator[Flask]:
    app = make_app(config)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of its own, outside any request."""
    with app.app_context():
        engine = db.engine
    with Session(engine) as session:
        yield session


@pytest.fixture
def publish(app: Flask, session: Session) -> Callable[..., list[Entry]]:
    """Publish documents, each at the slug of its name, and let the projections follow."""

    def publish_all(*documents: Document, slug: str | None = None) -> list[Entry]:
        published = []
        for document in documents:
            revision = publishing.publish(
                session,
                document,
                slug=slug or slugify(document.name),
                origin="file",
                author="",
                at=NOW,
            )
            session.commit()
            entry = by_id(session, revision.entry_id)
            assert entry is not None
            published.append(entry)
        session.commit()
        services.follow(app)
        return published

    return publish_all


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A test client that checks the house rules on every page it opens."""
    return Browser(app)


@pytest.fixture
def mailbox(session: Session, config: Config) -> Mailbox:
    """The mails of the app under test."""
    return Mailbox(session, config)
