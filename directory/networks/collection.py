"""What is in a network's slice: its rules, and entries added and left out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select, true, update
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow, EntryState
from directory.networks import rules
from directory.networks.models import Editor, Hand, Member, Network, Pick, SliceLine
from directory.networks.rules import Rules
from directory.search.index import SearchIndex
from directory.vocabulary.terms import Kind

NOTE_MAX = 400


@dataclass(frozen=True)
class Preview:
    """What would be in the slice with other rules: how much, and what that changes."""

    wanted: frozenset[UUID]
    enters: frozenset[UUID]
    leaves: frozenset[UUID]


@dataclass(frozen=True)
class News:
    """An entry that entered or left by itself since an editor last looked."""

    line: SliceLine
    name: str
    url: str


def wanted(
    session: Session, index: SearchIndex, network: Network, by: Rules | None = None
) -> frozenset[UUID]:
    """What belongs in the slice today: what the rules catch, then what was done by hand.

    Args:
        by: these rules in place of the network's own.

    Raises:
        NotReady: the search has nothing to read yet.
    """
    found = rules.caught(session, index, by or Rules.read(network.rules))
    by_hand = {pick.entry_id: pick.hand for pick in picks(session, network).values()}
    added = {one for one, hand in by_hand.items() if hand == Hand.ADDED}
    left_out = {one for one, hand in by_hand.items() if hand == Hand.LEFT_OUT}
    live = {one.id for one in catalogue.by_ids(session, list(added)) if one.kind is not Kind.PAGE}
    return (found | live) - left_out


def preview(session: Session, index: SearchIndex, network: Network, by: Rules) -> Preview:
    """What the slice would be by other rules.

    Raises:
        NotReady: the search has nothing to read yet.
    """
    would_be = wanted(session, index, network, by)
    now = frozenset(session.scalars(member_ids(network)))
    return Preview(would_be, enters=would_be - now, leaves=now - would_be)


def choose(session: Session, network: Network, by: Rules) -> None:
    """Take these rules; the worker brings the slice after them."""
    network.rules = by.kept()
    count_up(session, network)


def pick(
    session: Session, network: Network, entry: Entry, hand: Hand, note: str, *, at: datetime
) -> None:
    """Add an entry by hand, leave it out, or only say something about it."""
    session.merge(
        Pick(network_id=network.id, entry_id=entry.id, hand=hand, note=note.strip(), at=at)
    )
    count_up(session, network)


def unpick(session: Session, network: Network, entry_id: UUID) -> None:
    """Forget what was done by hand: the rules alone decide about that entry again."""
    found = session.get(Pick, (network.id, entry_id))
    if found is not None:
        session.delete(found)
        count_up(session, network)


def picks(session: Session, network: Network) -> dict[UUID, Pick]:
    """What was done by hand, by entry."""
    rows = session.scalars(select(Pick).where(Pick.network_id == network.id))
    return {row.entry_id: row for row in rows}


def member_ids(network: Network) -> Select[UUID]:
    """The ids of what is in the slice, as a query."""
    return select(Member.entry_id).where(Member.network_id == network.id)


def some(session: Session, network: Network, *, start: int, limit: int) -> tuple[list[UUID], int]:
    """Ids of some entries of the slice, by name, and how many there are."""
    rows = session.scalars(
        select(Member.entry_id)
        .join(EntryRow, EntryRow.id == Member.entry_id)
        .where(Member.network_id == network.id, EntryRow.state == EntryState.LIVE)
        .order_by(func.lower(EntryRow.name), EntryRow.slug)
        .offset(start)
        .limit(limit)
    )
    return list(rows), size(session, network)


def size(session: Session, network: Network) -> int:
    """How many entries are in the slice."""
    return (
        session.scalar(
            select(func.count()).select_from(Member).where(Member.network_id == network.id)
        )
        or 0
    )


def is_up_to_date(network: Network) -> bool:
    """Whether the worker has seen the last change of the rules."""
    return network.sliced_version == network.rules_version


def log(session: Session, network: Network, *, after: int, limit: int = 200) -> list[SliceLine]:
    """The next lines of the slice's log after number `after`."""
    return list(
        session.scalars(
            select(SliceLine)
            .where(SliceLine.network_id == network.id, SliceLine.n > after)
            .order_by(SliceLine.n)
            .limit(limit)
        )
    )


def news(
    session: Session, network: Network, *, after: int = 0, since: datetime | None = None
) -> Sequence[News]:
    """What entered or left by itself after line `after` and time `since`, the newest first."""
    lines = session.scalars(
        select(SliceLine)
        .where(
            SliceLine.network_id == network.id,
            SliceLine.n > after,
            SliceLine.at > since if since else true(),
            SliceLine.action != "changed",
            SliceLine.by_editors.is_(False),
        )
        .order_by(SliceLine.n.desc())
        .limit(50)
    ).all()
    known = {one.id: one for one in catalogue.by_ids(session, [line.entry_id for line in lines])}
    gone = dict(
        session.execute(
            select(EntryRow.id, EntryRow.name).where(
                EntryRow.id.in_({line.entry_id for line in lines} - known.keys())
            )
        ).all()
    )
    found = []
    for line in lines:
        entry = known.get(line.entry_id)
        name = entry.document.name if entry else gone.get(line.entry_id, "")
        found.append(News(line, name, entry.url if entry else ""))
    return found


def seen(session: Session, network: Network, user_id: int) -> None:
    """That editor has read the news."""
    session.execute(
        update(Editor)
        .where(Editor.network_id == network.id, Editor.user_id == user_id)
        .values(seen_n=network.slice_n)
    )


def count_up(session: Session, network: Network) -> None:
    """Something else is to be in the slice from now on: the worker brings it after."""
    # In the database, not here: two editors may save at the same moment.
    session.flush()
    session.execute(
        update(Network)
        .where(Network.id == network.id)
        .values(rules_version=Network.rules_version + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire(network, ["rules_version"])
