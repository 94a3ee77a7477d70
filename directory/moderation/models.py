"""Tables of the moderators: decisions, the audit log, and how often each wants a digest."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.accounts.models import User
from directory.db import Base, UTCDateTime
from directory.submissions.models import Submission


class Outcome(StrEnum):
    """What a moderator did with a submission."""

    PUBLISHED = "published"
    CHANGES_ASKED = "changes-asked"
    DECLINED = "declined"


decision_reasons = Table(
    "decision_reasons",
    Base.metadata,
    Column("decision_id", ForeignKey("decisions.id", ondelete="CASCADE"), primary_key=True),
    Column("reason_id", ForeignKey("reasons.id"), primary_key=True, index=True),
)


class Reason(Base):
    """Why something is not published, in words that its author can use. Kept when it is retired."""

    __tablename__ = "reasons"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Decision(Base):
    """What was decided about a submission. `reason` is what its author was told.

    `revision` is the one that was published and `previous_revision` the head before it (None: a
    new entry), so that it can be undone.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("outcome IN ('published', 'changes-asked', 'declined')", name="outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[str]
    with_edits: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    moderator: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revision: Mapped[int | None]
    previous_revision: Mapped[int | None]
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    is_spam: Mapped[bool] = mapped_column(default=False)

    submission: Mapped[Submission] = relationship()
    reasons: Mapped[list[Reason]] = relationship(secondary=decision_reasons)


class Schedule(Base):
    """Words that a moderator has passed and that come out later, if nobody changes them before.

    `version` and `head` are what the moderator saw, `heard` how many messages its author had
    written. `keep_live`: of the parts that author and others both changed, those in which what is
    live stands. `with_organization`: the organisation that its author only named gets an entry,
    too. The submission waits until then.
    """

    __tablename__ = "schedules"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    moderator_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    publish_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    version: Mapped[int]
    head: Mapped[int]
    heard: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")
    assured: Mapped[bool] = mapped_column(default=False)
    with_organization: Mapped[bool] = mapped_column(default=False)
    keep_live: Mapped[list[str]] = mapped_column(JSON, default=list)

    submission: Mapped[Submission] = relationship()
    moderator: Mapped[User] = relationship()


class Claim(Base):
    """Who works on what now. `subject` is what: "submissions/7", "reports/3"."""

    __tablename__ = "claims"

    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Look(Base):
    """What was found when a waiting submission was looked over: kept for lists, made anew at will.

    `version` is the submission's when that was done. `areas` are set in spaces: " home crisis ".
    `score` is that of the rules against spam; `is_apart`: for it the submission waits apart.
    `words` is a digest of what it says, to find the same words again.
    """

    __tablename__ = "looks"
    __table_args__ = (
        Index(
            "ix_looks_apart",
            "submission_id",
            sqlite_where=text("is_apart = 1"),
            postgresql_where=text("is_apart"),
        ),
    )

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int]
    place: Mapped[str] = mapped_column(default="")
    areas: Mapped[str] = mapped_column(default="")
    score: Mapped[int] = mapped_column(default=0)
    is_apart: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(default="", index=True)


class SetAside(Base):
    """What a check said about a submission, and why a moderator thinks that it does not matter.

    `finding` is a digest of what the check had found: what is found later is shown again.
    """

    __tablename__ = "checks_set_aside"
    __table_args__ = (
        UniqueConstraint(
            "submission_id", "check", "finding", name="uq_checks_set_aside_submission_id"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    check: Mapped[str]
    finding: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    moderator: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class AddressLook(Base):
    """A web address in a waiting submission: whether it answers, and since when that is so.

    `answers` is None until it was asked. `ask_at`: when it is asked next.
    """

    __tablename__ = "address_looks"

    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True
    )
    url: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[bool | None]
    fault: Mapped[str] = mapped_column(default="")
    since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ask_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class Upkeep(Base):
    """When a live entry is due a check. Follows the change log; made anew at will.

    `desk_at`: when moderators look after it. Owners, where there are any, are asked before.
    """

    __tablename__ = "upkeep"

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[str] = mapped_column(default="")
    areas: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    desk_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


class Charge(Base):
    """A place or a subject that a moderator looks after. One of the two is set, the other empty."""

    __tablename__ = "charges"
    __table_args__ = (UniqueConstraint("user_id", "place", "area", name="uq_charges_user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")

    user: Mapped[User] = relationship()


class AuditLine(Base):
    """Who did what, when and why. Append-only. Holds no address and no words of authors."""

    __tablename__ = "audit_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    who: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    did: Mapped[str]
    subject: Mapped[str]
    url: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(Text, default="")


class Often(StrEnum):
    """How often a moderator gets a digest of new work."""

    AT_ONCE = "at-once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class DigestChoice(Base):
    """How often this moderator wants a digest, and up to when they have been told."""

    __tablename__ = "digest_choices"
    __table_args__ = (
        CheckConstraint("often IN ('at-once', 'daily', 'weekly', 'never')", name="often"),
    )

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )
    often: Mapped[str] = mapped_column(default=Often.DAILY)
    told_until: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship()


class StopLink(Base):
    """A link that stops a moderator's digest. The secret in it is kept only as a hash."""

    __tablename__ = "stop_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


@event.listens_for(AuditLine, "before_update")
@event.listens_for(AuditLine, "before_delete")
def _append_only(*_about: Any) -> None:
    raise TypeError("lines of the audit log are never changed")
