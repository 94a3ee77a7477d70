"""Personal data: deleted after set periods, and given or erased when a person asks."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring the admins' page and the commands to `app`."""
    from directory.personal import commands, views

    app.register_blueprint(views.bp)
    commands.attach(app)
