"""What an area has and lacks, approach by approach; beside others; and the same as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from directory import caching
from directory.config import current
from directory.db import db
from directory.places import atlas, comparing, finding
from directory.places.areas import Area
from directory.places.atlas import Atlas
from directory.places.comparing import PLACES_MOST, Filters, Show
from directory.places.remembered import Remembered
from directory.places.views import TYPED_MAX, elsewhere, map_of_names, quilt_of
from directory.vocabulary.terms import Strength, WhoFor
from directory.wishes import counting

bp = Blueprint("place_gaps", __name__)
caching.attach(bp)

# What was made for readers before, until something is published: some three megabytes.
_tables: Remembered[Markup] = Remembered(most=100)

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Beside:
    """A place to compare with, as it was typed; `error` says why it cannot be found."""

    typed: str
    area: Area | None
    error: str = ""


@bp.get("/places/<slug:slug>/gaps")
def show(slug: str) -> ResponseReturnValue:
    """A table of all approaches for this place, and for up to three others beside it."""
    known = atlas.of(db.session())
    area = known.areas.get(slug)
    if area is None:
        return elsewhere(slug, known, suffix="/gaps")
    beside = _beside(area, known)
    places = [area, *(one.area for one in beside if one.area)]
    filters = _filters()
    wished = counting.public_counts(db.session(), [area.key])[area.key]
    slugs = tuple(one.slug for one in places)
    key = (slugs, filters, str(get_locale()), tuple(sorted(wished.items())))

    def tables() -> Markup:
        parts = comparing.table(quilt_of(area, known), places[1:], known, filters)
        page = render_template(
            "places/_gap_tables.html", area=area, places=places, parts=parts, wished=wished
        )
        return Markup(page)  # noqa: S704 (a template made it)

    return render_template(
        "places/gaps.html",
        area=area,
        places=places,
        beside=[*beside, *[Beside("", None)] * (PLACES_MOST - 1 - len(beside))],
        tables=_tables.get(key, known, tables),
        filters=filters,
        query=_query(places, filters),
        shows=Show,
        who_for=WhoFor,
        strengths=Strength,
    )


@bp.get("/places/<slug:slug>/gaps.csv")
def as_csv(slug: str) -> ResponseReturnValue:
    """The same table as CSV."""
    known = atlas.of(db.session())
    area = known.areas.get(slug)
    if area is None:
        return elsewhere(slug, known, suffix="/gaps.csv")
    places = [area, *(one.area for one in _beside(area, known) if one.area)]
    parts = comparing.table(quilt_of(area, known), places[1:], known, _filters())
    # Excel reads UTF-8 only with its mark in front.
    response = make_response("\ufeff" + comparing.to_csv(places, parts, current().public_url))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    names = "-".join(one.slug for one in places)
    response.headers["Content-Disposition"] = f'attachment; filename="gaps-{names}.csv"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _beside(area: Area, known: Atlas) -> list[Beside]:
    """What was typed to compare with, each place once."""
    found: list[Beside] = []
    seen = {area.slug}
    for typed in request.args.getlist("with")[: PLACES_MOST - 1]:
        typed = typed.strip()[:TYPED_MAX]
        if not typed:
            continue
        other = known.areas.get(typed)
        result = finding.PlaceFound(typed, other)
        if other is None:
            result = finding.find(typed, known.areas, map_of_names())
            other = result.area
        if other is None:
            found.append(Beside(result.typed, None, _cannot(result)))
        elif other.slug not in seen:
            seen.add(other.slug)
            found.append(Beside(other.name, other))
    return found


def _cannot(result: finding.PlaceFound) -> str:
    if result.choices:
        names = "; ".join(one.words for one in result.choices[:4])
        return str(_("That could be several places. Write one of these: %(names)s", names=names))
    return str(_("We do not know “%(typed)s”. Try the nearest town.", typed=result.typed))


def _filters() -> Filters:
    return Filters(
        _one_of(WhoFor, "who_for"),
        _one_of(Strength, "evidence"),
        _one_of(Show, "show") or Show.ALL,
    )


def _one_of(choices: type[Choice], name: str) -> Choice | None:
    value = request.args.get(name, "")
    return choices(value) if value in set(choices) else None


def _query(places: list[Area], filters: Filters) -> str:
    """The question in an address, for the link to the CSV."""
    values = MultiDict([("with", one.slug) for one in places[1:]])
    for name in ("who_for", "evidence"):
        if value := getattr(filters, name):
            values.add(name, value)
    if filters.show is not Show.ALL:
        values.add("show", filters.show)
    return urlencode(list(values.items(multi=True)))
