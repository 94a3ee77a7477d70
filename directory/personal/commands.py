"""`flask retention` and `flask person`: views for the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from directory.accounts import people
from directory.accounts.people import NotAnAddress
from directory.config import current
from directory.db import db
from directory.moderation import audit
from directory.personal import persons, retention

OPERATOR = "an operator"  # who acted, in the log

person = AppGroup("person", help="Give or erase what is held about a person.")


@click.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@with_appcontext
def retention_command(dry_run: bool) -> None:
    """Delete personal data that was kept for its period; the worker does so each day."""
    gone = retention.keep_periods(db.session(), current(), at=datetime.now(UTC))
    for one in gone:
        click.echo(f"{one.number:6}  {one.what} (kept for {one.days} days)")
    if dry_run:
        db.session.rollback()
        click.echo("Nothing was deleted: this was a trial.")
    else:
        db.session.commit()


@person.command("export")
@click.argument("email")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@with_appcontext
def export_command(email: str, to: Path | None) -> None:
    """Write all that is held about EMAIL into a zip file."""
    email = _tidy(email)
    at = datetime.now(UTC)
    packed = persons.export(db.session(), email, secret=_secret(), at=at)
    path = to or Path(f"person-{at:%Y%m%d-%H%M%S}.zip")
    path.touch(mode=0o600)
    path.write_bytes(packed)
    click.echo(f"Written to {path}. It holds personal data: give it to them and delete it here.")


@person.command("erase")
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def erase_command(email: str, yes: bool) -> None:
    """Erase all that is held about EMAIL. Published words stay."""
    email = _tidy(email)
    for name, rows in persons.held(db.session(), email, secret=_secret()).items():
        click.echo(f"{len(rows):6}  {name}")
    if not yes:
        click.confirm("Erase all of this for good?", abort=True)
    at = datetime.now(UTC)
    try:
        left = persons.erase(db.session(), email, secret=_secret(), at=at)
    except persons.StillHasWork as problem:
        raise click.ClickException(problem.message) from problem
    audit.record(db.session(), OPERATOR, "erased a person's data", "one person", at=at)
    db.session.commit()
    click.echo("Erased.")
    for url in left.published:
        click.echo(f"Still published, as part of the page: {current().public_url}{url}")
    for place in left.elsewhere:
        click.echo(f"Still there: {place}", err=True)


def attach(app: Flask) -> None:
    app.cli.add_command(retention_command)
    app.cli.add_command(person)


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _tidy(email: str) -> str:
    try:
        return people.tidy(email)
    except NotAnAddress as error:
        raise click.ClickException(error.message) from error
