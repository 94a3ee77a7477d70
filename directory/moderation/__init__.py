"""Moderation: the queue, reading what was sent, deciding, and what was decided."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    # Each of them adds to the blueprint, or makes its letter known.
    from directory.moderation import (
        digest,
        team,
        views,
        views_admin,
        views_claims,
        views_desk,
        views_digest,
        views_due,
        views_editing,
        views_entries,
        views_later,
        views_owners,
        views_photos,
        views_public,
        views_reports,
        views_split,
    )

    app.register_blueprint(views_desk.bp)
    app.register_blueprint(views_public.bp)
