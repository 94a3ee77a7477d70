"""People type names of entries; documents hold slugs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

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


def slug_of(session: Session, kind: Kind, typed: str) -> str | None:
    """The slug of the live entry that `typed` names, by its name or its slug; None if none."""
    wanted = " ".join(typed.split()).lower()
    found = session.execute(
        select(EntryRow.slug, EntryRow.name)
        .where(
            EntryRow.kind == kind,
            EntryRow.state == EntryState.LIVE,
            or_(func.lower(EntryRow.name) == wanted, EntryRow.slug == wanted),
        )
        .order_by(EntryRow.slug)
    ).first()
    return found.slug if found else None


def names_of(session: Session, kind: Kind, slugs: Sequence[str]) -> Mapping[str, str]:
    """The name of each of these entries; a slug that no live entry has stands for itself."""
    rows = session.execute(
        select(EntryRow.slug, EntryRow.name).where(EntryRow.kind == kind, EntryRow.slug.in_(slugs))
    )
    return {slug: slug for slug in slugs} | {row.slug: row.name for row in rows}


def suggestions(session: Session, kind: Kind) -> list[str]:
    """Names of live entries, for the list that a browser shows while somebody types."""
    return list(
        session.scalars(
            select(EntryRow.name)
            .where(EntryRow.kind == kind, EntryRow.state == EntryState.LIVE)
            .order_by(func.lower(EntryRow.name))
            .limit(MOST_SUGGESTED)
        )
    )
