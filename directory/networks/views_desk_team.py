"""The desk: who edits a network, and on which sites its slice may be shown."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.api import keys
from directory.db import db
from directory.networks import joining, origins, team
from directory.networks.forms import WORDS_MAX, EditorForm, SitesForm
from directory.networks.models import Network, Role
from directory.networks.views_desk import back, bp, for_editors, page
from directory.security import limit_writing, limiter
from directory.submissions import links


@bp.get("/<slug:slug>/desk/team")
@for_editors(Role.OWNER)
def people(network: Network) -> Response:
    """Who edits, and on which sites the slice may be shown."""
    return _team_page(network)


@bp.post("/<slug:slug>/desk/team")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def invite(network: Network) -> Response:
    """Let somebody edit, and tell them by mail."""
    form = EditorForm()
    if not form.validate():
        return _team_page(network, form=form, status=422)
    try:
        team.invite(
            db.session(), network, form.email.data, Role(form.role.data), at=datetime.now(UTC)
        )
    except team.LastOwner as problem:
        form.role.errors = [problem.message]
        return _team_page(network, form=form, status=problem.status)
    db.session.commit()
    return back(network, "people")


@bp.get("/<slug:slug>/desk/team/<int:user_id>/removal")
@for_editors(Role.OWNER)
def ask_to_remove(network: Network, user_id: int) -> Response:
    """What removing somebody means, and a button; who must be an owner first, if nobody else is."""
    found = (user for _one, user in team.editors(db.session(), network) if user.id == user_id)
    user = next(found, None)
    if user is None:
        abort(404)
    return page(
        "networks/desk/remove_editor.html",
        network,
        user=user,
        is_me=user.id == me().id,
        is_last_owner=team.is_last_owner(db.session(), network, user),
    )


@bp.post("/<slug:slug>/desk/team/<int:user_id>/removal")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def remove(network: Network, user_id: int) -> Response:
    """That person no longer edits it. Whoever removed themselves comes to the page of all."""
    team.remove(db.session(), network, user_id, at=datetime.now(UTC))
    db.session.commit()
    if team.role_of(db.session(), network, me()) is None:
        return redirect(url_for("networks.index"), code=303)
    return back(network, "people")


@bp.post("/<slug:slug>/desk/sites")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def choose_sites(network: Network) -> Response:
    """On which sites widgets of the network may stand."""
    form = SitesForm()
    if not form.validate():
        return _team_page(network, sites=form, status=422)
    network.origins = origins.read(form.origins.data or "")
    db.session.commit()
    return back(network, "people")


@bp.get("/<slug:slug>/desk/closing")
@for_editors(Role.OWNER)
def ask_to_close(network: Network) -> Response:
    """What closing it means, and a button."""
    return page("networks/desk/closing.html", network)


@bp.post("/<slug:slug>/desk/closing")
@for_editors(Role.OWNER)
@limiter.limit(limit_writing)
def close(network: Network) -> Response:
    """Take the network off the site; keys of its programs and links to rows end with it."""
    at = datetime.now(UTC)
    reason = " ".join(request.form.get("reason", "").split())[:WORDS_MAX]
    joining.close(network, reason=reason, at=at)
    keys.revoke_all(db.session(), network.id, at=at)
    links.end_of_network(db.session(), network.id, at=at)
    db.session.commit()
    return redirect(url_for("networks.index"), code=303)


def _team_page(
    network: Network,
    *,
    form: EditorForm | None = None,
    sites: SitesForm | None = None,
    status: int = 200,
) -> Response:
    return page(
        "networks/desk/team.html",
        network,
        editors=team.editors(db.session(), network),
        form=form or EditorForm(formdata=None),
        sites=sites or SitesForm(formdata=None, origins="\n".join(network.origins)),
        status=status,
    )
