"""The Markdown mirror: every published document as a file, following the change log."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Change, changes_after, move_on, position
from directory.entries.files import write_atomically
from directory.entries.models import Address, EntryRow, FileBase
from directory.entries.text import digest, dump
from directory.vocabulary.terms import Kind

NAME = "mirror"


def read_ahead(session: Session, *, limit: int = 200) -> list[Change]:
    """The changes that the mirror has not written yet."""
    return changes_after(session, position(session, NAME), limit=limit)


def write(changes: list[Change], folder: Path, *, old_slugs: dict[str, list[str]]) -> None:
    """Write the entries of `changes` to `folder` and remove what is no longer published.

    Stories are never mirrored. No transaction is open meanwhile.
    """
    for change in {change.entry_id: change for change in changes}.values():
        entry = change.entry
        current = f"{entry.kind.folder}/{entry.slug}.md" if entry else None
        for path in old_slugs.get(str(change.entry_id), []):
            if path != current:
                (folder / path).unlink(missing_ok=True)
        if entry is not None and current is not None and entry.kind is not Kind.STORY:
            write_atomically(folder / current, dump(entry.document))


def paths_of(session: Session, changes: list[Change]) -> dict[str, list[str]]:
    """All paths that the changed entries have or had, by entry id."""
    ids = {change.entry_id for change in changes}
    paths: dict[str, list[str]] = {}
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
