"""Keeping the slices of networks behind the search index: the worker calls `follow`.

A slice is worked out whole, from what the index says today, so it cannot drift. It is due when the
index has moved on, when the network chose otherwise, and on a new day, because freshness ages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from directory.db import rows_changed
from directory.entries import catalogue
from directory.networks import clearing, collection
from directory.networks.models import Action, Hand, Member, Network, SliceLine, State, Wait
from directory.search.index import SearchIndex
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Slice:
    """What is to be written: who the slice is for, from where it goes on, and to what.

    Attributes:
        shown: in which versions entries are from now on to be shown, where that changes.
        waits: all versions that wait to be cleared.
    """

    network_id: UUID
    slice_n: int
    rules_version: int
    only_cleared: bool
    n: int
    today: date
    lines: tuple[tuple[UUID, Action, bool], ...]
    shown: Mapping[UUID, int | None]
    waits: Mapping[UUID, int]


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
    won = rows_changed(
        session,
        update(Network)
        .where(
            Network.id == found.network_id,
            Network.slice_n == found.slice_n,
            Network.sliced_n <= found.n,
            Network.only_cleared.is_(found.only_cleared),
        )
        .values(
            slice_n=last,
            sliced_version=found.rules_version,
            sliced_n=found.n,
            sliced_on=found.today,
        )
        .execution_options(synchronize_session=False),
    )
    if not won:
        return False
    left = [entry for entry, action, _by in found.lines if action is Action.LEFT]
    entered = {entry for entry, action, _by in found.lines if action is Action.ENTERED}
    for some in _in_hundreds(left):
        session.execute(
            delete(Member).where(Member.network_id == found.network_id, Member.entry_id.in_(some))
        )
    if entered:
        session.execute(
            insert(Member),
            [
                {
                    "network_id": found.network_id,
                    "entry_id": entry,
                    "revision": found.shown.get(entry),
                    "since": at,
                }
                for entry in entered
            ],
        )
    for entry, revision in found.shown.items():
        if entry not in entered:
            session.execute(
                update(Member)
                .where(Member.network_id == found.network_id, Member.entry_id == entry)
                .values(revision=revision)
                .execution_options(synchronize_session=False)
            )
    _write_waits(session, found, at=at)
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
    rows = session.execute(
        select(Member.entry_id, Member.revision).where(Member.network_id == network.id)
    )
    now: dict[UUID, int | None] = dict(rows.all())
    belongs = collection.wanted(session, index, network)
    by_editors = network.sliced_version != network.rules_version
    waits: dict[UUID, int] = {}
    wanted: dict[UUID, int | None] = dict.fromkeys(belongs)
    if network.only_cleared:
        wanted, waits = _cleared(session, network, belongs, now.keys())
        changed = {one for one in now.keys() & wanted.keys() if now[one] != wanted[one]}
    elif network.sliced_on:
        changed = _changed(session, network.sliced_n, n) & now.keys() & wanted.keys()
    else:
        changed = set()
    lines = [
        *((one, Action.LEFT, by_editors) for one in sorted(now.keys() - wanted.keys())),
        *((one, Action.ENTERED, by_editors) for one in sorted(wanted.keys() - now.keys())),
        *((one, Action.CHANGED, False) for one in sorted(changed)),
    ]
    return Slice(
        network.id,
        network.slice_n,
        network.rules_version,
        network.only_cleared,
        n,
        today,
        tuple(lines),
        shown={one: revision for one, revision in wanted.items() if now.get(one) != revision},
        waits=waits,
    )


def _cleared(
    session: Session, network: Network, belongs: frozenset[UUID], now: Iterable[UUID]
) -> tuple[dict[UUID, int | None], dict[UUID, int]]:
    """What to show in which version, and what waits, where only cleared versions show."""
    known = clearing.cleared(session, network)
    left_out = {
        one.entry_id
        for one in collection.picks(session, network).values()
        if one.hand == Hand.LEFT_OUT
    }
    rows = [
        row
        for some in _in_hundreds(sorted(belongs | set(now)))
        for row in catalogue.newest(session, some)
    ]
    shown: dict[UUID, int | None] = {}
    waits: dict[UUID, int] = {}
    kept = set(now) - left_out
    for one, kind, head in rows:
        was_changed = one in kept and known.get(one, head) < head
        if one in belongs or was_changed:
            if known.get(one) != head:
                waits[one] = head
            if one in known and (known[one] == head or kind is not Kind.STORY):
                shown[one] = known[one]
    return shown, waits


def _write_waits(session: Session, found: Slice, *, at: datetime) -> None:
    rows = session.execute(
        select(Wait.entry_id, Wait.revision).where(Wait.network_id == found.network_id)
    )
    there: dict[UUID, int] = dict(rows.all())
    outdated = [one for one, revision in there.items() if found.waits.get(one) != revision]
    for some in _in_hundreds(outdated):
        session.execute(
            delete(Wait).where(Wait.network_id == found.network_id, Wait.entry_id.in_(some))
        )
    new = [
        {"network_id": found.network_id, "entry_id": one, "revision": revision, "since": at}
        for one, revision in found.waits.items()
        if there.get(one) != revision
    ]
    if new:
        session.execute(insert(Wait), new)


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
