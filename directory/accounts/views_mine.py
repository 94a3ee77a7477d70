"""One's own account: the second factor, where one is signed in, and the list of passkeys."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from directory.accounts import passkeys, second_factor, sessions
from directory.accounts.forms import SignInForm
from directory.accounts.guard import (
    SignedOut,
    ask_to_sign_in,
    codes,
    goes_to,
    my_sign_in,
    needs_second,
    relying_party,
)
from directory.accounts.models import RoleName, SignIn
from directory.accounts.views import bp, sign_in_page
from directory.config import current
from directory.db import db
from directory.errors import show_http_error
from directory.security import keep_private, limiter

TRIES = "10 per 15 minutes"  # a code has six digits
_FRESH = "fresh_totp"  # in the session: a secret that no app has shown to have


def whose() -> str:
    """For limits: the account that is signed in here, with or without its second factor."""
    held = my_sign_in()
    return f"second-factor:{held.user_id if held else 'nobody'}"


@bp.get("/second-factor")
def second() -> Response:
    """Asks for the code or a passkey; or, where there is neither, on to setting a code up."""
    held = my_sign_in()
    if held is None:
        return ask_to_sign_in()
    if current_user.is_authenticated:  # given, perhaps in another tab
        return redirect(goes_to(), code=303)
    if not second_factor.is_set_up(held.user) and _may_set_up(held):
        return redirect(url_for(".set_up_second"), code=303)
    return second_page(held)


@bp.post("/second-factor")
@limiter.limit(TRIES, key_func=whose)
def give_second() -> Response:
    """Let in, and on to where the person wanted to be; or the page again."""
    held, code = _held(), request.form.get("code", "")
    if current_user.is_authenticated:  # given, perhaps in another tab
        return redirect(goes_to(), code=303)
    try:
        codes().give(db.session(), held, code, at=datetime.now(UTC))
    except second_factor.WrongCode as problem:
        db.session.rollback()
        return second_page(_held(), status=problem.status, problem=problem.message, code=code)
    db.session.commit()
    return keep_private(redirect(goes_to(), code=303))


@bp.get("/second-factor/new")
def set_up_second() -> Response:
    """A picture for an authenticator app, and a box for its first code."""
    held = my_sign_in()
    if held is None:
        return ask_to_sign_in()
    return _set_up_page(held) if _may_set_up(held) else redirect(url_for(".second"), code=303)


@bp.post("/second-factor/new")
@limiter.limit(TRIES, key_func=whose)
def keep_second() -> Response:
    """Recovery codes, shown this once; or the page again."""
    held = _held()
    if not _may_set_up(held):
        raise SignedOut
    if _FRESH not in session:  # loaded again, when its codes were shown; or this page was left
        is_on = second_factor.is_set_up(held.user)
        return redirect(url_for(".mine" if is_on else ".set_up_second"), code=303)
    code, at = request.form.get("code", ""), datetime.now(UTC)
    try:
        shown = codes().set_up(db.session(), held.user, session[_FRESH], code, at=at)
    except second_factor.WrongCode as problem:
        db.session.rollback()
        return _set_up_page(_held(), problem=problem.message, status=problem.status, code=code)
    onward = url_for(".mine") if current_user.is_authenticated else goes_to()
    held.second_at = at
    sessions.end_all(db.session(), held.user, but=held)  # they never gave it
    db.session.commit()
    del session[_FRESH]
    return _page("accounts/codes.html", codes=shown, goes_to=onward)


@bp.post("/second-factor/codes")
@limiter.limit(TRIES, key_func=whose)
def new_codes() -> Response:
    """New recovery codes; the old ones work no more."""
    held = signed_in()
    shown = codes().new_recovery_codes(db.session(), held.user, at=datetime.now(UTC))
    db.session.commit()
    return _page("accounts/codes.html", codes=shown, goes_to=url_for(".mine"))


@bp.post("/second-factor/end")
def end_second() -> Response:
    """Sign in by mail alone again; admins cannot."""
    held = signed_in()
    second_factor.switch_off(
        db.session(), held.user, admins_need_it=current().is_https, at=datetime.now(UTC)
    )
    db.session.commit()
    return redirect(url_for(".mine", done="yes"), code=303)


@bp.errorhandler(429)
def too_many(error: HTTPException) -> Response:
    """The page of the form again, and how long to wait."""
    held = my_sign_in()
    if request.endpoint == "accounts.ask_for_link":
        problem = _("Too many links were asked for from your network. Wait an hour.")
        return sign_in_page(SignInForm(), problem=problem, status=429)
    if request.endpoint in {"accounts.use_link", "accounts.use_passkey"}:
        problem = _("Too many sign-ins came from your network. Wait an hour.")
        if request.endpoint == "accounts.use_link":  # or that one was tried too often
            problem = _("That was tried too often. Wait an hour, or ask for a new link.")
        form = SignInForm(formdata=None, next=request.form.get("next", ""))
        return sign_in_page(form, problem=problem, status=429)
    problem = _("Too many codes were wrong. Wait a quarter of an hour, then type a new one.")
    if request.endpoint == "accounts.give_second" and held:
        return second_page(held, problem=problem, status=429)
    if request.endpoint == "accounts.keep_second" and held and _may_set_up(held):
        return _set_up_page(held, problem=problem, status=429)
    return show_http_error(error)


@bp.get("/mine")
def mine() -> Response:
    """Where I am signed in, my second factor and my passkeys."""
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    return my_page()


@bp.post("/sign-ins/<int:number>/end")
def end_one(number: int) -> Response:
    """End one sign-in of mine. Ending this very one is signing out."""
    held = signed_in()
    sessions.end(db.session(), held.user, number)
    db.session.commit()
    return redirect(url_for(".mine", done="yes"), code=303)


@bp.post("/sign-ins/others/end")
def end_others() -> Response:
    """Stay signed in here alone."""
    held = signed_in()
    sessions.end_all(db.session(), held.user, but=held)
    db.session.commit()
    return redirect(url_for(".mine", done="yes"), code=303)


def my_page(*, name: str | None = None, problem: str = "", status: int = 200) -> Response:
    """One's own account.

    Args:
        name: of a passkey, as it was typed.
        problem: why a passkey was not added or removed.

    Raises:
        SignedOut
    """
    held = signed_in()
    return _page(
        "accounts/mine.html",
        status=status,
        user=held.user,
        here=held,
        sign_ins=sessions.of(db.session(), held.user, at=datetime.now(UTC)),
        has_second=second_factor.is_set_up(held.user),
        must_have=current().is_https and held.user.has_role(RoleName.ADMIN),
        is_asked=needs_second(held.user),
        codes_left=second_factor.codes_left(db.session(), held.user),
        passkeys=passkeys.of(db.session(), held.user),
        adds_passkeys=relying_party() is not None,
        passkey_name=held.device if name is None else name,
        longest_name=passkeys.LONGEST_NAME,
        problem=problem,
        done="done" in request.args,
    )


def second_page(held: SignIn, *, problem: str = "", code: str = "", status: int = 200) -> Response:
    """Asks for the second factor.

    Args:
        problem: why a code was not taken.
        code: as it was typed.
    """
    return _page(
        "accounts/second.html",
        status=status,
        has_code=second_factor.is_set_up(held.user),
        by_passkey=relying_party() is not None and passkeys.has_any(db.session(), held.user),
        goes_to=goes_to(),
        problem=problem,
        code=code,
    )


def _held() -> SignIn:
    """The sign-in of this browser, with or without its second factor.

    Raises:
        SignedOut: there is none any more.
    """
    held = my_sign_in()
    if held is None:
        raise SignedOut
    return held


def signed_in() -> SignIn:
    """The sign-in of this browser, whole.

    Raises:
        SignedOut
    """
    if not current_user.is_authenticated:
        raise SignedOut
    return _held()


def _may_set_up(held: SignIn) -> bool:
    """Whoever has a second factor must have given it before they change it."""
    if held.second_at is not None:
        return True
    # A passkey is one where a mailed link alone lets nobody in.
    by_passkey = needs_second(held.user) and passkeys.has_any(db.session(), held.user)
    return not (second_factor.is_set_up(held.user) or by_passkey)


def _set_up_page(held: SignIn, *, problem: str = "", code: str = "", status: int = 200) -> Response:
    if _FRESH not in session:
        session[_FRESH] = codes().fresh()
    secret = session[_FRESH]
    return _page(
        "accounts/set_up.html",
        status=status,
        picture=codes().picture(held.user, secret),
        key=codes().key(secret).replace("-", " "),
        address=codes().address(held.user, secret),
        must_have=needs_second(held.user),
        is_new=not second_factor.is_set_up(held.user),
        is_in=current_user.is_authenticated,
        passkeys=passkeys.of(db.session(), held.user),
        problem=problem,
        code=code,
    )


def _page(template: str, *, status: int = 200, **values: object) -> Response:
    return keep_private(make_response(render_template(template, **values), status))
