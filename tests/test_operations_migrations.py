"""Migrations: they make what the models say, whole or not at all, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.config import ROOT
from directory.db import db
from directory.imports import telling
from directory.imports.models import Import, ImportRow, Stage
from directory.imports.models import State as RowState
from directory.moderation.models import Schedule
from directory.submissions.models import Submission, What
from directory.submissions.states import State
from tests.networking import Open

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_the_migrations_make_the_tables_that_the_models_say(app: Flask):
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        assert compare_metadata(context, db.metadata) == []


def test_there_is_one_newest_migration():
    scripts = ScriptDirectory(str(ROOT / "migrations"))

    assert len(scripts.get_heads()) == 1


def test_a_database_that_was_made_is_at_the_newest(app: Flask):
    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    with app.app_context(), db.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == head


def test_what_is_set_for_a_later_day_comes_through(app: Flask, session: Session):
    submission = a_submission(State.WAITING)
    session.add(submission)
    session.flush()
    moderator = people.appoint(session, "priya@example.org", name="Priya S.", at=NOW)
    session.add(
        Schedule(
            submission_id=submission.id,
            moderator_id=moderator.id,
            publish_at=NOW,
            version=1,
            head=0,
            heard=3,
            with_organization=True,
        )
    )
    session.commit()
    try:
        with app.app_context():
            flask_migrate.downgrade(revision="0100")
    finally:
        with app.app_context():
            flask_migrate.upgrade()

    session.expire_all()
    (kept,) = session.scalars(sa.select(Schedule))
    assert (kept.with_organization, kept.heard) == (False, 0)


def test_what_migrates_is_a_command_of_the_app(app: Flask):
    help_of_all = app.test_cli_runner().invoke(args=["db", "--help"])
    unknown = app.test_cli_runner().invoke(args=["db", "upgrade", "--nonsense"])

    assert "stamp" in help_of_all.output
    assert unknown.exit_code
    assert "--nonsense" in unknown.output


def test_nobody_is_told_of_lists_that_were_decided_before_there_was_a_mail(
    app: Flask, session: Session, open_network: Open
):
    network = open_network()
    decided = _list_of_one(session, network.id, State.DECLINED)
    waits = _list_of_one(session, network.id, State.WAITING)
    session.commit()
    try:
        with app.app_context():
            flask_migrate.downgrade(revision="0098")
    finally:
        with app.app_context():
            flask_migrate.upgrade()

    migrated = datetime.now(UTC)
    assert telling.due(session, at=migrated + timedelta(days=1)) == []
    assert session.get_one(Import, waits).told_at is None

    for one in session.scalars(sa.select(Submission)):
        one.state, one.decided_at = State.DECLINED, migrated + timedelta(hours=1)
    assert telling.due(session, at=migrated + timedelta(days=1)) == [decided, waits]


def a_submission(state: State, **fields: Any) -> Submission:
    return Submission(
        **{
            "what": What.NEW,
            "state": state,
            "kind": "service",
            "entry_id": uuid4(),
            "name": "Armley Singers",
            "text": "",
            "author_email": "",
            "created_at": NOW,
            "changed_at": NOW,
        }
        | fields
    )


def _list_of_one(session: Session, network_id: UUID, state: State) -> int:
    """A list that was taken in two days before, with one row that became a submission."""
    taken, said = NOW - timedelta(days=2), NOW - timedelta(days=1)
    submission = a_submission(
        state,
        network_id=network_id,
        created_at=taken,
        changed_at=said,
        decided_at=None if state.is_open else said,
    )
    one = Import(
        network_id=network_id,
        kind="service",
        name="choirs.csv",
        form="csv",
        stage=Stage.DONE,
        columns=[],
        mapping={},
        same={},
        licence_version="1",
        created_at=taken,
        changed_at=taken,
        done_at=taken,
    )
    session.add_all([submission, one])
    session.flush()
    session.add(
        ImportRow(
            import_id=one.id,
            number=2,
            cells=[],
            state=RowState.NEW,
            submission_id=submission.id,
            taken_at=taken,
        )
    )
    return one.id
