"""The history of an entry as readers see it: each version, where it came from, what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry, HistoryLine
from directory.entries.comparison import FieldChange, differences
from directory.entries.lists import NoSuchPage

PER_PAGE = 20


@dataclass(frozen=True)
class Version:
    """One version of an entry and what it changed; the first one changed nothing."""

    number: int
    at: datetime
    origin: str
    note: str
    is_first: bool
    is_erased: bool
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True)
class History:
    versions: tuple[Version, ...]
    total: int
    page: int
    pages: int


def told(session: Session, entry: Entry, *, page: int = 1) -> History:
    """The versions of `entry`, newest first, a page of them at a time.

    Raises:
        NoSuchPage: there are fewer.
    """
    revisions = catalogue.history(session, entry.id)
    pages = max(1, -(-len(revisions) // PER_PAGE))
    if not 1 <= page <= pages:
        raise NoSuchPage
    start = (page - 1) * PER_PAGE
    versions = tuple(
        _version(one, revisions[start + offset + 1 :][:1])
        for offset, one in enumerate(revisions[start : start + PER_PAGE])
    )
    return History(versions, len(revisions), page, pages)


def _version(revision: HistoryLine, before: list[HistoryLine]) -> Version:
    old = before[0].document if before else None
    changes = differences(old, revision.document) if old and revision.document else ()
    return Version(
        number=revision.number,
        at=revision.created_at,
        origin=revision.origin,
        note=revision.note,
        is_first=not before,
        is_erased=revision.document is None,
        changes=changes,
    )
