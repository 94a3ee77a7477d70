"""For editors of a network: what people would like that touches their part of the directory."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from directory.db import db
from directory.entries import catalogue
from directory.networks import slices
from directory.networks.models import Network
from directory.networks.views_desk import for_editors, page
from directory.places import atlas
from directory.security import keep_private
from directory.wishes import counting

bp = Blueprint("network_wishes", __name__, url_prefix="/networks")


@bp.after_request
def keep_to_editors(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


@bp.get("/<slug:slug>/desk/wishes")
@for_editors()
def index(network: Network) -> Response:
    """How many would like an approach or live in a place of the slice; from five up only."""
    session = db.session()
    inside = slices.members(session, network)
    known = atlas.of(session)
    told = counting.shown(session)
    area_of = {line.place: known.of_key(line.place) for line in told}
    of_slice = {
        key for key, area in area_of.items() if area and area.entry and area.entry.id in inside
    }
    lines = [line for line in told if line.approach_id in inside or line.place in of_slice]
    entries = {one.id: one for one in catalogue.by_ids(session, [one.approach_id for one in lines])}
    return page(
        "wishes/network.html",
        network,
        lines=[one for one in lines if one.approach_id in entries],
        entries=entries,
        area_of=area_of,
        shown_from=counting.SHOWN_FROM,
    )
