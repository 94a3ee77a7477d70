"""Which entries name which: services of an approach, what happens in a place, who runs what.

Documents name each other by slug. The names stand as rows too, written with the revision, so that
a page can ask them backwards. A name that was right before a rename still finds its entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from directory.entries.documents import Approach, Document, Service, Story
from directory.entries.models import Address, EntryRow, EntryState, Link
from directory.vocabulary.terms import Kind


class Relation(StrEnum):
    """How one entry names another."""

    FOLLOWS = "follows"  # a service, its approach
    HAPPENS_IN = "happens-in"  # a service, its place
    RUN_BY = "run-by"  # a service, its organization
    HELPED_BY = "helped-by"  # an approach, the organization that helps others to start
    RELATED = "related"  # an approach, another
    ABOUT = "about"  # a story, its approach or service


def record(session: Session, entry_id: UUID, document: Document) -> None:
    """Write what `document` names, in place of what its entry named before."""
    forget(session, entry_id)
    rows = [
        {"entry_id": entry_id, "relation": relation, "kind": kind, "slug": slug}
        for relation, kind, slug in dict.fromkeys(named_in(document))
    ]
    if rows:
        session.execute(insert(Link), rows)


def forget(session: Session, entry_id: UUID) -> None:
    """The entry names nothing any more: it has ended."""
    session.execute(delete(Link).where(Link.entry_id == entry_id))


def named_in(document: Document) -> Iterator[tuple[Relation, Kind, str]]:
    """Every entry that `document` names, in the order of its fields."""
    match document:
        case Approach():
            if document.support_body:
                yield Relation.HELPED_BY, Kind.ORGANIZATION, document.support_body
            yield from ((Relation.RELATED, Kind.APPROACH, slug) for slug in document.related)
        case Service():
            yield from ((Relation.FOLLOWS, Kind.APPROACH, slug) for slug in document.approach)
            if document.place:
                yield Relation.HAPPENS_IN, Kind.PLACE, document.place
            if document.organization:
                yield Relation.RUN_BY, Kind.ORGANIZATION, document.organization
        case Story():
            folder, _, slug = document.about.partition("/")
            yield Relation.ABOUT, Kind.of_folder(folder), slug


def naming(session: Session, relation: Relation, kind: Kind, slug: str) -> list[UUID]:
    """Ids of the live entries that name this one so, by name."""
    rows = session.scalars(
        select(EntryRow.id)
        .join(Link, Link.entry_id == EntryRow.id)
        .where(
            EntryRow.state == EntryState.LIVE,
            Link.relation == relation,
            Link.kind == kind,
            Link.slug.in_(slugs_of(session, kind, slug)),
        )
        .order_by(func.lower(EntryRow.name), EntryRow.slug)
    )
    return list(dict.fromkeys(rows))


def slugs_of(session: Session, kind: Kind, slug: str) -> list[str]:
    """The slug of an entry and those that it had before."""
    return [slug, *session.scalars(_former(kind, EntryRow.slug == slug))]


def slugs_now(session: Session, kind: Kind, slugs: Sequence[str]) -> dict[str, str]:
    """Each of `slugs` with what it is now: what was renamed has its new one."""
    rows = session.execute(
        select(Address.slug, EntryRow.slug)
        .join(EntryRow, EntryRow.id == Address.entry_id)
        .where(Address.kind == kind, Address.slug.in_(slugs))
    )
    renamed = dict(rows.all())
    return {slug: renamed.get(slug, slug) for slug in slugs}


def _former(kind: Kind, which: ColumnElement[bool]) -> Select[str]:
    return (
        select(Address.slug)
        .join(EntryRow, EntryRow.id == Address.entry_id)
        .where(EntryRow.kind == kind, which)
    )
