"""Two guided talks: about the whole of support in a place, and about how an area works."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from directory import caching
from directory.db import db
from directory.places import atlas, comparing, finding
from directory.places.finding import PlaceFound
from directory.places.views import TYPED_MAX, map_of_names, quilt_of

bp = Blueprint("guided", __name__, url_prefix="/guided")
caching.attach(bp)


@bp.get("/")
def index() -> str:
    """Which talks there are, and what each is for."""
    return render_template("guided/index.html")


@bp.get("/conversation")
def conversation() -> ResponseReturnValue:
    """Five parts of life, five questions each, and a decision on one page; `place` fills it."""
    known = atlas.of(db.session())
    found = _place(known)
    return render_template(
        "guided/conversation.html",
        found=found,
        area=found.area if found else None,
        quilt=quilt_of(found.area, known) if found and found.area else None,
        strengths=comparing.strengths,
    )


@bp.get("/area-check")
def area_check() -> str:
    """Seven questions to an area, the answers as a picture, and what to do next."""
    return render_template("guided/area_check.html")


def _place(known: atlas.Atlas) -> PlaceFound | None:
    typed = request.args.get("place", "").strip()[:TYPED_MAX]
    if typed in known.areas:
        return PlaceFound(typed, known.areas[typed])
    return finding.find(typed, known.areas, map_of_names()) if typed else None
