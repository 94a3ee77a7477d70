"""Migrations: they make what the models say, whole or not at all, on both databases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from directory.config import ROOT
from directory.db import db


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


def test_what_migrates_is_a_command_of_the_app(app: Flask):
    help_of_all = app.test_cli_runner().invoke(args=["db", "--help"])
    unknown = app.test_cli_runner().invoke(args=["db", "upgrade", "--nonsense"])

    assert "stamp" in help_of_all.output
    assert unknown.exit_code
    assert "--nonsense" in unknown.output
