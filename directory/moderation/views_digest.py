"""How often mails about new work come."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.moderation import digest
from directory.moderation.models import Often
from directory.moderation.views_desk import bp, moderators_only, now, page
from directory.security import limit_writing, limiter, without_csrf


@bp.get("/digest")
@moderators_only
def show_digest() -> Response:
    """How often mails about new work come."""
    often = digest.often_of(db.session(), me())
    return page("moderation/digest.html", often=often, saved="saved" in request.args)


@bp.post("/digest")
@moderators_only
@limiter.limit(limit_writing)
def choose_digest() -> Response:
    """Remember the choice."""
    wanted = request.form.get("often", "")
    if wanted not in set(Often):
        abort(400)
    digest.choose(db.session(), me(), Often(wanted), at=now())
    db.session.commit()
    return redirect(url_for(".show_digest", saved="yes"), code=303)


@bp.get("/digest/stop/<token>")
def show_stop(token: str) -> Response:
    """A page with one button that stops the digest; no need to sign in."""
    user = digest.whose(db.session(), token, at=now())
    return make_response(
        render_template("moderation/stop.html", token=token, user=user, done=False)
    )


@bp.post("/digest/stop/<token>")
@without_csrf
@limiter.limit(limit_writing)
def stop(token: str) -> Response:
    """No more digests.

    Mail programs press it without our page (RFC 8058): the token is the proof, not a CSRF token.
    """
    user = digest.stop(db.session(), token, at=now())
    db.session.commit()
    return make_response(render_template("moderation/stop.html", token=token, user=user, done=True))
