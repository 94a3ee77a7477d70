"""Entries as Open Referral UK 3.0 says them. Nothing is invented, and empty fields are left out.

Ids: an entry keeps its own. A part of an entry has an id made from it and the part's number, so it
stays the same from one reading of the feed to the next. What the standard has no field for begins
with `x_`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, LegalIds, Organization, Place, Schedule, Service
from directory.oruk import taxonomies
from directory.oruk.taxonomies import Term
from directory.vocabulary.terms import Frequency, Status

GSS = "http://statistics.data.gov.uk/id/statistical-geography/"
NOBODY = uuid5(taxonomies.NAMESPACE, "organization not known")

STATUSES = {
    Status.RUNNING: "active",
    Status.PAUSED: "temporarily closed",
    Status.ENDED: "defunct",
    Status.NOT_KNOWN: "inactive",
}
# Names of registers as org-id.guide has them.
REGISTERS = {
    "charity": ("GB-CHC", "Charity number, England and Wales"),
    "scottish_charity": ("GB-SC", "Scottish charity number"),
    "ni_charity": ("GB-NIC", "Charity number, Northern Ireland"),
    "company": ("GB-COH", "Company number"),
}
NESTED = (
    "schedules",
    "service_areas",
    "service_at_locations",
    "languages",
    "cost_options",
    "contacts",
    "attributes",
)

Said = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Whose feed it is. `assurer_email`: the shared mailbox of those who check entries."""

    public_url: str
    name: str
    assurer_email: str


@dataclass(frozen=True)
class Around:
    """The entries that a service names, as far as they are there."""

    organization: Entry | None = None
    place: Entry | None = None
    approaches: tuple[Entry, ...] = ()


def service(entry: Entry, around: Around, site: Site, *, modified_at: datetime) -> Said:
    """A service with all that belongs to it."""
    document = _service(entry)
    contact = document.contact
    return _without_empty(
        {
            "id": str(entry.id),
            "organization_id": str(around.organization.id if around.organization else NOBODY),
            "name": document.name,
            "description": "\n\n".join(filter(None, (document.summary, document.body))),
            "url": document.url or site.public_url + entry.url,
            "email": contact.email if contact else None,
            "status": STATUSES[document.status],
            "assured_date": document.assured_date.isoformat() if document.assured_date else None,
            "assurer_email": site.assurer_email if document.assured_date else None,
            "last_modified": _moment(modified_at),
            "schedules": [
                _schedule(entry.id, number, one)
                for number, one in enumerate(document.schedule, start=1)
            ],
            "service_areas": list(_service_areas(entry, around)),
            "service_at_locations": [one] if (one := service_at_location(entry)) else [],
            "languages": [
                {
                    "id": part(entry.id, f"language:{name}"),
                    "service_id": str(entry.id),
                    "x_name": name,
                }
                for name in document.languages
            ],
            "organization": organization(around.organization, site),
            "cost_options": list(_cost_options(entry)),
            "contacts": list(_contacts(entry)),
            "attributes": [_attribute(entry.id, term, site) for term in terms(document, around)],
            "x_status_note": _status_note(document),
            "x_accessibility": None if document.location else document.accessibility,
            "x_page": site.public_url + entry.url,
            "x_strapline": document.strapline,
        }
    )


def brief(whole: Said) -> Said:
    """A service as lists show it: itself and who runs it."""
    return {name: value for name, value in whole.items() if name not in NESTED}


def organization(entry: Entry | None, site: Site) -> Said:
    """Who runs a service. The standard wants one: where none is known, it says so."""
    if entry is None:
        return {
            "id": str(NOBODY),
            "name": "Not known",
            "description": f"{site.name} does not know who runs this service.",
        }
    document = entry.document
    assert isinstance(document, Organization)
    return _without_empty(
        {
            "id": str(entry.id),
            "name": document.name,
            "description": document.summary,
            "website": document.url,
            "uri": site.public_url + entry.url,
            "organization_identifiers": list(_identifiers(entry.id, document.legal_ids)),
        }
    )


def service_at_location(entry: Entry) -> Said | None:
    """The service at its point on the map; None where that is not known."""
    document = _service(entry)
    point = document.location
    if point is None:
        return None
    location_id = part(entry.id, "location:1")
    location: Said = {
        "id": location_id,
        "location_type": "physical",
        "name": point.label,
        "latitude": point.lat,
        "longitude": point.lon,
    }
    if document.accessibility:
        location["accessibility"] = [
            {
                "id": part(entry.id, "accessibility:1"),
                "location_id": location_id,
                "description": document.accessibility,
            }
        ]
    return {
        "id": part(entry.id, "service_at_location:1"),
        "service_id": str(entry.id),
        "location_id": location_id,
        "location": _without_empty(location),
    }


def terms(document: Service, around: Around) -> list[Term]:
    """The terms of a service: its approaches, and the parts of life and people that it, or else
    they, name."""
    models = [one.document for one in around.approaches if isinstance(one.document, Approach)]
    areas = document.support_area or [area for model in models for area in model.support_area]
    people = document.who_for or [who for model in models for who in model.who_for]
    return [
        *(taxonomies.of_approach(one) for one in around.approaches),
        *(taxonomies.of_facet(taxonomies.SUPPORT_AREAS, key) for key in dict.fromkeys(areas)),
        *(taxonomies.of_facet(taxonomies.WHO_FOR, key) for key in dict.fromkeys(people)),
    ]


def part(entry_id: UUID, name: str) -> str:
    """The id of a part of an entry, such as "location:1"."""
    return str(uuid5(entry_id, name))


def _schedule(entry_id: UUID, number: int, schedule: Schedule) -> Said:
    often = schedule.frequency
    day = schedule.day.capitalize()
    words = {
        Frequency.WEEKLY: f"Every {day}",
        Frequency.FORTNIGHTLY: f"Every second {day}",
        Frequency.MONTHLY: f"Once a month, on a {day}",
    }[often]
    until = f" to {schedule.end}" if schedule.end else ""
    hours = f", {schedule.start}{until}" if schedule.start else ""
    return _without_empty(
        {
            "id": part(entry_id, f"schedule:{number}"),
            "service_id": str(entry_id),
            "freq": "MONTHLY" if often is Frequency.MONTHLY else "WEEKLY",
            "interval": 2 if often is Frequency.FORTNIGHTLY else 1,
            "byday": schedule.day[:2].upper(),
            "opens_at": f"{schedule.start}:00" if schedule.start else None,
            "closes_at": f"{schedule.end}:00" if schedule.end else None,
            "description": words + hours,
            "notes": schedule.note,
        }
    )


def _service_areas(entry: Entry, around: Around) -> Iterator[Said]:
    service_id = str(entry.id)
    if around.place and isinstance(around.place.document, Place):
        place = around.place.document
        yield _without_empty(
            {
                "id": part(entry.id, f"service_area:{around.place.id}"),
                "service_id": service_id,
                "name": place.name,
                "service_area": place.name,
                "uri": GSS + place.gss_code if place.gss_code else None,
            }
        )
    for name in _service(entry).service_area:
        yield {
            "id": part(entry.id, f"service_area:{name}"),
            "service_id": service_id,
            "name": name,
            "service_area": name,
        }


def _cost_options(entry: Entry) -> Iterator[Said]:
    for number, cost in enumerate(_service(entry).cost_option, start=1):
        yield _without_empty(
            {
                "id": part(entry.id, f"cost_option:{number}"),
                "service_id": str(entry.id),
                "option": cost.option,
                "amount": cost.amount,
                "amount_description": "pounds sterling" if cost.amount else None,
            }
        )


def _contacts(entry: Entry) -> Iterator[Said]:
    contact = _service(entry).contact
    if contact is None or not (contact.name or contact.phone):
        return
    contact_id = part(entry.id, "contact:1")
    said: Said = {"id": contact_id, "service_id": str(entry.id), "name": contact.name}
    if contact.phone:
        said["phones"] = [
            {
                "id": part(entry.id, "phone:1"),
                "contact_id": contact_id,
                "number": contact.phone,
            }
        ]
    yield _without_empty(said)


def _identifiers(organization_id: UUID, ids: LegalIds | None) -> Iterator[Said]:
    for name, (scheme, words) in REGISTERS.items():
        if number := getattr(ids, name, None):
            yield {
                "id": part(organization_id, f"identifier:{scheme}"),
                "organization_id": str(organization_id),
                "identifier_scheme": scheme,
                "identifier_type": words,
                "identifier": number,
            }


def _attribute(entry_id: UUID, term: Term, site: Site) -> Said:
    return {
        "id": part(entry_id, f"attribute:{term.id}"),
        "link_id": str(entry_id),
        "link_type": term.taxonomy.name,
        "taxonomy_term_id": str(term.id),
        "taxonomy_term": term.said(site.public_url),
    }


def _status_note(document: Service) -> str | None:
    if document.status is not Status.NOT_KNOWN:
        return None
    known = f" It was known in {document.last_known}." if document.last_known else ""
    return f"Nobody has checked whether this still runs.{known}"


def _moment(value: datetime) -> str:
    """UTC, to the millisecond."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _service(entry: Entry) -> Service:
    assert isinstance(entry.document, Service)
    return entry.document


def _without_empty(said: Said) -> Said:
    return {name: value for name, value in said.items() if value not in (None, "", [])}
