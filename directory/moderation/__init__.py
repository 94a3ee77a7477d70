"""Moderation: the queue, reading what was sent, deciding, and what was decided."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.moderation import digest, views  # noqa: F401  its letter is known then

    app.register_blueprint(views.bp)
