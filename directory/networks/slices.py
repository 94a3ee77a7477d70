"""Which entries a widget or a search may show: those of one network, one collection, or all."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.search.query import Query
from directory.vocabulary.terms import Kind


class NoSuchNetwork(DirectoryError):
    """There is no network or collection of that name."""

    status = 404


def among(query: Query) -> frozenset[UUID] | None:
    """The entries that `query` may find; None for all.

    Raises:
        NoSuchNetwork: it names one that is not there. It must never get the whole directory
            instead: a widget would show it under that network's name.
    """
    if query.network or query.collection:
        raise NoSuchNetwork
    return None


class NoSuchEntry(DirectoryError):
    """There is no entry at that address."""

    status = 404


def only(session: Session, path: str) -> frozenset[UUID]:
    """The one entry at `path`, such as "approaches/homeshare".

    Raises:
        NoSuchEntry: nothing is published there.
    """
    folder, _, slug = path.strip("/").partition("/")
    try:
        kind = Kind.of_folder(folder)
    except KeyError:
        raise NoSuchEntry from None
    entry = catalogue.find(session, kind, slug)
    if entry is None:
        raise NoSuchEntry
    return frozenset({entry.id})
