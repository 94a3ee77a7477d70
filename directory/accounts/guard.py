"""Flask-Security as we use it: sessions and roles. Its own pages are off; ours sign people in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_security import Security, current_user
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import login_user, set_request_attr
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from directory.accounts import passkeys, second_factor, sessions
from directory.accounts.models import Role, RoleName, SignIn, User
from directory.accounts.relying_party import RelyingParty
from directory.accounts.relying_party import relying_party as relying_party_of
from directory.accounts.second_factor import Codes
from directory.accounts.sign_in import safe_path
from directory.config import current
from directory.db import db, in_a_hurry, writing
from directory.errors import DirectoryError

P = ParamSpec("P")

_COOKIE = "sign_in"  # in the session: the secret of this browser's sign-in
_GOES_TO = "goes_to"  # in the session: where to, once the second factor is given


class SignedOut(DirectoryError):
    """You are no longer signed in. Nothing was changed."""

    status = 401


class NotAllowed(DirectoryError):
    """You are signed in, but this is not for your account. Should it be? Then ask an admin."""

    status = 403


def attach(app: Flask) -> None:
    """Give `app` users, roles and sessions."""
    app.config.update(
        # No pages, commands or tokens of Flask-Security: what is off cannot be misused.
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_API_ENABLED_METHODS=["session"],
        # Required by its set-up although no password is ever set or asked for.
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_DEFAULT_REMEMBER_ME=False,
        PERMANENT_SESSION_LIFETIME=sessions.SIGNED_IN_FOR,
        SESSION_REFRESH_EACH_REQUEST=False,  # a sign-in does not get longer by being used
    )
    datastore = SQLAlchemyUserDatastore(db, User, Role)
    security = Security(app, datastore, register_blueprint=False)
    security.unauthn_handler(lambda *_about, **_more: ask_to_sign_in())
    manager: Any = app.login_manager  # type: ignore[attr-defined]
    manager.user_loader(_load_if_signed_in)


def _load_if_signed_in(user_id: str) -> User | None:
    """Nobody, where the sign-in was ended or the second factor is not given yet."""
    held = g.sign_in = my_sign_in()
    if held is None or held.user.fs_uniquifier != user_id or not _is_whole(held):
        return None
    set_request_attr("fs_authn_via", "session")
    return held.user


def _is_whole(held: SignIn) -> bool:
    """Whether nothing more is asked for. What was given once and is gone since counts no more: who
    switches it off, and becomes an admin in the same sign-in, has none."""
    user = held.user
    if not needs_second(user):
        return True
    has_any = second_factor.is_set_up(user) or passkeys.has_any(db.session(), user)
    return has_any and held.second_at is not None


def sign_in_here(user: User, *, via: str, at: datetime) -> SignIn:
    """Begin a sign-in of `user` in this browser, whose last one ends. The caller commits before.

    Args:
        via: "email", or "webauthn" for a passkey.
    """
    before = my_sign_in()
    if before is not None:
        sessions.end(db.session(), before.user, before.id)
    session.clear()  # nothing that was put there before may come along
    session.permanent = True
    agent = request.headers.get("User-Agent", "")
    session[_COOKIE] = sessions.begin(db.session(), user, agent=agent, at=at)
    db.session.commit()
    login_user(user, authn_via=[via])
    held = my_sign_in()
    assert held is not None
    return held


def my_sign_in() -> SignIn | None:
    """The sign-in of this browser, whether or not a second factor is still to be given."""
    token = session.get(_COOKIE)
    return sessions.find(db.session(), token, at=datetime.now(UTC)) if token else None


def was_ended() -> bool:
    """Whether somebody was signed in in this browser, and neither left nor signed in again."""
    return _COOKIE in session and my_sign_in() is None


def ask_for_second(goes_to: str) -> Response:
    """To the page that asks for the second factor; from there on to `goes_to`."""
    session[_GOES_TO] = goes_to
    return redirect(url_for("accounts.second"), code=303)


def goes_to() -> str:
    """Where those want to be who are asked for their second factor."""
    mine = url_for("accounts.mine")
    path = safe_path(session.get(_GOES_TO, mine))
    # Who has given it has nothing to do on the pages that ask for it.
    return mine if path.startswith(url_for("accounts.second")) else path


def needs_second(user: User) -> bool:
    """Whether `user` has to give a second factor: whoever has one, and admins on the open web."""
    return second_factor.is_needed(user, admins_need_it=current().is_https)


def codes() -> Codes:
    """What makes and checks the codes of second factors."""
    return Codes(current_app.config["SECRET_KEY"], current().site_name)


def relying_party() -> RelyingParty | None:
    """This site as passkeys know it; None where the browser would make none for this address."""
    return relying_party_of(current()) if request.host == current().host else None


def roles_required(role: RoleName) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only people with `role` in; others sign in first, or read that they cannot see it.

    Raises:
        NotAllowed: somebody is signed in who has another role, or none.
    """

    def guard(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if not current_user.has_role(role):
                raise NotAllowed
            note_use()
            return view(*args, **kwargs)

        return guarded

    return guard


def ask_to_sign_in() -> Response:
    """To the sign-in page and from there back here. What was typed is not thrown away.

    Raises:
        SignedOut: a form was sent; a redirect would lose it.
    """
    if request.method not in {"GET", "HEAD"}:
        raise SignedOut
    here = request.full_path.rstrip("?")
    if my_sign_in() is not None:
        return ask_for_second(here)
    return redirect(url_for("accounts.sign_in", next=here), code=303)


def note_use() -> None:
    """Remember that this browser was used; or not, where somebody else writes just now.

    In a transaction of its own: that of a page only reads, and could not write after others have.
    A form leads to a page.
    """
    held: SignIn | None = g.get("sign_in")  # it was looked up to tell who asks
    at = datetime.now(UTC)
    if held is None or request.method != "GET" or not sessions.is_worth_noting(held, at=at):
        return
    try:
        with writing(), in_a_hurry(), Session(db.engine) as own:
            sessions.note_use(own, held, at=at)
            own.commit()
    except OperationalError:
        current_app.logger.info("somebody else writes: a use of a sign-in is noted another time")


def me() -> User:
    """The account that is signed in."""
    user: User = current_user._get_current_object()
    return user
