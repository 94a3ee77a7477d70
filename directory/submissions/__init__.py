"""Submissions: what people propose, from the first form to the decision."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`: importing them makes them known."""
    from directory.submissions import (
        drafts,
        letters,
        views,
        views_drafts,
        views_photos,
        views_private,
        views_sending,
        views_where,
    )

    app.register_blueprint(views.bp)
