"""Entries in the words of schema.org, for search engines: only what the page itself says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from directory.clock import day_of
from directory.entries.catalogue import Entry
from directory.entries.documents import Place
from directory.entries.profiles import (
    ApproachProfile,
    OrganizationProfile,
    Profile,
    ServiceProfile,
    StoryProfile,
)

LICENCE = "https://creativecommons.org/licenses/by/4.0/"

Absolute = Callable[[str], str]


def describe(profile: Profile, absolute: Absolute) -> dict[str, Any]:
    """The entry as JSON-LD.

    Args:
        absolute: makes a whole address of a path on this site.
    """
    entry = profile.entry
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@id": absolute(entry.url),
        "url": absolute(entry.url),
        "name": entry.document.name,
        "description": entry.document.summary,
    }
    match profile:
        case ApproachProfile():
            found |= {
                "@type": "Article",
                "headline": entry.document.name,
                "abstract": profile.document.strapline,
                "datePublished": day_of(entry.created_at).isoformat(),
                "dateModified": day_of(entry.updated_at).isoformat(),
                "license": LICENCE,
            }
        case ServiceProfile():
            found |= {"@type": "Service"} | _service(profile, absolute)
        case OrganizationProfile():
            found["@type"] = "Organization"
            if profile.document.url:
                found["sameAs"] = profile.document.url
        case StoryProfile():
            found["@type"] = "Article"
            found["headline"] = entry.document.name
            found["datePublished"] = day_of(entry.created_at).isoformat()
            found["dateModified"] = day_of(entry.updated_at).isoformat()
            found["license"] = LICENCE
    return found


def describe_place(entry: Entry, document: Place, absolute: Absolute) -> dict[str, Any]:
    """A place as JSON-LD."""
    return {
        "@context": "https://schema.org",
        "@type": "AdministrativeArea",
        "@id": absolute(entry.url),
        "url": absolute(entry.url),
        "name": document.name,
        "description": document.summary,
        "geo": {"@type": "GeoCoordinates", "latitude": document.lat, "longitude": document.lon},
    }


def _service(profile: ServiceProfile, absolute: Absolute) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if profile.approaches:
        found["serviceType"] = [one.name for one in profile.approaches]
    if profile.organization:
        found["provider"] = {
            "@type": "Organization",
            "name": profile.organization.document.name,
            "url": absolute(profile.organization.url),
        }
    if profile.place:
        found["areaServed"] = profile.place.document.name
    elif profile.document.service_area:
        found["areaServed"] = list(profile.document.service_area)
    if profile.document.url:
        found["sameAs"] = profile.document.url
    return found
