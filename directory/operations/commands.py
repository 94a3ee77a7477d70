"""`flask prepare`, `flask backup`, `flask restore`: views for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError

from directory import search, worker
from directory.config import current
from directory.db import db
from directory.entries.commands import sync_command
from directory.entries.models import Follower
from directory.errors import DirectoryError
from directory.operations import backup, heartbeat
from directory.places.commands import build_command as geo_build
from directory.search.commands import index_rebuild


def attach(app: Flask) -> None:
    """Give `app` its commands for operators."""
    for command in (migrations_command, backup_command, restore_command, prepare_command):
        app.cli.add_command(command)


@click.command("db", add_help_option=False, context_settings={"ignore_unknown_options": True})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def migrations_command(context: click.Context, words: tuple[str, ...]) -> None:
    """Change the tables: what Flask-Migrate can do."""
    from flask_migrate.cli import db as commands  # see db.py: not where pages are served

    commands.main(list(words), prog_name=context.command_path, obj=context.obj)


@click.command("prepare")
@click.pass_context
@with_appcontext
def prepare_command(context: click.Context) -> None:
    """Bring database, places, documents and index up to date; `make run` calls it when needed."""
    _migrate()
    _try(context, geo_build, if_missing=True)
    context.invoke(sync_command)
    context.invoke(index_rebuild, if_needed=True)


def _migrate(revision: str = "head") -> None:
    from flask_migrate import upgrade  # see db.py: not where pages are served

    upgrade(revision=revision)


def _try(context: click.Context, command: click.Command, **options: Any) -> None:
    """Run a command that the site can do without: say what failed and go on."""
    try:
        context.invoke(command, **options)
    except SystemExit as ended:
        if ended.code:
            click.echo(f"{ended.code}\nKith goes on without it.", err=True)


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def backup_command(file: Path | None) -> None:
    """Write everything this site holds to FILE (default: a new one in instance/backups/)."""
    now = datetime.now(UTC)
    file = file or current().instance_dir / "backups" / f"{now:%Y-%m-%d-%H%M%S}.zip"
    manifest = backup.save(db.engine, current().instance_dir, file, at=now)
    rows = sum(manifest.tables.values())
    click.echo(f"{file} ({file.stat().st_size / 1e6:.1f} MB)")
    click.echo(f"holds {rows} rows and {len(manifest.files)} files, with addresses and secrets.")
    click.echo("Keep it as safe as the site itself.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Throw away what the database holds now.")
@with_appcontext
def restore_command(file: Path, replace: bool) -> None:
    """Put the backup FILE into the database and the instance folder. Stop Kith first."""
    config = current()
    if worker.is_running(config) or _is_seen_alive():
        raise click.ClickException("Kith is running. Stop it (Ctrl-C), wait a minute, try again.")
    try:
        manifest = backup.read_manifest(file)
        if manifest.revision and not _is_known(manifest.revision):
            raise click.ClickException(
                "This backup was made by a newer Kith: update this one first."
            )
        if replace:
            now = datetime.now(UTC)
            kept = config.instance_dir / "backups" / f"{now:%Y-%m-%d-%H%M%S}-before-restore.zip"
            backup.save(db.engine, config.instance_dir, kept, at=now)
            click.echo(f"What was here until now is in {kept}.")
        backup.restore(
            db.engine,
            config.instance_dir,
            file,
            migrate=_migrate,
            replace=replace,
        )
    except DirectoryError as error:
        raise click.ClickException(error.message) from error
    _start_projections_anew()
    rows = sum(manifest.tables.values())
    click.echo(f"{rows} rows and {len(manifest.files)} files of {manifest.made_at} are back.")
    click.echo("The next start builds the search index from them.")


def _is_seen_alive() -> bool:
    """A worker on some machine uses this database."""
    try:
        return heartbeat.is_alive(db.session(), at=datetime.now(UTC))
    except OperationalError:  # an empty database has no such table
        return False
    finally:
        db.session.rollback()


def _is_known(revision: str) -> bool:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(current_app.extensions["migrate"].directory)
    return revision in {script.revision for script in scripts.walk_revisions()}


def _start_projections_anew() -> None:
    """The index and the mirror may be ahead of the restored log: let both begin again."""
    search.current().forget()
    (current().instance_dir / "prepared").unlink(missing_ok=True)
    db.session.execute(delete(Follower).where(Follower.name == "mirror"))
    db.session.commit()
