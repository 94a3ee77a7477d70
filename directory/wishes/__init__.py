"""Wishes: a resident says "I would like this here", and places learn how many would."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.wishes import letters, views, views_networks

    app.register_blueprint(views.bp)
    app.register_blueprint(views_networks.bp)
