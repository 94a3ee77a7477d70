"""Wishes: a resident says "I would like this here", and places learn how many would."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.wishes import letters, views  # noqa: F401  its letters are known then

    app.register_blueprint(views.bp)
