"""Owners: people who run what an entry is about keep it true, without an account."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.owners import letters, views

    app.register_blueprint(views.bp)
