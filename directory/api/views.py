"""`/api/v1/`: what pages show, as JSON. Open to every site, without a key."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from directory import search
from directory.api import objects
from directory.config import current
from directory.search.query import Query
from directory.security import limit_searching, limiter

SHARED_SECONDS = 60
SUGGESTIONS_MAX = 10

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Any site may read it, and keep it for a minute; nothing in it is private."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if response.status_code == 200:
        response.headers.setdefault("Cache-Control", f"public, max-age={SHARED_SECONDS}")
    return response


@bp.get("/search")
@limiter.limit(limit_searching)
def find() -> Response:
    """The answer to a search; the address takes the same words as /search."""
    results = search.current().find(Query.from_args(request.args))
    return jsonify(objects.search_object(results, public_url=current().public_url))


@bp.get("/suggest")
@limiter.limit(limit_searching)
def suggest() -> Response:
    """What somebody who typed `q` may be about to type."""
    typed = request.args.get("q", "")[:100]
    found = search.current().suggest(typed, limit=SUGGESTIONS_MAX)
    public_url = current().public_url
    return jsonify(
        {"suggestions": [objects.suggestion_object(one, public_url=public_url) for one in found]}
    )
