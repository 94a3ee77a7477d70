"""`/embed/v1/frame` for sites that take no scripts, and `/oembed` for pasted addresses."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from directory import asking, security, sharing
from directory.config import current
from directory.db import db
from directory.errors import DirectoryError
from directory.networks import colours, oembed, slices, team, widgets
from directory.networks.code import FRAME_PATH, RESULTS_MAX
from directory.networks.embed import count
from directory.networks.views_slice import answer, asked_among, asked_network
from directory.networks.widgets import Use
from directory.search.index import NotReady
from directory.search.query import Query
from directory.search.results import Results
from directory.search.views import Card, address_of, card_of
from directory.security import limit_searching, limiter

STYLES_PATH = "/embed/v1/frame.css"
ANSWER_SECONDS = 300
STYLES_SECONDS = 86_400
RESULTS_SHOWN = 3
HEADING_MAX = 80
SIZE_MAX = 5000
# What the host chose and the reader's next search keeps.
KEPT = ("heading", "limit", "network", "collection", "kind", "support_area", "who_for", "sort",
        "widget", "theme", *colours.NAMES)  # fmt: skip

bp = Blueprint("frame", __name__)
pasted = Blueprint("oembed", __name__)


@dataclass(frozen=True)
class FrameAsk:
    """What a frame was asked to show.

    Attributes:
        entry: path of the one entry to show; "" for a box or a list.
        colours: those that the host chose, if people can read them together.
        widget: the key of the saved widget that this is, so that opened results are counted.
        kept: names and values that the form sends along.
    """

    query: Query
    heading: str
    entry: str
    is_box: bool
    has_fixed_place: bool
    wants_results: bool
    most: int
    theme: str
    colours: dict[str, str]
    widget: str
    kept: tuple[tuple[str, str], ...]


@bp.get(FRAME_PATH)
@limiter.limit(limit_searching)
def frame() -> AnyResponse:
    """A box with its results, a list, or one entry, in a page for other sites' frames.

    A saved widget is asked for by `widget` alone: then on to what it shows now.
    """
    key = asking.words("widget")
    if key and len(request.args) == 1:
        widget, _network = widgets.find(db.session(), key)
        query = widgets.choice_of(widget).frame_query
        count(key, Use.LOADS)
        return redirect(f"{FRAME_PATH}?{query}&{urlencode({'widget': key})}", code=302)
    ask = asked()
    results = None
    if ask.entry:
        only = slices.only(db.session(), ask.entry, asked_network())
        results = answer(Query(), only, counts=False)
    else:
        among = asked_among(ask.query)
        if ask.wants_results:
            results = answer(ask.query, among, counts=False)
            if key and asking.words("asked") == "1":
                count(key, Use.SEARCHES, network=ask.query.network)
    cards = [card_of(hit, results) for hit in results.hits[: ask.most]] if results else []
    return _page(ask, results, cards)


@bp.get(STYLES_PATH)
def styles() -> Response:
    """The host's colours, for a frame."""
    response = make_response(colours.frame_rules(chosen_colours()))
    response.mimetype = "text/css"
    response.cache_control.public = True
    response.cache_control.max_age = STYLES_SECONDS
    return response


@bp.errorhandler(DirectoryError)
def absent(error: DirectoryError) -> Response:
    """The frame without results: the host's page must not show an error page of ours."""
    words = _("The search is being rebuilt. It will be back in a moment.")
    if not isinstance(error, NotReady):
        words = _("This cannot be shown just now.")
    response = _page(asked(), None, [], absent=words)
    response.status_code = error.status
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.errorhandler(HTTPException)
def refused(error: HTTPException) -> Response:
    """The frame without results; too many questions are told in words."""
    response = _page(asked(), None, [], absent=_("Too many searches just now. Wait a minute."))
    response.status_code = error.code or 500
    response.headers["Cache-Control"] = "no-store"
    return response


@pasted.get("/oembed")
def embed() -> Response:
    """What to show for an address of ours that somebody pasted elsewhere."""
    if asking.words("format") not in {"", "json"}:
        return sharing.problem(501, _("Only format=json is here"))
    site = current()
    shown = oembed.read(
        db.session(),
        asking.words("url", longest=2000),
        public_url=site.public_url,
        site_name=site.site_name,
    )
    return jsonify(
        oembed.said(
            shown,
            public_url=site.public_url,
            site_name=site.site_name,
            max_width=asking.whole_number("maxwidth", SIZE_MAX, least=1),
            max_height=asking.whole_number("maxheight", SIZE_MAX, least=1),
        )
    )


def asked() -> FrameAsk:
    """What the address asks the frame to show."""
    query = Query.from_args(request.args)
    entry = asking.words("entry", longest=200)
    is_list = asking.words("show") == "list"
    limit = asking.words("limit")
    most = int(limit) if limit.isascii() and limit.isdigit() else RESULTS_SHOWN
    # On the first showing the place is the host's; the form says so from then on.
    is_first = asking.words("asked") != "1"
    has_fixed_place = bool(query.near) and (is_first or asking.is_on("place_is_fixed"))
    kept = [
        (name, value)
        for name in KEPT
        for value in request.args.getlist(name)
        if value and len(value) <= HEADING_MAX
    ]
    if has_fixed_place:
        kept += [("near", query.near), ("place_is_fixed", "1")]
    return FrameAsk(
        query=query,
        heading=asking.words("heading", longest=HEADING_MAX),
        entry=entry,
        is_box=not entry and not is_list,
        has_fixed_place=has_fixed_place,
        wants_results=is_list or asking.words("asked") == "1" or bool(query.q),
        most=max(1, min(most, RESULTS_MAX)),
        theme=theme if (theme := asking.words("theme")) in {"light", "dark"} else "",
        colours=chosen_colours(),
        widget=key if (key := asking.words("widget")).isalnum() else "",
        kept=tuple(kept),
    )


def chosen_colours() -> dict[str, str]:
    """The colours that the address names; none where people could not read them together."""
    found = {name: said for name in colours.NAMES if (said := colours.tidy(asking.words(name)))}
    return found if all(pair.is_enough for pair in colours.pairs(found)) else {}


def _page(
    ask: FrameAsk, results: Results | None, cards: list[Card], *, absent: str = ""
) -> Response:
    network = asked_network() if cards else None
    page = render_template(
        "embed/frame.html",
        ask=ask,
        results=results,
        cards=cards,
        network=network,
        notes=slices.notes(db.session(), network) if network else {},
        styles=f"{STYLES_PATH}?{urlencode(ask.colours)}" if ask.colours else "",
        all_url=current().public_url + address_of(ask.query),
        absent=absent,
    )
    response = make_response(page)
    # Only what is public is here, and nothing can be done in it: any site may frame it, unless the
    # network named those that may.
    response.headers["Content-Security-Policy"] = security.csp_with(
        frame_ancestors=_framed_by(ask.query.network)
    )
    response.cache_control.public = True
    response.cache_control.max_age = ANSWER_SECONDS
    return response


def _framed_by(network_slug: str) -> str:
    network = team.open_network(db.session(), network_slug) if network_slug else None
    return " ".join(["'self'", *network.origins]) if network and network.origins else "*"
