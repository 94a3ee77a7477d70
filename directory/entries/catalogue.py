"""Reading what is published: entries, their addresses, and the change log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from directory.entries.documents import Document, is_slug
from directory.entries.models import (
    Address,
    ChangeRow,
    EntryRow,
    EntryState,
    Follower,
    LogHead,
    Revision,
)
from directory.entries.publishing import document_of
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Entry:
    """One published document, as readers and projections see it."""

    id: UUID
    kind: Kind
    slug: str
    document: Document
    html: str
    revision: int
    created_at: datetime
    updated_at: datetime

    @property
    def url(self) -> str:
        """Its address on this site, without the host."""
        return url_of(self.kind, self.slug)


@dataclass(frozen=True)
class Change:
    """A line of the change log with the entry as it is now; None if it is no longer published."""

    n: int
    entry_id: UUID
    action: str
    at: datetime
    entry: Entry | None


@dataclass(frozen=True)
class Closed:
    """An entry that is no longer published: why, and where its readers should go instead."""

    kind: Kind
    state: EntryState
    reason: str
    goes_to: str | None


@dataclass(frozen=True)
class Joined:
    """An entry that was the same as another: its address leads there."""

    kind: Kind
    slug: str
    name: str
    at: datetime


@dataclass(frozen=True)
class HistoryLine:
    """One revision, for the page of an entry's history. `document` is None where it was erased."""

    number: int
    created_at: datetime
    origin: str
    author: str
    note: str
    document: Document | None


def url_of(kind: Kind | str, slug: str) -> str:
    return f"/{Kind(kind).folder}/{slug}"


def find(session: Session, kind: Kind, slug: str) -> Entry | None:
    """The live entry at that address, or None."""
    if not is_slug(slug):
        return None
    return _first(session, _live().where(EntryRow.kind == kind, EntryRow.slug == slug))


def by_id(session: Session, entry_id: UUID) -> Entry | None:
    """The live entry with that id, or None."""
    return _first(session, _live().where(EntryRow.id == entry_id))


def by_slugs(session: Session, kind: Kind, slugs: Sequence[str]) -> list[Entry]:
    """The live entries with those slugs, in that order; unknown ones are left out."""
    rows = session.execute(_live().where(EntryRow.kind == kind, EntryRow.slug.in_(slugs)))
    found = {row.slug: _entry(row, revision) for row, revision in rows}
    return [found[slug] for slug in slugs if slug in found]


def by_ids(session: Session, ids: Sequence[UUID]) -> list[Entry]:
    """The live entries with those ids, in that order."""
    rows = session.execute(_live().where(EntryRow.id.in_(ids)))
    found = {row.id: _entry(row, revision) for row, revision in rows}
    return [found[entry_id] for entry_id in ids if entry_id in found]


def as_of(session: Session, wanted: Mapping[UUID, int]) -> dict[UUID, Entry]:
    """Live entries as they were in the revisions of those numbers, by id.

    What is no longer published, and revisions whose words were taken away, are left out.
    """
    rows = session.execute(
        select(EntryRow, Revision)
        .join(Revision, Revision.entry_id == EntryRow.id)
        .where(
            tuple_(Revision.entry_id, Revision.number).in_(list(wanted.items())),
            EntryRow.state == EntryState.LIVE,
            Revision.erased_at.is_(None),
        )
    )
    return {
        row.id: replace(_entry(row, revision), updated_at=revision.created_at)
        for row, revision in rows
    }


def newest(session: Session, ids: Sequence[UUID]) -> list[tuple[UUID, Kind, int]]:
    """Ids, kinds and numbers of the newest revision of those entries that are live."""
    rows = session.execute(
        select(EntryRow.id, EntryRow.kind, EntryRow.head_number).where(
            EntryRow.id.in_(ids), EntryRow.state == EntryState.LIVE
        )
    )
    return [(entry_id, Kind(kind), number) for entry_id, kind, number in rows]


def live(session: Session, kind: Kind | None = None) -> Iterator[Entry]:
    """All live entries, or those of one kind, by name; read in batches."""
    query = _live() if kind is None else _live().where(EntryRow.kind == kind)
    rows = session.execute(query.order_by(func.lower(EntryRow.name), EntryRow.slug))
    for row, revision in rows.yield_per(500):
        yield _entry(row, revision)


def by_change(
    session: Session,
    kinds: Sequence[Kind],
    *,
    since: datetime | None = None,
    after: tuple[datetime, UUID] | None = None,
    among: Select[UUID] | None = None,
    limit: int,
) -> list[Entry]:
    """Live entries of those kinds, those that changed longest ago first.

    Args:
        since: only what changed then or later.
        after: the time of change and id of the last one already read.
        among: only those whose ids this query finds.
    """
    query = _live()
    if set(kinds) != set(Kind):
        # Not by the index of kinds: that would read and sort all that is left for each page.
        query = query.where((EntryRow.kind + "").in_(kinds))
    if among is not None:
        query = query.where(EntryRow.id.in_(among))
    if since is not None:
        query = query.where(EntryRow.updated_at >= since)
    if after is not None:
        query = query.where(tuple_(EntryRow.updated_at, EntryRow.id) > after)
    rows = session.execute(query.order_by(EntryRow.updated_at, EntryRow.id).limit(limit))
    return [_entry(row, revision) for row, revision in rows]


def latest(
    session: Session, kinds: Sequence[Kind], *, among: Select[UUID] | None = None, limit: int
) -> list[Entry]:
    """Live entries of those kinds, those that changed last first.

    Args:
        among: only those whose ids this query finds.
    """
    query = _live().where(EntryRow.kind.in_(kinds))
    if among is not None:
        query = query.where(EntryRow.id.in_(among))
    rows = session.execute(query.order_by(EntryRow.updated_at.desc(), EntryRow.id).limit(limit))
    return [_entry(row, revision) for row, revision in rows]


def latest_of(session: Session, ids: Sequence[UUID], *, limit: int) -> list[Entry]:
    """Those of these entries that are live, changed last first."""
    changed = session.execute(
        select(EntryRow.id, EntryRow.updated_at).where(EntryRow.id.in_(ids))
    ).all()
    newest = sorted(changed, key=lambda row: row[1], reverse=True)[:limit]
    return by_ids(session, [row[0] for row in newest])


def counts(session: Session) -> dict[Kind, int]:
    """How many live entries there are of each kind."""
    rows = session.execute(
        select(EntryRow.kind, func.count())
        .where(EntryRow.state == EntryState.LIVE)
        .group_by(EntryRow.kind)
    )
    found = {Kind(kind): number for kind, number in rows}
    return {kind: found.get(kind, 0) for kind in Kind}


def addresses(session: Session, *, start: int, limit: int) -> list[tuple[str, datetime]]:
    """Addresses of live entries and when each last changed, oldest first."""
    rows = session.execute(
        select(EntryRow.kind, EntryRow.slug, EntryRow.updated_at)
        .where(EntryRow.state == EntryState.LIVE)
        .order_by(EntryRow.created_at, EntryRow.id)
        .offset(start)
        .limit(limit)
    )
    return [(url_of(kind, slug), at) for kind, slug, at in rows]


def moved_to(session: Session, kind: Kind, slug: str) -> str | None:
    """The address that a renamed entry has now, or None if nothing ever lived at the old one."""
    slug_now = session.scalar(
        select(EntryRow.slug)
        .join(Address, Address.entry_id == EntryRow.id)
        .where(Address.kind == kind, Address.slug == slug)
    )
    return url_of(kind, slug_now) if slug_now else None


def closed(session: Session, kind: Kind, slug: str) -> Closed | None:
    """The ended, merged or withdrawn entry at that address, or None."""
    row = session.scalar(
        select(EntryRow).where(
            EntryRow.kind == kind, EntryRow.slug == slug, EntryRow.state != EntryState.LIVE
        )
    )
    if row is None:
        return None
    target = session.get(EntryRow, row.merged_into) if row.merged_into else None
    goes_to = url_of(target.kind, target.slug) if target else None
    return Closed(kind, EntryState(row.state), row.reason or "", goes_to)


def joined_to(session: Session, entry_id: UUID) -> list[Joined]:
    """What was joined to an entry, the latest first."""
    rows = session.scalars(
        select(EntryRow)
        .where(EntryRow.merged_into == entry_id, EntryRow.state == EntryState.MERGED)
        .order_by(EntryRow.updated_at.desc(), EntryRow.slug)
    )
    return [Joined(Kind(row.kind), row.slug, row.name, row.updated_at) for row in rows]


def history(session: Session, entry_id: UUID) -> list[HistoryLine]:
    """All revisions of an entry, newest first."""
    revisions = session.scalars(
        select(Revision).where(Revision.entry_id == entry_id).order_by(Revision.number.desc())
    )
    return [
        HistoryLine(
            one.number,
            one.created_at,
            one.origin,
            one.author,
            one.note,
            None if one.erased_at else document_of(one),
        )
        for one in revisions
    ]


def head(session: Session) -> int:
    """The last number of the change log; 0 when nothing was ever published."""
    return session.scalar(select(LogHead.n).where(LogHead.id == 1)) or 0


def last_change(session: Session) -> datetime | None:
    """When something was last published or taken out; None when nothing ever was."""
    return session.scalar(select(ChangeRow.at).order_by(ChangeRow.n.desc()).limit(1))


def changes_after(session: Session, n: int, *, limit: int = 500) -> list[Change]:
    """The next changes after number `n`, in order, at most `limit`."""
    rows = session.scalars(
        select(ChangeRow).where(ChangeRow.n > n).order_by(ChangeRow.n).limit(limit)
    ).all()
    if not rows:
        return []
    ids = {row.entry_id for row in rows}
    found = session.execute(_live().where(EntryRow.id.in_(ids)))
    entries = {row.id: _entry(row, revision) for row, revision in found}
    return [
        Change(row.n, row.entry_id, row.action, row.at, entries.get(row.entry_id)) for row in rows
    ]


def position(session: Session, follower: str) -> int:
    """How far `follower` has followed the change log."""
    row = session.get(Follower, follower)
    return row.n if row else 0


def move_on(session: Session, follower: str, n: int) -> None:
    """Record that `follower` has followed the change log up to `n`."""
    session.merge(Follower(name=follower, n=n))


def _live() -> Select[EntryRow, Revision]:
    return (
        select(EntryRow, Revision)
        .join(
            Revision,
            (Revision.entry_id == EntryRow.id) & (Revision.number == EntryRow.head_number),
        )
        .where(EntryRow.state == EntryState.LIVE)
    )


def _first(session: Session, query: Select[EntryRow, Revision]) -> Entry | None:
    pair = session.execute(query).first()
    return _entry(*pair) if pair else None


def _entry(row: EntryRow, revision: Revision) -> Entry:
    return Entry(
        id=row.id,
        kind=Kind(row.kind),
        slug=row.slug,
        document=document_of(revision),
        html=revision.html,
        revision=revision.number,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
