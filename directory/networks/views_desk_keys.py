"""The desk: keys for a network's own programs, which may then ask more often."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, request
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.api import keys
from directory.config import current
from directory.db import db
from directory.networks.models import Network
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter


@bp.get("/<slug:slug>/desk/keys")
@for_editors()
def api_keys(network: Network) -> Response:
    """The keys in use, and a form for one more."""
    return _keys_page(network)


@bp.post("/<slug:slug>/desk/keys")
@for_editors()
@limiter.limit(limit_writing)
def make_key(network: Network) -> Response:
    """Make a key and show it, this once."""
    name, at = request.form.get("name", ""), datetime.now(UTC)
    try:
        _key, secret = keys.make(db.session(), name, network_id=network.id, by=me().id, at=at)
    except (keys.NoName, keys.TooManyKeys) as problem:
        return _keys_page(network, name=name, error=problem.message, status=problem.status)
    db.session.commit()
    return _keys_page(network, secret=secret)


@bp.get("/<slug:slug>/desk/keys/<int:number>/revocation")
@for_editors()
def ask_to_revoke_key(network: Network, number: int) -> Response:
    """What revoking it means, and a button."""
    key = keys.find(db.session(), number, network_id=network.id)
    if key is None:
        abort(404)
    return page("networks/desk/revoke_key.html", network, key=key)


@bp.post("/<slug:slug>/desk/keys/<int:number>/revocation")
@for_editors()
@limiter.limit(limit_writing)
def revoke_key(network: Network, number: int) -> Response:
    """Forget that key of the network."""
    keys.revoke(db.session(), number, network_id=network.id, at=datetime.now(UTC))
    db.session.commit()
    return back(network, "api_keys")


def _keys_page(
    network: Network, *, secret: str = "", name: str = "", error: str = "", status: int = 200
) -> Response:
    return page(
        "networks/desk/keys.html",
        network,
        keys=keys.in_use(db.session(), network.id),
        secret=secret,
        name=name,
        error=error,
        limit=current().limit_with_key,
        status=status,
    )
