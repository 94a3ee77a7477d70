"""Saved: lists of entries that readers keep on their own device, share and print.

The server keeps none of it. A list stands in an address (`/saved?e=approaches/homeshare`), or in
the storage of one browser, whose script asks for the same address.
"""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring the pages of saved entries to `app`."""
    from directory.saved import views, views_booklet

    app.register_blueprint(views.bp)
    app.register_blueprint(views_booklet.bp)
