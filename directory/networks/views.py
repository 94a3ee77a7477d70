"""`/widgets/`: choose what to show, see it at three widths, copy one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from flask import Blueprint, Response, make_response, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from directory import caching, htmx
from directory.config import current
from directory.db import db
from directory.networks import builds, code, colours, slices, team
from directory.networks.code import Choice
from directory.networks.naming import entry_meant
from directory.places.postcodes import cut_to_sectors
from directory.search.query import Sort, one_line
from directory.security import csp_with
from directory.vocabulary.facets import facets

R = TypeVar("R", bound=AnyResponse)

bp = Blueprint("widgets", __name__)
caching.attach(bp)

# A phone, a column and a whole page, in CSS pixels.
PREVIEW_WIDTHS = (320, 480, 760)
USUAL_BEHIND = "#ffffff"
HEADING_MAX = 80
ENTRY_MAX = 400  # letters of a name or an address


@bp.get("/widgets/")
def show() -> Response:
    """The form of choices, how that looks, and the lines to copy."""
    choice = chosen(request.args)
    site = current()
    words = link_words(choice)
    response = htmx.render(
        "networks/widgets.html",
        fragment="made",
        choice=choice,
        behind=behind(),
        link=code.link(choice, public_url=site.public_url, words=words),
        address=choice.address(site.public_url),
        frame=code.frame(choice, public_url=site.public_url, words=words),
        script=code.script(choice, public_url=site.public_url, words=words),
        reserve=code.reserve(choice),
        colour_rule=code.colour_rule(choice),
        pinned=code.pinned(builds.newest(), public_url=site.public_url),
        typed_entry=_typed_entry(),
        problems=_problems(choice),
        **options(),
        **preview_of(choice),
        host=site.public_url,
    )
    return framing(response)


@bp.get("/widgets/preview")
def preview() -> Response:
    """A page like another site's with the widget on it, to be framed by the page above."""
    choice = chosen(request.args)
    page = render_template(
        "networks/preview.html",
        choice=choice,
        query=request.query_string.decode("ascii", "replace"),
        words=link_words(choice),
        address=choice.address(current().public_url),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = csp_with(frame_ancestors="'self'")
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/widgets/preview.css")
def preview_styles() -> Response:
    """What the host's style sheet would say: what is behind the widget, and its colours."""
    choice = chosen(request.args)
    response = make_response(
        f"html{{background:{behind()};color-scheme:light}}body{{margin:12px}}"
        + code.reserve(choice)
        + code.colour_rule(choice)
    )
    response.mimetype = "text/css"
    return response


def framing(response: R) -> R:
    """Let this page alone hold frames, of our own pages."""
    response.headers["Content-Security-Policy"] = csp_with(frame_src="'self'")
    return response


def preview_of(choice: Choice) -> dict[str, Any]:
    """What the preview needs: its widths, its query, and the contrast of the colours."""
    return {
        "widths": PREVIEW_WIDTHS,
        "preview_query": choice.kept() | {"behind": behind()},
        "pairs": colours.pairs(choice.colours),
        "usual": colours.USUAL,
    }


def options() -> dict[str, Any]:
    """The lists to choose from."""
    networks = [(one.slug or "", one.name) for one in team.all_open(db.session())]
    return {
        "shows": shows(),
        "networks": [("", _("Everything")), *networks] if networks else [],
        "kinds": _options("kind", ("approach", "service")),
        "areas": _options("support_area"),
        "sorts": sorts(),
        "limits": [(str(number), str(number)) for number in (3, 5, code.RESULTS_MAX)],
        "themes": [
            ("", _("As the reader’s device says")),
            ("light", _("Always light")),
            ("dark", _("Always dark")),
        ],
    }


def chosen(asked: Mapping[str, str]) -> Choice:
    """What was asked for; what is not on a list is left out."""
    limit = asked.get("limit", "")
    kind = asked.get("show", "")
    network = asked.get("network", "")
    is_open = bool(network) and team.open_network(db.session(), network) is not None
    sort = asked.get("sort", "")
    return Choice(
        show=kind if kind in dict(shows()) else "",
        heading=asked.get("heading", "").strip()[:HEADING_MAX],
        network=network if is_open else "",
        entry=_entry_path(asked.get("entry", ""), network if is_open else ""),
        q=cut_to_sectors(asked.get("q", "").strip()[:200]),
        near=cut_to_sectors(asked.get("near", "").strip()[:80]),
        kind=_known("kind", asked.get("kind", "")),
        support_area=_known("support_area", asked.get("support_area", "")),
        sort=sort if sort in dict(sorts()) else "",
        limit=limit if limit in {"5", str(code.RESULTS_MAX)} else "",
        theme=theme if (theme := asked.get("theme", "")) in {"light", "dark"} else "",
        **{name: colours.tidy(asked.get(name, "")) or "" for name in colours.NAMES},
    )


def behind() -> str:
    """The ground on which the preview stands."""
    return colours.tidy(request.values.get("behind", "")) or USUAL_BEHIND


def link_words(choice: Choice) -> str:
    """The words of the link that stays where the widget does not run."""
    site = current().site_name
    words: str = _("Search %(site)s", site=site)
    network = team.open_network(db.session(), choice.network) if choice.network else None
    if network is not None:
        words = _("Search what %(name)s chose", name=network.name)
    if choice.show == "propose":
        words = _("Share what you do on %(site)s", site=site)
    elif choice.entry and choice.show == "entry":
        entry = entry_meant(db.session(), choice.entry, public_url="")
        words = _("%(name)s on %(site)s", name=entry.document.name, site=site) if entry else words
    return words


def shows() -> list[tuple[str, str]]:
    """What a widget can be."""
    return [
        ("", _("A search box")),
        ("list", _("A list that is there at once")),
        ("entry", _("One entry")),
        ("propose", _("A button: share what you do")),
    ]


def sorts() -> list[tuple[str, str]]:
    """What can stand first in its results."""
    return [("", _("What fits best")), (Sort.LATEST, _("What changed last"))]


def _problems(choice: Choice) -> list[tuple[str, str]]:
    problem = entry_problem(choice, _typed_entry())
    return [("entry", problem)] if problem else []


def _typed_entry() -> str:
    return one_line(request.args.get("entry", ""), ENTRY_MAX)


def entry_problem(choice: Choice, typed: str) -> str:
    """What is wrong with the entry that was asked for; "" when nothing is."""
    if choice.show != "entry" or choice.entry:
        return ""
    if not typed.strip():
        return str(_("Say which entry."))
    if choice.network:
        return str(_("There is no such entry in this network. Copy its address from this site."))
    return str(_("There is no such entry. Copy its address from this site."))


def _entry_path(typed: str, network_slug: str) -> str:
    """The path of the entry that `typed` means; "" where it is not there, or not in the slice."""
    session = db.session()
    found = entry_meant(session, typed, public_url=current().public_url) if typed.strip() else None
    if found is None:
        return ""
    network = team.open_network(session, network_slug) if network_slug else None
    if network is not None and found.id not in slices.members(session, network):
        return ""
    return found.url.strip("/")


def _known(facet: str, key: str) -> str:
    return key if key in facets()[facet] else ""


def _options(facet: str, keys: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    terms = facets()[facet]
    return [("", _("Everything"))] + [(key, terms[key].label) for key in keys or terms]
