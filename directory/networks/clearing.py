"""A network that shows only versions that it has cleared: what waits, and clearing it.

An entry whose newest version waits stays as it was cleared; one that was never cleared is not in
the slice. What is withdrawn or ended leaves at once, and a story is never shown as it was before:
what its teller took back is gone, so while a change of it waits it is not in the slice either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from directory.entries import catalogue, names
from directory.entries.catalogue import Entry
from directory.entries.comparison import FieldChange, differences
from directory.entries.models import EntryRow, EntryState
from directory.errors import ChangedMeanwhile
from directory.networks import collection
from directory.networks.models import Clearance, Member, Network, Wait

SHOWN_AT_ONCE = 20


@dataclass(frozen=True)
class Waiting:
    """A version that waits. `changes`: since the one that was cleared; None: it is new here."""

    entry: Entry
    since: datetime
    changes: tuple[FieldChange, ...] | None


def begin(session: Session, network: Network, *, by: int, at: datetime) -> None:
    """From now on only cleared versions show. What is in the slice now is cleared as it is now."""
    if network.only_cleared:
        return
    network.only_cleared = True
    session.flush()
    session.execute(delete(Clearance).where(Clearance.network_id == network.id))
    session.execute(
        insert(Clearance).from_select(
            ["network_id", "entry_id", "revision", "by", "at"],
            select(
                Member.network_id,
                Member.entry_id,
                EntryRow.head_number,
                literal(by),
                literal(at, Clearance.at.type),
            )
            .join(EntryRow, EntryRow.id == Member.entry_id)
            .where(Member.network_id == network.id, EntryRow.state == EntryState.LIVE),
        )
    )
    # Not left to the worker: an edit of this very second must wait too.
    session.execute(
        update(Member)
        .where(Member.network_id == network.id)
        .values(
            revision=select(EntryRow.head_number)
            .where(EntryRow.id == Member.entry_id)
            .scalar_subquery()
        )
        .execution_options(synchronize_session=False)
    )
    collection.count_up(session, network)


def stop(session: Session, network: Network) -> None:
    """Show entries as they are again, as soon as they are published."""
    network.only_cleared = False
    session.execute(delete(Clearance).where(Clearance.network_id == network.id))
    session.execute(delete(Wait).where(Wait.network_id == network.id))
    collection.count_up(session, network)


def clear(
    session: Session, network: Network, entry_id: UUID, revision: int, *, by: int, at: datetime
) -> None:
    """Let the slice show that version.

    Raises:
        ChangedMeanwhile: it is no longer the newest: nobody has read what would be cleared.
    """
    if [number for _id, _kind, number in catalogue.newest(session, [entry_id])] != [revision]:
        raise ChangedMeanwhile
    session.merge(
        Clearance(network_id=network.id, entry_id=entry_id, revision=revision, by=by, at=at)
    )
    session.execute(
        delete(Wait).where(
            Wait.network_id == network.id, Wait.entry_id == entry_id, Wait.revision <= revision
        )
    )
    collection.count_up(session, network)


def forget(session: Session, network: Network, entry_id: UUID) -> None:
    """Nothing of that entry waits any more, and nothing of it is cleared."""
    for table in (Wait, Clearance):
        session.execute(
            delete(table).where(table.network_id == network.id, table.entry_id == entry_id)
        )


def cleared(session: Session, network: Network) -> dict[UUID, int]:
    """The version of each entry that was cleared last."""
    rows = session.execute(
        select(Clearance.entry_id, Clearance.revision).where(Clearance.network_id == network.id)
    )
    return dict(rows.all())


def count(session: Session, network: Network) -> int:
    """How many versions wait."""
    return (
        session.scalar(select(func.count()).select_from(Wait).where(Wait.network_id == network.id))
        or 0
    )


def waiting(session: Session, network: Network) -> list[Waiting]:
    """What waits longest, with what changed in it since it was cleared."""
    rows = session.scalars(
        select(Wait)
        .where(Wait.network_id == network.id)
        .order_by(Wait.since, Wait.entry_id)
        .limit(SHOWN_AT_ONCE)
    ).all()
    ids = [row.entry_id for row in rows]
    live = {one.id: one for one in catalogue.by_ids(session, ids)}
    known = cleared(session, network)
    before = catalogue.as_of(session, {one: known[one] for one in ids if one in known})
    both = [one.document for one in (*before.values(), *live.values())]
    named = names.named_in(session, *both)
    return [
        Waiting(
            entry=live[row.entry_id],
            since=row.since,
            changes=(
                differences(old.document, live[row.entry_id].document, named)
                if (old := before.get(row.entry_id))
                else None
            ),
        )
        for row in rows
        if row.entry_id in live
    ]
