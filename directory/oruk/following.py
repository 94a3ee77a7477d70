"""Keeping the rows of the feed behind the change log.

A service is said anew when it changes, and when what it names does: its organization, its place,
its approaches. What is said depends on the site too, so the place in the log is kept under a name
that holds both: another address, or another way of saying it, starts from the beginning.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from directory.entries import catalogue, connections, links
from directory.entries.catalogue import Change, Entry
from directory.entries.documents import Organization, Place, Service
from directory.entries.links import Relation
from directory.entries.models import EntryRow
from directory.oruk import mapping
from directory.oruk.feed import Texts
from directory.oruk.mapping import Around, Site
from directory.oruk.models import OrganizationRow, ServiceRow, ServiceTermRow
from directory.vocabulary.terms import Kind

# Raise it when mapping.py says anything in another way.
VERSION = 1
BATCH = 100

_NAMED = {
    Kind.APPROACH: Relation.FOLLOWS,
    Kind.PLACE: Relation.HAPPENS_IN,
    Kind.ORGANIZATION: Relation.RUN_BY,
}


@dataclass(frozen=True)
class Batch:
    """What some changes of the log mean for the feed."""

    n: int
    gone: Sequence[UUID]
    services: Sequence[dict[str, Any]]
    terms: Sequence[dict[str, Any]]
    organizations: Sequence[dict[str, Any]]


def read_ahead(session: Session, site: Site) -> Batch | None:
    """The next changes, worked out; None when there are none. Only reads."""
    n = catalogue.position(session, follower(site))
    changes = catalogue.changes_after(session, n, limit=BATCH)
    if not changes:
        return None
    touched = _touched(session, changes)
    entries = {one.id: one for one in catalogue.by_ids(session, list(touched))}
    shown = {key: one for key, one in entries.items() if _is_open(one)}
    known = dict(
        session.execute(
            select(ServiceRow.id, ServiceRow.modified_at).where(ServiceRow.id.in_(touched))
        ).all()
    )
    services, terms = [], []
    organizations = {}
    around_of = _around(session, shown.values())
    for key, entry in shown.items():
        around = around_of[key]
        moments = [entry.updated_at, touched[key], *([known[key]] if key in known else [])]
        services.append(_service_row(entry, around, site, modified_at=max(moments)))
        terms += [
            {"service_id": key, "term_id": term.id, "taxonomy_id": term.taxonomy.id}
            for term in mapping.terms(_document(entry), around)
        ]
        row = _organization_row(around.organization, site)
        organizations[row["id"]] = row
    return Batch(changes[-1].n, list(touched), services, terms, list(organizations.values()))


def write(session: Session, site: Site, batch: Batch) -> None:
    """Put `batch` in place of what was there. Doing it twice is the same as once."""
    session.execute(delete(ServiceTermRow).where(ServiceTermRow.service_id.in_(batch.gone)))
    session.execute(delete(ServiceRow).where(ServiceRow.id.in_(batch.gone)))
    ids = [row["id"] for row in batch.organizations]
    session.execute(delete(OrganizationRow).where(OrganizationRow.id.in_(ids)))
    for table, rows in (
        (OrganizationRow, batch.organizations),
        (ServiceRow, batch.services),
        (ServiceTermRow, batch.terms),
    ):
        if rows:
            session.execute(insert(table), list(rows))
    catalogue.move_on(session, follower(site), batch.n)


def texts(session: Session, site: Site, instead: Mapping[UUID, Entry]) -> dict[UUID, Texts | None]:
    """What the feed would say of services if those entries were as given here.

    Only those are said that are among them or name one of them. None: it may not be passed on.
    """
    ids = {one.id for one in instead.values() if one.kind is Kind.SERVICE}
    for one in instead.values():
        if one.kind in _NAMED:
            ids |= set(links.naming(session, _NAMED[one.kind], one.kind, one.slug))
    services = [instead.get(one.id, one) for one in catalogue.by_ids(session, sorted(ids))]
    found: dict[UUID, Texts | None] = {one.id: None for one in services}
    shown = [one for one in services if _is_open(one)]
    around_of = _around(session, shown, instead)
    for one in shown:
        row = _service_row(one, around_of[one.id], site, modified_at=one.updated_at)
        found[one.id] = Texts(row["brief"], row["whole"], row["at_location"])
    return found


def follower(site: Site) -> str:
    """The name under which the place in the change log is kept."""
    said = f"{VERSION} {site.public_url} {site.name} {site.assurer_email}"
    return f"oruk-{sha256(said.encode()).hexdigest()[:12]}"


def _touched(session: Session, changes: Iterable[Change]) -> dict[UUID, datetime]:
    """The services that `changes` touch, by themselves or by what they name, and when."""
    found: dict[UUID, datetime] = {}
    for change in changes:
        row = session.get(EntryRow, change.entry_id)
        if row is None:
            continue
        kind = Kind(row.kind)
        if kind is Kind.SERVICE:
            found[row.id] = change.at
        elif kind in _NAMED:
            for service_id in links.naming(session, _NAMED[kind], kind, row.slug):
                found[service_id] = change.at
    return found


def _around(
    session: Session, services: Iterable[Entry], instead: Mapping[UUID, Entry] | None = None
) -> dict[UUID, Around]:
    """What each of `services` names, as far as it is there; asked for all at once.

    Args:
        instead: other versions of entries, to be taken in place of the live ones.
    """
    documents = {one.id: _document(one) for one in services}

    def named(kind: Kind, slugs: Iterable[str | None]) -> dict[str, Entry]:
        wanted = list(dict.fromkeys(slug for slug in slugs if slug))
        found = connections.by_former_names(session, kind, wanted)
        return {slug: (instead or {}).get(one.id, one) for slug, one in found.items()}

    organizations = named(Kind.ORGANIZATION, (one.organization for one in documents.values()))
    places = named(Kind.PLACE, (one.place for one in documents.values()))
    approaches = named(Kind.APPROACH, (slug for one in documents.values() for slug in one.approach))
    return {
        key: Around(
            organization=organizations.get(one.organization or ""),
            place=places.get(one.place or ""),
            approaches=tuple(
                {
                    found.id: found for slug in one.approach if (found := approaches.get(slug))
                }.values()
            ),
        )
        for key, one in documents.items()
    }


def _service_row(
    entry: Entry, around: Around, site: Site, *, modified_at: datetime
) -> dict[str, Any]:
    whole = mapping.service(entry, around, site, modified_at=modified_at)
    document = _document(entry)
    at_location = mapping.service_at_location(entry)
    place = around.place.document if around.place else None
    point = document.location
    return {
        "id": entry.id,
        "organization_id": UUID(whole["organization_id"]),
        "modified_at": modified_at,
        "words": _words(
            document.name,
            document.summary,
            whole["organization"]["name"] if around.organization else "",
            *(one["name"] for one in whole.get("service_areas", ())),
            *(one.document.name for one in around.approaches),
        ),
        "brief": _json(mapping.brief(whole)),
        "whole": _json(whole),
        "council": place.gss_code if isinstance(place, Place) else None,
        "at_location_id": UUID(at_location["id"]) if at_location else None,
        "at_location": _json(at_location) if at_location else None,
        "lat": point.lat if point else None,
        "lon": point.lon if point else None,
    }


def _organization_row(entry: Entry | None, site: Site) -> dict[str, Any]:
    said = mapping.organization(entry, site)
    document = entry.document if entry else None
    known_as = document.everyday_words if isinstance(document, Organization) else []
    return {
        "id": UUID(said["id"]),
        "words": _words(said["name"], said["description"], *known_as),
        "data": _json(said),
    }


def _is_open(entry: Entry) -> bool:
    return isinstance(entry.document, Service) and entry.document.open_referral


def _document(entry: Entry) -> Service:
    assert isinstance(entry.document, Service)
    return entry.document


def _words(*lines: str) -> str:
    return " ".join(" ".join(lines).casefold().split())


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))
