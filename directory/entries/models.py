"""Tables of the entries: the record that every projection follows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Base, UTCDateTime


class EntryState(StrEnum):
    LIVE = "live"
    ENDED = "ended"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class EntryRow(Base):
    """One published document: where it lives and which revision is its head."""

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("kind", "slug", name="uq_entries_kind_slug"),
        # In this order whoever keeps a copy reads all of them, some hundred at a time.
        Index("ix_entries_updated_at_id", "updated_at", "id"),
        Index("ix_entries_merged_into", "merged_into"),  # what was joined to an entry
        CheckConstraint("state IN ('live', 'ended', 'merged', 'withdrawn')", name="state"),
        CheckConstraint(
            "kind IN ('approach', 'service', 'organization', 'place', 'story', 'page')", name="kind"
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    slug: Mapped[str]
    name: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(default=EntryState.LIVE)
    reason: Mapped[str | None] = mapped_column(Text)
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("entries.id"))
    head_number: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)

    __mapper_args__ = {"version_id_col": version}


class Address(Base):
    """An address that an entry had before: it redirects."""

    __tablename__ = "entry_addresses"

    kind: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)


class Revision(Base):
    """One version of a document. Append-only: a trigger refuses changes of its text but erasure."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("entry_id", "number", name="uq_revisions_entry_id_number"),
        Index("ix_revisions_entry_id_digest", "entry_id", "digest"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    html: Mapped[str] = mapped_column(Text)
    sanitiser_version: Mapped[int] = mapped_column(index=True)
    digest: Mapped[str]
    origin: Mapped[str]
    author: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    erased_reason: Mapped[str | None] = mapped_column(Text)

    entry: Mapped[EntryRow] = relationship()


class Link(Base):
    """A name of another entry in the head of an entry, so that it can be asked backwards.

    `slug` is what the document says; nothing may live there (yet, or any more).
    """

    __tablename__ = "entry_links"
    __table_args__ = (Index("ix_entry_links_kind_slug_relation", "kind", "slug", "relation"),)

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(primary_key=True)


class PhotoRow(Base):
    """A picture that somebody gave for an entry; its files lie in the store of pictures.

    `entry_id`: what it was given for, which may not be published yet. Only that entry shows it.
    `width` and `height` are those of its largest file.
    """

    __tablename__ = "photos"

    name: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    width: Mapped[int]
    height: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class LogHead(Base):
    """The last number of the change log: one row, so that commit order is number order."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    n: Mapped[int]


class ChangeRow(Base):
    """A line of the change log: this entry changed."""

    __tablename__ = "change_log"

    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    action: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class FileBase(Base):
    """What a file in content/ said when it was last taken in."""

    __tablename__ = "file_bases"

    path: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    digest: Mapped[str]
    synced_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ContentFault(Base):
    """A problem of a file in content/, as found at the last sync; moderators see it."""

    __tablename__ = "content_faults"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    line: Mapped[int]
    field: Mapped[str]
    what: Mapped[str] = mapped_column(Text)
    remedy: Mapped[str] = mapped_column(Text)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Follower(Base):
    """How far a projection has followed the change log (the index keeps its own number)."""

    __tablename__ = "followers"

    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]
