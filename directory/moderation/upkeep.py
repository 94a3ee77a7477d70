"""When entries are due a check, by the rule of entries/freshness.py.

The rows follow the change log, so that lists of what is due need not read every document.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.entries import catalogue, freshness
from directory.entries.catalogue import Entry
from directory.entries.documents import Document, Service
from directory.moderation.models import Upkeep
from directory.owners.models import Owner, Ownership
from directory.vocabulary.terms import Kind

FOLLOWER = "upkeep"
BATCH = 50  # so that whoever writes meanwhile waits a moment only


def follow(session: Session) -> bool:
    """Bring the rows on by a piece of the change log. True if there was something to do.

    The caller commits.
    """
    changes = catalogue.changes_after(session, catalogue.position(session, FOLLOWER), limit=BATCH)
    for change in changes:
        if change.entry is not None:
            note(session, change.entry)
        elif (row := session.get(Upkeep, change.entry_id)) is not None:
            session.delete(row)
    if changes:
        catalogue.move_on(session, FOLLOWER, changes[-1].n)
    return bool(changes)


def note(session: Session, entry: Entry) -> None:
    """Bring the row of `entry` up to date: the worker does, and so do those who act on it.

    Of two at the same moment the second one waits, and counts what the first has written.
    """
    row = session.get(Upkeep, entry.id, with_for_update=True)
    if row is None:
        try:
            with session.begin_nested():
                session.add(Upkeep(entry_id=entry.id, **_of(session, entry)))
            return
        except IntegrityError:  # the other one was earlier
            row = session.get_one(Upkeep, entry.id, with_for_update=True)
    for name, value in _of(session, entry).items():
        setattr(row, name, value)
    session.flush()


def _of(session: Session, entry: Entry) -> dict[str, Any]:
    """The columns of its row."""
    due = due_at(entry)
    return {
        "place": place_of(entry.document),
        "areas": spaced(areas_of(session, entry.document)),
        "due_at": due,
        "desk_at": _desk_at(session, entry, due),
    }


def due_at(entry: Entry) -> datetime | None:
    """When the entry is due its next check; None for what nobody is asked about.

    What nobody ever checked is due since it came.
    """
    if not freshness.is_asked_about(entry.document):
        return None
    checked: date | None = entry.document.assured_date
    if checked is None:
        return entry.created_at
    return datetime.combine(checked + freshness.good_for(entry.document), time(), UTC)


def _desk_at(session: Session, entry: Entry, due: datetime | None) -> datetime | None:
    """When moderators are to check it: at once, or when owners have not answered."""
    if due is None:
        return None
    since = session.scalar(
        select(func.min(Ownership.confirmed_at))
        .join(Owner, Owner.id == Ownership.owner_id)
        .where(Ownership.entry_id == entry.id, Owner.quiet_since.is_(None))
    )
    return max(due, since) + freshness.FADES_AFTER if since else due


def place_of(document: Document) -> str:
    """The slug of the place that a document is about; "" if none is named."""
    return (document.place or "") if isinstance(document, Service) else ""


def areas_of(session: Session, document: Document) -> list[str]:
    """The parts of life that a document is about; a service has those of its approaches."""
    if isinstance(document, Service) and not document.support_area:
        approaches = catalogue.by_slugs(session, Kind.APPROACH, document.approach)
        found = [area for one in approaches for area in getattr(one.document, "support_area", [])]
        return list(dict.fromkeys(found))
    return list(getattr(document, "support_area", []))


def spaced(words: list[str]) -> str:
    """ "home crisis" with a space at each end, so that LIKE finds whole words."""
    return f" {' '.join(words)} " if words else ""
