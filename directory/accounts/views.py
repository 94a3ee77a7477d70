"""Signing in by a mailed link, and out."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for
from flask_limiter.util import get_remote_address
from flask_security import current_user
from flask_security.utils import logout_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from directory import mail, tokens
from directory.accounts import people, sessions, views_signed_out
from directory.accounts import sign_in as links
from directory.accounts.forms import SignInForm
from directory.accounts.guard import (
    ask_for_second,
    my_sign_in,
    needs_second,
    relying_party,
    sign_in_here,
    was_ended,
)
from directory.accounts.models import RoleName, User
from directory.db import db
from directory.security import keep_private, limiter

bp = Blueprint("accounts", __name__, url_prefix="/accounts")

# Where those go who edit networks and moderate nothing.
NETWORKS_HOME = "/networks/mine"
LINKS_PER_ADDRESS = "10 per hour"
SIGN_INS_PER_ADDRESS = "60 per hour"  # an office has one, and no link can be guessed
TRIES_PER_LINK = "5 per 15 minutes"
_FOR_ALL = {"accounts.ask_for_link", "accounts.use_link", "accounts.use_passkey"}


def _this_link() -> str:
    return f"sign-in:{tokens.hashed((request.view_args or {}).get('token', ''))}"


@bp.errorhandler(CSRFError)
def keep_words(error: CSRFError) -> Response:
    """The form is older than the sign-in: show what was typed, so that it can be copied."""
    token = (request.view_args or {}).get("token", "")
    onward = _if_mine(token) if token else None
    return onward or views_signed_out.show(400, is_for_all=request.endpoint in _FOR_ALL)


@bp.get("/sign-in")
def sign_in() -> Response:
    """A page that asks for the address, or the first page of those who are signed in."""
    goes_to = links.safe_path(request.args.get("next", ""))
    held = my_sign_in()
    if held is not None:
        return _go_on(first_page(held.user, goes_to))
    return sign_in_page(SignInForm(next=request.args.get("next", "")))


@bp.post("/sign-in")
@limiter.limit(LINKS_PER_ADDRESS, key_func=get_remote_address)
def ask_for_link() -> Response:
    """Always the same answer: if that address has an account, a link is on its way."""
    form = SignInForm()
    if not form.validate_on_submit():
        return sign_in_page(form, status=422)
    goes_to = links.safe_path(form.next.data or "")
    mail.queue(
        db.session(),
        "sign-in",
        to=people.tidy(form.email.data),
        values={"goes_to": goes_to},
        at=datetime.now(UTC),
    )
    db.session.commit()
    return redirect(url_for(".link_sent", next=goes_to), code=303)


@bp.get("/sign-in/sent")
def link_sent() -> Response:
    """Look into your mail."""
    goes_to = links.safe_path(request.args.get("next", ""))
    return make_response(render_template("accounts/link_sent.html", goes_to=goes_to))


@bp.get("/sign-in/<token>")
def show_link(token: str) -> Response:
    """A page with one button. Opening it signs nobody in: mail scanners open every link."""
    onward = _if_mine(token)
    if onward:
        return onward
    user = links.look_at(db.session(), token, at=datetime.now(UTC))
    page = render_template("accounts/use_link.html", token=token, user=user)
    return keep_private(make_response(page))


@bp.post("/sign-in/<token>")
@limiter.limit(SIGN_INS_PER_ADDRESS, key_func=get_remote_address)
@limiter.limit(TRIES_PER_LINK, key_func=_this_link)
def use_link(token: str) -> Response:
    """Sign in and go where the person wanted to be. The link is spent."""
    onward = _if_mine(token)
    if onward:
        return onward
    at = datetime.now(UTC)
    link = links.spend(db.session(), token, at=at)
    user, goes_to = link.user, first_page(link.user, link.goes_to)
    db.session.commit()
    sign_in_here(user, via="email", at=at)
    onward = ask_for_second(goes_to) if needs_second(user) else redirect(goes_to, code=303)
    return keep_private(onward)


@bp.post("/sign-out")
def sign_out() -> Response:
    """Sign out of this browser."""
    held = my_sign_in()
    if held is not None:
        sessions.end(db.session(), held.user, held.id)
        db.session.commit()
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in", done="signed-out"), code=303)


def sign_in_page(form: SignInForm, *, problem: str = "", status: int = 200) -> Response:
    """Asks for the address.

    Args:
        problem: why a passkey was not taken.
    """
    page = render_template(
        "accounts/sign_in.html",
        form=form,
        problem=problem,
        by_passkey=relying_party() is not None,
        done=request.args.get("done", ""),
        was_ended=was_ended(),
    )
    return make_response(page, status)


def _if_mine(token: str) -> Response | None:
    """On to where a link leads, good or spent, whose owner is signed in here: pressed twice, or
    opened again. None for everybody else."""
    held = my_sign_in()
    goes_to = links.goes_to(db.session(), token, held.user) if held else None
    return keep_private(_go_on(first_page(held.user, goes_to))) if held and goes_to else None


def _go_on(goes_to: str) -> Response:
    """There, for whoever is signed in here; or to the second factor first."""
    if current_user.is_authenticated:
        return redirect(goes_to, code=303)
    return ask_for_second(goes_to)


def first_page(user: User, goes_to: str) -> str:
    """Where to after signing in: who moderates nothing has another first page."""
    is_home = goes_to == links.HOME and not user.has_role(RoleName.MODERATOR)
    return NETWORKS_HOME if is_home else goes_to
