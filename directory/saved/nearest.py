"""Where the entries of a list happen, nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from directory.entries import connections
from directory.entries.cards import where_of
from directory.entries.catalogue import Entry
from directory.entries.documents import Place, Service
from directory.places.distance import miles
from directory.places.gazetteer import Spot
from directory.vocabulary.terms import Kind, Status


@dataclass(frozen=True)
class Nearby:
    """A service, where it is, and how far from where the reader asked (None: not known)."""

    entry: Entry
    document: Service
    where: str
    miles: float | None


@dataclass(frozen=True)
class NearbyServices:
    """The first services of an approach, and how many it has in all."""

    shown: tuple[Nearby, ...]
    total: int


def services_near(
    session: Session, approach: str, spot: Spot | None, *, limit: int
) -> NearbyServices:
    """Services of an approach that have not ended: the nearest to `spot` first, else by name."""
    entries = connections.services_of(session, approach).entries
    running = [one for one in entries if cast(Service, one.document).status is not Status.ENDED]
    slugs = {slug for one in running if (slug := cast(Service, one.document).place)}
    places = connections.by_former_names(session, Kind.PLACE, sorted(slugs))
    found = [
        _nearby(one, places.get(cast(Service, one.document).place or ""), spot) for one in running
    ]
    if spot:
        found.sort(key=lambda one: (one.miles is None, one.miles or 0))
    return NearbyServices(tuple(found[:limit]), len(found))


def _nearby(entry: Entry, place: Entry | None, spot: Spot | None) -> Nearby:
    document = cast(Service, entry.document)
    point = document.location or (cast(Place, place.document) if place else None)
    distance = miles(spot.lat, spot.lon, point.lat, point.lon) if spot and point else None
    return Nearby(entry, document, where_of(document, place), distance)
