"""Following the change log: the index is a projection, and catches up from wherever it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from directory.entries import catalogue, links
from directory.entries.catalogue import Change, Entry
from directory.search.index import SearchIndex
from directory.vocabulary.terms import Kind

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
    index.apply(_of_today(session, changes))
    return True


def rebuild(
    session: Session, index: SearchIndex, report: Callable[[int], None] = lambda count: None
) -> None:
    """Build `index` anew from all that is published, beside the one that readers use."""

    def catch_up(n: int) -> Sequence[Change]:
        session.rollback()  # a new transaction, to see what was published meanwhile
        return _of_today(session, catalogue.changes_after(session, n, limit=BATCH))

    n = catalogue.head(session)
    names = links.former_names(session)
    entries = (_naming(entry, names) for entry in catalogue.live(session))
    index.rebuild(entries, n=n, catch_up=catch_up, report=report)


def _of_today(session: Session, changes: Sequence[Change]) -> Sequence[Change]:
    """The changes, with entries that name others as they are called today.

    The change log has a line for all that name what was renamed or joined.
    """
    names = links.former_names(session)
    return [
        replace(one, entry=_naming(one.entry, names)) if one.entry and names else one
        for one in changes
    ]


def _naming(entry: Entry, names: Mapping[tuple[Kind, str], str]) -> Entry:
    document = links.of_today(entry.document, names)
    return entry if document is entry.document else replace(entry, document=document)
