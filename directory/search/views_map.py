"""Results as marks for a map: the same question as the page of results, a part of the map."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext
from flask_babel import ngettext as _ngettext

from directory import search
from directory.config import current
from directory.networks.views_slice import asked_among
from directory.places import gazetteer
from directory.search import mapping
from directory.search.mapping import Box, Mark, Standing
from directory.search.query import Query
from directory.search.views import address_of
from directory.security import limit_reading, limiter
from directory.templating import quilt_figure
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind

bp = Blueprint("search_map", __name__)

# Flask-Babel comes without types.
_: Callable[..., str] = gettext
ngettext: Callable[..., str] = _ngettext

# Names of towns, so that one knows where one is: few, and room between them.
TOWNS = 24
TOWNS_APART_PX = 110
BLOCK_PX = 32
# Some ten metres.
DECIMALS = 4
THE_ISLANDS = Box(-11.0, 49.0, 3.0, 61.5)


@bp.get("/search/map.json")
@limiter.limit(limit_reading)
def marks() -> Response:
    """What of the results stands in `box` (west,south,east,north) at `zoom`, and towns near it."""
    query = Query.from_args(request.args)
    box = Box.read(request.args.get("box", "")) or THE_ISLANDS
    deepest = deepest_zoom()
    zoom = min(max(request.args.get("zoom", 5, type=int), 0), deepest)
    found = search.current().marks(query, box, zoom, deepest=deepest, among=asked_among(query))
    response = jsonify(
        marks=[_told(one, query) for one in found],
        towns=towns_on(box, zoom),
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def deepest_zoom() -> int:
    """How close one may look: streets, where the operator has a server for them."""
    return mapping.DEEPEST_WITH_TILES if current().map_tiles else mapping.DEEPEST


def _told(mark: Mark, query: Query) -> dict[str, Any]:
    """A mark in words. `box`: look closer there; else `named` is what stands here."""
    told: dict[str, Any] = {
        "lat": round(mark.lat, DECIMALS),
        "lon": round(mark.lon, DECIMALS),
        "count": mark.count,
    }
    if mark.box:
        words = ngettext("%(num)s result around here", "%(num)s results around here", mark.count)
        return told | {
            "label": _("%(results)s. Look closer", results=words),
            "box": [mark.box.west, mark.box.south, mark.box.east, mark.box.north],
        }
    told["named"] = [_named(one, in_place=mark.place) for one in mark.named]
    if mark.count == 1:
        only = mark.named[0]
        told["block"] = str(quilt_figure(only.id, only.support_area, BLOCK_PX))
        told["label"] = told["heading"] = _in_place(only)
        return told
    told["label"] = told["heading"] = (
        ngettext("%(num)s in %(place)s", "%(num)s in %(place)s", mark.count, place=mark.place)
        if mark.place
        else ngettext("%(num)s result here", "%(num)s results here", mark.count)
    )
    if mark.count > len(mark.named) and mark.place_slug:
        told["more"] = {
            "words": _("All %(number)s, as a list", number=mark.count),
            "url": address_of(query.with_(place=(mark.place_slug,))),
        }
    return told


def _in_place(one: Standing) -> str:
    if one.kind is Kind.PLACE or not one.place:
        return one.name
    return _("%(name)s, %(place)s", name=one.name, place=one.place)


def _named(one: Standing, *, in_place: str) -> dict[str, str]:
    """A result by name; where it is unless the mark says so, and whether it is a place itself."""
    note = facets.term("kind", one.kind).one if one.kind is Kind.PLACE else one.place
    return {"name": one.name, "url": one.url, "note": "" if note == in_place else note}


def towns_on(box: Box, zoom: int) -> list[dict[str, Any]]:
    """The biggest towns of the box that leave room for each other's names."""
    names = gazetteer.at(current().geo_path)
    if names is None or current().map_tiles:
        return []  # pictures of streets have names of their own
    shown: list[tuple[float, float]] = []
    told = []
    for name, lat, lon in names.towns_in(box.west, box.south, box.east, box.north):
        x, y = (float(one) for one in mapping.to_pixels(lat, lon, zoom))
        if all(max(abs(x - a), 3 * abs(y - b)) >= TOWNS_APART_PX for a, b in shown):
            shown.append((x, y))
            told.append({"name": name, "lat": lat, "lon": lon})
            if len(told) == TOWNS:
                break
    return told
