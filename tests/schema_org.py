"""Schema.org as far as our pages use it, and a strict check of JSON-LD against it.

For each type its properties and what each may hold, as https://schema.org says (release 29). A
property or type that is not here fails: look it up there, and add it, if it is really so.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

THING = {
    "url": {"URL"},
    "name": {"Text"},
    "description": {"Text"},
    "sameAs": {"URL"},
    "image": {"URL"},
}
CREATIVE_WORK = THING | {
    "headline": {"Text"},
    "abstract": {"Text"},
    "datePublished": {"Date"},
    "dateModified": {"Date"},
    "license": {"URL"},
    "inLanguage": {"Language"},
    "publisher": {"Organization"},
    "about": {"Thing"},
}
TYPES: dict[str, dict[str, set[str]]] = {
    "Article": CREATIVE_WORK,
    "Thing": THING,
    "Organization": THING,
    "Service": THING
    | {
        "serviceType": {"Text"},
        "provider": {"Organization"},
        "areaServed": {"Text", "AdministrativeArea"},
    },
    "AdministrativeArea": THING | {"geo": {"GeoCoordinates"}},
    "GeoCoordinates": {"latitude": {"Number"}, "longitude": {"Number"}},
}
NEEDED = {
    "Article": {"name", "headline", "description", "url"},
    "Service": {"name", "description", "url"},
    "Organization": {"name", "url"},
    "AdministrativeArea": {"name", "url", "geo"},
    "GeoCoordinates": {"latitude", "longitude"},
}
BOUNDS = {"latitude": 90, "longitude": 180}


def check(said: dict[str, Any]) -> list[str]:
    """What is wrong with a whole piece of JSON-LD; nothing, if it is as it should be."""
    wrong = [] if said.get("@context") == "https://schema.org" else ["@context: not schema.org"]
    if not _is_url(said.get("@id")):
        wrong.append("@id: no whole address")
    rest = {name: value for name, value in said.items() if name not in {"@context", "@id"}}
    return wrong + _node(rest, "")


def _node(said: dict[str, Any], path: str) -> list[str]:
    kind = said.get("@type")
    if kind not in TYPES:
        return [f"{path}@type: {kind} is not among the types that we use"]
    wrong = [f"{path}{name}: missing" for name in NEEDED.get(kind, set()) - said.keys()]
    for name, value in said.items():
        if name == "@type":
            continue
        if name not in TYPES[kind]:
            wrong.append(f"{path}{name}: {kind} has no such property")
            continue
        values = value if isinstance(value, list) else [value]
        if not values:
            wrong.append(f"{path}{name}: empty")
        for one in values:
            wrong += _value(one, TYPES[kind][name], f"{path}{name}")
    return wrong


def _value(one: Any, ranges: set[str], path: str) -> list[str]:
    if isinstance(one, dict):
        if one.get("@type") not in ranges and "Thing" not in ranges:
            return [f"{path}: may not hold {one.get('@type')}"]
        return _node(one, f"{path}.")
    fits = {
        "Text": isinstance(one, str) and bool(one.strip()),
        "URL": _is_url(one),
        "Date": _is_date(one),
        "Language": isinstance(one, str) and bool(re.fullmatch(r"[a-z]{2}(-[A-Z]{2})?", one)),
        "Number": isinstance(one, int | float)
        and not isinstance(one, bool)
        and abs(one) <= BOUNDS.get(path.rpartition(".")[2], float("inf")),
    }
    return (
        [] if any(fits.get(kind, False) for kind in ranges) else [f"{path}: {one!r} does not fit"]
    )


def _is_url(value: Any) -> bool:
    parts = urlsplit(value) if isinstance(value, str) else None
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value) is not None
    except ValueError:
        return False
