"""Entries that are due a check."""

from __future__ import annotations

from flask import abort, redirect, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue
from directory.entries.cards import cards
from directory.entries.views import page_number, today
from directory.moderation import deciding, queue
from directory.moderation.views_desk import bp, moderators_only, now, page
from directory.security import limiter
from directory.vocabulary.terms import Kind


@bp.get("/due")
@moderators_only
def due() -> Response:
    """Entries that nobody has checked for long, or ever: those that were due first."""
    number = page_number()
    entries = queue.due(db.session(), at=now(), page=number)
    if not entries and number > 1:
        abort(404)
    return page(
        "moderation/due.html",
        cards=cards(db.session(), entries, today()),
        page_number=number,
        per_page=queue.PER_PAGE,
    )


@bp.post("/due/<kind>/<slug>/check")
@moderators_only
@limiter.limit("60 per minute")
def assure(kind: str, slug: str) -> Response:
    """It was looked into and is still true: it counts as checked today."""
    if kind not in set(Kind):
        abort(404)
    entry = catalogue.find(db.session(), Kind(kind), slug)
    if entry is None:
        abort(404)
    deciding.assure(db.session(), entry, moderator=me(), at=now())
    db.session.commit()
    return redirect(url_for(".due"), code=303)
