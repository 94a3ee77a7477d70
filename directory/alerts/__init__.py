"""Alerts: a mail when something new comes up for a search. Confirmed, and stopped by one press."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.alerts import letters, views

    app.register_blueprint(views.bp)
