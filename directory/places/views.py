"""Places: the list, what an area has and lacks as a patchwork, the same on one sheet of paper."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import cast
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from directory import caching
from directory.config import current
from directory.db import db
from directory.entries import catalogue, connections, linked_data, lists
from directory.entries.documents import Place
from directory.entries.lists import Listing
from directory.entries.views import absent, absolute, page_number, today
from directory.places import atlas, finding, gazetteer
from directory.places.areas import Area
from directory.places.atlas import Atlas
from directory.places.gazetteer import Gazetteer, Spot
from directory.places.nearby import neighbours
from directory.places.patchwork import Patchwork, known_by_place, patchwork
from directory.places.remembered import Remembered
from directory.saved import qr
from directory.vocabulary.terms import Kind
from directory.wishes import counting

bp = Blueprint("places", __name__)
caching.attach(bp)

TYPED_MAX = 80
# So many services that wait for a check are named.
WAITING_SHOWN = 6

# What was made for readers before, until something is published: a few megabytes.
_quilts: Remembered[Patchwork] = Remembered(most=400)
_articles: Remembered[Markup] = Remembered(most=100)
_groups: Remembered[Markup] = Remembered(most=20)


@bp.get("/places/")
def index() -> ResponseReturnValue:
    """All places by nation and region, with how much is known of each; `find` leads to one."""
    known = atlas.of(db.session())
    typed = request.args.get("find", "").strip()[:TYPED_MAX]
    found = finding.find(typed, known.areas, map_of_names()) if typed else None
    if found and found.area:
        return redirect(found.address, code=303)
    listing = lists.places(db.session(), page_number())
    return render_template(
        "places/index.html",
        listing=listing,
        groups=_groups.get((listing.page, str(get_locale())), known, lambda: _list(listing, known)),
        found=found,
    )


def _list(listing: Listing, known: Atlas) -> Markup:
    page = render_template(
        "places/_groups.html",
        listing=listing,
        known=known_by_place(known),
        unwritten=_unwritten(known),
    )
    return Markup(page)  # noqa: S704 (a template made it)


@bp.get("/places/<slug:slug>")
def show(slug: str) -> ResponseReturnValue:
    """What a place has, by part of life, and what others have that it lacks."""
    known = atlas.of(db.session())
    area = known.areas.get(slug)
    if area is None:
        return elsewhere(slug, known)
    inside = _inside(area, known)
    quilt = quilt_of(area, known)
    document = cast(Place, area.entry.document) if area.entry else None
    wished = counting.public_counts(db.session(), [area.key])[area.key]
    key = (slug, inside, today(), str(get_locale()), tuple(sorted(wished.items())))
    return render_template(
        "places/show.html",
        area=area,
        entry=area.entry,
        quilt=quilt,
        article=_articles.get(key, known, lambda: _article(area, inside, quilt, known, wished)),
        linked_data=linked_data.describe_place(area.entry, document, absolute)
        if area.entry and document
        else None,
    )


def forget() -> None:
    """Make everything anew for the next reader, as after something was published; to measure."""
    _quilts.clear()
    _articles.clear()
    _groups.clear()


def _article(
    area: Area, inside: str, quilt: Patchwork, known: Atlas, wished: Mapping[UUID, int]
) -> Markup:
    page = render_template(
        "places/_article.html",
        area=area,
        entry=area.entry,
        quilt=quilt,
        helpers=_helpers(quilt),
        wished=wished,
        near=finding.words_for(area, map_of_names()),
        inside=inside,
        namesakes=_namesakes(area),
        waiting=quilt.waiting(today()),
        waiting_shown=WAITING_SHOWN,
        neighbours=neighbours(area, known.areas.values()),
        known_in=known.approaches_in,
    )
    return Markup(page)  # noqa: S704 (a template made it)


@bp.get("/places/<slug:slug>/sheet")
def sheet(slug: str) -> ResponseReturnValue:
    """The same for a meeting: black on white, on one side of A4."""
    known = atlas.of(db.session())
    area = known.areas.get(slug)
    if area is None:
        return elsewhere(slug, known, suffix="/sheet")
    quilt = quilt_of(area, known)
    return render_template(
        "places/sheet.html", area=area, quilt=quilt, helpers=_helpers(quilt), today=today()
    )


@bp.get("/places/<slug:slug>/qr.svg")
def code(slug: str) -> ResponseReturnValue:
    """A code that leads from paper to the page of a place."""
    area = atlas.of(db.session()).areas.get(slug)
    if area is None:
        return absent(db.session(), Kind.PLACE, slug)
    return Response(qr.svg(absolute(area.url)), mimetype="image/svg+xml")


def quilt_of(area: Area, known: Atlas) -> Patchwork:
    """What the place has and lacks."""
    sizes = gazetteer.sizes_at(current().geo_path)
    return _quilts.get(area.slug, known, lambda: patchwork(area, known, sizes))


def map_of_names() -> Gazetteer | None:
    """All names and postcodes, if this copy has them."""
    return gazetteer.at(current().geo_path)


def elsewhere(slug: str, known: Atlas, *, suffix: str = "") -> ResponseReturnValue:
    """Where something else than a place of ours has this name: what was renamed, else a town."""
    session = db.session()
    was_here = catalogue.moved_to(session, Kind.PLACE, slug) or catalogue.closed(
        session, Kind.PLACE, slug
    )
    if not was_here:
        found = finding.find(slug.replace("-", " "), known.areas, map_of_names())
        if found.area:
            return redirect(found.area.url + suffix if suffix else found.address, code=302)
        if found.choices:
            return redirect(f"/places/?find={slug}", code=302)
    return absent(session, Kind.PLACE, slug, suffix=suffix)


def _helpers(quilt: Patchwork) -> dict[str, tuple[str, str]]:
    """Who helps others to start what is suggested: their names and addresses, by slug."""
    slugs = {
        one.document.support_body
        for row in quilt.rows
        for one in row.suggestions
        if one.document.support_body
    }
    return connections.names_of(db.session(), Kind.ORGANIZATION, sorted(slugs))


def _inside(area: Area, known: Atlas) -> str:
    """The town or postcode that the reader asked for, where it lies in `area`; else ""."""
    typed = request.args.get("inside", "").strip()[:TYPED_MAX]
    found = finding.find(typed, known.areas, map_of_names()) if typed else None
    is_here = found and found.area and found.area.slug == area.slug and found.inside
    return found.inside.name if found and found.inside and is_here else ""


def _namesakes(area: Area) -> list[Spot]:
    """Other places of the same name that lie elsewhere, biggest first."""
    names = map_of_names()
    found = names.named(area.name, also_others=False) if names else None
    spots = [found.spot, *found.others] if found else []
    return [one for one in spots if one and one.council and one.council != area.code]


def _unwritten(known: Atlas) -> list[tuple[str, list[Area]]]:
    """Councils of which nothing is written yet, by nation."""
    councils = [area for area in known.areas.values() if area.entry is None]
    councils.sort(key=lambda area: (area.nation, area.name))
    return [(nation, list(some)) for nation, some in groupby(councils, lambda area: area.nation)]
