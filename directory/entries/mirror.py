"""The Markdown mirror: every published document as a file, following the change log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import photos
from directory.entries.catalogue import Change, changes_after, move_on, position
from directory.entries.files import remove_unfinished, write_atomically
from directory.entries.models import Address, EntryRow, FileBase
from directory.entries.text import digest, dump
from directory.vocabulary.terms import Kind

NAME = "mirror"


def read_ahead(session: Session, *, limit: int = 200) -> list[Change]:
    """The changes that the mirror has not written yet."""
    return changes_after(session, position(session, NAME), limit=limit)


def write(
    changes: list[Change], folder: Path, *, old_slugs: dict[str, list[str]], store: Path
) -> None:
    """Write the entries of `changes` to `folder` and remove what is no longer published.

    Stories are never mirrored. No transaction is open meanwhile. A writer that was killed left its
    changes undone, and perhaps half a file where they belong.

    Args:
        store: where the pictures lie.
    """
    for part in {Path(path).parent for paths in old_slugs.values() for path in paths}:
        remove_unfinished(folder / part)
    for change in {change.entry_id: change for change in changes}.values():
        entry = change.entry
        current = []
        if entry is not None and entry.kind is not Kind.STORY:
            current = [
                f"{entry.kind.folder}/{entry.slug}.md",
                *photos.copy(store, entry.document, folder),
            ]
            write_atomically(folder / current[0], dump(entry.document))
        for path in old_slugs.get(str(change.entry_id), []):
            if path not in current:
                (folder / path).unlink(missing_ok=True)


def paths_of(session: Session, changes: list[Change]) -> dict[str, list[str]]:
    """All paths that the changed entries and their pictures have or had, by entry id."""
    ids = {change.entry_id for change in changes}
    paths = photos.paths_in_folders(session, ids)
    for table in (EntryRow, Address):
        key = EntryRow.id if table is EntryRow else Address.entry_id
        rows = session.execute(select(key, table.kind, table.slug).where(key.in_(ids)))
        for entry_id, kind, slug in rows:
            paths.setdefault(str(entry_id), []).append(f"{Kind(kind).folder}/{slug}.md")
    return paths


def record(session: Session, changes: list[Change], *, into_content: bool, at: datetime) -> None:
    """Note what was written. `into_content`: the mirror is content/ itself, so it is the base."""
    if not changes:
        return
    for change in {change.entry_id: change for change in changes}.values():
        entry = change.entry
        if into_content and entry is not None and entry.kind is not Kind.STORY:
            session.merge(
                FileBase(
                    path=f"{entry.kind.folder}/{entry.slug}.md",
                    entry_id=entry.id,
                    digest=digest(entry.document),
                    synced_at=at,
                )
            )
    move_on(session, NAME, changes[-1].n)
