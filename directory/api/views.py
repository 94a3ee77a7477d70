"""`/api/v1/`: what pages show, as data. Open to every site, without a key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from sqlalchemy import Select
from werkzeug.wrappers import Response as AnyResponse

from directory import asking, caching, search
from directory.api import cursors, formats, objects, openapi, shapes
from directory.api.objects import Speaker
from directory.asking import BadQuestion
from directory.config import current
from directory.db import db
from directory.entries import catalogue, connections
from directory.entries.catalogue import Entry
from directory.entries.documents import Place, Service
from directory.entries.text import dump
from directory.entries.views import today
from directory.networks import collection, team, versions
from directory.networks.models import Network
from directory.networks.views_slice import answer, asked_among, asked_network, asked_notes
from directory.places import atlas, gazetteer
from directory.places.patchwork import patchwork
from directory.search.query import Query
from directory.security import limit_searching, limiter
from directory.vocabulary.terms import Kind

SUGGESTIONS_MAX = 10
TYPED_MAX = 100
STREAMED_AT_ONCE = 200
GEO, CSV, LINES, MARKDOWN = (
    "application/geo+json",
    "text/csv",
    "application/x-ndjson",
    "text/markdown",
)
SUFFIXES = {"json": openapi.JSON, "geojson": GEO, "csv": CSV, "ndjson": LINES, "md": MARKDOWN}

bp = Blueprint("api", __name__, url_prefix="/api/v1")
beside_pages = Blueprint("api_beside_pages", __name__)
pages = Blueprint("developers", __name__)
caching.attach(pages)


@bp.get("/openapi.json")
def description() -> Response:
    """This API as OpenAPI 3.1."""
    return _json(openapi.document(current().public_url, current().site_name))


@bp.get("/datapackage.json")
def package() -> Response:
    """What the files of everything are, as a data package (Frictionless)."""
    site = current()
    return _json(formats.data_package(public_url=site.public_url, site_name=site.site_name))


@bp.get("/search")
@limiter.limit(limit_searching)
def find() -> Response:
    """The answer to a search; the address takes the same words as /search."""
    query = Query.from_args(request.args)
    results = answer(query, asked_among(query))
    return say(speaker().search_answer(results, notes=asked_notes(query)))


@bp.get("/suggest")
@limiter.limit(limit_searching)
def suggest() -> Response:
    """What somebody who typed `q` may be about to type."""
    typed = request.args.get("q", "")[:TYPED_MAX]
    found = search.current().suggest(typed, limit=SUGGESTIONS_MAX)
    return say(shapes.Suggestions(suggestions=[speaker().suggestion(one) for one in found]))


@bp.get("/entries", defaults={"suffix": ""})
@bp.get("/entries.<any(json,geojson,csv,ndjson):suffix>")
def entries(suffix: str) -> Response:
    """All entries, or those that changed, a page at a time; as table or lines, all in one."""
    kinds = _kinds()
    since = asking.moment("modified_after")
    network = asked_network()
    wanted = _format(suffix, (openapi.JSON, GEO, CSV, LINES))
    if wanted in {CSV, LINES}:
        return _stream(wanted, kinds, since, network)
    limit = asking.whole_number("limit", openapi.PAGE_DEFAULT, least=1, most=openapi.PAGE_MAX)
    after = cursors.read(cursor) if (cursor := request.args.get("cursor")) else None
    session = db.session()
    found = catalogue.by_change(
        session, kinds, since=since, after=after, among=_among(network), limit=limit + 1
    )
    next_url = _next(found[limit - 1], suffix) if len(found) > limit else None
    shown = versions.of_entries(session, network, found[:limit])
    if wanted == GEO:
        response = say(shapes.FeatureCollection(features=_features(shown), next=next_url), GEO)
    else:
        response = say_some(speaker().entries(shown, today(), next_url=next_url), each="entries")
    if network is None:  # entries enter and leave a network's slice without being changed
        response.last_modified = catalogue.last_change(session)
    response.vary.add("Accept")
    if next_url:
        response.headers["Link"] = f'<{next_url}>; rel="next"'
    return response


@bp.get("/entries/<kind>/<slug:slug>", defaults={"suffix": ""})
@bp.get("/entries/<kind>/<slug:slug>.<any(json,geojson,md):suffix>")
def entry(kind: str, slug: str, suffix: str) -> ResponseReturnValue:
    """One entry, whole; where it was renamed, its new address."""
    found = _entry(kind, slug, f".{suffix}" if suffix else "")
    if not isinstance(found, Entry):
        return found
    wanted = _format(suffix, (openapi.JSON, GEO, MARKDOWN))
    if wanted == MARKDOWN:
        if found.kind is Kind.STORY:
            abort(404)  # a story stays where its teller can take it back
        response = current_app.response_class(dump(found.document), mimetype=MARKDOWN)
    elif wanted == GEO:
        response = say(_features([found])[0], GEO)
    else:
        response = say_some(speaker().entry(found, today()))
    response.last_modified = found.updated_at
    response.vary.add("Accept")
    return response


@bp.get("/entries/<kind>/<slug:slug>/revisions")
def revisions(kind: str, slug: str) -> ResponseReturnValue:
    """The versions of an entry, newest first."""
    found = _entry(kind, slug, "/revisions")
    if not isinstance(found, Entry):
        return found
    return say(speaker().revisions(found, catalogue.history(db.session(), found.id)))


@bp.get("/entries/<kind>/<slug:slug>/revisions/<int:number>")
def revision(kind: str, slug: str, number: int) -> ResponseReturnValue:
    """An entry as it was. What a story said before stays with who told it."""
    found = _entry(kind, slug, f"/revisions/{number}")
    if not isinstance(found, Entry):
        return found
    lines = {one.number: one for one in catalogue.history(db.session(), found.id)}
    line = lines.get(number)
    if line is None or line.document is None or found.kind is Kind.STORY:
        abort(404)
    return say(
        shapes.RevisionObject(
            id=found.id,
            number=line.number,
            created_at=line.created_at,
            document=line.document,  # type: ignore[arg-type]  # one of the kinds
        )
    )


@bp.get("/places/<slug:slug>")
def place(slug: str) -> ResponseReturnValue:
    """What a place has and lacks, by part of life."""
    session = db.session()
    found = _entry(Kind.PLACE, slug, of="/api/v1")
    if not isinstance(found, Entry):
        return found
    known = atlas.of(session)
    sizes = gazetteer.sizes_at(current().geo_path)
    quilt = patchwork(known.areas[found.slug], known, sizes)
    return say(speaker().place(found, quilt, today()))


@bp.get("/networks")
def networks() -> Response:
    """Networks that chose a slice of the directory."""
    session = db.session()
    found = [
        speaker().network(one, entries=collection.size(session, one))
        for one in team.all_open(session)
    ]
    return say(shapes.NetworkList(networks=found, source=speaker().source()))


@bp.get("/vocabulary")
def vocabulary() -> Response:
    """The lists that entries choose from."""
    return say(objects.vocabulary())


@beside_pages.get(
    "/<any(approaches,services,organizations,places,stories):folder>/<slug:slug>.json"
)
def beside_page(folder: str, slug: str) -> AnyResponse:
    """The entry of a page as data: its address in the API."""
    kind = Kind.of_folder(folder)
    return redirect(f"/api/v1/entries/{kind}/{slug}", code=301)


@pages.get("/developers/")
def developers() -> str:
    """The directory as data, for people who write programs."""
    return render_template("api/developers.html", operations=openapi.OPERATIONS)


def speaker() -> Speaker:
    """Who puts things into the shapes of the API, for the running site."""
    return Speaker(current().public_url, current().site_name)


def say(shape: BaseModel, mimetype: str = openapi.JSON) -> Response:
    """`shape` as JSON."""
    return current_app.response_class(shape.model_dump_json(), mimetype=mimetype)


def say_some(shape: BaseModel, *, each: str = "") -> Response:
    """`shape` as JSON, with only the fields asked for; with `each`, of the things in that list."""
    wanted = [name for name in asking.words("fields", longest=1000).split(",") if name]
    if not wanted:
        return say(shape)
    said = shape.model_dump(mode="json")
    if each:
        said[each] = [_only(one, wanted) for one in said[each]]
    else:
        said = _only(said, wanted)
    return _json(said)


def _only(said: dict[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    """The wanted fields; `document.name` is a field of a field.

    Raises:
        BadQuestion: there is no such field.
    """
    kept: dict[str, Any] = {}
    for name in wanted:
        outer, _, inner = name.strip().partition(".")
        if outer not in said:
            raise BadQuestion(f"fields: there is no {name.strip()[:40]}.")
        if not inner:
            kept[outer] = said[outer]
        elif isinstance(said[outer], dict):
            # Kinds differ: what one of them lacks is left out of it.
            part = kept.setdefault(outer, {})
            part |= {inner: said[outer][inner]} if inner in said[outer] else {}
    return kept


def _json(said: dict[str, Any]) -> Response:
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return current_app.response_class(text, mimetype=openapi.JSON)


def _entry(
    kind: str, slug: str, suffix: str = "", *, of: str = "/api/v1/entries"
) -> Entry | AnyResponse:
    """The entry of that kind and slug, or the way to its new address.

    404 where there is none, 410 where there was one.
    """
    if kind not in set(Kind):
        abort(404)
    session = db.session()
    kind = Kind(kind)
    found = catalogue.find(session, kind, slug)
    if found:
        return found
    closed = catalogue.closed(session, kind, slug)
    goes_to = catalogue.moved_to(session, kind, slug) or (closed.goes_to if closed else None)
    if not goes_to:
        abort(410 if closed else 404)
    _, folder, new_slug = goes_to.split("/")
    place_or_kind = "places" if of == "/api/v1" else Kind.of_folder(folder)
    return redirect(f"{of}/{place_or_kind}/{new_slug}{suffix}", code=301)


def _kinds() -> list[Kind]:
    """The kinds asked for; all where none is named."""
    said = [part for value in request.args.getlist("kind") for part in value.split(",") if part]
    if unknown := [one for one in said if one not in set(Kind)]:
        raise BadQuestion(f"kind: there is no {unknown[0][:40]}. Write {', '.join(Kind)}.")
    return [kind for kind in Kind if kind in said] or list(Kind)


def _format(suffix: str, offered: Sequence[str]) -> str:
    """The media type to answer with: that of the suffix, else what the asker likes best."""
    if suffix:
        return SUFFIXES[suffix]
    if "Accept" not in request.headers:
        return offered[0]
    return request.accept_mimetypes.best_match(offered, default=offered[0]) or offered[0]


def _next(last: Entry, suffix: str) -> str:
    """Where the list goes on after `last`."""
    asked = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    query = urlencode([*asked, ("cursor", cursors.after(last))])
    ending = f".{suffix}" if suffix else ""
    return f"{current().public_url}/api/v1/entries{ending}?{query}"


def _features(shown: Sequence[Entry]) -> list[shapes.Feature]:
    documents = [one.document for one in shown]
    slugs = {one.place for one in documents if isinstance(one, Service) and one.place}
    found = connections.by_former_names(db.session(), Kind.PLACE, sorted(slugs))
    places = {slug: one.document for slug, one in found.items() if isinstance(one.document, Place)}
    return [formats.feature(one, places, url=current().public_url + one.url) for one in shown]


def _stream(
    mimetype: str, kinds: Sequence[Kind], since: datetime | None, network: Network | None
) -> Response:
    """Every entry; some hundred at a time are held in memory."""
    if network is not None:
        db.session.expunge(network)  # it outlives the transaction in which it was read
    found = _all(kinds, since, network)
    if mimetype == CSV:
        lines = formats.table(found, public_url=current().public_url)
    else:
        say_it, now = speaker(), today()
        lines = (f"{say_it.entry(one, now).model_dump_json()}\n" for one in found)
    response = current_app.response_class(stream_with_context(lines), mimetype=mimetype)
    ending = "csv" if mimetype == CSV else "ndjson"
    response.headers["Content-Disposition"] = f'inline; filename="entries.{ending}"'
    return response


def _all(kinds: Sequence[Kind], since: datetime | None, network: Network | None) -> Iterator[Entry]:
    session = db.session()
    among = _among(network)
    after: cursors.Place | None = None
    while True:
        found = catalogue.by_change(
            session, kinds, since=since, after=after, among=among, limit=STREAMED_AT_ONCE
        )
        shown = versions.of_entries(session, network, found)
        session.rollback()  # no transaction stays open while a slow reader takes what we have
        if not found:
            return
        after = found[-1].updated_at, found[-1].id
        yield from shown


def _among(network: Network | None) -> Select[UUID] | None:
    return collection.member_ids(network) if network else None
