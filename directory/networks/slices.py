"""Which entries a widget or a search may show: those of one network, or all.

Every address that takes `network` asks here. An unknown network is told so: it never gets the whole
directory, which a widget would show under that network's name.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.errors import DirectoryError
from directory.networks import collection, team
from directory.networks.models import Network, Pick
from directory.search.query import Query
from directory.vocabulary.terms import Kind

SLICES_KEPT = 64


class NoSuchNetwork(DirectoryError):
    """There is no network or collection of that name."""

    status = 404


class OtherSite(DirectoryError):
    """This network's slice may only be shown on the sites that it named."""

    status = 403


class NoSuchEntry(DirectoryError):
    """There is no entry at that address."""

    status = 404


def network_of(session: Session, slug: str) -> Network:
    """The open network of that name.

    Raises:
        NoSuchNetwork: there is none.
    """
    network = team.open_network(session, slug) if slug else None
    if network is None:
        raise NoSuchNetwork
    return network


def among(session: Session, query: Query) -> frozenset[UUID] | None:
    """The entries that `query` may find; None for all.

    Raises:
        NoSuchNetwork: it names one that is not there.
    """
    if query.collection:
        raise NoSuchNetwork
    if not query.network:
        return None
    return members(session, network_of(session, query.network))


def news_among(session: Session, query: Query) -> frozenset[UUID] | None:
    """The same for a search that was kept: of a network that has closed there is no news."""
    try:
        return among(session, query)
    except NoSuchNetwork:
        return frozenset()


def members(session: Session, network: Network) -> frozenset[UUID]:
    """The entries of a slice. The same object until the slice changes, so that it can be a key."""
    kept = _Kept.at(network.id, network.slice_n)
    if kept.ids is None:
        kept.ids = frozenset(session.scalars(collection.member_ids(network)))
    return kept.ids


def notes(session: Session, network: Network) -> dict[UUID, str]:
    """What the network says about entries, in its own words."""
    rows = session.execute(
        select(Pick.entry_id, Pick.note).where(Pick.network_id == network.id, Pick.note != "")
    )
    return dict(rows.all())


def only(session: Session, path: str, network: Network | None = None) -> frozenset[UUID]:
    """The one entry at `path`, such as "approaches/homeshare", or where that has moved to.

    Args:
        network: it must be in the slice of this one.

    Raises:
        NoSuchEntry: nothing is published there, or not in the slice.
    """
    entry = _at(session, path) or _at(session, _new_address(session, path))
    if entry is None or (network is not None and entry.id not in members(session, network)):
        raise NoSuchEntry
    return frozenset({entry.id})


def _at(session: Session, path: str) -> Entry | None:
    folder, _, slug = path.strip("/").partition("/")
    try:
        return catalogue.find(session, Kind.of_folder(folder), slug)
    except KeyError:
        return None


def _new_address(session: Session, path: str) -> str:
    folder, _, slug = path.strip("/").partition("/")
    try:
        return catalogue.moved_to(session, Kind.of_folder(folder), slug) or ""
    except KeyError:
        return ""


def may_show(network: Network, origin: str, *, own: str) -> bool:
    """Whether a page of `origin` may show the slice. Without a list all may.

    Args:
        origin: of the page that asks, as browsers say it; "" where none did.
        own: our own site, which always may.
    """
    return not network.origins or origin in {"", own, *network.origins}


class _Kept:
    """The ids of a slice as of one number of its log."""

    def __init__(self) -> None:
        self.ids: frozenset[UUID] | None = None

    @staticmethod
    @lru_cache(maxsize=SLICES_KEPT)
    def at(network_id: UUID, slice_n: int) -> _Kept:
        return _Kept()
