"""Tables of what people send in. E-mail addresses live here and in the outbox, nowhere else."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Base, UTCDateTime


class What(StrEnum):
    """What a submission proposes."""

    NEW = "new"
    CHANGE = "change"
    CONFLICT = "conflict"


class Submission(Base):
    """A proposed document: a new entry, a change, or a file that clashed with a live edit.

    `text` is always a sound document in canonical form. `base_revision` is the revision of the
    entry that the change was made from. `asides` hold what a document has no field for, such as
    the name of an organisation that has no entry yet. `network_id`: it came with a list of that
    network, whose editors answer for it.
    """

    __tablename__ = "submissions"
    __table_args__ = (
        # All that is asked of each that waits, so that none of them is read to count them.
        Index("ix_submissions_waiting", "state", "waiting_since", "what", "appealed_at"),
        CheckConstraint("what IN ('new', 'change', 'conflict')", name="what"),
        CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'changes-asked', 'published', 'declined',"
            " 'withdrawn')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    state: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    entry_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    base_revision: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    asides: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    why: Mapped[str] = mapped_column(Text, default="")
    author_name: Mapped[str] = mapped_column(default="")
    author_role: Mapped[str] = mapped_column(default="")
    author_email: Mapped[str] = mapped_column(default="")
    network_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("networks.id", ondelete="SET NULL"), index=True
    )
    licence_version: Mapped[str | None]
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    appealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()

    messages: Mapped[list[Message]] = relationship(
        back_populates="submission", order_by="Message.id", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}


class Arrival(Base):
    """How a submission was sent, for the rules against spam (spam.py).

    `seconds`: from the first question to sending it. `trapped`: a box that people do not see was
    filled in.
    """

    __tablename__ = "arrivals"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    seconds: Mapped[int]
    trapped: Mapped[bool]


class Message(Base):
    """Words between an author and the moderators about a submission.

    `field` is the field of the document that they are about; empty: about the whole. `asks`: a
    moderator asks for a change there.
    """

    __tablename__ = "submission_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    from_author: Mapped[bool]
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    field: Mapped[str] = mapped_column(default="")
    asks: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    submission: Mapped[Submission] = relationship(back_populates="messages")


class Purpose(StrEnum):
    """What a private link of a submission is good for."""

    PAGE = "page"
    CONFIRM = "confirm"


class SubmissionLink(Base):
    """A private link to a submission. The secret in it is kept only as a hash."""

    __tablename__ = "submission_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    submission: Mapped[Submission] = relationship()


class StoryConsent(Base):
    """Who agreed that a story is published, to what, and when; kept apart from the story.

    `whose`: "own", or "other" where somebody sent it for the person who tells it. `contact` and
    `who` go when the story is taken back; that there was a consent, and until when, stays.
    """

    __tablename__ = "story_consents"
    __table_args__ = (CheckConstraint("whose IN ('own', 'other')", name="whose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    whose: Mapped[str]
    who: Mapped[str]
    contact: Mapped[str]
    how: Mapped[str]
    agreed_to: Mapped[str]
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Draft(Base):
    """What somebody has begun to write. Nobody else reads it; it goes when it is sent, or old.

    `answers` holds what was typed, right or wrong, by the control's name: pairs of name and value
    as a browser sends them. `saves` holds for each section how often it was saved, and by which
    window last. `base_revision` is set for a change of an entry, `submission_id` for new words of
    something that was sent already.
    """

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    entry_id: Mapped[UUID] = mapped_column(Uuid)
    base_revision: Mapped[int | None]
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    submission_version: Mapped[int | None]
    answers: Mapped[dict[str, list[list[str]]]] = mapped_column(JSON)
    saves: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    different: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    warned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class DraftLink(Base):
    """A private link to a draft, good as long as the draft is kept. Only its hash is here.

    `ended_at`: when it was ended before, because somebody edits the network no more whose it is.
    """

    __tablename__ = "draft_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    draft: Mapped[Draft] = relationship()


class Concern(StrEnum):
    """What a report is about. The labels stand in forms.py."""

    WRONG = "wrong"
    ENDED = "ended"
    WORRYING = "worrying"
    NOT_PLAIN = "not-plain"
    MINE = "mine"
    OTHER = "other"


class Report(Base):
    """A reader says that something about an entry is not right."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(
            "concern IN ('wrong', 'ended', 'worrying', 'not-plain', 'mine', 'other')",
            name="concern",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    concern: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    closed_by: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
