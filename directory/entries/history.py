"""The history of an entry as readers see it: each version, where it came from, what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from directory.entries import catalogue, names
from directory.entries.catalogue import Entry, HistoryLine, Joined
from directory.entries.comparison import FieldChange, Names, differences
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
    joined: tuple[Joined, ...]
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
    shown = revisions[start : start + PER_PAGE + 1]  # each stands beside the one before it
    named = names.named_in(session, *(one.document for one in shown))
    versions = tuple(
        _version(one, shown[offset + 1 :][:1], named) for offset, one in enumerate(shown[:PER_PAGE])
    )
    joined = tuple(catalogue.joined_to(session, entry.id))
    return History(versions, joined, len(revisions), page, pages)


def _version(revision: HistoryLine, before: list[HistoryLine], named: Names) -> Version:
    old = before[0].document if before else None
    changes = differences(old, revision.document, named) if old and revision.document else ()
    return Version(
        number=revision.number,
        at=revision.created_at,
        origin=revision.origin,
        note=revision.note,
        is_first=not before,
        is_erased=revision.document is None,
        changes=changes,
    )
