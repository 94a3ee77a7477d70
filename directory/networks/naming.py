"""Which entry somebody means who pasted its address or typed its name."""

from __future__ import annotations

from sqlalchemy.orm import Session

from directory.entries import catalogue, names
from directory.entries.catalogue import Entry
from directory.vocabulary.terms import Kind

# Names are looked for in this order: an approach and a service may have the same.
_NAMED = (Kind.APPROACH, Kind.SERVICE, Kind.ORGANIZATION, Kind.PLACE)


def entry_meant(session: Session, typed: str, *, public_url: str) -> Entry | None:
    """The published entry at that address, with or without our own before it, or of that name."""
    said = typed.strip().removeprefix(public_url).strip("/")
    folder, _slash, slug = said.partition("/")
    if slug:
        try:
            return catalogue.find(session, Kind.of_folder(folder), slug)
        except KeyError:
            return None
    for kind in _NAMED:
        if found := names.slug_of(session, kind, said):
            return catalogue.find(session, kind, found)
    return None
