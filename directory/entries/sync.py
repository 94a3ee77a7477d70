"""Taking in content/: three texts decide, so that no moderated edit is ever reverted.

The three are the file, the base (what the file said at the last sync) and the head (what is live).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.entries.documents import Document
from directory.entries.files import DocumentFile
from directory.entries.models import (
    Address,
    ContentFault,
    EntryRow,
    EntryState,
    FileBase,
    Revision,
)
from directory.entries.publishing import head_revision, publish
from directory.entries.text import Problem, digest


@dataclass(frozen=True)
class Conflict:
    """A file and the live entry both changed: the file's text wants a moderator's eye."""

    path: str
    slug: str
    document: Document
    entry_id: UUID
    head_number: int


class Outcome(StrEnum):
    IMPORTED = "imported"
    UNCHANGED = "unchanged"
    OLD_COPY = "old copy"
    CLOSED = "closed"
    CONFLICT = "conflict"


@dataclass
class SyncReport:
    """What a sync did. Lists hold paths of files."""

    imported: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    old_copies: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def sync(
    session: Session,
    files: Sequence[DocumentFile],
    problems: Sequence[Problem],
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda done: None,
) -> SyncReport:
    """Take `files` in and record `problems` for moderators. The caller commits.

    Conflicts are returned once: whoever called hands them to moderation. A missing file changes
    nothing and is reported.
    """
    report = SyncReport(problems=list(problems))
    bases = {base.path: base for base in session.scalars(select(FileBase))}
    for done, file in enumerate(files, 1):
        outcome = _take_in(session, file, bases.get(file.path), report, at)
        {
            Outcome.IMPORTED: report.imported,
            Outcome.UNCHANGED: report.unchanged,
            Outcome.OLD_COPY: report.old_copies,
            Outcome.CLOSED: report.closed,
        }.get(outcome, []).append(file.path)
        progress(done)
    seen = {file.path for file in files} | {problem.path for problem in problems}
    report.missing = sorted(set(bases) - seen)
    session.execute(delete(ContentFault))
    session.add_all(
        ContentFault(
            path=one.path,
            line=one.line,
            field=one.field,
            what=one.what,
            remedy=one.remedy,
            found_at=at,
        )
        for one in problems
    )
    return report


def _take_in(
    session: Session, file: DocumentFile, base: FileBase | None, report: SyncReport, at: datetime
) -> Outcome:
    row = _row_of(session, file, base)
    document = file.document.model_copy(
        update={"id": row.id if row else file.document.id or uuid4()}
    )
    now = digest(document)
    if row is None:
        _import(session, file, document, at)
        _note(session, file.path, document, now, at)
        return Outcome.IMPORTED
    if row.state != EntryState.LIVE:
        return Outcome.CLOSED
    head = head_revision(session, row)
    assert head is not None
    moved = file.slug != row.slug and not _was_at(session, row, file.slug)
    if now == head.digest:
        if moved:
            _import(session, file, document, at)
        _note(session, file.path, document, now, at)
        return Outcome.IMPORTED if moved else Outcome.UNCHANGED
    if _is_earlier(session, row.id, now):
        return Outcome.OLD_COPY
    if base is not None and now == base.digest:
        return Outcome.UNCHANGED
    base_digest = base.digest if base else _base_elsewhere(session, row.id)
    if head.digest == base_digest:
        _import(session, file, document, at)
        _note(session, file.path, document, now, at)
        return Outcome.IMPORTED
    report.conflicts.append(Conflict(file.path, row.slug, document, row.id, row.head_number))
    _note(session, file.path, document, now, at)  # handed over once, not at every sync
    return Outcome.CONFLICT


def _row_of(session: Session, file: DocumentFile, base: FileBase | None) -> EntryRow | None:
    """The entry that `file` is about: by its id, else by what it was before, else by address."""
    if file.document.id is not None:
        return session.get(EntryRow, file.document.id)
    if base is not None:
        return session.get(EntryRow, base.entry_id)
    return session.scalar(
        select(EntryRow).where(EntryRow.kind == file.kind, EntryRow.slug == file.slug)
    )


def _was_at(session: Session, row: EntryRow, slug: str) -> bool:
    address = session.get(Address, (row.kind, slug))
    return address is not None and address.entry_id == row.id


def _is_earlier(session: Session, entry_id: UUID, text_digest: str) -> bool:
    return (
        session.scalar(
            select(Revision.id).where(Revision.entry_id == entry_id, Revision.digest == text_digest)
        )
        is not None
    )


def _base_elsewhere(session: Session, entry_id: UUID) -> str | None:
    """The base under the file's old name: the same id under another name is a rename."""
    return session.scalar(
        select(FileBase.digest)
        .where(FileBase.entry_id == entry_id)
        .order_by(FileBase.synced_at.desc())
    )


def _import(session: Session, file: DocumentFile, document: Document, at: datetime) -> None:
    publish(session, document, slug=file.slug, origin="file", author="", at=at)


def _note(session: Session, path: str, document: Document, text_digest: str, at: datetime) -> None:
    session.flush()
    session.merge(FileBase(path=path, entry_id=document.id, digest=text_digest, synced_at=at))
