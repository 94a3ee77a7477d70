"""`/oruk/v3/`: the Open Referral UK feed, version 3.0. Open to all, without a key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Response, current_app, request, stream_with_context

from directory import asking
from directory.asking import BadQuestion
from directory.config import Config, current
from directory.db import db
from directory.entries import catalogue
from directory.networks import collection, versions
from directory.networks.views_slice import asked_network
from directory.oruk import feed, following, openapi, taxonomies
from directory.oruk.feed import NotInTheFeed, Page, Wanted
from directory.oruk.mapping import Site
from directory.oruk.taxonomies import Taxonomy, Term
from directory.places import gazetteer
from directory.vocabulary.terms import Kind

VERSION = "HSDS-UK-3.0"
PROFILE = "https://openreferraluk.org/specifications/3.0/"
METRES_MAX = 100_000

Thing = TypeVar("Thing", Taxonomy, Term)

bp = Blueprint("oruk", __name__, url_prefix="/oruk/v3")


def site(config: Config) -> Site:
    """Whose feed it is."""
    return Site(config.public_url, config.site_name, config.contact_email)


@bp.get("/")
def about() -> Response:
    """Which standard this is, and what describes it."""
    public_url = current().public_url
    return _json(
        {
            "version": VERSION,
            "profile": PROFILE,
            "openapi_url": f"{public_url}/oruk/v3/openapi.json",
            "x_publisher": current().site_name,
            "x_licence": "https://creativecommons.org/licenses/by/4.0/",
            "x_changes": f"{public_url}/oruk/v3/services?minimal=true",
        }
    )


@bp.get("/openapi.json")
def description() -> Response:
    """The feed as OpenAPI."""
    return _json(openapi.document(current().public_url, current().site_name))


@bp.get("/services")
def services() -> Response:
    """Services that may be passed on."""
    wanted = _wanted()
    if asking.is_on("minimal"):
        return _text(feed.minimal(db.session(), wanted).to_json())
    whole = asking.is_on("full")
    if _wants_stream():
        return _stream(feed.all_services(db.session(), wanted, whole=whole))
    number, per_page = _page_wanted()
    return _text(feed.services(db.session(), wanted, number, per_page, whole=whole).to_json())


@bp.get("/services/<id_>")
def service(id_: str) -> Response:
    """One service with all that belongs to it."""
    return _text(feed.service(db.session(), _id(id_)))


@bp.get("/service_at_locations")
def service_at_locations() -> Response:
    """Services at their points on the map."""
    wanted = _wanted()
    if _wants_stream():
        return _stream(feed.all_at_locations(db.session(), wanted))
    return _text(feed.at_locations(db.session(), wanted, *_page_wanted()).to_json())


@bp.get("/service_at_locations/<id_>")
def service_at_location(id_: str) -> Response:
    """One service at its point on the map."""
    return _text(feed.at_location(db.session(), _id(id_)))


@bp.get("/organizations")
def organizations() -> Response:
    """Organizations that run a service of the feed."""
    wanted = Wanted(words=asking.words("search"), **_of_network())
    full = asking.is_on("full_service")
    if _wants_stream():
        return _stream(feed.all_organizations(db.session(), wanted, with_services=full))
    page = feed.organizations(db.session(), wanted, *_page_wanted(), with_services=full)
    return _text(page.to_json())


@bp.get("/organizations/<id_>")
def organization(id_: str) -> Response:
    """One organization that runs a service of the feed."""
    full = asking.is_on("full_service")
    return _text(feed.organization(db.session(), _id(id_), with_services=full))


@bp.get("/taxonomies")
def all_taxonomies() -> Response:
    """Our lists: approaches, parts of life, whom things are for."""
    said = [taxonomies.said(one, current().public_url) for one in taxonomies.ALL]
    return _list([one for one in said if _says(one["name"], one["description"])])


@bp.get("/taxonomies/<id_>")
def taxonomy(id_: str) -> Response:
    """One list with all its terms."""
    wanted = _id(id_)
    found = _find(taxonomies.ALL, lambda one: one.id == wanted)
    terms = [term.said(current().public_url) for term in _terms() if term.taxonomy is found]
    return _json(taxonomies.said(found, current().public_url) | {"taxonomy_terms": terms})


@bp.get("/taxonomy_terms")
def taxonomy_terms() -> Response:
    """The terms of all lists, or of one."""
    of = asking.uuid("taxonomy_id")
    parent = request.args.get("parent_id")
    return _list(
        [
            term.said(current().public_url)
            for term in _terms()
            if (of is None or term.taxonomy.id == of)
            and not parent  # no list of ours has a second level
            and _says(term.name, term.description)
        ]
    )


@bp.get("/taxonomy_terms/<id_>")
def taxonomy_term(id_: str) -> Response:
    """One term."""
    wanted = _id(id_)
    found = _find(_terms(), lambda one: one.id == wanted)
    return _json(found.said(current().public_url))


def _terms() -> Iterator[Term]:
    return taxonomies.terms(catalogue.live(db.session(), Kind.APPROACH))


def _find(things: Iterable[Thing], is_it: Callable[[Thing], bool]) -> Thing:
    for one in things:
        if is_it(one):
            return one
    raise NotInTheFeed


def _says(*lines: str) -> bool:
    """Whether the words asked for, if any, are all in `lines`."""
    said = " ".join(lines).casefold()
    return all(word in said for word in request.args.get("search", "").casefold().split())


def _wanted() -> Wanted:
    near, metres = None, None
    if postcode := asking.words("postcode"):
        known = gazetteer.at(current().geo_path)
        found = known.postcode(postcode) if known else None
        if found is None or found.spot is None:
            raise BadQuestion(f"“{postcode[:20]}” is not a postcode that we know.")
        near = found.spot
        if asking.words("proximity"):
            metres = asking.whole_number("proximity", 0, most=METRES_MAX)
    return Wanted(
        words=asking.words("search"),
        term_id=asking.uuid("taxonomy_term_id"),
        taxonomy_id=asking.uuid("taxonomy_id"),
        organization_id=asking.uuid("organization_id"),
        modified_after=asking.moment("modified_after"),
        near=near,
        metres=metres,
        **_of_network(),
    )


def _of_network() -> dict[str, Any]:
    """Only what is in the slice of the network asked for, in the versions that it cleared."""
    network = asked_network()
    if network is None:
        return {}
    session = db.session()
    older = versions.held_back(session, network)
    return {
        "among": collection.member_ids(network),
        "instead": following.texts(session, site(current()), older) if older else {},
    }


def _page_wanted() -> tuple[int, int]:
    per_page = asking.whole_number("per_page", feed.PER_PAGE, least=1)
    return asking.whole_number("page", 1, least=1), min(per_page, feed.PER_PAGE_MAX)


def _wants_stream() -> bool:
    wanted = asking.words("format").lower()
    if wanted not in {"", "json", "ndjson"}:
        raise BadQuestion("format: write json or ndjson.")
    return wanted == "ndjson"


def _id(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        raise NotInTheFeed from None


def _list(things: list[dict[str, Any]]) -> Response:
    said = [_dump(one) for one in things]
    if _wants_stream():
        return _stream(iter(said))
    number, per_page = _page_wanted()
    start = (number - 1) * per_page
    return _text(Page(len(said), number, per_page, said[start : start + per_page]).to_json())


def _stream(things: Iterator[str]) -> Response:
    """One thing a line, without pages."""
    lines = (f"{said}\n" for said in things)
    return current_app.response_class(stream_with_context(lines), mimetype="application/x-ndjson")


def _json(said: dict[str, Any]) -> Response:
    return _text(_dump(said))


def _dump(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _text(said: str) -> Response:
    return current_app.response_class(said, mimetype="application/json")
