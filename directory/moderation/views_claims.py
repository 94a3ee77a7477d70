"""Leaving the page of something that one has taken."""

from __future__ import annotations

from datetime import timedelta

from flask import make_response, request
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.moderation import claims
from directory.moderation.views_desk import bp, moderators_only, now

# The page may have taken it that much later than it thinks: its answer was under way.
ON_THE_WAY = timedelta(seconds=10)
LONGEST_MS = 24 * 60 * 60 * 1000


@bp.post("/<any(submissions, reports):sort>/<int:number>/claim/left")
@moderators_only
def leave(sort: str, number: int) -> Response:
    """Put it back for others, as the page is closed; not if another page took it later."""
    raw = request.form.get("ms", "")
    ago = timedelta(milliseconds=min(int(raw), LONGEST_MS) if raw.isdecimal() else 0)
    taken_by = now() - ago + min(ON_THE_WAY, ago / 2)
    claims.release(db.session(), f"{sort}/{number}", me(), taken_by=taken_by)
    db.session.commit()
    return make_response("", 204)
