"""Pages that are no entry of the directory: home, guides, and what machines read."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages to `app`."""
    from directory.pages import home, machines, views

    app.register_blueprint(home.bp)
    app.register_blueprint(views.bp)
    app.register_blueprint(machines.bp)
