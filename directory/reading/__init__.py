"""Reading as each reader needs it: comfort for the eyes, without a connection, in Easy Read."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring the pages of reading to `app`."""
    from directory.reading import views, views_easy_read

    app.register_blueprint(views.bp)
    app.register_blueprint(views_easy_read.bp)
    views_easy_read.attach_context(app)
