"""Builders: each makes one valid thing; a test names only what it is about."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from directory.entries.documents import (
    APPROACH_HEADINGS,
    Approach,
    Organization,
    Page,
    Place,
    Service,
    Source,
    Story,
)

NAMESPACE = UUID("7d2b6c7e-3f5d-4c55-9a5b-0d1c9a1f2e3d")


def an_id(text: str) -> UUID:
    """An id that is always the same for the same `text`."""
    return uuid5(NAMESPACE, text)


def a_body(**sections: str) -> str:
    """A body with all the headings of an approach; `how_it_works="…"` fills one."""
    texts = dict.fromkeys(APPROACH_HEADINGS, "A short, plain paragraph.")
    for name, text in sections.items():
        heading = name.replace("_", " ").capitalize()
        assert heading in texts, f"no heading {heading}"
        texts[heading] = text
    return "\n\n".join(f"## {heading}\n\n{text}" for heading, text in texts.items())


def an_approach(**fields: Any) -> Approach:
    """A valid approach: Community choirs, unless told otherwise."""
    return Approach(
        **{
            "name": "Community choirs",
            "strapline": "Sing with your neighbours, no audition needed",
            "summary": "People who like to sing meet each week and learn songs by ear.",
            "support_area": ["whole-community"],
            "moment": "staying-well",
            "who_for": ["anyone"],
            "builds_on": ["shared-interests"],
            "body": a_body(),
        }
        | fields
    )


def a_service(**fields: Any) -> Service:
    """A valid service: a choir in Leeds that follows community-choirs."""
    return Service(
        **{
            "name": "Harehills Singers",
            "summary": "A choir that meets in a hall each week.",
            "approach": ["community-choirs"],
            "place": "leeds",
            "sources": [Source(title="A leaflet", year=2018)],
            "last_known": 2018,
        }
        | fields
    )


def an_organization(**fields: Any) -> Organization:
    return Organization(
        **{"name": "Singing Together", "summary": "It helps choirs to start."} | fields
    )


def a_place(**fields: Any) -> Place:
    """A valid place: Leeds."""
    return Place(
        **{
            "name": "Leeds",
            "summary": "A city in West Yorkshire.",
            "type": "metropolitan borough (city)",
            "nation": "England",
            "region": "Yorkshire and the Humber",
            "lat": 53.8,
            "lon": -1.55,
            "gss_code": "E08000035",
        }
        | fields
    )


def a_story(**fields: Any) -> Story:
    return Story(
        **{
            "name": "I found my voice",
            "summary": "How singing helped after a move.",
            "about": "approaches/community-choirs",
            "told_by": "R.",
        }
        | fields
    )


def a_page(**fields: Any) -> Page:
    return Page(**{"name": "About Kith", "summary": "What this is."} | fields)
