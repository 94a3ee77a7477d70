"""What a slice shows of its entries: the live version, or the last one that the network cleared.

Everything that shows a slice asks here last. For a network that clears nothing, nothing is done.
The name of a place that an entry names is always that of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.cards import own_areas, where_of
from directory.entries.catalogue import Entry
from directory.entries.connections import by_former_names
from directory.entries.documents import Approach, Service
from directory.entries.freshness import freshness
from directory.entries.models import EntryRow
from directory.networks.models import Member, Network
from directory.search.results import Hit, Nearest, Results
from directory.vocabulary.terms import Kind


def held_back(session: Session, network: Network) -> dict[UUID, Entry]:
    """Entries of the slice that changed since the network cleared them, as it cleared them."""
    if not network.only_cleared:
        return {}
    return catalogue.as_of(session, _older(session, _held_back(network)))


def of_entries(session: Session, network: Network | None, entries: Sequence[Entry]) -> list[Entry]:
    """`entries` of a slice, in their order, as the network cleared them."""
    if network is None or not network.only_cleared or not entries:
        return list(entries)
    ids = [one.id for one in entries]
    older = _older(session, _held_back(network).where(Member.entry_id.in_(ids)))
    cleared = catalogue.as_of(session, older)
    return [cleared.get(one.id, one) for one in entries if one.id in cleared or one.id not in older]


def of_results(
    session: Session, network: Network | None, results: Results, *, today: date
) -> Results:
    """Results among a slice, in the words that the network cleared."""
    if network is None or not network.only_cleared or not results.hits:
        return results
    nearest = [one.nearest.url.rpartition("/")[2] for one in results.hits if one.nearest]
    shown = or_(
        Member.entry_id.in_([hit.id for hit in results.hits]),
        (EntryRow.kind == Kind.SERVICE) & EntryRow.slug.in_(nearest),
    )
    older = _older(session, _held_back(network).where(shown))
    cleared = catalogue.as_of(session, older)
    live = {one.id: one for one in catalogue.by_ids(session, list(older))}
    places = _places(session, cleared.values())
    by_url = {one.url: one for one in cleared.values()}
    hits = []
    for hit in results.hits:
        then = cleared.get(hit.id)
        if hit.id in older and then is None:
            continue
        # Nor are words of an approach that it follows or goes with: they may wait themselves.
        own = tuple(reason for reason in hit.matched if not reason.through)
        if then is not None:
            hit = _hit(hit, live[hit.id], then, places, today)
        elif hit.goes_with or own != hit.matched:
            hit = replace(hit, matched=own, goes_with="")
        if hit.nearest and (service := by_url.get(hit.nearest.url)):
            hit = replace(hit, nearest=_nearest(hit.nearest, service, places, today))
        hits.append(hit)
    return replace(results, hits=tuple(hits))


def _held_back(network: Network) -> Select[UUID, int | None]:
    """Ids and cleared revisions of what has changed since."""
    return (
        select(Member.entry_id, Member.revision)
        .join(EntryRow, EntryRow.id == Member.entry_id)
        .where(Member.network_id == network.id, Member.revision != EntryRow.head_number)
    )


def _older(session: Session, query: Select[UUID, int | None]) -> dict[UUID, int]:
    return {entry_id: number for entry_id, number in session.execute(query) if number is not None}


def _hit(hit: Hit, now: Entry, then: Entry, places: dict[str, Entry], today: date) -> Hit:
    """`hit` as the entry was then. Why it matched is not told: that may stand in the new words."""
    document = then.document
    found = replace(
        hit,
        name=document.name,
        strapline=document.tagline,
        support_area=tuple(own_areas(document)) or hit.support_area,
        who_for=tuple(getattr(document, "who_for", ())) or hit.who_for,
        moment=getattr(document, "moment", None) or hit.moment,
        freshness=freshness(document, today),
        updated=then.updated_at.date(),
        status=getattr(document, "status", None),
        matched=(),
        goes_with="",
    )
    if isinstance(document, Approach):
        found = replace(found, easy_read=document.easy_read[0].text if document.easy_read else "")
    if isinstance(document, Service):
        is_where_it_was = isinstance(now.document, Service) and (
            (now.document.location, now.document.place) == (document.location, document.place)
        )
        if not is_where_it_was:
            found = replace(found, miles=None, is_inside=False)
        found = replace(found, place=where_of(document, places.get(document.place or "")))
    return found


def _nearest(nearest: Nearest, then: Entry, places: dict[str, Entry], today: date) -> Nearest:
    document = then.document
    assert isinstance(document, Service)
    return replace(
        nearest,
        name=document.name,
        place=where_of(document, places.get(document.place or "")),
        freshness=freshness(document, today),
    )


def _places(session: Session, entries: Iterable[Entry]) -> dict[str, Entry]:
    slugs = {
        one.document.place
        for one in entries
        if isinstance(one.document, Service) and one.document.place
    }
    return by_former_names(session, Kind.PLACE, sorted(slugs)) if slugs else {}
