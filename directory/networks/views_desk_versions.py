"""The desk: versions that wait to be cleared, and how often editors are told by mail."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import abort, make_response, render_template, request
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.db import db
from directory.entries import catalogue
from directory.errors import ChangedMeanwhile
from directory.networks import clearing, collection, telling
from directory.networks.models import Hand, Network, Often
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter, without_csrf


@bp.get("/<slug:slug>/desk/versions")
@for_editors()
def versions(network: Network) -> Response:
    """What waits, with what changed in it; and whether anything has to wait at all."""
    return _versions_page(network)


@bp.post("/<slug:slug>/desk/versions")
@for_editors()
@limiter.limit(limit_writing)
def choose_versions(network: Network) -> Response:
    """Show entries as they are, or only in versions that were cleared."""
    wanted = request.form.get("show", "")
    if wanted not in {"cleared", "newest"}:
        abort(400)
    session = db.session()
    if wanted == "cleared":
        clearing.begin(session, network, by=me().id, at=datetime.now(UTC))
    else:
        clearing.stop(session, network)
    db.session.commit()
    return back(network, "versions")


@bp.post("/<slug:slug>/desk/versions/<uuid:entry_id>")
@for_editors()
@limiter.limit(limit_writing)
def decide_version(network: Network, entry_id: UUID) -> Response:
    """Clear the version that was shown, or leave the entry out; changed meanwhile: show it anew."""
    session, at = db.session(), datetime.now(UTC)
    said, outcome = request.form.get("revision", ""), request.form.get("outcome", "")
    entry = catalogue.by_id(session, entry_id)
    is_number = said.isascii() and said.isdigit()
    if entry is None or outcome not in {"clear", "leave-out"} or not is_number:
        abort(400)
    if outcome == "leave-out":
        known = collection.picks(session, network).get(entry_id)
        note = known.note if known else ""
        collection.pick(session, network, entry, Hand.LEFT_OUT, note, at=at)
        clearing.forget(session, network, entry_id)
    else:
        try:
            clearing.clear(session, network, entry_id, int(said), by=me().id, at=at)
        except ChangedMeanwhile as problem:
            session.rollback()
            return _versions_page(network, changed=entry_id, status=problem.status)
    db.session.commit()
    return back(network, "versions")


@bp.post("/<slug:slug>/desk/mails")
@for_editors()
@limiter.limit(limit_writing)
def choose_mails(network: Network) -> Response:
    """How often whoever is signed in hears of news."""
    wanted = request.form.get("often", "")
    if wanted not in set(Often):
        abort(400)
    telling.choose(db.session(), network, me().id, Often(wanted))
    db.session.commit()
    return back(network, "index")


@bp.get("/mails/<token>")
def show_stop(token: str) -> Response:
    """A page with one button that stops the mails; no need to sign in."""
    network, _user = telling.whose(db.session(), token, at=datetime.now(UTC))
    said = render_template("networks/stop.html", network=network, token=token, done=False)
    return make_response(said)


@bp.post("/mails/<token>")
@without_csrf  # mail programs press it (RFC 8058)
@limiter.limit(limit_writing)
def stop(token: str) -> Response:
    """No more of these mails; the token is the proof."""
    network = telling.stop(db.session(), token, at=datetime.now(UTC))
    db.session.commit()
    said = render_template("networks/stop.html", network=network, token=token, done=True)
    return make_response(said)


def _versions_page(network: Network, *, changed: UUID | None = None, status: int = 200) -> Response:
    session = db.session()
    return page(
        "networks/desk/versions.html",
        network,
        waiting=clearing.waiting(session, network),
        changed=changed,
        status=status,
    )
