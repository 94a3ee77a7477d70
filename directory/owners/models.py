"""Tables of owners: people who run what an entry is about. Their address is kept here, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Base, UTCDateTime
from directory.entries.models import EntryRow
from directory.submissions.models import Submission


class Owner(Base):
    """Somebody who looks after entries without an account. `quiet_since`: asks for no questions."""

    __tablename__ = "owners"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    quiet_since: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Ownership(Base):
    """An entry is this owner's: from `confirmed_at` on, when they pressed the button in our mail.

    `hands_over`: who had it before and gives it up when this one is confirmed.
    """

    __tablename__ = "ownerships"
    __table_args__ = (UniqueConstraint("owner_id", "entry_id", name="uq_ownerships_owner_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"))
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    is_trusted: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hands_over: Mapped[int | None] = mapped_column(ForeignKey("owners.id", ondelete="SET NULL"))

    owner: Mapped[Owner] = relationship(foreign_keys=[owner_id])
    entry: Mapped[EntryRow] = relationship()


class OwnerLink(Base):
    """A private link to an owner's page. The secret in it is kept only as a hash."""

    __tablename__ = "owner_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    owner: Mapped[Owner] = relationship()


class OwnerDraft(Base):
    """A draft that was begun from an owner's private page: the link has proved the address."""

    __tablename__ = "owner_drafts"

    draft_id: Mapped[int] = mapped_column(
        ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("owners.id", ondelete="CASCADE"), index=True)

    owner: Mapped[Owner] = relationship()


class Question(Base):
    """An owner or a moderator was asked whether an entry is still true.

    `due_at` is the check that it was about: once the entry has another, the row counts no more.
    """

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("entry_id", "owner_id", name="uq_questions_entry_id_owner_id"),
        UniqueConstraint("entry_id", "user_id", name="uq_questions_entry_id_user_id"),
        CheckConstraint("(owner_id IS NULL) <> (user_id IS NULL)", name="who"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"))
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("owners.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    times: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OwnerEdit(Base):
    """A small edit by a trusted owner that went live at once; `seen_at`: a moderator looked at it.

    `revision` is what it made, `previous_revision` the head before it.
    """

    __tablename__ = "owner_edits"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    revision: Mapped[int]
    previous_revision: Mapped[int]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    undone: Mapped[bool] = mapped_column(default=False)

    submission: Mapped[Submission] = relationship()
    entry: Mapped[EntryRow] = relationship()
