"""How long others may keep a page that readers see. Views of readers' pages call `attach`."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, current_app, request

from directory import sharing
from directory.db import db
from directory.entries import catalogue

SHARED_SECONDS = 60


def attach(blueprint: Blueprint, *, browsers_ask: bool = False) -> None:
    """Let every page of `blueprint` be kept for a minute, and asked for again by its tag.

    Args:
        browsers_ask: only caches between keep it; a browser asks each time whether it has changed.
    """
    blueprint.after_request(partial(keep_for_a_minute, browsers_ask=browsers_ask))


def keep_for_a_minute(response: Response, *, browsers_ask: bool = False) -> Response:
    """Readers' pages are the same for all; who has a session gets their own, asked for each time.

    The tag is made of the whole page, so it is right whatever the page was made of.
    """
    if request.method not in {"GET", "HEAD"} or response.status_code not in {200, 301}:
        return response
    if response.headers.get("Cache-Control"):
        return response
    response.vary.add("Cookie")
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        response.headers["Cache-Control"] = "private, no-cache"
        return response
    response.headers["Cache-Control"] = (
        f"public, max-age=0, s-maxage={SHARED_SECONDS}"
        if browsers_ask
        else f"public, max-age={SHARED_SECONDS}"
    )
    if response.status_code == 200 and not response.is_streamed:
        response.last_modified = catalogue.last_change(db.session())
        sharing.tag(response)
    return response
