"""The page of saved entries, and the picture of its address that a phone can read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory import caching, htmx, search
from directory.config import current
from directory.db import db
from directory.entries.cards import Card, cards, service_cards
from directory.entries.catalogue import Entry
from directory.entries.views import today
from directory.saved import qr
from directory.saved.lists import KINDS, Reference, SavedList, entries_of
from directory.search.index import NotReady
from directory.search.query import Q_MAX, Query
from directory.security import limit_searching, limiter
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind

bp = Blueprint("saved", __name__)
caching.attach(bp)

# So many results are offered for a list that lives in an address.
OFFERED = 8

# Flask-Babel comes without types.
_: Callable[..., str] = gettext


@dataclass(frozen=True)
class Row:
    """An entry of a list, and the address of the list without it."""

    card: Card
    kind: str
    reference: str
    without: str


@dataclass(frozen=True)
class Offer:
    """An entry that could go on a list, and the address of the list with it."""

    card: Card
    with_it: str
    is_on: bool


@bp.get("/saved")
@limiter.limit(limit_searching, exempt_when=lambda: not request.args.get("q"))
def show() -> ResponseReturnValue:
    """The list that the address carries; without one, the lists that this device keeps.

    A script asks for the part `list` of each list on the device. Who has no script gathers a list
    in the address: `q` looks for entries to add.
    """
    saved = SavedList.from_args(request.args)
    found = entries_of(db.session(), saved)
    asked = " ".join(request.args.get("q", "").split())[:Q_MAX]
    rows = [
        Row(
            card,
            facets.term("kind", card.kind).one,
            str(reference),
            address_of(saved.without(reference)),
        )
        for reference, card in zip(found, _cards(list(found.values())), strict=True)
    ]
    address = current().public_url + address_of(saved)
    return htmx.render(
        "saved/show.html",
        fragment="list",
        saved=saved,
        rows=rows,
        gone=len(saved.references) - len(found),
        address=address,
        query=saved.to_string(),
        mail=mail_link(saved, rows, address),
        has_code=qr.fits(address),
        asked=asked,
        offers=_offers(saved, asked) if asked else [],
        is_part=htmx.wants_fragment(),
    )


@bp.get("/saved/qr.svg")
def code() -> ResponseReturnValue:
    """The address of a list as a QR code."""
    saved = SavedList.from_args(request.args)
    address = current().public_url + address_of(saved)
    if not saved.references or not qr.fits(address):
        abort(404)
    response: Response = make_response(qr.svg(address))
    response.headers["Content-Type"] = "image/svg+xml"
    return response


def address_of(saved: SavedList) -> str:
    """The page that carries `saved` in its address."""
    asked = saved.to_string()
    return f"/saved?{asked}" if asked else "/saved"


def mail_link(saved: SavedList, rows: Sequence[Row], address: str) -> str:
    """A link that opens the reader's own mail program with the list in it."""
    site = current()
    subject = saved.name or _("From %(site)s", site=site.site_name)
    lines = [f"{row.card.name}\n{site.public_url}{row.card.url}" for row in rows]
    body = "\n\n".join([*lines, _("All of them on one page:") + f"\n{address}"])
    return f"mailto:?subject={quote(subject)}&body={quote(body)}"


def _offers(saved: SavedList, asked: str) -> list[Offer]:
    try:
        hits = search.current().find(Query(q=asked)).hits
    except NotReady:
        return []
    references = [Reference(hit.kind, hit.slug) for hit in hits if hit.kind in KINDS][:OFFERED]
    found = entries_of(db.session(), SavedList(tuple(references)))
    short = _cards(list(found.values()))
    return [
        Offer(card, address_of(saved.with_(reference)), reference in saved.references)
        for reference, card in zip(found, short, strict=True)
    ]


def _cards(entries: Sequence[Entry]) -> list[Card]:
    """The cards of entries of any kind, in their order; services say where they are."""
    session = db.session()
    services = [one for one in entries if one.kind is Kind.SERVICE]
    others = [one for one in entries if one.kind is not Kind.SERVICE]
    found = {
        one.id: one
        for one in (
            *service_cards(session, services, today()),
            *cards(session, others, today()),
        )
    }
    return [found[one.id] for one in entries]
