"""`/networks/`: networks for everyone to read, and asking to be one."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, abort, make_response, redirect, render_template, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response

from directory import caching, search
from directory.accounts import people
from directory.db import db
from directory.entries.views import page_number, today
from directory.networks import collection, colours, joining, slices, team, versions
from directory.networks.forms import AskForm
from directory.networks.joining import Asked
from directory.networks.models import Network
from directory.search.index import NotReady
from directory.search.query import Query, Sort
from directory.search.views import card_of
from directory.security import keep_private, limit_writing, limiter, without_csrf

bp = Blueprint("networks", __name__, url_prefix="/networks")
caching.attach(bp)

FOREVER = "public, max-age=31536000, immutable"


@bp.get("/")
def index() -> Response:
    """All networks, and how to become one."""
    session = db.session()
    found = [(one, collection.size(session, one)) for one in team.all_open(session)]
    return make_response(render_template("networks/index.html", networks=found))


@bp.get("/<slug:slug>")
def show(slug: str) -> Response:
    """A network's page: its words, a search of its slice, and what is in it with its notes."""
    session = db.session()
    network = slices.network_of(session, slug)
    query = Query(network=slug, sort=Sort.NAME, page=page_number())
    try:
        found = search.current().find(query, among=slices.members(session, network), counts=False)
        results = versions.of_results(session, network, found, today=today())
    except NotReady:
        results = None
    page = render_template(
        "networks/show.html",
        network=network,
        results=results,
        cards=[card_of(hit, results) for hit in results.hits] if results else [],
        notes=slices.notes(session, network),
    )
    return make_response(page)


@bp.get("/<slug:slug>/logo-<digest>.png")
def logo(slug: str, digest: str) -> Response:
    """The network's logo; its address changes with the picture."""
    network = slices.network_of(db.session(), slug)
    if not network.logo or network.logo_digest != digest:
        abort(404)
    response = make_response(network.logo)
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = FOREVER
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/<slug:slug>/look.css")
def look(slug: str) -> Response:
    """The network's colours, for its own page here."""
    network = slices.network_of(db.session(), slug)
    return stylesheet(network)


@bp.get("/ask")
def ask() -> Response:
    """The form that asks to be a network."""
    return _ask_page(AskForm())


@bp.post("/ask")
@without_csrf
def send() -> Response:
    """Keep the request and mail a link; or the form again with what is wrong."""
    form = AskForm()
    if not form.validate():
        return _ask_page(form, status=422)
    try:
        with limiter.limit(limit_writing):
            pass
    except RateLimitExceeded:
        return _ask_page(form, status=429)
    joining.ask(
        db.session(),
        Asked(
            name=form.name.data.strip(),
            web_page=_web_page(form.web_page.data),
            email=people.tidy(form.email.data),
            role=(form.role.data or "").strip(),
            why=form.why.data.strip(),
        ),
        at=datetime.now(UTC),
    )
    db.session.commit()
    return redirect(url_for(".asked"), code=303)


@bp.get("/asked")
def asked() -> Response:
    """Look into your mail."""
    return make_response(render_template("networks/asked.html"))


@bp.get("/confirm/<token>")
def show_confirmation(token: str) -> Response:
    """A page with one button. Opening it confirms nothing: mail scanners open every link."""
    network = joining.to_confirm(db.session(), token, at=datetime.now(UTC))
    page = render_template("networks/confirm.html", network=network, token=token)
    return keep_private(make_response(page))


@bp.post("/confirm/<token>")
@limiter.limit(limit_writing)
def confirm(token: str) -> Response:
    """The request waits for an admin."""
    network = joining.confirm(db.session(), token, at=datetime.now(UTC))
    db.session.commit()
    page = render_template("networks/confirmed.html", network=network)
    return keep_private(make_response(page))


def stylesheet(network: Network) -> Response:
    """The colours of `network` as custom properties of its band."""
    whole = {**colours.USUAL, **network.colours}
    response = make_response(
        f".network-band{{--band-ground:{whole['ground']};--band-text:{whole['text']}}}"
    )
    response.mimetype = "text/css"
    return response


def _web_page(typed: str) -> str:
    said = typed.strip()
    return said if "://" in said else f"https://{said}"


def _ask_page(form: AskForm, *, status: int = 200) -> Response:
    page = render_template("networks/ask.html", form=form, limited=status == 429)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
