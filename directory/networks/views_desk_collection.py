"""The desk: what is in a network's slice, by rules and by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory import search
from directory.accounts.guard import me
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.entries.cards import Card, cards
from directory.entries.views import page_number, today
from directory.errors import ChangedMeanwhile
from directory.networks import clearing, collection
from directory.networks.collection import Preview
from directory.networks.forms import PickForm, RulesForm
from directory.networks.models import Hand, Network
from directory.networks.naming import entry_meant
from directory.networks.rules import Rules
from directory.networks.views_desk import back, bp, for_editors, page
from directory.places import gazetteer
from directory.search.index import NotReady
from directory.security import limit_writing, limiter

PER_PAGE = 50
SHOWN_IN_PREVIEW = 30


@bp.get("/<slug:slug>/desk/collection")
@for_editors()
def rules(network: Network) -> Response:
    """The rules, and what they catch today."""
    chosen = Rules.read(network.rules)
    form = RulesForm(db.session(), chosen, version=str(network.version))
    return _rules_page(network, form, chosen)


@bp.post("/<slug:slug>/desk/collection")
@for_editors()
@limiter.limit(limit_writing)
def choose(network: Network) -> Response:
    """Take the rules, or only show what they would catch; or what is wrong with them."""
    form = RulesForm(db.session())
    if not form.validate() or not _place_is_known(form):
        return _rules_page(network, form, None, status=422)
    chosen = form.rules()
    if "preview" in request.form:
        return _rules_page(network, form, chosen)
    if form.version.data != str(network.version):
        raise ChangedMeanwhile
    collection.choose(db.session(), network, chosen)
    db.session.commit()
    return back(network, "rules")


@bp.get("/<slug:slug>/desk/entries")
@for_editors()
def entries(network: Network) -> Response:
    """What is in the slice, what was done by hand, and a form for more of that."""
    return _entries_page(network, PickForm(formdata=None, entry=request.args.get("entry", "")))


@bp.post("/<slug:slug>/desk/entries")
@for_editors()
@limiter.limit(limit_writing)
def pick(network: Network) -> Response:
    """Add an entry, leave it out, or say something about it."""
    form, session = PickForm(), db.session()
    entry = entry_meant(session, form.entry.data or "", public_url=current().public_url)
    if form.validate() and entry is None:
        form.entry.errors = [_("There is no such entry. Copy its address from this site.")]
    if form.errors or entry is None:
        return _entries_page(network, form, status=422)
    hand, at = Hand(form.hand.data), datetime.now(UTC)
    collection.pick(session, network, entry, hand, form.note.data or "", at=at)
    if network.only_cleared and hand is Hand.ADDED:  # who adds it has read it
        clearing.clear(session, network, entry.id, entry.revision, by=me().id, at=at)
    db.session.commit()
    return back(network, "entries")


@bp.post("/<slug:slug>/desk/entries/<uuid:entry_id>/undone")
@for_editors()
@limiter.limit(limit_writing)
def unpick(network: Network, entry_id: UUID) -> Response:
    """Let the rules decide about an entry again."""
    collection.unpick(db.session(), network, entry_id)
    db.session.commit()
    return back(network, "entries")


def _rules_page(
    network: Network, form: RulesForm, chosen: Rules | None, *, status: int = 200
) -> Response:
    session = db.session()
    preview: Preview | None = None
    try:
        if chosen is not None:
            preview = collection.preview(session, search.current(), network, chosen)
    except NotReady as problem:
        form.form_errors = [problem.message]
    return page(
        "networks/desk/rules.html",
        network,
        form=form,
        preview=preview,
        caught=_cards(session, preview.wanted) if preview else [],
        enters=_cards(session, preview.enters) if preview else [],
        leaves=_cards(session, preview.leaves) if preview else [],
        status=status,
    )


def _cards(session: Session, ids: frozenset[UUID]) -> tuple[Card, ...]:
    """Some of these entries, by name."""
    found = sorted(
        catalogue.by_ids(session, sorted(ids)[:500]), key=lambda one: one.document.name.casefold()
    )
    return cards(session, found[:SHOWN_IN_PREVIEW], today())


def _entries_page(network: Network, form: PickForm, *, status: int = 200) -> Response:
    session, number = db.session(), page_number()
    picks = collection.picks(session, network)
    ids, total = collection.some(session, network, start=(number - 1) * PER_PAGE, limit=PER_PAGE)
    shown = catalogue.by_ids(session, ids)
    left_out = [one.entry_id for one in picks.values() if one.hand == Hand.LEFT_OUT]
    return page(
        "networks/desk/entries.html",
        network,
        form=form,
        picks=picks,
        shown=cards(session, shown, today()),
        left_out=cards(session, catalogue.by_ids(session, left_out), today()),
        total=total,
        number=number,
        pages=max(-(-total // PER_PAGE), 1),
        status=status,
    )


def _place_is_known(form: RulesForm) -> bool:
    typed = (form.near.data or "").strip()
    known = gazetteer.at(current().geo_path) if typed else None
    if not typed or known is None:
        return True
    found = known.find(typed)
    if found is None or found.spot is None:
        form.near.errors = [
            _("We do not know which place that is. Write a town, council or half a postcode.")
        ]
        return False
    return True
