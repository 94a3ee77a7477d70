"""What other sites load: the widget's script and the answers it shows."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, jsonify, make_response, request

from directory import search
from directory.api import objects
from directory.config import ROOT, current
from directory.networks.code import RESULTS_MAX, WIDGET_PATH
from directory.search.query import Query
from directory.security import limit_searching, limiter

WIDGET = ROOT / "static" / "embed" / "widget.js"
SCRIPT_SECONDS = 3600
ANSWER_SECONDS = 300

bp = Blueprint("embed", __name__)


def attach(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.after_request
def open_to_all(response: Response) -> Response:
    """Any site may load it; errors too, so that the widget can tell them."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get(WIDGET_PATH)
def widget() -> Response:
    """The widget: one module without anything else to load."""
    response = make_response(WIDGET.read_bytes())
    response.mimetype = "text/javascript"
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_SECONDS}"
    response.add_etag()
    return response.make_conditional(request)


@bp.get("/embed/v1/search.json")
@limiter.limit(limit_searching)
def find() -> Response:
    """The answer to a widget's search: that of the API, cut to `limit` results."""
    limit = request.args.get("limit", "")
    most = min(int(limit), RESULTS_MAX) if limit.isascii() and limit.isdigit() else RESULTS_MAX
    results = search.current().find(Query.from_args(request.args))
    response = jsonify(objects.search_object(results, public_url=current().public_url, most=most))
    response.headers["Cache-Control"] = f"public, max-age={ANSWER_SECONDS}"
    return response
