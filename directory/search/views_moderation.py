"""For moderators: which searches found nothing, and words added to the thesaurus from there."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory import search
from directory.accounts import views_signed_out
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.db import db
from directory.moderation import audit, queue
from directory.search import groups, nothing_found
from directory.search.groups import NoGroup
from directory.security import keep_private, limit_writing, limiter

bp = Blueprint("searches", __name__, url_prefix="/moderation/searches")
views_signed_out.keep_words(bp)
moderators_only = roles_required(RoleName.MODERATOR)


@bp.after_request
def keep_to_moderators(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


@bp.get("/")
@moderators_only
def index() -> Response:
    """What people searched for in vain, and the words that were added here."""
    return _page(said=request.args.get("words", "")[:200])


@bp.post("/groups")
@moderators_only
@limiter.limit(limit_writing)
def add() -> Response:
    """Add a group to the thesaurus, and write it into the log; or say what is wrong with it."""
    said, also = request.form.get("words", ""), request.form.get("also", "")
    at = datetime.now(UTC)
    try:
        group = groups.read(said, also)
    except NoGroup as problem:
        return _page(said=said, also=also, problem=problem)
    groups.add(db.session(), group, by=me().name, at=at)
    shown = f"{', '.join(group.words)} → {', '.join(group.also)}"
    audit.record(db.session(), me(), "added words", shown, url=url_for(".index"), at=at)
    db.session.commit()
    search.look_again()
    return redirect(url_for(".index", done="added"), code=303)


@bp.post("/groups/<int:group_id>/removal")
@moderators_only
@limiter.limit(limit_writing)
def remove(group_id: int) -> Response:
    """Take a group that was added here out again, and write that into the log."""
    found = [one for one in groups.added(db.session()) if one.id == group_id]
    for one in found:
        if groups.remove(db.session(), group_id):
            shown = f"{', '.join(one.words)} → {', '.join(one.also)}"
            audit.record(db.session(), me(), "removed words", shown, at=datetime.now(UTC))
    db.session.commit()
    search.look_again()
    return redirect(url_for(".index", done="removed"), code=303)


def _page(*, said: str = "", also: str = "", problem: NoGroup | None = None) -> Response:
    session = db.session()
    body = render_template(
        "moderation/searches.html",
        missed=nothing_found.missed(session),
        least=nothing_found.SEEN_LEAST,
        added=groups.added(session),
        said=said,
        also=also,
        problem=str(problem) if problem else "",
        done=request.args.get("done", ""),
        todo=queue.to_do(session, at=datetime.now(UTC)),
        moderator=me(),
    )
    return make_response(body, problem.status if problem else 200)
