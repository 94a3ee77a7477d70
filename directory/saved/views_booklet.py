"""A saved list as a booklet: a page to print, and the same as a PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    get_template_attribute,
    make_response,
    render_template,
    request,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_babel import ngettext as _ngettext

from directory import caching
from directory.assets import STATIC
from directory.config import current
from directory.db import db
from directory.entries.slugs import slugify
from directory.entries.views import today
from directory.look import quilt
from directory.places import gazetteer
from directory.places.gazetteer import Spot
from directory.places.postcodes import cut_to_sectors
from directory.saved import pdf, qr
from directory.saved.blocks import blocks
from directory.saved.lists import SavedList, entries_of
from directory.saved.views import address_of
from directory.saved.views_leaves import Edition, Leaf, Paper, leaf
from directory.search.query import NEAR_MAX
from directory.security import limit_searching, limiter
from directory.templating import day_in_words
from directory.vocabulary import facets
from directory.vocabulary.help import helplines

bp = Blueprint("booklet", __name__, url_prefix="/saved")
caching.attach(bp)

COVER_COLUMNS = 4
COVER_ROWS = 3
# Of the helplines, those that anybody may need.
HELP_SHOWN = 5

# Flask-Babel comes without types.
_: Callable[..., str] = gettext
ngettext: Callable[..., str] = _ngettext


@dataclass(frozen=True)
class Booklet:
    """A list, how it is to be set, and its pages.

    Attributes:
        near: the place as typed; spot: what it means, or None.
        patchwork: numbers of leaves, row by row, as their blocks lie on the cover.
    """

    saved: SavedList
    edition: Edition
    paper: Paper
    near: str
    spot: Spot | None
    leaves: Sequence[Leaf]

    @property
    def title(self) -> str:
        if self.saved.name:
            return self.saved.name
        return self.leaves[0].name if len(self.leaves) == 1 else _("Worth a look")

    @property
    def patchwork(self) -> list[Leaf]:
        """The leaves whose blocks lie on the cover, row by row. What has no colour stays inside."""
        cloth = [one for one in self.leaves if one.areas] or list(self.leaves)
        # Few blocks would lie in stripes: then each row begins one further.
        shift = 1 if COVER_COLUMNS % len(cloth) == 0 else 0
        return [
            cloth[(row * (COVER_COLUMNS + shift) + column) % len(cloth)]
            for row in range(COVER_ROWS)
            for column in range(COVER_COLUMNS)
        ]

    @property
    def query(self) -> str:
        """The query string that asks for it."""
        how = {"edition": self.edition, "paper": self.paper, "near": self.near}
        given = {name: value for name, value in how.items() if value}
        return f"{self.saved.to_string()}&{urlencode(given)}"

    @property
    def about(self) -> str:
        """What the cover says below the title."""
        count = ngettext(
            "%(num)s thing from %(site)s",
            "%(num)s things from %(site)s",
            len(self.leaves),
            site=current().site_name,
        )
        return (
            _("%(count)s, and what is nearest to %(place)s", count=count, place=self.spot.name)
            if self.spot
            else count
        )


@bp.get("/booklet")
def show() -> ResponseReturnValue:
    """The booklet as a page that prints well, with ways to set it."""
    booklet = _booklet()
    address = current().public_url + address_of(booklet.saved)
    return render_template(
        "saved/booklet.html",
        booklet=booklet,
        address=address,
        has_code=qr.fits(address),
        helplines=helplines()[:HELP_SHOWN],
        editions=[
            (Edition.STANDARD, _("As usual")),
            (Edition.LARGE, _("Large print")),
            (Edition.EASY_READ, _("Easy Read, with pictures")),
        ],
        credits=credits(booklet),
        papers=[(Paper.A5, _("A5, half a sheet")), (Paper.A4, _("A4, a whole sheet"))],
        today=today(),
    )


@bp.get("/booklet.pdf")
@limiter.limit(limit_searching)
def as_pdf() -> ResponseReturnValue:
    """The booklet as a tagged PDF."""
    booklet = _booklet()
    response: Response = make_response(pdf.typeset(_values(booklet)))
    response.headers["Content-Type"] = "application/pdf"
    name = f"{slugify(current().site_name)}-{slugify(booklet.title) or 'booklet'}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _booklet() -> Booklet:
    """The booklet that the address asks for; an empty list has none."""
    saved = SavedList.from_args(request.args)
    session = db.session()
    entries = list(entries_of(session, saved).values())
    if not entries:
        abort(404)
    edition = _choice(Edition, request.args.get("edition"))
    near = cut_to_sectors(" ".join(request.args.get("near", "").split())[:NEAR_MAX])
    spot = _spot(near) if near else None
    return Booklet(
        saved=saved,
        edition=edition,
        # Pictures and large letters want a whole sheet.
        paper=_choice(
            Paper, request.args.get("paper") or ("a5" if edition == "standard" else "a4")
        ),
        near=near,
        spot=spot,
        leaves=[leaf(session, one, edition=edition, spot=spot, today=today()) for one in entries],
    )


def _choice(choices: Any, value: str | None) -> Any:
    return choices(value) if value in set(choices) else next(iter(choices))


def _spot(near: str) -> Spot | None:
    places = gazetteer.at(current().geo_path)
    found = places.find(near) if places else None
    return found.spot if found else None


def _values(booklet: Booklet) -> dict[str, Any]:
    """The booklet as templates/saved/booklet.typ takes it."""
    site = current()
    address = site.public_url + address_of(booklet.saved)
    locale = str(get_locale() or "en_GB")
    svgs = {one.id: _block(one) for one in booklet.leaves}
    return {
        "title": booklet.title,
        "site": site.site_name,
        "address": address,
        "lang": locale.partition("_")[0],
        "region": locale.partition("_")[2] or None,
        "paper": booklet.paper,
        "edition": booklet.edition,
        "code": qr.svg(address).decode() if qr.fits(address) else "",
        "patchwork": [svgs[one.id] for one in booklet.patchwork],
        "leaves": [_leaf_values(one, svgs[one.id]) for one in booklet.leaves],
        "help": [
            {
                "name": line.name,
                "number": _(" or ").join(
                    _("text %(word)s to %(number)s", word=way.text, number=way.to)
                    if way.text
                    else str(way.ring)
                    for way in line.ways
                ),
                "about": f"{line.for_whom}. {line.when.capitalize()}.",
            }
            for line in helplines()[:HELP_SHOWN]
        ],
        "words": {
            "about": booklet.about,
            "made": _("Put together on %(date)s.", date=day_in_words(today())),
            "list": _("The same on a screen"),
            "code": _("QR code of this list's address"),
            "contents": _("In this booklet"),
            "crisis": _("In danger now? Ring 999. Others to ring stand on the last page."),
            "help": _("If you need someone now"),
        },
        "credits": credits(booklet),
    }


def _leaf_values(one: Leaf, svg: str) -> dict[str, Any]:
    labels = [facets.label("support_area", area) for area in one.areas]
    own_page = {"text": re.sub(r"^https?://", "", one.address), "url": one.address}
    return {
        "name": one.name,
        "strapline": one.strapline,
        "tags": " · ".join([one.kind, *labels]),
        "svg": svg,
        "heading": one.heading,
        "blocks": [asdict(block) for block in blocks(one.html)],
        "facts": [asdict(fact) for fact in one.facts]
        + [{"label": _("All of it"), "lines": [own_page]}],
        "easy": [
            {"text": line.text, "alt": line.alt, "svg": _picture(line.picture)}
            for line in one.easy_read
        ],
        "fresh": one.freshness_words + ".",
        "crisis": one.is_crisis,
    }


def _block(one: Leaf) -> str:
    """The quilt block of an entry as a whole SVG file with its prints, in light colours."""
    parts = [
        get_template_attribute("components/prints.html", "prints")(),
        get_template_attribute("components/quilt.html", "quilt_paths")(one.id, one.areas),
    ]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 12 12">'
        + "".join(parts)
        + "</svg>"
    )
    return re.sub(r'class="cloth-([a-z-]+)"', lambda m: f'fill="{quilt.COLOURS[m[1]]}"', svg)


def _picture(name: str) -> str:
    """The drawing of that name as SVG; "" where it was not fetched at set-up."""
    file = f"vendor/pictures/{name}.svg"
    if not current_app.jinja_env.globals["assets"].has(file):  # type: ignore[attr-defined]
        return ""
    return (STATIC / file).read_text(encoding="utf-8")


def credits(booklet: Booklet) -> list[str]:
    """The small print of the last page."""
    site = current()
    lines = [
        _("Things change. Ring or write before you go."),
        _(
            "Words: %(site)s and the people who wrote them, CC BY 4.0. Share and change them if "
            "you say where they come from.",
            site=site.site_name,
        ),
    ]
    if booklet.edition is Edition.EASY_READ:
        draft = _(
            "The Easy Read is a draft. People with learning disabilities have not checked it yet."
        )
        lines = [draft, *lines, _("Pictures: OpenMoji, CC BY-SA 4.0.")]
    if site.contact_phone:
        lines.append(_("Ring us: %(number)s", number=site.contact_phone))
    return lines
