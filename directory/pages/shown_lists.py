"""Lists of entries on a page: each is a search, written as the query string of the search page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Page, PageList
from directory.vocabulary.terms import Kind

SHOWN = 12


@dataclass(frozen=True)
class ShownList:
    """One list of a page: its first entries, their number, and the search that has them all."""

    heading: str
    text: str
    entries: tuple[Entry, ...]
    total: int
    query: str


def shown_lists(session: Session, page: Page) -> tuple[ShownList, ...]:
    """The lists that a page asks for, in its order."""
    return tuple(_shown(session, asked) for asked in page.lists)


def _shown(session: Session, asked: PageList) -> ShownList:
    found = list(matching(session, asked.query))
    query = asked.query.lstrip("?")
    return ShownList(asked.heading, asked.text or "", tuple(found[:SHOWN]), len(found), query)


def matching(session: Session, query: str) -> Iterator[Entry]:
    """The live entries that fit every field of `query`, by name."""
    wanted = parse_qs(query.lstrip("?"))
    kinds = [Kind(kind) for kind in wanted.pop("kind", [Kind.APPROACH])]
    for kind in kinds:
        for entry in catalogue.live(session, kind):
            if all(_fits(entry, field, values) for field, values in wanted.items()):
                yield entry


def _fits(entry: Entry, field: str, values: list[str]) -> bool:
    value = getattr(entry.document, field, None)
    held = value if isinstance(value, list) else [value]
    return any(str(one) in values for one in held)
