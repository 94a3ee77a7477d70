"""Reading how entries belong together: what an approach's services are, what happens in a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry, by_ids, by_slugs, url_of
from directory.entries.links import Relation, naming, slugs_now
from directory.entries.models import EntryRow, EntryState
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Some:
    """The first entries of a longer list, and how long it is."""

    entries: tuple[Entry, ...]
    total: int


def referenced(session: Session, kind: Kind, slugs: Sequence[str]) -> list[Entry]:
    """The live entries that a document names so, in its order; names before a rename count."""
    found = by_former_names(session, kind, slugs)
    return list({entry.id: entry for slug in slugs if (entry := found.get(slug))}.values())


def by_former_names(session: Session, kind: Kind, slugs: Sequence[str]) -> dict[str, Entry]:
    """The live entries by the slugs that documents use for them, which may be former ones."""
    if not slugs:
        return {}
    now = slugs_now(session, kind, slugs)
    found = {entry.slug: entry for entry in by_slugs(session, kind, list(now.values()))}
    return {slug: found[new] for slug, new in now.items() if new in found}


def services_of(session: Session, approach: str, *, limit: int | None = None) -> Some:
    return _some(session, naming(session, Relation.FOLLOWS, Kind.APPROACH, approach), limit)


def services_in(session: Session, place: str, *, limit: int | None = None) -> Some:
    return _some(session, naming(session, Relation.HAPPENS_IN, Kind.PLACE, place), limit)


def services_run_by(session: Session, organization: str, *, limit: int | None = None) -> Some:
    return _some(session, naming(session, Relation.RUN_BY, Kind.ORGANIZATION, organization), limit)


def approaches_helped_by(session: Session, organization: str) -> Some:
    """The approaches that this organization helps others to start."""
    return _some(session, naming(session, Relation.HELPED_BY, Kind.ORGANIZATION, organization))


def stories_about(session: Session, kind: Kind, slug: str, *, limit: int | None = None) -> Some:
    return _some(session, naming(session, Relation.ABOUT, kind, slug), limit)


def names_of(session: Session, kind: Kind, slugs: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Names and addresses of live entries, by the slugs that documents use for them."""
    if not slugs:
        return {}
    now = slugs_now(session, kind, slugs)
    rows = session.execute(
        select(EntryRow.slug, EntryRow.name).where(
            EntryRow.kind == kind,
            EntryRow.slug.in_(list(now.values())),
            EntryRow.state == EntryState.LIVE,
        )
    )
    names = dict(rows.all())
    return {slug: (names[new], url_of(kind, new)) for slug, new in now.items() if new in names}


def _some(session: Session, ids: Sequence[UUID], limit: int | None = None) -> Some:
    return Some(tuple(by_ids(session, ids[:limit])), len(ids))
