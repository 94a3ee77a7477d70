"""Whose column is whose: a guess from the words above it, and from what stands in it.

A guess is only where the mapping screen begins: editors see it beside the first rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from directory.imports.cells import Column, Sort
from directory.imports.columns import columns
from directory.imports.tables import Table
from directory.vocabulary.terms import Kind

LIKE_ENOUGH = 0.84
LOOKED_AT = 50  # rows

# Words that people write above such a column, without signs and in small.
_ALSO: Mapping[str, tuple[str, ...]] = {
    "name": (
        "title", "service", "service name", "group", "group name", "project", "activity", "scheme",
        "organisation name", "organization name",
    ),
    "summary": (
        "description", "short description", "about", "what", "what it is", "what we do", "details",
    ),
    "strapline": ("tagline", "slogan", "strap line"),
    "approach": ("type", "kind", "model", "category", "type of service", "terms approaches"),
    "organization": ("organisation", "provider", "run by", "charity", "lead organisation", "host"),
    "place": ("town", "city", "area", "council", "borough", "district", "local authority"),
    "service_area": ("areas covered", "coverage", "catchment", "area covered", "covers"),
    "schedule": ("times", "day and time", "opening times", "opening hours", "when", "schedule"),
    "cost_option": ("cost", "costs", "price", "fee", "fees", "charge"),
    "contact.name": ("contact", "contact name", "contact person", "ask for"),
    "contact.phone": ("phone", "telephone", "tel", "phone number", "telephone number", "mobile"),
    "contact.email": ("email", "e mail", "email address", "mail", "contact email"),
    "url": ("website", "web site", "web", "web address", "link", "webpage", "web page", "homepage"),
    "location.lat": ("lat", "latitude", "y"),
    "location.lon": ("lon", "lng", "long", "longitude", "x"),
    "location.label": ("venue", "building", "location", "venue name", "where"),
    "accessibility": ("access", "accessible", "access information"),
    "languages": ("language",),
    "status": ("running", "active", "state", "open"),
    "support_area": ("support area", "support areas", "terms parts of life"),
    "who_for": ("who for", "audience", "for whom", "eligibility", "terms who it is for"),
    "assured_date": ("last checked", "checked", "date checked", "verified", "last updated"),
    "legal_ids.charity": ("charity number", "charity no", "registered charity"),
    "legal_ids.company": ("company number", "company no"),
    "body": ("more", "notes", "further information", "more information", "long description"),
    "sources": ("source", "where this is from"),
    "entry": ("address here", "kith address", "page"),
}  # fmt: skip

_LOOKS = {
    "contact.email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "url": re.compile(r"(https?://|www\.)\S+"),
    "contact.phone": re.compile(r"(\+44|0)[\d ()-]{8,16}"),
}


def guess(kind: Kind, table: Table) -> dict[int, str]:
    """Their columns (by number, from 0) and which of ours each is; ours at most once."""
    ours = columns(kind)
    scored = [
        (score, -index, one.key)
        for index, name in enumerate(table.columns)
        for one in ours
        if (score := _likeness(name, one)) >= LIKE_ENOUGH
    ]
    found: dict[int, str] = {}
    for _score, index, key in sorted(scored, reverse=True):
        if -index not in found and key not in found.values():
            found[-index] = key
    keys = {one.key for one in ours}
    for index in range(len(table.columns)):
        key = _by_look(table, index)
        if index not in found and key in keys and key not in found.values():
            found[index] = key
    return dict(sorted(found.items()))


def _likeness(name: str, column: Column) -> float:
    """How much the words above their column are like ours: 0 to 1."""
    theirs = _plain(name)
    if theirs == _plain(column.title) or theirs == _plain(column.key):
        return 1.0
    also = _ALSO.get(column.key, ())
    if theirs in also:
        return 0.95 - also.index(theirs) / 100  # earlier words are surer
    if column.sort is Sort.TEXT and len(theirs) < 5:
        return 0.0
    return max(
        (SequenceMatcher(None, theirs, one).ratio() for one in (_plain(column.title), *also)),
        default=0.0,
    ) - 0.05  # fmt: skip


def _by_look(table: Table, index: int) -> str:
    """Which column it must be by what stands in it; "" if that does not say."""
    cells = [row.cells[index] for row in table.rows[:LOOKED_AT] if row.cells[index]]
    for key, pattern in _LOOKS.items():
        if cells and all(pattern.fullmatch(cell) for cell in cells):
            return key
    return ""


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
