"""Networks: the directory on other sites."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and the widget's addresses to `app`."""
    from directory.networks import embed, views

    app.register_blueprint(views.bp)
    embed.attach(app)
