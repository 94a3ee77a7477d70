"""The directory as data, for other programs: `/api/v1/`."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring addresses to `app`."""
    from directory.api import views, views_feeds, views_keys, views_pictures

    app.register_blueprint(views.bp)
    app.register_blueprint(views.beside_pages)
    app.register_blueprint(views.pages)
    app.register_blueprint(views_feeds.bp)
    app.register_blueprint(views_pictures.bp)
    views_keys.attach(app)
