"""The front page, and the page of help numbers."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from directory import caching
from directory.config import current
from directory.db import db
from directory.entries import catalogue
from directory.pages.front_page import FrontPage, front_page
from directory.places import atlas, finding, gazetteer
from directory.places.finding import PlaceFound
from directory.vocabulary.help import helplines

bp = Blueprint("home", __name__)
caching.attach(bp)

TYPED_MAX = 80


@bp.get("/")
def show() -> ResponseReturnValue:
    """The question, the rainbow and the same as a list; `place` leads to the page of a place."""
    typed = request.args.get("place", "").strip()[:TYPED_MAX]
    found = _your_place(typed) if typed else None
    if found and found.area:
        return redirect(found.address, code=303)
    return render_template("home/show.html", front=_front_page(), your_place=found)


@bp.get("/help-now")
def help_now() -> ResponseReturnValue:
    """Whom to ring or text in a hurry, and who each of them is for."""
    return render_template("home/help_now.html", helplines=helplines())


def _your_place(typed: str) -> PlaceFound:
    areas = atlas.of(db.session()).areas
    return finding.find(typed, areas, gazetteer.at(current().geo_path))


def _front_page() -> FrontPage:
    """The front page as of the last change; made once for each."""
    session = db.session()
    head = catalogue.head(session)
    kept: tuple[int, FrontPage] | None = current_app.extensions.get("kith.front_page")
    if kept and kept[0] == head:
        return kept[1]
    known = atlas.of(session)
    known_in = {approach: len(places) for approach, places in known.where.items()}
    made = front_page(known.approaches.values(), known_in)
    current_app.extensions["kith.front_page"] = (head, made)
    return made
