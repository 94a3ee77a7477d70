"""Whose column is whose: a guess from the words above it; where they say nothing, from what stands
in it.

A guess is only where the mapping screen begins: editors see it beside the first rows, and why.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from directory.imports.cells import Column, Sort, parts
from directory.imports.columns import columns
from directory.imports.tables import Table
from directory.places import postcodes
from directory.vocabulary.terms import Kind

LIKE_ENOUGH = 0.84
LOOKED_AT = 50  # rows
MOSTLY = 0.7  # of the cells that hold something

# Names of entries that are here, by their kind.
Known = Mapping[Kind, Collection[str]]


class Why(StrEnum):
    """What a guess goes by: the words above a column, or what stands in it."""

    HEADING = "heading"
    APPROACHES = "approaches"
    PLACES = "places"
    ORGANIZATIONS = "organizations"
    EMAILS = "emails"
    ADDRESSES = "addresses"
    PHONES = "phones"
    POSTCODES = "postcodes"
    POSTCODES_BESIDE = "postcodes-beside"  # another column says the place


@dataclass(frozen=True)
class Guess:
    """Which of our columns theirs is ("": none of them), and why."""

    key: str
    why: Why


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

# Columns of names, and columns that their cells give away.
_NAMES = {"approach": Why.APPROACHES, "place": Why.PLACES, "organization": Why.ORGANIZATIONS}
_LOOKS = {
    "contact.email": (Why.EMAILS, re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")),
    "url": (Why.ADDRESSES, re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)),
    "contact.phone": (Why.PHONES, re.compile(r"(\+44|0)[\d ()-]{8,16}")),
}


def guess(kind: Kind, table: Table, known: Known) -> dict[int, Guess]:
    """Their columns (by number, from 0) and which of ours each is; ours at most once.

    Words above a column that say it are never overruled by what stands in it.
    """
    ours = columns(kind)
    scored = [
        (score, -index, one.key)
        for index, name in enumerate(table.columns)
        for one in ours
        if (score := _likeness(name, one)) >= LIKE_ENOUGH
    ]
    found: dict[int, Guess] = {}
    taken: set[str] = set()
    for _score, index, key in sorted(scored, reverse=True):
        if -index not in found and key not in taken:
            found[-index] = Guess(key, Why.HEADING)
            taken.add(key)
    known = {one: {_plain(name) for name in called} for one, called in known.items()}
    for index in range(len(table.columns)):
        if index in found:
            continue
        cells = [row.cells[index] for row in table.rows[:LOOKED_AT] if row.cells[index]]
        looks = _by_look(ours, cells, known)
        if looks is not None and looks.key not in taken:
            found[index] = looks
            taken.add(looks.key)
    for index in range(len(table.columns)):  # last: only where nothing else says where it is
        cells = [row.cells[index] for row in table.rows[:LOOKED_AT] if row.cells[index]]
        if (
            kind is Kind.SERVICE
            and index not in found
            and _mostly([_is_postcode(cell) for cell in cells])
        ):
            is_said = bool(taken & {"place", "service_area"})
            found[index] = (
                Guess("", Why.POSTCODES_BESIDE) if is_said else Guess("service_area", Why.POSTCODES)
            )
            taken.add("service_area")
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


def _by_look(ours: Collection[Column], cells: Collection[str], known: Known) -> Guess | None:
    """Which column it must be by what stands in it; None if that does not say."""
    for one in ours:
        if one.key in _LOOKS:
            why, pattern = _LOOKS[one.key]
            if _mostly([pattern.fullmatch(cell) is not None for cell in cells]):
                return Guess(one.key, why)
        elif one.names and one.key in _NAMES:
            called = known.get(one.names, ())
            if _mostly([_are_names(cell, called) for cell in cells]):
                return Guess(one.key, _NAMES[one.key])
    return None


def _mostly(found: Collection[bool]) -> bool:
    return bool(found) and sum(found) >= MOSTLY * len(found)


def _are_names(cell: str, called: Collection[str]) -> bool:
    named = [_plain(part) for part in parts(cell)]
    return _plain(cell) in called or (bool(named) and all(one in called for one in named))


def _is_postcode(cell: str) -> bool:
    # "B12" may as well be a number of theirs.
    found = postcodes.parse(cell)
    return found is not None and found.sector is not None


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
