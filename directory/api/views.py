"""`/api/v1/`: what pages show, as JSON. Open to every site, without a key."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel

from directory import search
from directory.api import shapes
from directory.api.objects import Speaker
from directory.config import current
from directory.networks import slices
from directory.search.query import Query
from directory.security import limit_searching, limiter

SUGGESTIONS_MAX = 10
TYPED_MAX = 100

bp = Blueprint("api", __name__, url_prefix="/api/v1")


@bp.get("/search")
@limiter.limit(limit_searching)
def find() -> Response:
    """The answer to a search; the address takes the same words as /search."""
    query = Query.from_args(request.args)
    results = search.current().find(query, among=slices.among(query))
    return say(speaker().search_answer(results))


@bp.get("/suggest")
@limiter.limit(limit_searching)
def suggest() -> Response:
    """What somebody who typed `q` may be about to type."""
    typed = request.args.get("q", "")[:TYPED_MAX]
    found = search.current().suggest(typed, limit=SUGGESTIONS_MAX)
    return say(shapes.Suggestions(suggestions=[speaker().suggestion(one) for one in found]))


def speaker() -> Speaker:
    """Who puts things into the shapes of the API, for the running site."""
    return Speaker(current().public_url, current().site_name)


def say(shape: BaseModel) -> Response:
    """`shape` as JSON."""
    return current_app.response_class(shape.model_dump_json(), mimetype="application/json")
