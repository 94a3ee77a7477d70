"""Guided ways in: pages that lead a group through a talk. What they note stays on their device."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages to `app`."""
    from directory.guided import views

    app.register_blueprint(views.bp)
