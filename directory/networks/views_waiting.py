"""`/networks/waiting`: where admins decide who is a network."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from flask import abort, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.db import db
from directory.entries.slugs import slugify
from directory.networks import joining
from directory.networks.forms import DecideForm
from directory.networks.models import Network
from directory.networks.views_desk import bp
from directory.security import limit_writing, limiter


@bp.get("/waiting")
@roles_required(RoleName.ADMIN)
def waiting() -> Response:
    """Who asks to be a network."""
    return _waiting_page()


@bp.post("/waiting/<uuid:network_id>/decision")
@roles_required(RoleName.ADMIN)
@limiter.limit(limit_writing)
def decide(network_id: UUID) -> Response:
    """Open the network, or not; who asked gets a mail."""
    session = db.session()
    network = session.get(Network, network_id) or abort(404)
    form = DecideForm()
    if not form.validate():
        return _waiting_page(network, form, status=422)
    at = datetime.now(UTC)
    try:
        if form.outcome.data == "open":
            slug = (form.slug.data or "").strip()
            joining.approve(session, network, slug=slug, admin=me(), at=at)
        else:
            reason = form.reason.data.strip()
            joining.decline(session, network, reason=reason, admin=me(), at=at)
    except (joining.BadAddress, joining.AddressTaken) as problem:
        session.rollback()
        form.slug.errors = [problem.message]
        return _waiting_page(session.get(Network, network_id), form, status=problem.status)
    db.session.commit()
    done = "opened" if form.outcome.data == "open" else "declined"
    return redirect(url_for(".waiting", done=done), code=303)


@bp.post("/waiting/<uuid:network_id>/opening")
@roles_required(RoleName.ADMIN)
@limiter.limit(limit_writing)
def open_again(network_id: UUID) -> Response:
    """Put a closed network back."""
    network = db.session.get(Network, network_id) or abort(404)
    joining.open_again(network, at=datetime.now(UTC))
    db.session.commit()
    return redirect(url_for(".waiting"), code=303)


def _waiting_page(
    about: Network | None = None, form: DecideForm | None = None, *, status: int = 200
) -> Response:
    found = []
    for one in joining.waiting(db.session()):
        mine = form if form and about and one.id == about.id else None
        if mine is None:
            mine = DecideForm(formdata=None, slug=slugify(one.name), prefix="")
        found.append((one, mine))
    page = render_template(
        "networks/waiting.html",
        waiting=found,
        closed=joining.closed(db.session()),
        who=me(),
        mail_is_theirs=joining.mail_is_theirs,
    )
    return make_response(page, status)
