"""Alerts: a mail when something new comes up for a search. Confirmed, and stopped by one press."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.alerts import letters, views  # noqa: F401  its letter is known then

    app.register_blueprint(views.bp)
