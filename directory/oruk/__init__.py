"""Open Referral UK 3.0: services that may be passed on, in the words of the standard.

    mapping.py     an entry as the standard says it
    taxonomies.py  our lists as taxonomies with terms
    following.py   the rows that the feed is read from, behind the change log
    feed.py        reading them: filters, pages, and all of them as a stream
    views.py       /oruk/v3/

Only services whose people or editors said yes (`open_referral: true`) are in it.
"""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring the feed's addresses to `app`."""
    from directory.oruk import views

    app.register_blueprint(views.bp)
