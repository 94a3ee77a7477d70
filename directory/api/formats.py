"""Entries as a table and as points on a map."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from directory.api import shapes
from directory.entries.catalogue import Entry
from directory.entries.documents import Place, Service

COLUMNS: dict[str, Callable[[Entry], Any]] = {
    "id": lambda entry: entry.id,
    "kind": lambda entry: entry.kind,
    "slug": lambda entry: entry.slug,
    "name": lambda entry: entry.document.name,
    "strapline": lambda entry: getattr(entry.document, "strapline", None),
    "summary": lambda entry: entry.document.summary,
    "support_area": lambda entry: getattr(entry.document, "support_area", None),
    "moment": lambda entry: getattr(entry.document, "moment", None),
    "who_for": lambda entry: getattr(entry.document, "who_for", None),
    "builds_on": lambda entry: getattr(entry.document, "builds_on", None),
    "approach": lambda entry: getattr(entry.document, "approach", None),
    "organization": lambda entry: getattr(entry.document, "organization", None),
    "place": lambda entry: getattr(entry.document, "place", None),
    "service_area": lambda entry: getattr(entry.document, "service_area", None),
    "status": lambda entry: getattr(entry.document, "status", None),
    "last_known": lambda entry: getattr(entry.document, "last_known", None),
    "assured_date": lambda entry: entry.document.assured_date,
    "web_page": lambda entry: getattr(entry.document, "url", None),
    "updated_at": lambda entry: entry.updated_at.isoformat(),
    "revision": lambda entry: entry.revision,
}


def table(entries: Iterable[Entry], *, public_url: str) -> Iterator[str]:
    """CSV, a line at a time: a heading, then an entry a line. Several values stand with ` | `."""
    yield _line([*COLUMNS, "url"])
    for entry in entries:
        values = [_cell(column(entry)) for column in COLUMNS.values()]
        yield _line([*values, public_url + entry.url])


def data_package(*, public_url: str, site_name: str) -> dict[str, Any]:
    """What the files of everything are, as a Frictionless data package."""
    texts = [{"name": name, "type": "string"} for name in (*COLUMNS, "url")]
    return {
        "profile": "data-package",
        "name": "directory-of-approaches",
        "title": f"{site_name}: everything that is published",
        "homepage": f"{public_url}/",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "sources": [{"title": site_name, "path": f"{public_url}/"}],
        "resources": [
            {
                "name": "entries",
                "path": f"{public_url}/api/v1/entries.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": texts, "primaryKey": "id", "missingValues": [""]},
            },
            {
                "name": "entries-whole",
                "path": f"{public_url}/api/v1/entries.ndjson",
                "profile": "data-resource",
                "format": "ndjson",
                "mediatype": "application/x-ndjson",
                "encoding": "utf-8",
            },
        ],
    }


def feature(entry: Entry, places: Mapping[str, Place], *, url: str) -> shapes.Feature:
    """An entry as GeoJSON; a service without a point of its own stands in the middle of its place.

    Args:
        places: by the slugs that services use for them.
    """
    point, precision = _point(entry, places)
    return shapes.Feature(
        id=entry.id,
        geometry=shapes.Geometry(coordinates=point) if point else None,
        properties={
            "name": entry.document.name,
            "kind": entry.kind,
            "strapline": entry.document.tagline,
            "url": url,
            "precision": precision,
        },
    )


def _point(
    entry: Entry, places: Mapping[str, Place]
) -> tuple[tuple[float, float] | None, str | None]:
    document = entry.document
    if isinstance(document, Place):
        return (document.lon, document.lat), "place"
    if isinstance(document, Service):
        if document.location:
            return (document.location.lon, document.location.lat), "exact"
        place = places.get(document.place or "")
        if place:
            return (place.lon, place.lat), "place"
    return None, None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return " | ".join(str(one) for one in value)
    said = " ".join(str(value).split())
    # A spreadsheet would run these as a formula.
    return f"'{said}" if said[:1] in {"=", "@", "+", "-"} else said


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
