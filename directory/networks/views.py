"""`/widgets/`: choose what to show, copy one line."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from directory import caching
from directory.config import current
from directory.networks import code
from directory.places.postcodes import cut_to_sectors
from directory.vocabulary.facets import facets

bp = Blueprint("widgets", __name__)
caching.attach(bp)


@bp.get("/widgets/")
def show() -> ResponseReturnValue:
    """The form of choices and the lines to copy for them."""
    choice = chosen()
    site = current()
    words = _("Search %(site)s", site=site.site_name)
    if choice.show == "propose":
        words = _("Share what you do on %(site)s", site=site.site_name)
    return render_template(
        "networks/widgets.html",
        choice=choice,
        link=code.link(choice, public_url=site.public_url, words=words),
        address=choice.address(site.public_url),
        frame=code.frame(choice, public_url=site.public_url, words=words),
        script=code.script(choice, public_url=site.public_url, words=words),
        reserve=code.reserve(choice),
        shows=shows(),
        kinds=_options("kind", ("approach", "service")),
        areas=_options("support_area"),
        limits=[(str(number), str(number)) for number in (3, 5, code.RESULTS_MAX)],
        host=site.public_url,
    )


def chosen() -> code.Choice:
    """What the address asks for; what is not on a list is left out."""
    args = request.args
    limit = args.get("limit", "")
    show = args.get("show", "")
    return code.Choice(
        show=show if show in dict(shows()) else "",
        heading=args.get("heading", "").strip()[:80],
        q=cut_to_sectors(args.get("q", "").strip()[:200]),
        near=cut_to_sectors(args.get("near", "").strip()[:80]),
        kind=_known("kind", args.get("kind", "")),
        support_area=_known("support_area", args.get("support_area", "")),
        limit=limit if limit in {"5", str(code.RESULTS_MAX)} else "",
    )


def shows() -> list[tuple[str, str]]:
    """What a widget can be."""
    return [
        ("", _("A search box")),
        ("list", _("A list that is there at once")),
        ("propose", _("A button: share what you do")),
    ]


def _known(facet: str, key: str) -> str:
    return key if key in facets()[facet] else ""


def _options(facet: str, keys: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    terms = facets()[facet]
    return [("", _("Everything"))] + [(key, terms[key].label) for key in keys or terms]
