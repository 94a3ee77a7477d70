"""Pictures that people gave, for those who decide about them before they are published."""

from __future__ import annotations

from werkzeug.wrappers import Response

from directory.entries.views_photos import send
from directory.moderation.views_desk import bp, moderators_only
from directory.security import limiter


@bp.get("/photos/<name>/<file>")
@limiter.limit("1200 per minute")
@moderators_only
def photo(name: str, file: str) -> Response:
    """Any picture, published or not."""
    return send(name, file)
