"""Entries: documents, their revisions, how they are published and what follows the change log."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring tables, pages and commands to `app`."""
    from directory.entries import addresses, commands, views, views_photos

    app.url_map.converters["slug"] = addresses.SlugConverter
    app.url_map.converters["int"] = addresses.NumberConverter
    commands.attach(app)
    app.register_blueprint(views.bp)
