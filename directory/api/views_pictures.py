"""`/<kind>/<slug>/picture.png`: what other sites show when somebody shares an entry."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect
from werkzeug.wrappers import Response as AnyResponse

from directory import sharing
from directory.api import pictures
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.entries.cards import areas_of
from directory.look import quilt
from directory.security import limit_searching, limiter
from directory.vocabulary.terms import Kind

FOLDERS = "approaches,services,organizations,places,stories"
KEPT_SECONDS = 86_400
BLOCK_PIXELS = 400

bp = Blueprint("pictures", __name__)


@bp.get(f"/<any({FOLDERS}):folder>/<slug:slug>/picture.png")
@limiter.limit(limit_searching)
def show(folder: str, slug: str) -> AnyResponse:
    """The entry's quilt block with its name, 1200 by 630 pixels."""
    session, kind = db.session(), Kind.of_folder(folder)
    entry = catalogue.find(session, kind, slug)
    if entry is None:
        moved = catalogue.moved_to(session, kind, slug)
        return redirect(f"{moved}/picture.png", code=301) if moved else abort(404)
    block = quilt.draw(entry.id, areas_of(session, [entry])[entry.id], prints=False)
    picture = pictures.drawn(
        entry.document.name,
        entry.document.tagline,
        current().site_name,
        quilt.to_svg(block, size=BLOCK_PIXELS),
    )
    return _kept(make_response(picture))


def _kept(response: Response) -> Response:
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return sharing.tag(response)
