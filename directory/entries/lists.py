"""All entries of a kind as readers leaf through them: in groups, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast
from unicodedata import combining, normalize

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from directory.entries.catalogue import Entry, by_ids, by_slugs, live
from directory.entries.documents import Approach, Place
from directory.entries.links import Relation
from directory.entries.models import EntryRow, EntryState, Link
from directory.errors import DirectoryError
from directory.vocabulary import facets
from directory.vocabulary.terms import Kind, Moment, Nation

PER_PAGE = 150
# A service takes more room: what happens, where, how fresh.
SERVICES_PER_PAGE = 60


@dataclass(frozen=True)
class Group:
    """Entries under one heading. `continued`: its first ones stand on the page before."""

    key: str
    heading: str
    entries: tuple[Entry, ...]
    note: str = ""
    url: str | None = None
    continued: bool = False


@dataclass(frozen=True)
class Listing:
    """One page of a list."""

    groups: tuple[Group, ...]
    total: int
    page: int
    pages: int

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for group in self.groups for entry in group.entries)


class NoSuchPage(DirectoryError):
    """This list is shorter than that."""

    status = 404


def approaches(session: Session, page: int) -> Listing:
    """Approaches by the moment when they help, from staying well to crisis."""
    order = list(Moment)
    found = sorted(live(session, Kind.APPROACH), key=lambda one: order.index(_moment(one)))

    def group(moment: str, entries: Sequence[Entry]) -> Group:
        term = facets.term("moment", moment)
        return Group(moment, term.label, tuple(entries), note=term.explanation)

    return _listing(found, page, _moment, group)


def organizations(session: Session, page: int) -> Listing:
    """Organizations from A to Z; names that begin with a figure come first."""
    found = sorted(live(session, Kind.ORGANIZATION), key=lambda one: _plain(one.document.name))

    def letter(entry: Entry) -> str:
        first = _plain(entry.document.name)[:1].upper()
        return first if first.isalpha() else "0–9"

    return _listing(
        found, page, letter, lambda key, entries: Group(f"letter-{key}", key, tuple(entries))
    )


def places(session: Session, page: int) -> Listing:
    """Places by region in England, then by nation."""
    nations = list(Nation)

    def area(entry: Entry) -> str:
        place = cast(Place, entry.document)
        is_split = place.nation is Nation.ENGLAND and place.region
        return str(place.region if is_split else place.nation)

    found = sorted(
        live(session, Kind.PLACE),
        key=lambda one: (
            nations.index(cast(Place, one.document).nation),
            area(one),
            _plain(one.document.name),
        ),
    )
    return _listing(found, page, area, lambda key, entries: Group(_key(key), key, tuple(entries)))


def stories(session: Session, page: int) -> Listing:
    found = list(live(session, Kind.STORY))
    return _listing(found, page, lambda one: "", lambda key, entries: Group("", "", tuple(entries)))


def pages(session: Session, page: int) -> Listing:
    found = list(live(session, Kind.PAGE))
    return _listing(found, page, lambda one: "", lambda key, entries: Group("", "", tuple(entries)))


def services(session: Session, page: int, *, by: Kind = Kind.PLACE) -> Listing:
    """Services by place, or by the approach that they follow (then some stand more than once).

    A page of a long list reads only its own entries.
    """
    relation = Relation.HAPPENS_IN if by is Kind.PLACE else Relation.FOLLOWS
    named = aliased(EntryRow)
    query = (
        select(EntryRow.id, Link.slug, named.name)
        .join(Link, (Link.entry_id == EntryRow.id) & (Link.relation == relation), isouter=True)
        .join(named, (named.kind == by) & (named.slug == Link.slug), isouter=True)
        .where(EntryRow.state == EntryState.LIVE, EntryRow.kind == Kind.SERVICE)
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    page_count = _page_count(total, page, SERVICES_PER_PAGE)
    # One more before, to know whether the first group goes on from the page before.
    before = 1 if page > 1 else 0
    rows = session.execute(
        query.order_by(
            named.name.is_(None), func.lower(named.name), Link.slug,
            func.lower(EntryRow.name), EntryRow.id,
        )
        .offset((page - 1) * SERVICES_PER_PAGE - before)
        .limit(SERVICES_PER_PAGE + before)
    ).all()  # fmt: skip
    last = rows[0][1] if before and rows[0][2] else None
    shown = rows[before:]
    entries = {entry.id: entry for entry in by_ids(session, [row[0] for row in shown])}
    headings = {one.slug: one for one in by_slugs(session, by, [row[1] for row in shown if row[1]])}
    groups = []
    for slug, members in groupby(shown, key=lambda row: row[1] if row[2] else None):
        heading = headings.get(slug or "")
        groups.append(
            Group(
                key=slug or "elsewhere",
                heading=heading.document.name if heading else "",
                entries=tuple(entries[row[0]] for row in members if row[0] in entries),
                url=heading.url if heading else None,
                continued=slug is not None and slug == last,
            )
        )
    return Listing(tuple(groups), total, page, page_count)


def _listing(
    entries: Sequence[Entry],
    page: int,
    key: Callable[[Entry], str],
    group: Callable[[str, Sequence[Entry]], Group],
) -> Listing:
    page_count = _page_count(len(entries), page, PER_PAGE)
    start = (page - 1) * PER_PAGE
    shown = entries[start : start + PER_PAGE]
    last = key(entries[start - 1]) if start else None
    groups = []
    for name, members in groupby(shown, key=key):
        one = group(name, list(members))
        groups.append(Group(one.key, one.heading, one.entries, one.note, one.url, name == last))
    return Listing(tuple(groups), len(entries), page, page_count)


def _page_count(total: int, page: int, per_page: int) -> int:
    count = max(1, -(-total // per_page))
    if not 1 <= page <= count:
        raise NoSuchPage
    return count


def _moment(entry: Entry) -> Moment:
    return cast(Approach, entry.document).moment


def _key(text: str) -> str:
    return "-".join(_plain(text).split())


def _plain(text: str) -> str:
    return "".join(mark for mark in normalize("NFKD", text) if not combining(mark)).casefold()
