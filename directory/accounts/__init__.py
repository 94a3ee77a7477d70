"""Accounts: moderators and network editors sign in by a link that they get by mail."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages, commands and letters to `app`."""
    from directory.accounts import commands, guard, letters, views  # noqa: F401  letters are known

    guard.attach(app)
    commands.attach(app)
    app.register_blueprint(views.bp)
