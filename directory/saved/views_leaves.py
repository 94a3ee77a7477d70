"""The pages of a booklet in words: what each saved entry says when it has one sheet of paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from html import escape
from typing import cast
from uuid import UUID

from flask import get_template_attribute
from flask_babel import gettext
from flask_babel import ngettext as _ngettext
from sqlalchemy.orm import Session

from directory.config import current
from directory.entries import connections, wording
from directory.entries.cards import areas_of
from directory.entries.catalogue import Entry
from directory.entries.documents import (
    Approach,
    EasyReadLine,
    Organization,
    Place,
    Service,
    Story,
)
from directory.entries.freshness import Freshness, freshness
from directory.entries.sections import sections
from directory.places.gazetteer import Spot
from directory.saved.nearest import Nearby, services_near
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind, Moment, SupportArea

SERVICES_SHOWN = 2
# As much of a text as fits on its sheet beside the rest.
KNOWN_SHOWN = 14

# Flask-Babel comes without types.
_: Callable[..., str] = gettext
ngettext: Callable[..., str] = _ngettext


class Edition(StrEnum):
    """For whom a booklet is set."""

    STANDARD = "standard"
    LARGE = "large"
    EASY_READ = "easy-read"


class Paper(StrEnum):
    A5 = "a5"
    A4 = "a4"


@dataclass(frozen=True)
class Line:
    """Words of a fact; `url` where they lead somewhere."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """Something to know at a glance: "What it costs"."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Leaf:
    """One entry on its own page.

    Attributes:
        heading, html: the part of its text that is printed; both may be "".
        address: of its page, whole, to be typed in.
        easy_read: its lines, in the Easy Read edition only.
    """

    id: UUID
    areas: tuple[SupportArea, ...]
    kind: str
    name: str
    strapline: str
    heading: str
    html: str
    facts: tuple[Fact, ...]
    address: str
    freshness: Freshness
    freshness_words: str
    is_crisis: bool = False
    easy_read: tuple[EasyReadLine, ...] = field(default=())


def leaf(
    session: Session, entry: Entry, *, edition: Edition, spot: Spot | None, today: date
) -> Leaf:
    """The page of `entry`; services are told as seen from `spot`."""
    document = entry.document
    fresh = freshness(document, today)
    heading, html, facts = _parts(session, entry, spot)
    easy = edition is Edition.EASY_READ and isinstance(document, Approach)
    return Leaf(
        id=entry.id,
        areas=tuple(areas_of(session, [entry])[entry.id]),
        kind=facets.term("kind", entry.kind).one,
        name=document.name,
        strapline=document.tagline,
        heading=heading,
        html=html,
        facts=tuple(fact for fact in facts if fact.lines),
        address=current().public_url + entry.url,
        freshness=fresh,
        freshness_words=freshness_words(fresh),
        is_crisis=isinstance(document, Approach) and document.moment is Moment.CRISIS,
        easy_read=tuple(cast(Approach, document).easy_read) if easy else (),
    )


def freshness_words(fresh: Freshness) -> str:
    """How fresh an entry is, in the words of its page."""
    words = get_template_attribute("components/freshness.html", "freshness_words")
    return " ".join(str(words(fresh)).split())


def _parts(session: Session, entry: Entry, spot: Spot | None) -> tuple[str, str, list[Fact]]:
    """Heading and HTML of the text, and the facts beside it."""
    match entry.document:
        case Approach() as document:
            facts = _of_approach(session, entry, document, spot)
            for part in sections(entry.html):
                if part.heading == "How it works":
                    return part.heading, part.html, facts
            return "", f"<p>{escape(document.summary)}</p>", facts
        case Service() as document:
            return "", "", _of_service(session, document)
        case Organization() as document:
            runs = connections.services_run_by(session, entry.slug)
            return "", "", [_site(document.url), _list(_("What it runs"), runs.entries)]
        case Place():
            return "", "", [_known_in(session, entry)]
        case Story() as document:
            return "", entry.html, [_said(_("Told by"), document.told_by)]
        case _:
            return "", "", []


def _of_approach(
    session: Session, entry: Entry, document: Approach, spot: Spot | None
) -> list[Fact]:
    services = services_near(session, entry.slug, spot, limit=SERVICES_SHOWN)
    label = _("Nearest to %(place)s", place=spot.name) if spot else _("Where it happens")
    lines = [line for one in services.shown for line in _nearby(one, spot)]
    left = services.total - len(services.shown)
    if left:
        lines.append(
            Line(ngettext("And %(num)s more on its page", "And %(num)s more on its page", left))
        )
    if not lines:
        lines = [Line(_("Nobody has told us where this happens yet."))]
    body = connections.referenced(session, Kind.ORGANIZATION, [document.support_body or ""])
    return [
        Fact(label, tuple(lines)),
        _said(_("What it costs"), document.cost.text if document.cost else ""),
        Fact(_("Who can help you start"), tuple(_organization(one) for one in body)),
    ]


def _nearby(one: Nearby, spot: Spot | None) -> list[Line]:
    where = one.where
    if one.miles is not None and not (spot and where == spot.name):
        far = (
            _("less than a mile")
            if one.miles < 1
            else ngettext("about %(num)s mile", "about %(num)s miles", round(one.miles))
        )
        where = f"{where}, {far}" if where else far
    name = Line(f"{one.document.name} ({where})" if where else one.document.name)
    return [name, *_contact(one.document)]


def _of_service(session: Session, document: Service) -> list[Fact]:
    place = connections.referenced(session, Kind.PLACE, [document.place or ""])
    where = [one.document.name for one in place]
    if document.location and document.location.label:
        where.append(document.location.label)
    where += document.service_area
    runs = connections.referenced(session, Kind.ORGANIZATION, [document.organization or ""])
    return [
        _said(_("What happens"), document.summary if document.strapline else ""),
        _said(_("Where"), ", ".join(where)),
        Fact(_("When"), tuple(Line(wording.when(one)) for one in document.schedule)),
        Fact(_("What it costs"), tuple(Line(wording.price(one)) for one in document.cost_option)),
        Fact(_("Get in touch"), tuple(_contact(document))),
        Fact(_("Who runs it"), tuple(_organization(one) for one in runs)),
        _said(_("Getting in and taking part"), document.accessibility or ""),
    ]


def _contact(document: Service) -> list[Line]:
    contact = document.contact
    lines = []
    if contact and contact.name:
        lines.append(Line(contact.name))
    if contact and contact.phone:
        lines.append(Line(contact.phone, "tel:" + contact.phone.replace(" ", "")))
    if contact and contact.email:
        lines.append(Line(contact.email, "mailto:" + contact.email))
    if document.url:
        lines.append(Line(_short(document.url), document.url))
    return lines


def _organization(entry: Entry) -> Line:
    document = cast(Organization, entry.document)
    if not document.url:
        return Line(document.name)
    return Line(f"{document.name}, {_short(document.url)}", document.url)


def _known_in(session: Session, place: Entry) -> Fact:
    services = connections.services_in(session, place.slug)
    return _list(_("What we know of here"), services.entries)


def _list(label: str, entries: tuple[Entry, ...]) -> Fact:
    lines = [Line(one.document.name) for one in entries[:KNOWN_SHOWN]]
    left = len(entries) - len(lines)
    if left:
        lines.append(
            Line(ngettext("And %(num)s more on its page", "And %(num)s more on its page", left))
        )
    return Fact(label, tuple(lines))


def _site(url: str | None) -> Fact:
    return Fact(_("Home page"), (Line(_short(url), url),) if url else ())


def _said(label: str, text: str) -> Fact:
    return Fact(label, (Line(text),) if text else ())


def _short(url: str) -> str:
    """An address as people write it by hand."""
    return url.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
