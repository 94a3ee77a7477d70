"""The front page, and the page of help numbers."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from directory import caching
from directory.config import current
from directory.db import db
from directory.entries import catalogue, connections
from directory.pages.front_page import FrontPage, front_page
from directory.pages.your_place import YourPlace, your_place
from directory.places import gazetteer
from directory.vocabulary.help import helplines
from directory.vocabulary.terms import Kind

bp = Blueprint("home", __name__)
caching.attach(bp)

TYPED_MAX = 80


@bp.get("/")
def show() -> ResponseReturnValue:
    """The question, the rainbow and the same as a list; `place` leads to the page of a place."""
    typed = request.args.get("place", "").strip()[:TYPED_MAX]
    found = _your_place(typed) if typed else None
    if found and found.entry:
        return redirect(found.entry.url, code=303)
    return render_template("home/show.html", front=_front_page(), your_place=found)


@bp.get("/help-now")
def help_now() -> ResponseReturnValue:
    """Whom to ring or text in a hurry, and who each of them is for."""
    return render_template("home/help_now.html", helplines=helplines())


def _your_place(typed: str) -> YourPlace:
    places = list(catalogue.live(db.session(), Kind.PLACE))
    return your_place(typed, places, gazetteer.at(current().geo_path))


def _front_page() -> FrontPage:
    """The front page as of the last change; made once for each."""
    session = db.session()
    head = catalogue.head(session)
    kept: tuple[int, FrontPage] | None = current_app.extensions.get("kith.front_page")
    if kept and kept[0] == head:
        return kept[1]
    pairs = {(one.approach, one.place) for one in connections.sightings(session) if one.place}
    known_in = Counter(approach for approach, _ in pairs)
    made = front_page(catalogue.live(session, Kind.APPROACH), known_in)
    current_app.extensions["kith.front_page"] = (head, made)
    return made
