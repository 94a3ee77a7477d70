"""A form that came after its sign-in had ended: the words in it are shown, and a way back."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, make_response, render_template, request, url_for
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from directory.accounts.guard import SignedOut, my_sign_in
from directory.security import keep_private

# What a form asks somebody to write; their shortest answer ("fixed") looks like a hidden value.
WRITTEN = {
    "again", "also", "answer", "email", "name", "note", "places", "reason", "title", "url", "why",
    "words",
}  # fmt: skip
_NEVER_TYPED = {"csrf_token", "proof"}


def attach(app: Flask) -> None:
    """Show it wherever a form needs somebody who is signed in."""
    app.register_error_handler(SignedOut, lambda error: show(error.status))


def keep_words(part: Blueprint) -> None:
    """Show it, too, where a form of `part` is older than the sign-in."""
    part.register_error_handler(CSRFError, lambda _error: show(400))


def show(status: int, *, is_for_all: bool = False) -> Response:
    """Nothing was done. What was typed can be copied; the page of the form can be opened again.

    It may be that they are signed in: again, and in another tab, since the form was opened. Or
    all but: they have become an admin, and a second factor is asked for.

    Args:
        is_for_all: the form was one to sign in with.
    """
    page = render_template(
        "accounts/signed_out.html",
        is_for_all=is_for_all,
        is_in=current_user.is_authenticated,
        is_asked=my_sign_in() is not None,
        typed="" if is_for_all else "\n\n".join(_typed()),
        back=_page_of_the_form(),
    )
    return keep_private(make_response(page, status))


def _typed() -> list[str]:
    """What somebody has written."""
    sent = request.form.items(multi=True)
    return [
        value.strip()
        for name, value in sent
        if name not in _NEVER_TYPED and (_is_written(name, value) or _is_words(value))
    ]


def _is_written(name: str, value: str) -> bool:
    """Somebody wrote it there, and no form hid a number or key there: some are called the same."""
    return (name in WRITTEN or name.startswith("ask-")) and any(map(str.isalpha, value))


def _is_words(value: str) -> bool:
    """Several words, a name or an address; what a tick or a hidden field sends is neither."""
    is_name = value.isalpha() and not value.islower()
    return is_name or len(value.split()) > 1 or "@" in value or "://" in value


def _page_of_the_form() -> str:
    """Path of the page nearest above what was sent: /submissions/7 of /submissions/7/decision."""
    addresses = current_app.create_url_adapter(request)
    assert addresses is not None
    path = request.path
    while path:
        try:
            addresses.match(path, method="GET")
        except RequestRedirect:  # only a slash is missing
            return path
        except HTTPException:
            path = path.rpartition("/")[0]
        else:
            return path
    return url_for("accounts.mine")
