"""Atom feeds (RFC 4287): what is new or changed, for readers of feeds and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from directory.api.objects import LICENCE
from directory.entries.catalogue import Entry
from directory.vocabulary import facets

ATOM = "http://www.w3.org/2005/Atom"
SHOWN = 40


@dataclass(frozen=True)
class Feed:
    """What a feed is. `page`: the same for people; `url`: its own address; both whole."""

    title: str
    url: str
    page: str
    author: str


def said(feed: Feed, entries: Sequence[Entry], *, public_url: str, now: datetime) -> bytes:
    """The feed as XML, in the order given."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "en-GB"})
    _add(root, "id", feed.url)
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(max((one.updated_at for one in entries), default=now)))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "rights", f"{LICENCE}, unless an entry says otherwise")
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in entries:
        _entry(root, entry, public_url)
    xml: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _entry(root: ET.Element, entry: Entry, public_url: str) -> None:
    document = entry.document
    url = public_url + entry.url
    one = _add(root, "entry")
    _add(one, "id", f"urn:uuid:{entry.id}")
    _add(one, "title", document.name)
    _add(one, "published", _moment(entry.created_at))
    _add(one, "updated", _moment(entry.updated_at))
    _add(one, "link", rel="alternate", type="text/html", href=url)
    _add(one, "summary", document.summary)
    _category(one, "kind", entry.kind)
    for area in getattr(document, "support_area", ()):
        _category(one, "support_area", area)


def _category(one: ET.Element, facet: str, key: str) -> None:
    _add(one, "category", term=str(key), label=facets.label(facet, key))


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = _printable(text) if text else None
    return child


def _printable(text: str) -> str:
    """`text` without what XML cannot hold."""
    return "".join(mark if mark.isprintable() or mark in "\n\t" else " " for mark in text)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
