"""The desk: the network's own programs that are told what happens in its slice."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, request
from werkzeug.wrappers import Response

from directory.config import current
from directory.db import db
from directory.networks import hooks
from directory.networks.models import Hook, Network, Role
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter


@bp.get("/<slug:slug>/desk/hooks")
@for_editors(Role.OWNER)
def programs(network: Network) -> Response:
    """The network's own programs that are told what happens in its slice."""
    return _hooks_page(network)


@bp.post("/<slug:slug>/desk/hooks")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def add_hook(network: Network) -> Response:
    """Tell one more program."""
    typed = request.form.get("url", "").strip()
    try:
        hooks.add(db.session(), network, typed, at=datetime.now(UTC), reachable=current().reachable)
    except (hooks.NotAHook, hooks.TooManyHooks) as problem:
        return _hooks_page(network, typed=typed, error=problem.message, status=problem.status)
    db.session.commit()
    return back(network, "programs")


@bp.post("/<slug:slug>/desk/hooks/<int:hook_id>/replay")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def replay_hook(network: Network, hook_id: int) -> Response:
    """Tell it again what came after a line of the log."""
    typed = request.form.get("after", "0")
    after = int(typed) if typed.isascii() and typed.isdigit() else 0
    hooks.replay(_hook(network, hook_id), after=after, at=datetime.now(UTC))
    db.session.commit()
    return back(network, "programs")


@bp.get("/<slug:slug>/desk/hooks/<int:hook_id>/removal")
@for_editors(Role.OWNER)
def ask_to_remove_hook(network: Network, hook_id: int) -> Response:
    """What telling it nothing more means, and a button."""
    return page("networks/desk/remove_hook.html", network, hook=_hook(network, hook_id))


@bp.post("/<slug:slug>/desk/hooks/<int:hook_id>/removal")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def remove_hook(network: Network, hook_id: int) -> Response:
    """Tell it nothing more."""
    db.session.delete(_hook(network, hook_id))
    db.session.commit()
    return back(network, "programs")


def _hook(network: Network, hook_id: int) -> Hook:
    hook = db.session.get(Hook, hook_id)
    if hook is None or hook.network_id != network.id:
        abort(404)
    return hook


def _hooks_page(
    network: Network, *, typed: str = "", error: str = "", status: int = 200
) -> Response:
    return page(
        "networks/desk/hooks.html",
        network,
        hooks=hooks.of_network(db.session(), network),
        typed=typed,
        error=error,
        status=status,
    )
