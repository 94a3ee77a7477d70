"""The page of results, and suggestions while typing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite, nan
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_babel import ngettext as _ngettext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from directory import caching, config, htmx, search, shelf
from directory.db import db, in_a_hurry, writing
from directory.entries.freshness import Freshness
from directory.networks.views_slice import answer, asked_among, asked_network
from directory.places import gazetteer
from directory.search import crisis, nothing_found
from directory.search.index import NotReady
from directory.search.nearness import NEAR_MILES
from directory.search.query import WITHIN, Query, Sort
from directory.search.results import Hit, Nearest, PlaceRead, Reason, Results
from directory.security import limit_reading, limit_searching, limiter
from directory.templating import lower_first
from directory.vocabulary import facets
from directory.vocabulary.help import Subject
from directory.vocabulary.terms import Kind

SUGGESTIONS = 8
# So many words of a question that found nothing are tried alone.
WORDS_ALONE = 5
SIGNS = "\"'“”‘’-.,;:!?()[]"

bp = Blueprint("search", __name__)
caching.attach(bp, browsers_ask=True)  # who looks again wants to see what is new

# Flask-Babel comes without types.
_: Callable[..., str] = gettext
ngettext: Callable[..., str] = _ngettext


@bp.get("/search")
@limiter.limit(limit_searching)
def show() -> AnyResponse:
    """Results for a question, with filters, how it was read, and ways on where nothing is found."""
    query = Query.from_args(request.args)
    if Query.has_full_postcode(request.args):
        return redirect(address_of(query), code=303)
    among = asked_among(query)
    try:
        results = answer(query, among)
    except NotReady:
        return htmx.render("search/rebuilding.html", fragment="answer", query=query, status=503)
    query = results.query  # what it names is called today
    if nothing_found.is_to_count(results):
        _count_nothing_found(results)
    response = htmx.render(
        "search/show.html",
        fragment="answer",
        query=query,
        results=results,
        cards=[card_of(hit, results) for hit in results.hits],
        heading=heading_of(results),
        more=more_of(results),
        title=title_of(results),
        sorts=sorts_of(results),
        distances=WITHIN,
        address_of=address_of,
        place_name=_place_name(results.place),
        network=asked_network(),
        words_alone=[] if results.total else words_alone(query),
        is_part=htmx.wants_fragment(),
    )
    if htmx.wants_fragment():
        response.headers["HX-Replace-Url"] = address_of(query)
    return response


def _count_nothing_found(results: Results) -> None:
    """Count a search in vain, in a transaction of its own: no page fails for it, or waits."""
    shelf.each_counts()
    spot, settings = results.place.spot if results.place else None, config.current()
    known = gazetteer.at(settings.geo_path)
    council = known.council_name(spot.council) if known and spot and spot.council else ""
    area = council or (spot.name if spot and spot.kind != "postcode" else "")
    waiting = current_app.extensions.setdefault("kith.nothing_found", nothing_found.Waiting())
    waiting.add(nothing_found.Search(results.query.q, area, datetime.now(UTC).date()))
    searches = waiting.take()
    try:
        with writing(), in_a_hurry(), Session(db.engine) as session:
            for one in searches:
                nothing_found.note(session, one, secret=str(current_app.secret_key).encode())
            session.commit()
    except OperationalError:  # somebody else writes: with the next one, then
        waiting.add(*searches)
    except SQLAlchemyError:
        current_app.logger.exception("a search in vain was not counted")


@bp.get("/search/here")
@limiter.limit(limit_reading)
def here() -> tuple[Response, int]:
    """The first half of the postcode at a point, for the field "Place". Nobody keeps the point."""
    lat, lon = (request.args.get(name, nan, type=float) for name in ("lat", "lon"))
    known = gazetteer.at(config.current().geo_path)
    district = known.district_at(lat, lon) if known and isfinite(lat) and isfinite(lon) else ""
    response = jsonify(near=district)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if district else 404


@bp.get("/suggest")
@limiter.limit(limit_reading)
def suggest() -> str:
    """What the visitor may be about to type, as options of a list."""
    found = search.current().suggest(request.args.get("q", "")[:100], limit=SUGGESTIONS)
    return render_template("search/suggestions.html", suggestions=found)


@bp.get("/suggest.json")
@limiter.limit(limit_reading)
def suggest_json() -> Response:
    """The same as plain values."""
    found = search.current().suggest(request.args.get("q", "")[:100], limit=SUGGESTIONS)
    return jsonify([{"words": one.words, "note": one.note, "url": one.url} for one in found])


@dataclass(frozen=True)
class NearestCard:
    """The nearest service, in words for a card."""

    url: str
    name: str
    where: str
    freshness: Freshness


@dataclass(frozen=True)
class Card:
    """A result in the words of its card."""

    id: UUID
    url: str
    name: str
    strapline: str
    who_for: tuple[str, ...]
    support_area: tuple[str, ...]
    freshness: Freshness
    nearest: NearestCard | None
    kind: str
    where: str
    none_near: str
    is_approach: bool
    slug: str
    matched: tuple[Reason, ...]
    is_close: bool
    goes_with: str


def card_of(hit: Hit, results: Results) -> Card:
    """`hit` in the words of its card: what it is, and where it happens seen from the reader."""
    place = _place_name(results.place)
    nearest = hit.nearest
    is_near = nearest and (nearest.is_inside or (nearest.miles or 0) <= NEAR_MILES)
    none_near = ""
    if nearest and not is_near:
        none_near = _("Nearest we know of: %(where)s.", where=where_words(nearest, place))
    where = ""
    if hit.kind is Kind.SERVICE:
        where = where_words(hit, place)
    is_urgent = results.urgent_help in {"crisis", "danger"}
    return Card(
        id=hit.id,
        url=hit.url,
        name=hit.name,
        strapline=hit.strapline,
        who_for=hit.who_for,
        support_area=hit.support_area,
        freshness=hit.freshness,
        nearest=(
            NearestCard(nearest.url, nearest.name, where_words(nearest, place), nearest.freshness)
            if nearest and is_near
            else None
        ),
        kind=facets.term("kind", hit.kind).one,
        where=where,
        none_near=none_near,
        is_approach=hit.kind is Kind.APPROACH,
        slug=hit.slug,
        matched=_kind_reasons(hit.matched, results.urgent_help),
        is_close=hit.is_close and not is_urgent,
        goes_with="" if is_urgent else hit.goes_with,
    )


def _kind_reasons(reasons: tuple[Reason, ...], urgent: Subject | None) -> tuple[Reason, ...]:
    """The reasons that may be read by somebody in distress: "Matches: husband, died" is cruel."""
    if urgent in {"crisis", "danger"}:
        return ()
    if urgent == "loss":
        return tuple(one for one in reasons if not crisis.is_of_loss(one.asked or one.words))
    return reasons


def where_words(thing: Hit | Nearest, asked: str) -> str:
    """Where something is, seen from the place asked for: "In Leeds, near LS8 5",
    "York, about 22 miles"."""
    if thing.is_inside:
        words = [_("In %(place)s", place=thing.place or asked), thing.spot]
    else:
        far = "" if thing.miles is None else miles_words(thing.miles)
        words = [thing.place, thing.spot, far]
    return ", ".join(filter(None, words))


def miles_words(miles: float) -> str:
    """A distance as people say it: "about 3 miles"."""
    if miles < 1:
        return _("less than a mile")
    return ngettext("about %(num)s mile", "about %(num)s miles", round(miles))


def heading_of(results: Results) -> str:
    """The answer in one line: "14 ideas, 3 of them already in Leeds"."""
    query, place = results.query, results.place
    ideas = results.kinds.get(Kind.APPROACH, 0)
    if not results.total and place and place.is_ambiguous and not place.is_guess:
        return _("There are several places called %(place)s", place=place.typed)
    if not results.total:
        return _nothing(query, _place_name(place))
    if not ideas:
        return ngettext("%(num)s result", "%(num)s results", results.total)
    words = ngettext("%(num)s idea", "%(num)s ideas", ideas)
    if place and place.spot:
        here = {"ideas": words, "num": results.inside, "place": place.spot.name}
        is_area = bool(place.spot.councils)
        if not results.inside:
            words = _("%(ideas)s, none that we know near %(place)s yet", **here)
        elif is_area:
            words = _("%(ideas)s, %(num)s of them already in %(place)s", **here)
        else:
            words = _("%(ideas)s, %(num)s of them already near %(place)s", **here)
    return words


def more_of(results: Results) -> str:
    """What is found besides ideas: "and 9 more: where it happens, organisations"."""
    ideas = results.kinds.get(Kind.APPROACH, 0)
    rest = results.total - ideas
    if not (ideas and rest):
        return ""
    kinds = [kind for kind in Kind if kind is not Kind.APPROACH and results.kinds.get(kind)]
    names = ", ".join(lower_first(facets.label("kind", kind)) for kind in kinds)
    return _("and %(number)s more: %(kinds)s", number=rest, kinds=names)


def title_of(results: Results) -> str:
    """For the tab: the count first, then what was asked."""
    query = results.query
    count = ngettext("%(num)s result", "%(num)s results", results.total)
    asked = query.q or _("everything")
    place = _place_name(results.place) if query.near else ""
    if place:
        return _("%(count)s for %(asked)s near %(place)s", count=count, asked=asked, place=place)
    return _("%(count)s for %(asked)s", count=count, asked=asked)


def _nothing(query: Query, place: str) -> str:
    if query.q and place:
        return _("Nothing for “%(asked)s” near %(place)s yet", asked=query.q, place=place)
    if query.q:
        return _("Nothing for “%(asked)s” yet", asked=query.q)
    return _("Nothing here yet")


def words_alone(query: Query) -> list[tuple[str, int, str]]:
    """Single words of a question that found nothing, with what each would find."""
    bare = dict.fromkeys(word.strip(SIGNS) for word in query.q.split())
    said = [word for word in bare if len(word) > 3][:WORDS_ALONE]
    alone = [(word, query.without_filters().with_(q=word)) for word in said if len(said) > 1]
    counted = [(word, search.current().find(one).total, address_of(one)) for word, one in alone]
    return [(word, number, address) for word, number, address in counted if number]


def _place_name(place: PlaceRead | None) -> str:
    return place.spot.name if place and place.spot else ""


def sorts_of(results: Results) -> Sequence[tuple[Sort, str]]:
    """The orders that make sense for these results."""
    sorts = [(Sort.BEST, _("Best match"))]
    if results.place and results.place.spot:
        sorts.append((Sort.NEAREST, _("Nearest")))
    return [*sorts, (Sort.CHECKED, _("Recently checked")), (Sort.NAME, _("A to Z"))]


def address_of(query: Query) -> str:
    """The address that asks this question."""
    asked = query.to_string()
    return url_for("search.show") + (f"?{asked}" if asked else "")
