"""Places: the gazetteer, postcodes, distance, and what an area has and lacks."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and commands to `app`."""
    from directory.places import commands, views, views_gaps

    commands.attach(app)
    app.register_blueprint(views.bp)
    app.register_blueprint(views_gaps.bp)


def warm(app: Flask) -> None:
    """Read what is known where now, so that the first visitor does not wait for it."""
    from directory.db import db, reading
    from directory.places import atlas

    with app.app_context(), reading():
        atlas.of(db.session())
        db.session.remove()
