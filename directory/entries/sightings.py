"""Where approaches are at work: every service in a few words, read so that it can be followed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import url_of
from directory.entries.models import ChangeRow, EntryRow, EntryState, Revision
from directory.vocabulary.terms import Kind, Status, SupportArea


@dataclass(frozen=True, slots=True)
class Seen:
    """A live service, as much of it as the pages of places tell.

    Attributes:
        place: slug of its place as the document says it; "" for none.
        approaches: slugs of what it follows, as the document says them.
        areas: the parts of life that it names itself.
        checked: when somebody last checked that it is still true.
    """

    id: UUID
    slug: str
    name: str
    place: str
    approaches: tuple[str, ...]
    areas: tuple[SupportArea, ...]
    has_ended: bool
    checked: date | None
    last_known: int | None

    @property
    def url(self) -> str:
        return url_of(Kind.SERVICE, self.slug)


def services(session: Session, ids: Collection[UUID] | None = None) -> Iterator[Seen]:
    """All live services, or those of `ids`; read in batches, without making documents of them."""
    query = (
        select(EntryRow.id, EntryRow.slug, EntryRow.name, Revision.data)
        .join(
            Revision,
            (Revision.entry_id == EntryRow.id) & (Revision.number == EntryRow.head_number),
        )
        .where(EntryRow.kind == Kind.SERVICE, EntryRow.state == EntryState.LIVE)
    )
    if ids is not None:
        query = query.where(EntryRow.id.in_(ids))
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield _seen(*row)


def _seen(entry_id: UUID, slug: str, name: str, data: Mapping[str, Any]) -> Seen:
    checked = data.get("assured_date")
    return Seen(
        id=entry_id,
        slug=slug,
        name=name,
        place=data.get("place") or "",
        approaches=tuple(data.get("approach") or ()),
        areas=tuple(SupportArea(area) for area in data.get("support_area") or ()),
        has_ended=data.get("status") == Status.ENDED,
        checked=date.fromisoformat(checked) if checked else None,
        last_known=data.get("last_known"),
    )


def changed_since(session: Session, n: int, until: int, *, limit: int) -> set[UUID] | None:
    """Ids of the entries that changed after number `n`; None if there are more than `limit`."""
    rows = session.scalars(
        select(ChangeRow.entry_id).where(ChangeRow.n > n, ChangeRow.n <= until).limit(limit + 1)
    ).all()
    return set(rows) if len(rows) <= limit else None


def kinds_of(session: Session, ids: Collection[UUID]) -> dict[UUID, Kind]:
    """What each of these entries is, whether it is live or not."""
    rows = session.execute(select(EntryRow.id, EntryRow.kind).where(EntryRow.id.in_(ids)))
    return {entry_id: Kind(kind) for entry_id, kind in rows}
