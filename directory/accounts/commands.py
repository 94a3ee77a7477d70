"""`flask moderator`: makes an account and prints its sign-in link."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from directory.accounts import passkeys, people, second_factor, sessions, sign_in, telling
from directory.accounts.letters import link_url
from directory.accounts.models import RoleName
from directory.config import current
from directory.db import db
from directory.moderation import audit


@click.command("moderator")
@click.argument("email")
@click.option("--name", default="", help="Name that other moderators see.")
@click.option(
    "--lost-second-factor",
    is_flag=True,
    help="Forget their app, codes and passkeys; they set it up anew.",
)
@with_appcontext
def moderator(email: str, name: str, lost_second_factor: bool) -> None:
    """Make EMAIL a moderator (the very first: an admin) and print a sign-in link for them."""
    at = datetime.now(UTC)
    try:
        user = people.appoint(db.session(), email, name=name, at=at)
    except people.NotAnAddress as error:
        raise click.ClickException(error.message) from error
    if lost_second_factor:
        second_factor.take_away(db.session(), user, by="", at=at)
        passkeys.forget_all(db.session(), user, by=None, at=at)
        sessions.end_all(db.session(), user)
        did = "took away a second factor"
        audit.record(db.session(), "an operator", did, telling.whose(user), at=at)
    token = sign_in.make_link(db.session(), user, at=at)
    role = "an admin" if user.has_role(RoleName.ADMIN) else "a moderator"
    db.session.commit()
    minutes = int(sign_in.GOOD_FOR.total_seconds() // 60)
    click.echo(f"{user.email} is {role}. Open this within {minutes} minutes; it works once:")
    click.echo(f"\n  {link_url(current(), token)}\n")
    click.echo(f"Later, sign in at {current().public_url}/accounts/sign-in")


def attach(app: Flask) -> None:
    app.cli.add_command(moderator)
