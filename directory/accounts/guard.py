"""Flask-Security as we use it: sessions and roles. Its own pages are off; ours sign people in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec

from flask import Flask, abort, redirect, request, url_for
from flask_security import Security, current_user
from flask_security.datastore import SQLAlchemyUserDatastore
from werkzeug.wrappers import Response

from directory.accounts.models import Role, RoleName, User
from directory.db import db
from directory.errors import DirectoryError

P = ParamSpec("P")

SIGNED_IN_FOR = timedelta(days=7)


class SignedOut(DirectoryError):
    """You are no longer signed in. Sign in in another tab, then come back and send it again."""

    status = 401


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
        PERMANENT_SESSION_LIFETIME=SIGNED_IN_FOR,
    )
    datastore = SQLAlchemyUserDatastore(db, User, Role)
    security = Security(app, datastore, register_blueprint=False)
    security.unauthn_handler(lambda *_about, **_more: ask_to_sign_in())


def roles_required(role: RoleName) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only people with `role` in; others sign in first, or read that they cannot see it."""

    def guard(view: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            if not current_user.is_authenticated:
                return ask_to_sign_in()
            if not current_user.has_role(role):
                abort(403)
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
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")), code=303)


def me() -> User:
    """The account that is signed in."""
    user: User = current_user._get_current_object()
    return user
