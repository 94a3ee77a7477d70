"""Adding, using and removing passkeys. A script asks for a challenge; all else are usual forms."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import abort, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from directory.accounts import passkeys
from directory.accounts import relying_party as sites
from directory.accounts.forms import SignInForm
from directory.accounts.guard import SignedOut, relying_party, sign_in_here
from directory.accounts.sign_in import safe_path
from directory.accounts.views import LINKS_PER_ADDRESS, bp, first_page, sign_in_page
from directory.accounts.views_mine import TRIES, my_page, signed_in, whose
from directory.config import current
from directory.db import db
from directory.security import keep_private, limiter

_ASKED = "passkey"  # in the session: token of the challenge that this browser was given


@bp.post("/passkeys/challenge")
@limiter.limit(TRIES, key_func=whose)
def ask_for_passkey() -> Response:
    """What the browser needs to make a passkey for whoever is signed in, as JSON."""
    try:
        user, site = signed_in().user, _site()
        return _challenge(passkeys.ask_to_add(db.session(), site, user, at=datetime.now(UTC)))
    except SignedOut as problem:
        return _told(_("You are signed out. Load this page again to sign in."), problem.status)
    except passkeys.TooMany as problem:
        return _told(problem.message, problem.status)


@bp.post("/passkeys")
@limiter.limit(TRIES, key_func=whose)
def add_passkey() -> Response:
    """Keep the passkey that the browser has made; or my account again, with what is wrong."""
    held, name = signed_in(), request.form.get("name", "")
    try:
        passkeys.add(
            db.session(),
            _site(),
            held.user,
            challenge=session.pop(_ASKED, ""),
            answer=request.form.get("proof", ""),
            name=name.strip() or held.device or _("A passkey"),
            at=datetime.now(UTC),
        )
    except (passkeys.NotAdded, passkeys.AddedBefore) as problem:
        db.session.commit()  # the challenge is spent
        return my_page(name=name, problem=problem.message, status=problem.status)
    db.session.commit()
    return redirect(url_for(".mine", done="yes"), code=303)


@bp.post("/passkeys/<int:number>/end")
def remove_passkey(number: int) -> Response:
    """Remove a passkey of mine; somebody else's stays."""
    try:
        passkeys.remove(
            db.session(),
            signed_in().user,
            number,
            admins_need_it=current().is_https,
            at=datetime.now(UTC),
        )
    except passkeys.LastFactor as problem:
        return my_page(problem=problem.message, status=problem.status)
    db.session.commit()
    return redirect(url_for(".mine", done="yes"), code=303)


@bp.post("/passkeys/sign-in/challenge")
@limiter.limit(LINKS_PER_ADDRESS, key_func=get_remote_address)
def ask_to_use_passkey() -> Response:
    """What the browser needs to offer its passkeys for this site, as JSON."""
    return _challenge(passkeys.ask_to_sign_in(db.session(), _site(), at=datetime.now(UTC)))


@bp.post("/passkeys/sign-in")
@limiter.limit(LINKS_PER_ADDRESS, key_func=get_remote_address)
def use_passkey() -> Response:
    """Sign in, second factor and all; or the sign-in page again, which mails a link."""
    at = datetime.now(UTC)
    goes_to = safe_path(request.form.get("next", ""))
    try:
        user = passkeys.sign_in(
            db.session(),
            _site(),
            challenge=session.pop(_ASKED, ""),
            answer=request.form.get("proof", ""),
            at=at,
        )
    except (passkeys.NotAccepted, passkeys.PerhapsCopied) as problem:
        db.session.commit()  # the challenge is spent, and what was copied is gone
        form = SignInForm(formdata=None, next=goes_to)
        page = sign_in_page(form, problem=problem.message, status=problem.status)
        return keep_private(page)
    db.session.commit()
    sign_in_here(user, via="webauthn", at=at).second_at = at
    db.session.commit()
    return keep_private(redirect(first_page(user, goes_to), code=303))


def _site() -> sites.RelyingParty:
    """This site as passkeys know it; 404 where it has none to offer."""
    return relying_party() or abort(404)


def _challenge(made: passkeys.Challenge) -> Response:
    db.session.commit()
    session[_ASKED] = made.token
    return _told(made.options, 200, mimetype="application/json")


def _told(words: str, status: int, *, mimetype: str = "text/plain") -> Response:
    """An answer for the script, which shows plain text as it is."""
    answer = make_response(words, status)
    answer.mimetype = mimetype
    return keep_private(answer)
