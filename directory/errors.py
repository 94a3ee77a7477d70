"""What an error answers: one handler shows every `DirectoryError`, as page or fragment."""

from __future__ import annotations

from enum import StrEnum
from inspect import cleandoc
from typing import ClassVar

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from directory import sharing


class DirectoryError(Exception):
    """Something went wrong that the reader can understand."""

    status = 400

    @property
    def message(self) -> str:
        """What to tell the reader: the error's own words, else its docstring."""
        return str(self) or cleandoc(self.__doc__ or "").split("\n\n")[0]


class WayOn(StrEnum):
    """What can be done about a dead link. The page of errors knows its address and words."""

    NEW_DRAFT = "new-draft"
    LINK_TO_PROPOSAL = "link-to-proposal"
    PAGE_OF_PROPOSAL = "page-of-proposal"
    LINK_TO_ENTRY = "link-to-entry"
    SIGN_IN = "sign-in"
    NETWORK = "network"


class DeadLink(DirectoryError):
    """This link does not work any more.

    Attributes:
        way_on: what whoever holds it can do; None where nothing is left to do.
    """

    status = 410
    way_on: ClassVar[WayOn | None] = None


class ChangedMeanwhile(DirectoryError):
    """Someone else changed this while you were working on it. Your text is below."""

    status = 409


def attach(app: Flask) -> None:
    """Let `app` answer errors with pages that help."""
    app.register_error_handler(DirectoryError, show_directory_error)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(
        StaleDataError, lambda error: show_directory_error(ChangedMeanwhile())
    )
    app.register_error_handler(InternalServerError, show_bug)


def show_directory_error(error: DirectoryError) -> Response:
    return show(
        error.status,
        message=error.message,
        dead_link=error if isinstance(error, DeadLink) else None,
    )


def show_http_error(error: HTTPException) -> Response:
    """A page for an HTTP error; its own headers (Retry-After, Allow) are kept."""
    response = show(error.code or 500, message=None)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def show_bug(error: InternalServerError) -> Response:
    cause = error.original_exception
    current_app.logger.error("unexpected error", exc_info=cause)
    return show(500, message=None)


def show(status: int, *, message: str | None, dead_link: DeadLink | None = None) -> Response:
    """The error page for `status`; `message` says more than its usual words.

    Args:
        dead_link: what was opened is a private link, and no page of the directory.
    """
    titles = {
        400: _("We could not read that request"),
        403: _("You cannot see this page"),
        404: _("We cannot find that page"),
        405: _("That cannot be done here"),
        409: _("Someone else was quicker"),
        410: _("This has ended"),
        413: _("That is too large to send"),
        422: _("Something needs another look"),
        429: _("Too many requests"),
        500: _("Something went wrong at our end"),
        503: _("We will be back in a moment"),
    }
    title = titles.get(status, titles[400] if status < 500 else titles[500])
    if dead_link:
        title = _("This link does not work any more")
    if sharing.is_open(request.path):
        response = sharing.problem(status, title, message)
    else:
        page = render_template(
            "errors/error.html", status=status, title=title, message=message, dead_link=dead_link
        )
        response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
