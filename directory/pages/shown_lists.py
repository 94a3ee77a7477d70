"""Lists of entries on a page: each is a search, written as the query string of the search page."""

from __future__ import annotations

from dataclasses import dataclass

from directory.entries.documents import Page, PageList
from directory.search.index import NotReady, SearchIndex
from directory.search.query import Query, Sort
from directory.search.results import Hit


@dataclass(frozen=True)
class ShownList:
    """One list of a page: its first entries, their number, and the search that has them all.

    `is_ready` is False while the index is being built.
    """

    heading: str
    text: str
    hits: tuple[Hit, ...]
    total: int
    query: str
    is_ready: bool = True


def shown_lists(index: SearchIndex, page: Page) -> tuple[ShownList, ...]:
    """The lists that a page asks for, in its order."""
    return tuple(_shown(index, asked) for asked in page.lists)


def _shown(index: SearchIndex, asked: PageList) -> ShownList:
    query = Query.from_string(asked.query)
    if not query.q and query.sort is Sort.BEST:
        query = query.with_(sort=Sort.NAME)  # without words nothing is better than anything else
    try:
        results = index.find(query)
    except NotReady:
        return ShownList(asked.heading, asked.text or "", (), 0, query.to_string(), is_ready=False)
    return ShownList(
        asked.heading, asked.text or "", results.hits, results.total, query.to_string()
    )
