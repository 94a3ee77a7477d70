"""What other sites load: the widget's script and the answers it shows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, make_response, request

from directory import search
from directory.api.views import say, speaker
from directory.config import ROOT
from directory.db import db
from directory.networks import slices
from directory.networks.code import HEIGHT_PATH, RESULTS_MAX, WIDGET_PATH
from directory.networks.views_slice import asked_among, asked_network, asked_notes
from directory.search.query import Query
from directory.security import limit_searching, limiter

WIDGET = ROOT / "static" / "embed" / "widget.js"
HEIGHT = ROOT / "static" / "embed" / "height.js"
SCRIPT_SECONDS = 3600
ANSWER_SECONDS = 300

bp = Blueprint("embed", __name__)


def attach(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get(WIDGET_PATH)
def widget() -> Response:
    """The widget: one module without anything else to load."""
    response = make_response(WIDGET.read_bytes())
    response.mimetype = "text/javascript"
    response.cache_control.public = True
    response.cache_control.max_age = SCRIPT_SECONDS
    return response


@bp.get(HEIGHT_PATH)
def height() -> Response:
    """What makes frames as high as what is in them, on pages that take a script."""
    response = make_response(HEIGHT.read_bytes())
    response.mimetype = "text/javascript"
    response.cache_control.public = True
    response.cache_control.max_age = SCRIPT_SECONDS
    return response


@bp.get("/embed/v1/search.json")
@limiter.limit(limit_searching)
def find() -> Response:
    """The answer of the API to a widget's search, cut to `limit` results and without filters.

    With `entry` (such as approaches/homeshare) it holds that entry alone.
    """
    query = Query.from_args(request.args)
    entry = request.args.get("entry")
    among = asked_among(query)
    if entry:
        among = slices.only(db.session(), entry, asked_network())
    results = search.current().find(query, among=among)
    answer = speaker().search_answer(
        results, most=results_wanted(), with_facets=False, notes=asked_notes(query)
    )
    response = say(answer)
    response.cache_control.public = True
    response.cache_control.max_age = ANSWER_SECONDS
    return response


def results_wanted() -> int:
    """How many results the widget asks for."""
    limit = request.args.get("limit", "")
    return min(int(limit), RESULTS_MAX) if limit.isascii() and limit.isdigit() else RESULTS_MAX
