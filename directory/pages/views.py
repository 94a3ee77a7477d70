"""The site's own pages: about, privacy, the frameworks, and the list of them all."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from directory import caching, search
from directory.config import current
from directory.db import db
from directory.entries import catalogue, lists
from directory.entries.documents import Page
from directory.entries.easy_read import check_of
from directory.entries.sections import sections
from directory.entries.views import absent, page_number
from directory.pages.shown_lists import shown_lists
from directory.vocabulary.terms import Kind

bp = Blueprint("pages", __name__)
caching.attach(bp)

# These pages end with how to reach whoever runs this copy, as far as it is set.
SAYS_WHO_RUNS_IT = frozenset({"contact", "privacy", "accessibility", "add-your-story"})


@bp.get("/pages/")
def index() -> ResponseReturnValue:
    """All pages of the site's own, with what each is about."""
    return render_template("pages/index.html", listing=lists.pages(db.session(), page_number()))


@bp.get("/pages/<slug:slug>")
def show(slug: str) -> ResponseReturnValue:
    """A page of the site's own, with the lists of entries that it asks for."""
    session = db.session()
    entry = catalogue.find(session, Kind.PAGE, slug)
    if entry is None:
        return absent(session, Kind.PAGE, slug)
    document = cast(Page, entry.document)
    return render_template(
        "pages/easy_read.html" if document.easy_read else "pages/show.html",
        entry=entry,
        document=document,
        check=check_of(document),
        sections=sections(entry.html),
        lists=shown_lists(search.current(), document),
        operator=current() if slug in SAYS_WHO_RUNS_IT else None,
    )
