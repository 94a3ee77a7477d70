"""The index as everyone else sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from directory.entries.catalogue import Change, Entry
from directory.errors import DirectoryError
from directory.search.query import Query
from directory.search.results import Results, Suggestion


class SearchIndex(Protocol):
    """Entries, found by everyday words and places."""

    def find(
        self, query: Query, *, among: frozenset[UUID] | None = None, counts: bool = True
    ) -> Results:
        """Entries matching `query`, best first; an empty query finds all.

        Places and approaches are known by former slugs too; the answer's query has those of today.

        Args:
            among: only these entries, as of a collection.
            counts: whether to count what each filter and kind would give, and what has a point on
                the map; without that an answer is cheaper, and the same in all else.

        Raises:
            NotReady: there is no index to read yet.
        """

    def caught(self, query: Query) -> frozenset[UUID]:
        """Every entry but pages that the filters of `query` let through, whatever its words.

        With `near`, only services and places that lie there (`within` so many miles of it, or in
        its area) and approaches that happen there. A place that is not known catches nothing.

        Raises:
            NotReady: there is no index to read yet.
        """

    def suggest(self, typed: str, *, limit: int) -> list[Suggestion]:
        """What the visitor may be about to type, likeliest first; nothing while not ready."""

    def apply(self, changes: Sequence[Change]) -> None:
        """Follow the change log; applying a change twice is the same as once."""

    def rebuild(
        self,
        entries: Iterable[Entry],
        *,
        n: int,
        catch_up: Callable[[int], Sequence[Change]] = lambda n: (),
        report: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Replace the index by these entries, in one step or not at all.

        Args:
            n: the number of the change log that `entries` have reached at least.
            catch_up: the changes after a number, for what was published meanwhile.
            report: told how many entries are written.
        """

    def position(self) -> int | None:
        """How far the index has followed the change log; None if there is no usable index."""


class CannotSetUp(DirectoryError):
    """The search index cannot be made where it should lie."""

    status = 503


class NotReady(DirectoryError):
    """The search is being rebuilt. It will be back in a moment; the lists below work meanwhile."""

    status = 503
