"""The one door through which every address learns which entries it may show."""

from __future__ import annotations

from uuid import UUID

from flask import Response, after_this_request, request

from directory import search
from directory.asking import words
from directory.config import current
from directory.db import db
from directory.entries.views import today
from directory.networks import slices, versions
from directory.networks.models import Network
from directory.search.query import Query
from directory.search.results import Results


def asked_network() -> Network | None:
    """The network that the address names; None where it names none.

    Raises:
        NoSuchNetwork: it is not there.
        OtherSite: it does not let the asking site show its slice.
    """
    return _checked(words("network"))


def asked_among(query: Query) -> frozenset[UUID] | None:
    """The entries that `query` may find; None for all.

    Raises:
        NoSuchNetwork: it names a network or collection that is not there.
        OtherSite: the network does not let the asking site show its slice.
    """
    if query.collection:
        raise slices.NoSuchNetwork
    network = _checked(query.network) if query.network else None
    return slices.members(db.session(), network) if network else None


def answer(query: Query, among: frozenset[UUID] | None, *, counts: bool = True) -> Results:
    """What `query` finds among those entries, in the versions that the asked network cleared.

    Args:
        counts: whether what filters would give is counted: as much work as half a search.

    Raises:
        NotReady: the search has nothing to read yet.
    """
    results = search.current().find(query, among=among, counts=counts)
    return versions.of_results(db.session(), asked_network(), results, today=today())


def asked_notes(query: Query) -> dict[UUID, str]:
    """What the network that `query` names says about entries; empty without one."""
    if not query.network:
        return {}
    session = db.session()
    return slices.notes(session, slices.network_of(session, query.network))


def _checked(slug: str) -> Network | None:
    if not slug:
        return None
    network = slices.network_of(db.session(), slug)
    check_site(network)
    return network


def check_site(network: Network) -> None:
    """Let the request go on if its site may show what is of `network`.

    Raises:
        OtherSite: it may not.
    """
    if network.origins:
        after_this_request(_differs_by_site)
    if not slices.may_show(network, request.headers.get("Origin", ""), own=current().public_url):
        raise slices.OtherSite


def _differs_by_site(response: Response) -> Response:
    # A cache between must not hand one site's answer to another.
    response.vary.add("Origin")
    return response
