"""How Alembic runs our migrations: after a backup, whole or not at all, on both databases."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app

from directory.config import current
from directory.db import db
from directory.operations import backup


def migrate() -> None:
    """Bring the database to the wanted revision in one transaction."""
    engine = db.engine
    backup.before_migration(engine, current().instance_dir, head=_head())
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # Tables are rebuilt by copying; the driver's own connection, because no transaction
            # may be open when this is set.
            _pragma(connection, "foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            process_revision_directives=_none_if_empty,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and (broken := _pragma(connection, "foreign_key_check")):
                raise RuntimeError(f"rows point at nothing after the migration: {broken[:5]}")
        if is_sqlite:
            _pragma(connection, "foreign_keys=ON")


def _head() -> str | None:
    return context.script.get_current_head()


def _pragma(connection: Any, pragma: str) -> list[Any]:
    found: list[Any] = connection.connection.dbapi_connection.execute(f"PRAGMA {pragma}").fetchall()
    return found


def _none_if_empty(alembic_context: Any, revision: Any, directives: list[Any]) -> None:
    # `flask db migrate` without a change of the models writes no file.
    if (
        getattr(context.config.cmd_opts, "autogenerate", False)
        and directives[0].upgrade_ops.is_empty()
    ):
        directives[:] = []


if context.is_offline_mode():
    raise SystemExit("Kith migrates a database, it does not print SQL: leave --sql out.")
migrate()
