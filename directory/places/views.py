"""Places: the list, what an area has and lacks as a patchwork, and the same as a table."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from directory import caching
from directory.db import db
from directory.entries import catalogue, connections, linked_data, lists
from directory.entries.cards import cards
from directory.entries.catalogue import Entry
from directory.entries.documents import Place
from directory.entries.views import absent, absolute, page_number, today
from directory.places.nearby import neighbours
from directory.places.patchwork import Patchwork, known_by_place, patchwork
from directory.vocabulary.terms import Kind

bp = Blueprint("places", __name__)
caching.attach(bp)


@bp.get("/places/")
def index() -> ResponseReturnValue:
    """All places by nation and region, with how much is known of each."""
    session = db.session()
    known = known_by_place(connections.sightings(session), catalogue.live(session, Kind.APPROACH))
    listing = lists.places(session, page_number())
    areas = {one.id: known[one.slug].areas for one in listing.entries if one.slug in known}
    found = cards(session, listing.entries, today(), areas=areas)
    return render_template(
        "places/index.html", listing=listing, cards={one.id: one for one in found}, known=known
    )


@bp.get("/places/<slug:slug>")
def show(slug: str) -> ResponseReturnValue:
    """What a place has, by part of life, and what others have that it lacks."""
    place = catalogue.find(db.session(), Kind.PLACE, slug)
    if place is None:
        return absent(db.session(), Kind.PLACE, slug)
    return _page("places/show.html", place)


@bp.get("/places/<slug:slug>/gaps")
def gaps(slug: str) -> ResponseReturnValue:
    """The same as a table: each part of life, what is known here and all that other places have."""
    place = catalogue.find(db.session(), Kind.PLACE, slug)
    if place is None:
        return absent(db.session(), Kind.PLACE, slug, suffix="/gaps")
    return _page("places/gaps.html", place)


def _page(template: str, place: Entry) -> ResponseReturnValue:
    session = db.session()
    places = list(catalogue.live(session, Kind.PLACE))
    quilt: Patchwork = patchwork(
        place,
        services=connections.services_in(session, place.slug).entries,
        approaches=catalogue.live(session, Kind.APPROACH),
        places=places,
        sightings=connections.sightings(session),
    )
    document = cast(Place, place.document)
    drawn = [patch.entry for patch in quilt.patches]
    drawn += [one.approach for row in quilt.rows for one in row.missing]
    return render_template(
        template,
        entry=place,
        document=document,
        quilt=quilt,
        cards={one.id: one for one in cards(session, drawn, today())},
        neighbours=neighbours(place, places),
        linked_data=linked_data.describe_place(place, document, absolute),
        today=today(),
    )
