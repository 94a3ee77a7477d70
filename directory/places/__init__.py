"""Places: the gazetteer, postcodes, distance, and what an area has and lacks."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and commands to `app`."""
    from directory.places import commands, views

    commands.attach(app)
    app.register_blueprint(views.bp)
