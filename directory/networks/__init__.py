"""Networks: the directory on other sites."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and the widget's addresses to `app`."""
    from directory.networks import embed, views, views_frame

    app.register_blueprint(views.bp)
    app.register_blueprint(views_frame.bp)
    app.register_blueprint(views_frame.pasted)
    embed.attach(app)
