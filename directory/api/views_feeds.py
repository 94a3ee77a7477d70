"""`/feeds/`: what is new or changed, as Atom: everything, a kind, a place, a search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from flask import Blueprint, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from directory import search
from directory.alerts import news
from directory.api import atom
from directory.api.atom import Feed
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.networks import collection, slices, versions
from directory.networks.views_slice import asked_among, asked_network
from directory.places import atlas
from directory.search.query import Query, Sort
from directory.security import limit_searching, limiter
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind

SHARED_SECONDS = 300
FOLDERS = "approaches,services,organizations,places,stories"

bp = Blueprint("feeds", __name__, url_prefix="/feeds")


@bp.get("/new.atom")
def everything() -> Response:
    """All kinds of entries, changed last first."""
    kinds = [kind for kind in Kind if kind is not Kind.PAGE]
    return _feed(_("New and changed"), "/", catalogue.latest(db.session(), kinds, limit=atom.SHOWN))


@bp.get(f"/<any({FOLDERS}):folder>.atom")
def kind(folder: str) -> Response:
    """One kind of entry, changed last first."""
    of = Kind.of_folder(folder)
    found = catalogue.latest(db.session(), [of], limit=atom.SHOWN)
    return _feed(facets.label("kind", of), f"/{folder}/", found)


@bp.get("/places/<slug:slug>.atom")
def place(slug: str) -> ResponseReturnValue:
    """A place and what happens there, changed last first; any council has one."""
    session = db.session()
    known = atlas.of(session)
    area = known.areas.get(slug)
    if area is None:
        moved = catalogue.moved_to(session, Kind.PLACE, slug)
        return redirect(f"/feeds{moved}.atom", code=301) if moved else abort(404)
    ids = [one.id for one in known.services_in(area.slug)]
    if area.entry:
        ids.append(area.entry.id)
    return _feed(area.name, area.url, catalogue.latest_of(session, ids, limit=atom.SHOWN))


@bp.get("/networks/<slug:slug>.atom")
def network(slug: str) -> Response:
    """What is in a network's slice, changed last first."""
    session = db.session()
    found = slices.network_of(session, slug)
    entries = catalogue.latest(
        session, list(Kind), among=collection.member_ids(found), limit=atom.SHOWN
    )
    shown = versions.of_entries(session, found, entries)
    return _feed(found.name, f"/networks/{slug}", shown)


@bp.get("/search.atom")
@limiter.limit(limit_searching)
def of_search() -> Response:
    """What a search finds, changed last first; the address takes the same words as /search.

    With a place only what is near it: "new near LS7".
    """
    query = Query.from_args(request.args)
    hits = news.latest(search.current(), query, among=asked_among(query))
    ids = [hit.id for hit in islice(hits, atom.SHOWN)]
    asked = query.with_(sort=Sort.BEST)
    title = " · ".join(filter(None, (asked.q, asked.near))) or _("Everything")
    page_url = f"/search?{asked.to_string()}" if asked.to_string() else "/search"
    session = db.session()
    found = versions.of_entries(session, asked_network(), catalogue.by_ids(session, ids))
    return _feed(title, page_url, found, f"/feeds/search.atom?{asked.to_string()}")


def _feed(title: str, page: str, entries: Sequence[Entry], path: str = "") -> Response:
    site = current()
    feed = Feed(
        title=f"{title} · {site.site_name}",
        url=site.public_url + (path or request.path),
        page=site.public_url + page,
        author=site.operator_name or site.site_name,
    )
    body = atom.said(feed, entries, public_url=site.public_url, now=datetime.now(UTC))
    response = current_app.response_class(body, mimetype="application/atom+xml")
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    response.cache_control.public = True
    response.cache_control.max_age = SHARED_SECONDS
    response.last_modified = max((one.updated_at for one in entries), default=None)
    return response
