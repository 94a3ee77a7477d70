"""Following the change log: the index is a projection, and catches up from wherever it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Change
from directory.search.index import SearchIndex

logger = logging.getLogger("kith.search")

BATCH = 500


def follow(session: Session, index: SearchIndex) -> bool:
    """Bring `index` on by one batch of changes, or rebuild it if it cannot be used.

    Gives back whether there was anything to do: call again until there is not.
    """
    n = index.position()
    if n is None or n > catalogue.head(session):  # ahead of the log: an older database came back
        logger.warning("the search index cannot be used; building it anew")
        rebuild(session, index)
        return True
    changes = catalogue.changes_after(session, n, limit=BATCH)
    if not changes:
        return False
    index.apply(changes)
    return True


def rebuild(
    session: Session, index: SearchIndex, report: Callable[[int], None] = lambda count: None
) -> None:
    """Build `index` anew from all that is published, beside the one that readers use."""

    def catch_up(n: int) -> Sequence[Change]:
        session.rollback()  # a new transaction, to see what was published meanwhile
        return catalogue.changes_after(session, n, limit=BATCH)

    n = catalogue.head(session)
    index.rebuild(catalogue.live(session), n=n, catch_up=catch_up, report=report)
