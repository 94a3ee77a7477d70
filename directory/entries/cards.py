"""An entry in short, as lists, rows and blocks show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from directory.entries import connections
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, Document, Service
from directory.entries.freshness import Freshness, freshness
from directory.vocabulary.terms import Kind, SupportArea


@dataclass(frozen=True)
class Card:
    """What a reader needs to choose an entry. Its block is drawn from id and `support_area`."""

    id: UUID
    kind: Kind
    slug: str
    url: str
    name: str
    strapline: str
    support_area: Sequence[SupportArea]
    freshness: Freshness
    note: str = ""
    where: str = ""


def card(entry: Entry, areas: Sequence[SupportArea], today: date) -> Card:
    """The card of `entry`; where a service happens is not told (`service_cards` does)."""
    document = entry.document
    return Card(
        id=entry.id,
        kind=entry.kind,
        slug=entry.slug,
        url=entry.url,
        name=document.name,
        strapline=document.tagline,
        support_area=tuple(areas),
        freshness=freshness(document, today),
    )


def cards(
    session: Session,
    entries: Iterable[Entry],
    today: date,
    *,
    areas: Mapping[UUID, Sequence[SupportArea]] | None = None,
) -> tuple[Card, ...]:
    """The cards of `entries`, in their order."""
    entries = list(entries)
    areas = areas_of(session, entries) if areas is None else areas
    return tuple(card(one, areas.get(one.id, ()), today) for one in entries)


def service_cards(session: Session, services: Iterable[Entry], today: date) -> tuple[Card, ...]:
    """The cards of services, each with what happens there and where."""
    services = list(services)
    areas = areas_of(session, services)
    slugs = list(dict.fromkeys(slug for one in services if (slug := _service(one).place)))
    places = connections.by_former_names(session, Kind.PLACE, slugs)
    found = []
    for one in services:
        document = _service(one)
        place = places.get(document.place or "")
        short = card(one, areas[one.id], today)
        where = where_of(document, place)
        found.append(Card(**{**vars(short), "note": document.tagline, "where": where}))
    return tuple(found)


def where_of(service: Service, place: Entry | None) -> str:
    """The name of a service's place, building or area."""
    if place:
        return place.document.name
    if service.location and service.location.label:
        return service.location.label
    return ", ".join(service.service_area)


def areas_of(session: Session, entries: Iterable[Entry]) -> dict[UUID, list[SupportArea]]:
    """The parts of life of each entry. A service without its own takes those of its approaches."""
    entries = list(entries)
    found = {one.id: own_areas(one.document) for one in entries}
    follows = {
        one.id: one.document.approach
        for one in entries
        if isinstance(one.document, Service) and not found[one.id]
    }
    slugs = list(dict.fromkeys(slug for several in follows.values() for slug in several))
    models = connections.by_former_names(session, Kind.APPROACH, slugs)
    for entry_id, several in follows.items():
        found[entry_id] = list(
            dict.fromkeys(
                area
                for slug in several
                if slug in models
                for area in cast(Approach, models[slug].document).support_area
            )
        )
    return found


def own_areas(document: Document) -> list[SupportArea]:
    """The parts of life that a document itself names, the main one first."""
    return list(document.support_area) if isinstance(document, Approach | Service) else []


def _service(entry: Entry) -> Service:
    return cast(Service, entry.document)
