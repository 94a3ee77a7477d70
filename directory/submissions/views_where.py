"""What a map to choose a place on asks while it is moved."""

from __future__ import annotations

from flask import Response, abort, jsonify, request

from directory.config import current
from directory.places import gazetteer
from directory.search.mapping import Box
from directory.search.views_map import deepest_zoom, towns_on
from directory.security import limit_reading, limiter
from directory.submissions import whereabouts
from directory.submissions.views import bp


@bp.get("/submit/where.json")
@limiter.limit(limit_reading)
def where() -> Response:
    """The town nearest to `lat`, `lon` (degrees), and those to name on the map (`box`, `zoom`)."""
    lat, lon = request.args.get("lat", type=float), request.args.get("lon", type=float)
    box = Box.read(request.args.get("box", ""))
    if lat is None or lon is None or box is None or not (-85 < lat < 85 and -180 <= lon <= 180):
        abort(400)
    zoom = min(max(request.args.get("zoom", 5, type=int), 0), deepest_zoom())
    places = gazetteer.at(current().geo_path)
    response = jsonify(name=whereabouts.nearest_town(places, lat, lon), towns=towns_on(box, zoom))
    response.headers["X-Robots-Tag"] = "noindex"
    return response
