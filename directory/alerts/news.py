"""What is new for a search: for mails, and for feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from directory.search.index import SearchIndex
from directory.search.query import Query, Sort
from directory.search.results import Hit

# Who names a place and no distance means about so far.
NEAR_MILES = 10
PAGES_MAX = 20


def latest(
    index: SearchIndex,
    query: Query,
    *,
    among: frozenset[UUID] | None = None,
    until: Callable[[Hit], bool] = lambda hit: False,
) -> Iterator[Hit]:
    """What `query` finds, changed last first, up to a hit for which `until` holds.

    A search with a place only ranks by it. News of it are what is there: services and places as
    near as asked for, and approaches that happen there.

    Raises:
        NotReady: there is no index to read yet.
    """
    asked = query.with_(sort=Sort.LATEST)
    if query.near:
        near = Query(near=query.near, within=query.within or NEAR_MILES)
        there = index.caught(near)
        among = there if among is None else among & there
    for page in range(1, PAGES_MAX + 1):
        results = index.find(asked.with_(page=page), among=among, counts=False)
        for hit in results.hits:
            if until(hit):
                return
            yield hit
        if page >= results.pages:
            return
