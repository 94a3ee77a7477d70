"""Keys: whom a request with one counts for; and `/developers/keys`, where admins make them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from directory import sharing
from directory.accounts import views_signed_out
from directory.accounts.guard import me, roles_required
from directory.accounts.models import RoleName
from directory.api import keys
from directory.config import current
from directory.db import db
from directory.security import keep_private, limit_writing, limiter

BEARER = "Bearer "

bp = Blueprint("api_keys", __name__, url_prefix="/developers/keys")
views_signed_out.keep_words(bp)


@bp.after_request
def keep_to_admins(response: Response) -> Response:
    """Nothing here is for caches, search engines or other sites."""
    return keep_private(response)


def attach(app: Flask) -> None:
    """Count requests with a key for that key, and tell programs whose key is unknown."""
    app.register_blueprint(bp)
    app.extensions["kith.reader"] = key_of_request

    @app.before_request
    def refuse_unknown_keys() -> None:
        if _secret() and key_of_request() is None:
            raise keys.UnknownKey


def key_of_request() -> str | None:
    """The name under which a request with a known key is counted; None for one without."""
    if "kith_key" not in g:
        g.kith_key = _known(_secret())
    known: str | None = g.kith_key
    return known


def _known(secret: str) -> str | None:
    try:
        return f"key {keys.number_of(db.session(), secret)}" if secret else None
    except keys.UnknownKey:
        return None


@bp.get("")
@roles_required(RoleName.ADMIN)
def show() -> Response:
    """Keys that belong to no network, and a form for one more."""
    return _page()


@bp.post("")
@roles_required(RoleName.ADMIN)
@limiter.limit(limit_writing)
def make() -> Response:
    """Make a key and show it, this once."""
    name = request.form.get("name", "")
    try:
        _key, secret = keys.make(
            db.session(), name, network_id=None, by=me().id, at=datetime.now(UTC)
        )
    except (keys.NoName, keys.TooManyKeys) as problem:
        return _page(name=name, error=problem.message, status=problem.status)
    db.session.commit()
    return _page(secret=secret)


@bp.get("/<int:number>/revocation")
@roles_required(RoleName.ADMIN)
def ask_to_revoke(number: int) -> Response:
    """What revoking it means, and a button."""
    key = keys.find(db.session(), number, network_id=None)
    if key is None:
        abort(404)
    return make_response(render_template("api/revoke_key.html", key=key))


@bp.post("/<int:number>/revocation")
@roles_required(RoleName.ADMIN)
@limiter.limit(limit_writing)
def revoke(number: int) -> AnyResponse:
    """Forget that key."""
    keys.revoke(db.session(), number, network_id=None, at=datetime.now(UTC))
    db.session.commit()
    return redirect("/developers/keys", code=303)


def _page(*, secret: str = "", name: str = "", error: str = "", status: int = 200) -> Response:
    page = render_template(
        "api/keys.html",
        keys=keys.in_use(db.session(), None),
        secret=secret,
        name=name,
        error=error,
        limit=current().limit_with_key,
    )
    return make_response(page, status)


def _secret() -> str:
    """The key that a program sent, at addresses that are for programs."""
    said = request.headers.get("Authorization", "")
    if not said.startswith(BEARER) or not sharing.is_open(request.path):
        return ""
    return said.removeprefix(BEARER).strip()
