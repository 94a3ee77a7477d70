"""The site in Easy Read: start, search, ideas, help, telling us something, about, and postcards.
Links stay in Easy Read.

The sentences are documents (content/pages/easy-read-….md), so that people who check them can change
them; approaches have theirs in their own document (entries/views.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, Response, abort, has_request_context, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from directory import caching, search
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, EasyReadLine, Page
from directory.entries.easy_read import check_of
from directory.entries.views import absent
from directory.saved import qr
from directory.search.index import NotReady
from directory.search.query import Query
from directory.search.results import Results
from directory.security import limit_searching, limiter
from directory.vocabulary.help import helplines
from directory.vocabulary.terms import Kind

bp = Blueprint("easy_read", __name__)
caching.attach(bp)

SHOWN = 12
# More would not fit in letters that are big enough.
LINES_ON_A_CARD = 6

# Flask-Babel comes without types.
_: Callable[..., str] = gettext

# Pages that have a version in Easy Read, and where it is.
VERSIONS = {
    "/": "/easy-read",
    "/search": "/search/easy-read",
    "/approaches/": "/approaches/easy-read",
    "/help-now": "/help-now/easy-read",
    "/submit/": "/submit/easy-read",
    "/pages/about": "/pages/about/easy-read",
}


@dataclass(frozen=True)
class Found:
    """An approach in a list, led by the first sentence of its Easy Read and its picture."""

    name: str
    url: str
    line: EasyReadLine
    is_checked: bool


def attach_context(app: Flask) -> None:
    """Let every page link to its version in Easy Read."""

    @app.context_processor
    def version() -> dict[str, Any]:
        address = VERSIONS.get(request.path) if has_request_context() else None
        if address == "/search/easy-read":
            asked = {name: value for name in ("q", "near") if (value := request.args.get(name))}
            address += f"?{urlencode(asked)}" if asked else ""
        return {"easy_read_version": address}


@bp.get("/easy-read")
def start() -> ResponseReturnValue:
    """What this site is, and four ways on."""
    return _page("easy-read-about", plain="/")


@bp.get("/pages/about/easy-read")
def about() -> ResponseReturnValue:
    """What this site is for."""
    return _page("easy-read-about", plain="/pages/about")


@bp.get("/help-now/easy-read")
def help_now() -> ResponseReturnValue:
    """Whom to ring; the numbers can be pressed."""
    return _page("easy-read-help", plain="/help-now", numbers=helplines("crisis"))


@bp.get("/submit/easy-read")
def share() -> ResponseReturnValue:
    """How to tell us about something."""
    return _page("easy-read-share", plain="/submit/")


@bp.get("/search/easy-read")
@limiter.limit(limit_searching)
def look() -> ResponseReturnValue:
    """A search, and what it found as sentences with pictures. With no words: how to search."""
    query = Query.from_args(request.args).with_(kind=(Kind.APPROACH,))
    try:
        results = search.current().find(query) if query.q else None
    except NotReady:
        return render_template("search/rebuilding.html", query=query), 503
    entry = catalogue.find(db.session(), Kind.PAGE, "easy-read-search")
    return render_template(
        "reading/easy_search.html",
        query=query,
        results=results,
        found=list(_found(results))[:SHOWN] if results else [],
        lines=cast(Page, entry.document).easy_read if entry and not query.q else [],
        check=check_of(entry.document) if entry else None,
        plain="/search" + (f"?{asked}" if (asked := query.with_(kind=()).to_string()) else ""),
    )


@bp.get("/approaches/easy-read")
def ideas() -> ResponseReturnValue:
    """Every idea that has an Easy Read page, by name."""
    entries = sorted(
        catalogue.live(db.session(), Kind.APPROACH), key=lambda one: one.document.name.casefold()
    )
    return render_template(
        "reading/easy_ideas.html", found=list(_in_easy_read(entries)), plain="/approaches/"
    )


@bp.get("/approaches/<slug:slug>/easy-read/postcard")
def postcard(slug: str) -> ResponseReturnValue:
    """An idea on a card to print: a picture, six lines, the address and its code."""
    entry = _with_easy_read(slug)
    if entry is None:
        return absent(db.session(), Kind.APPROACH, slug, suffix="/easy-read/postcard")
    document = cast(Approach, entry.document)
    return render_template(
        "reading/postcard.html",
        entry=entry,
        document=document,
        lines=document.easy_read[:LINES_ON_A_CARD],
        check=check_of(document),
        address=f"{current().public_url}{entry.url}/easy-read",
        papers=[("a6", _("A6, a postcard")), ("a5", _("A5, half a sheet"))],
        paper="a5" if request.args.get("paper") == "a5" else "a6",
    )


@bp.get("/approaches/<slug:slug>/easy-read/qr.svg")
def code(slug: str) -> ResponseReturnValue:
    """A code that leads from the card to the Easy Read page."""
    entry = _with_easy_read(slug)
    if entry is None:
        return absent(db.session(), Kind.APPROACH, slug)
    address = f"{current().public_url}{entry.url}/easy-read"
    return Response(qr.svg(address), mimetype="image/svg+xml")


def _with_easy_read(slug: str) -> Entry | None:
    entry = catalogue.find(db.session(), Kind.APPROACH, slug)
    if entry is not None and not cast(Approach, entry.document).easy_read:
        abort(404)
    return entry


def _found(results: Results) -> Iterator[Found]:
    slugs = [hit.slug for hit in results.hits if hit.kind is Kind.APPROACH]
    return _in_easy_read(catalogue.by_slugs(db.session(), Kind.APPROACH, slugs))


def _in_easy_read(entries: Iterable[Entry]) -> Iterator[Found]:
    for entry in entries:
        lines = cast(Approach, entry.document).easy_read
        if lines:
            is_checked = check_of(entry.document) is not None
            yield Found(entry.document.name, f"{entry.url}/easy-read", lines[0], is_checked)


def _page(slug: str, *, plain: str, **context: Any) -> ResponseReturnValue:
    """The sentences of the document `slug`; `plain` is the same page in usual words."""
    entry: Entry | None = catalogue.find(db.session(), Kind.PAGE, slug)
    if entry is None:
        abort(404)
    document = cast(Page, entry.document)
    return render_template(
        "reading/easy_page.html",
        entry=entry,
        document=document,
        check=check_of(document),
        plain=plain,
        **context,
    )
