"""What the API says of a search, in plain values that become JSON.

Addresses are absolute. Distances are in miles, as the crow flies, to one place after the point.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from directory.entries.freshness import Freshness, State
from directory.search.query import Query
from directory.search.results import Hit, Nearest, PlaceRead, Results, Suggestion
from directory.vocabulary.facets import label
from directory.vocabulary.help import helplines


def search_object(results: Results, *, public_url: str, most: int | None = None) -> dict[str, Any]:
    """The answer to a search; `most` cuts the list of results."""
    better = results.did_you_mean
    return {
        "query": _query(results.query),
        "total": results.total,
        "page": results.page,
        "pages": results.pages,
        "results": [_hit(hit, public_url) for hit in results.hits[:most]],
        "facets": {
            facet: [
                {
                    "value": choice.value,
                    "label": label(_labels_of(facet), choice.value),
                    "count": choice.count,
                    "chosen": choice.chosen,
                }
                for choice in choices
            ]
            for facet, choices in results.facets.items()
        },
        "also_looked_for": [
            {"words": added.words, "because": added.because} for added in results.also_looked_for
        ],
        "did_you_mean": (
            {"q": better.q, "url": f"{public_url}/search?{better.to_string()}"} if better else None
        ),
        "place": _place(results.place),
        "urgent_help": urgent_help(results),
        "url": f"{public_url}/search?{results.query.to_string()}",
    }


def suggestion_object(suggestion: Suggestion, *, public_url: str) -> dict[str, Any]:
    """What somebody may be about to type."""
    return {
        "kind": suggestion.kind,
        "words": suggestion.words,
        "note": suggestion.note,
        "url": public_url + suggestion.url if suggestion.url else None,
    }


def urgent_help(results: Results) -> dict[str, Any] | None:
    """Whose numbers come before any result, or None."""
    if results.urgent_help is None:
        return None
    lines = []
    for helpline in helplines(results.urgent_help):
        for way in helpline.ways:
            contact = way.ring or f"{way.text} to {way.to}"
            lines.append(
                {
                    "name": helpline.name,
                    "contact": contact,
                    "href": way.href,
                    "what": helpline.for_whom,
                    "nations": list(helpline.nations),
                }
            )
    return {"subject": results.urgent_help, "lines": lines}


def freshness_words(found: Freshness) -> str:
    """The freshness of an entry in English: "Checked 3 November 2026"."""
    day = _day(found.checked) if found.checked else ""
    match found.state:
        case State.FRESH:
            return f"Checked {day}"
        case State.DUE:
            return f"Due a check, last checked {day}"
        case State.OVERDUE:
            return f"Overdue a check, last checked {day}"
        case State.NEVER if found.last_known:
            return f"Not checked yet, known in {found.last_known}"
        case State.NEVER:
            return "Not checked yet"


def _hit(hit: Hit, public_url: str) -> dict[str, Any]:
    return {
        "id": str(hit.id),
        "kind": hit.kind,
        "slug": hit.slug,
        "name": hit.name,
        "strapline": hit.strapline,
        "url": public_url + hit.url,
        "support_area": list(hit.support_area),
        "who_for": list(hit.who_for),
        "moment": hit.moment,
        "place": hit.place or None,
        "distance_miles": _miles(hit.miles),
        "is_inside": hit.is_inside,
        "nearest": _nearest(hit.nearest, public_url) if hit.nearest else None,
        "status": hit.status,
        "freshness": _freshness(hit.freshness),
    }


def _nearest(nearest: Nearest, public_url: str) -> dict[str, Any]:
    return {
        "name": nearest.name,
        "url": public_url + nearest.url,
        "place": nearest.place or None,
        "distance_miles": _miles(nearest.miles),
        "is_inside": nearest.is_inside,
        "freshness": _freshness(nearest.freshness),
    }


def _freshness(found: Freshness) -> dict[str, Any]:
    return {
        "state": found.state,
        "checked": found.checked.isoformat() if found.checked else None,
        "last_known": found.last_known,
        "words": freshness_words(found),
    }


def _query(query: Query) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for name, value in replace(query, page=1).pairs():
        asked.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in asked.items()}


def _place(place: PlaceRead | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "typed": place.typed,
        "name": place.spot.full_name if place.spot else None,
        "choices": [{"name": spot.full_name, "near": spot.near} for spot in place.choices],
    }


def _labels_of(facet: str) -> str:
    return {"evidence": "strength", "fresh": "freshness"}.get(facet, facet)


def _miles(miles: float | None) -> float | None:
    return None if miles is None else round(miles, 1)


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
