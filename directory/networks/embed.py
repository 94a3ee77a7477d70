"""What other sites load: the widget's script and the answers it shows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, abort, jsonify, make_response, request

from directory import shelf
from directory.api.views import say, speaker
from directory.config import ROOT
from directory.db import db, will_write
from directory.entries.views import today
from directory.networks import builds, code, slices, widgets
from directory.networks.builds import WIDGET
from directory.networks.code import HEIGHT_PATH, RESULTS_MAX, WIDGET_PATH
from directory.networks.views_slice import (
    answer,
    asked_among,
    asked_network,
    asked_notes,
    check_site,
)
from directory.networks.widgets import Use
from directory.search.query import Query
from directory.security import limit_searching, limiter, without_csrf

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


@bp.get("/embed/v1/widget-<digest>.js")
def build(digest: str) -> Response:
    """One build of the widget, which never changes: for sites that pin what they load."""
    script = builds.read(digest) or abort(404)
    response = make_response(script)
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
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
    results = answer(query, among, counts=False)
    found = speaker().search_answer(
        results, most=results_wanted(), with_facets=False, notes=asked_notes(query)
    )
    response = say(found)
    response.cache_control.public = True
    response.cache_control.max_age = ANSWER_SECONDS
    if key := request.args.get("widget"):
        count(key, Use.SEARCHES, network=query.network)
    return response


@bp.get("/embed/v1/widgets/<key>.json")
@limiter.limit(limit_searching)
def saved(key: str) -> Response:
    """What a saved widget shows, as its network last chose. That it appeared is counted."""
    widget, network = widgets.find(db.session(), key)
    check_site(network)
    choice = widgets.choice_of(widget)
    response = jsonify({"attributes": choice.attributes, "colours": code.properties(choice)})
    response.headers["Cache-Control"] = "no-cache"
    count(key, Use.LOADS)
    return response


@bp.post("/embed/v1/widgets/<key>/clicks")
@without_csrf  # there is no session here to misuse
@limiter.limit(limit_searching)
def click(key: str) -> Response:
    """Somebody opened a result of a saved widget. Nothing is kept but the number."""
    _widget, network = widgets.find(db.session(), key)
    check_site(network)
    count(key, Use.CLICKS)
    return make_response("", 204)


def count(key: str, use: Use, *, network: str | None = None) -> None:
    """Count one use of a saved widget, of that network if it is named; others are not counted."""
    shelf.each_counts()
    session = db.session()
    session.rollback()
    will_write()
    try:
        _widget, owner = widgets.find(session, key)
        if network is None or owner.slug == network:
            widgets.count(session, key, use, day=today())
    except widgets.NoSuchWidget:
        session.rollback()
    else:
        session.commit()


def results_wanted() -> int:
    """How many results the widget asks for."""
    limit = request.args.get("limit", "")
    return min(int(limit), RESULTS_MAX) if limit.isascii() and limit.isdigit() else RESULTS_MAX
