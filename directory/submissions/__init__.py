"""Submissions: what people propose, from the first form to the decision."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages and letters to `app`."""
    from directory.submissions import letters, views  # noqa: F401  its letters are known then

    app.register_blueprint(views.bp)
