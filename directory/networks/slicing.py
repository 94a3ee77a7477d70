"""Keeping the slices of networks behind the search index: the worker calls `follow`.

A slice is worked out whole, from what the index says today, so it cannot drift. It is due when the
index has moved on, when the network chose otherwise, and on a new day, because freshness ages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.networks import collection
from directory.networks.models import Action, Member, Network, SliceLine, State
from directory.search.index import SearchIndex


@dataclass(frozen=True)
class Slice:
    """What is to be written: who the slice is for, from where it goes on, and to what."""

    network_id: UUID
    slice_n: int
    rules_version: int
    n: int
    today: date
    lines: tuple[tuple[UUID, Action, bool], ...]


def due(session: Session, index: SearchIndex, *, today: date) -> list[Slice]:
    """The slices that are behind, worked out. Only reads."""
    n = index.position()
    if n is None:
        return []
    behind = session.scalars(
        select(Network).where(
            Network.state == State.OPEN,
            (Network.sliced_n < n)
            | (Network.sliced_version != Network.rules_version)
            | Network.sliced_on.is_distinct_from(today),
        )
    ).all()
    return [_work_out(session, index, network, n, today) for network in behind]


def write(session: Session, found: Slice, *, at: datetime) -> bool:
    """Put the slice in place and add to its log; False if somebody else was quicker."""
    last = found.slice_n + len(found.lines)
    won = session.execute(
        update(Network)
        .where(
            Network.id == found.network_id,
            Network.slice_n == found.slice_n,
            Network.sliced_n <= found.n,
        )
        .values(
            slice_n=last,
            sliced_version=found.rules_version,
            sliced_n=found.n,
            sliced_on=found.today,
        )
        .execution_options(synchronize_session=False)
    )
    if won.rowcount != 1:  # type: ignore[attr-defined]
        return False
    left = [entry for entry, action, _by in found.lines if action is Action.LEFT]
    entered = [entry for entry, action, _by in found.lines if action is Action.ENTERED]
    for some in _in_hundreds(left):
        session.execute(
            delete(Member).where(Member.network_id == found.network_id, Member.entry_id.in_(some))
        )
    if entered:
        session.execute(
            insert(Member),
            [{"network_id": found.network_id, "entry_id": entry, "since": at} for entry in entered],
        )
    if found.lines:
        session.execute(
            insert(SliceLine),
            [
                {
                    "network_id": found.network_id,
                    "n": number,
                    "entry_id": entry,
                    "action": action,
                    "by_editors": by_editors,
                    "at": at,
                }
                for number, (entry, action, by_editors) in enumerate(
                    found.lines, start=found.slice_n + 1
                )
            ],
        )
    return True


def _work_out(session: Session, index: SearchIndex, network: Network, n: int, today: date) -> Slice:
    now = set(session.scalars(collection.member_ids(network)))
    wanted = collection.wanted(session, index, network)
    by_editors = network.sliced_version != network.rules_version
    changed = _changed(session, network.sliced_n, n) & now & wanted if network.sliced_on else set()
    lines = [
        *((one, Action.LEFT, by_editors) for one in sorted(now - wanted)),
        *((one, Action.ENTERED, by_editors) for one in sorted(wanted - now)),
        *((one, Action.CHANGED, False) for one in sorted(changed)),
    ]
    return Slice(network.id, network.slice_n, network.rules_version, n, today, tuple(lines))


def _changed(session: Session, after: int, until: int) -> set[UUID]:
    """Entries that the change log names between two numbers."""
    found: set[UUID] = set()
    while after < until:
        changes = catalogue.changes_after(session, after)
        found |= {change.entry_id for change in changes if change.n <= until}
        if not changes:
            break
        after = changes[-1].n
    return found


def _in_hundreds(ids: list[UUID]) -> Iterable[list[UUID]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]
