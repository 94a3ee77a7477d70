"""What comes out later: the list, and letting it wait for a decision again."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.moderation import later as later_dates
from directory.moderation.models import Schedule
from directory.moderation.views_desk import bp, moderators_only, now, page


@bp.get("/later")
@moderators_only
def later() -> Response:
    """What comes out later, the next first."""
    just_set = request.args.get("set", type=int)
    return page(
        "moderation/later.html", schedules=later_dates.all_of(db.session()), just_set=just_set
    )


@bp.post("/later/<int:submission_id>/end")
@moderators_only
def cancel_later(submission_id: int) -> Response:
    """Let it wait for a decision again."""
    kept = db.get_or_404(Schedule, submission_id)
    later_dates.cancel(db.session(), kept, moderator=me(), at=now())
    db.session.commit()
    return redirect(url_for(".submission", submission_id=submission_id), code=303)
