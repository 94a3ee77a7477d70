"""Which entries name which: services of an approach, what happens in a place, who runs what.

Documents name each other by slug. The names stand as rows too, written with the revision, so that
a page can ask them backwards. A name that was right before a rename, or before its entry was joined
to another, still finds the entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, union_all
from sqlalchemy.orm import Session, aliased

from directory.entries.documents import Approach, Document, Service, Story
from directory.entries.models import Address, EntryRow, EntryState, Link
from directory.vocabulary.terms import Kind

_Target = aliased(EntryRow)
_Former: TypeAlias = Select[str, str, str]  # kind, old slug, slug of today


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
    """The slug of an entry, those that it had before, and those of what was joined to it."""
    renamed, joined = _former_names()
    former = union_all(
        renamed.where(Address.kind == kind, _Target.kind == kind, _Target.slug == slug),
        joined.where(_Target.kind == kind, _Target.slug == slug),
    ).subquery()
    return [slug, *session.scalars(select(former.c.former))]


def slugs_now(session: Session, kind: Kind, slugs: Sequence[str]) -> dict[str, str]:
    """Each of `slugs` with what it is now: what was renamed or joined has its new one."""
    renamed, joined = _former_names()
    rows = session.execute(
        union_all(
            joined.where(EntryRow.kind == kind, EntryRow.slug.in_(slugs)),
            renamed.where(Address.kind == kind, Address.slug.in_(slugs)),
        )
    )
    now = {row.former: row.slug for row in rows}
    return {slug: now.get(slug, slug) for slug in slugs}


def former_names(session: Session) -> dict[tuple[Kind, str], str]:
    """What entries were called before: kind and old slug to the slug of today."""
    rows = session.execute(union_all(*_former_names()))
    return {(Kind(row.kind), row.former): row.slug for row in rows}


def of_today(document: Document, names: Mapping[tuple[Kind, str], str]) -> Document:
    """`document` with others named as they are called today.

    Args:
        names: kind and old slug to the slug of today (`former_names`).
    """
    if not any((kind, slug) in names for _relation, kind, slug in named_in(document)):
        return document

    def now(kind: Kind, slug: str | None) -> str | None:
        return names.get((kind, slug), slug) if slug else slug

    def all_now(slugs: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(names.get((Kind.APPROACH, one), one) for one in slugs))

    changes: dict[str, Any] = {}
    match document:
        case Approach():
            changes["support_body"] = now(Kind.ORGANIZATION, document.support_body)
            changes["related"] = all_now(document.related)
        case Service():
            changes["approach"] = all_now(document.approach)
            changes["place"] = now(Kind.PLACE, document.place)
            changes["organization"] = now(Kind.ORGANIZATION, document.organization)
        case Story():
            folder, _, slug = document.about.partition("/")
            changes["about"] = f"{folder}/{now(Kind.of_folder(folder), slug)}"
    return document.model_copy(update=changes)


def named_so(session: Session, kind: Kind, slug: str) -> list[UUID]:
    """Ids of the live entries that name this one, by any slug that it has or had."""
    return list(
        session.scalars(
            select(Link.entry_id)
            .join(EntryRow, EntryRow.id == Link.entry_id)
            .where(
                EntryRow.state == EntryState.LIVE,
                Link.kind == kind,
                Link.slug.in_(slugs_of(session, kind, slug)),
            )
            .distinct()
            .order_by(Link.entry_id)
        )
    )


def _former_names() -> tuple[_Former, _Former]:
    """Of what was renamed, and of what was joined to another."""
    renamed = (
        select(Address.kind, Address.slug.label("former"), _Target.slug)
        .join(EntryRow, EntryRow.id == Address.entry_id)
        .join(_Target, _Target.id == func.coalesce(EntryRow.merged_into, EntryRow.id))
    )
    joined = select(EntryRow.kind, EntryRow.slug.label("former"), _Target.slug).join(
        _Target, _Target.id == EntryRow.merged_into
    )
    return renamed, joined
