"""People type names of entries; documents hold slugs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from directory.entries.comparison import Names
from directory.entries.documents import Document, Story
from directory.entries.models import EntryRow, EntryState
from directory.vocabulary.terms import Kind

MOST_SUGGESTED = 400

# Fields that name another entry. People type its name; we find the slug.
REFERENCES: Mapping[tuple[Kind, str], Kind] = {
    (Kind.APPROACH, "support_body"): Kind.ORGANIZATION,
    (Kind.APPROACH, "related"): Kind.APPROACH,
    (Kind.STORY, "about"): Kind.APPROACH,
    (Kind.SERVICE, "approach"): Kind.APPROACH,
    (Kind.SERVICE, "organization"): Kind.ORGANIZATION,
    (Kind.SERVICE, "place"): Kind.PLACE,
}


def is_called(name: str) -> ColumnElement[bool]:
    """An entry has that name, in small letters or large."""
    # As it is written too: what SQLite makes small letters of is A to Z.
    return or_(EntryRow.name == name, func.lower(EntryRow.name) == name.lower())


def slug_of(session: Session, kind: Kind, typed: str) -> str | None:
    """The slug of the live entry that `typed` names, by its name or its slug; None if none.

    What was joined to another names that one.
    """
    wanted = " ".join(typed.split())
    if not wanted.isprintable():
        return None
    is_it = or_(is_called(wanted), EntryRow.slug == wanted.lower())
    target = aliased(EntryRow)
    joined = (
        select(target.slug)
        .join(EntryRow, EntryRow.merged_into == target.id)
        .where(EntryRow.kind == kind, target.state == EntryState.LIVE, is_it)
        .order_by(target.slug)
        .limit(1)
    )
    live = (
        select(EntryRow.slug)
        .where(EntryRow.kind == kind, EntryRow.state == EntryState.LIVE, is_it)
        .order_by(EntryRow.slug)
        .limit(1)
    )
    return session.scalar(live) or session.scalar(joined)


def names_of(session: Session, kind: Kind, slugs: Sequence[str]) -> Mapping[str, str]:
    """The name of each of these entries; a slug that no live entry has stands for itself."""
    rows = session.execute(
        select(EntryRow.slug, EntryRow.name).where(EntryRow.kind == kind, EntryRow.slug.in_(slugs))
    )
    return {slug: slug for slug in slugs} | {row.slug: row.name for row in rows}


def named_in(session: Session, *documents: Document | None) -> Names:
    """The names of all entries that these documents name, for `comparison`."""
    said: dict[Kind, set[tuple[str, str]]] = {}
    for document in filter(None, documents):
        for (kind, field), wanted in REFERENCES.items():
            if kind is document.kind:
                value = getattr(document, field)
                slugs = value if isinstance(value, list) else [value]
                said.setdefault(wanted, set()).update((field, slug) for slug in slugs if slug)
    found: dict[tuple[str, str], str] = {}
    for wanted, pairs in said.items():
        known = names_of(session, wanted, sorted({slug for _field, slug in pairs}))
        found |= {(field, slug): known[slug] for field, slug in pairs}
    for document in filter(None, documents):
        if isinstance(document, Story):  # it names the kind, too: "approaches/community-choirs"
            folder, _slash, slug = document.about.partition("/")
            known = names_of(session, Kind.of_folder(folder), [slug])
            found["about", document.about] = known[slug]
    return found


def suggestions(session: Session, kind: Kind) -> list[str]:
    """Names of live entries, for the list that a browser shows while somebody types."""
    return list(session.scalars(_of_live(kind).limit(MOST_SUGGESTED)))


def of_all(session: Session, kind: Kind) -> list[str]:
    """Names of all live entries of a kind, by the alphabet."""
    return list(session.scalars(_of_live(kind)))


def _of_live(kind: Kind) -> Select[str]:
    return (
        select(EntryRow.name)
        .where(EntryRow.kind == kind, EntryRow.state == EntryState.LIVE)
        .order_by(func.lower(EntryRow.name))
    )
