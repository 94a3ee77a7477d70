"""An address of ours as something that other sites can show when somebody pastes it (oEmbed 1.0).

WordPress and others keep only a quotation, links and a frame, and sandbox the frame: no links out
of it. So the quotation with its link comes first, and the frame is something to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.networks import team
from directory.vocabulary.terms import Kind

WIDTH = 480
ENTRY_HEIGHT = 220
SEARCH_HEIGHT = 560
LEAST_WIDTH = 240
KEPT_SECONDS = 86_400


class NothingToShow(DirectoryError):
    """That address is none of ours, or nothing that can be shown elsewhere."""

    status = 404


@dataclass(frozen=True)
class Shown:
    """What an address shows elsewhere. `query`: of the frame."""

    title: str
    words: str
    url: str
    query: dict[str, str]
    height: int


def read(session: Session, url: str, *, public_url: str, site_name: str) -> Shown:
    """What `url` shows elsewhere: an entry, the results of a search, or a network's slice.

    Raises:
        NothingToShow: neither.
    """
    if url != public_url and not url.startswith((f"{public_url}/", f"{public_url}?")):
        raise NothingToShow
    parts = urlsplit(url.removeprefix(public_url))
    if parts.path == "/search":
        asked = dict(parse_qsl(parts.query, max_num_fields=50)) | {"show": "list"}
        title = f"{asked['q']}: {site_name}" if asked.get("q") else site_name
        return Shown(title, "", url, asked, SEARCH_HEIGHT)
    folder, _, slug = parts.path.strip("/").partition("/")
    if folder == "networks":
        network = team.open_network(session, slug)
        if network is None:
            raise NothingToShow
        asked = {"network": slug, "show": "list"}
        return Shown(network.name, network.words, url, asked, SEARCH_HEIGHT)
    try:
        entry = catalogue.find(session, Kind.of_folder(folder), slug)
    except KeyError:
        entry = None
    if entry is None or entry.kind is Kind.PAGE:
        raise NothingToShow
    document = entry.document
    return Shown(
        title=document.name,
        words=document.tagline,
        url=public_url + entry.url,
        query={"entry": entry.url.strip("/")},
        height=ENTRY_HEIGHT,
    )


def said(
    shown: Shown, *, public_url: str, site_name: str, max_width: int, max_height: int
) -> dict[str, Any]:
    """The answer of an oEmbed provider, in a frame no bigger than asked for."""
    width = max(min(WIDTH, max_width), LEAST_WIDTH)
    height = min(shown.height, max_height)
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": site_name,
        "provider_url": f"{public_url}/",
        "title": shown.title,
        "cache_age": KEPT_SECONDS,
        "width": width,
        "height": height,
        "html": str(_html(shown, public_url, width, height)),
    }


def _html(shown: Shown, public_url: str, width: int, height: int) -> Markup:
    words = f": {shown.words}" if shown.words else ""
    frame = f"{public_url}/embed/v1/frame?{urlencode(shown.query)}"
    return Markup(  # noqa: S704 (every value is escaped)
        f'<blockquote><a href="{escape(shown.url)}">{escape(shown.title)}</a>{escape(words)}'
        f'</blockquote><iframe src="{escape(frame)}" title="{escape(shown.title)}" width="{width}" '
        f'height="{height}" loading="lazy" sandbox="allow-scripts allow-popups '
        'allow-top-navigation-by-user-activation"></iframe>'
    )
