"""Tables of the networks: who they are, who edits them, and what is in their collections."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class State(StrEnum):
    """How far a network is. Only those that are open show anything."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    OPEN = "open"
    DECLINED = "declined"
    CLOSED = "closed"


class Role(StrEnum):
    """What somebody may do for a network. An owner may also choose editors and sites."""

    OWNER = "owner"
    EDITOR = "editor"


class Hand(StrEnum):
    """What an editor did with one entry by hand. `kept`: only said something about it."""

    ADDED = "added"
    LEFT_OUT = "left-out"
    KEPT = "kept"


class Network(Base):
    """An organisation that chose its own slice of the directory.

    `rules_version` counts changes of what is to be in the slice; `sliced_version`, `sliced_n` and
    `sliced_on` say for which of them, at which number of the change log and on which day the slice
    was last worked out. `slice_n` is the number of the last line of its own log. `only_cleared`:
    the slice shows entries only in versions that an editor cleared.
    """

    __tablename__ = "networks"
    __table_args__ = (
        CheckConstraint(
            "state IN ('unconfirmed', 'waiting', 'open', 'declined', 'closed')", name="state"
        ),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    web_page: Mapped[str]
    words: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(index=True)
    asked_by: Mapped[str]
    asked_role: Mapped[str] = mapped_column(default="")
    asked_why: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    colours: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    logo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    logo_digest: Mapped[str] = mapped_column(default="")
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rules_version: Mapped[int] = mapped_column(default=0)
    sliced_version: Mapped[int] = mapped_column(default=0)
    sliced_n: Mapped[int] = mapped_column(default=0)
    sliced_on: Mapped[date | None]
    slice_n: Mapped[int] = mapped_column(default=0)
    only_cleared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class NetworkLink(Base):
    """A mailed link that confirms who asked. The secret in it is kept only as a hash."""

    __tablename__ = "network_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Often(StrEnum):
    """How often an editor gets a mail about what entered, left or waits."""

    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class Editor(Base):
    """Somebody who edits a network.

    `seen_n`: the last line of its log that they were shown; `told_until`: what came before was in a
    mail, or was before they edited it.
    """

    __tablename__ = "network_editors"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'editor')", name="role"),
        CheckConstraint("often IN ('daily', 'weekly', 'never')", name="often"),
    )

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    role: Mapped[str]
    seen_n: Mapped[int] = mapped_column(default=0)
    often: Mapped[str] = mapped_column(default=Often.DAILY)
    told_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)


class StopLink(Base):
    """A mailed link that stops an editor's mails. The secret in it is kept only as a hash."""

    __tablename__ = "network_stop_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    network_id: Mapped[UUID] = mapped_column(ForeignKey("networks.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Pick(Base):
    """What an editor decided about one entry, and the network's own note on it."""

    __tablename__ = "network_picks"
    __table_args__ = (CheckConstraint("hand IN ('added', 'left-out', 'kept')", name="hand"),)

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True, index=True)
    hand: Mapped[str]
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Clearance(Base):
    """The version of an entry that a network cleared last."""

    __tablename__ = "network_clearances"

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True, index=True)
    revision: Mapped[int]
    by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class Wait(Base):
    """A version of an entry that waits to be cleared, because it belongs in the slice."""

    __tablename__ = "network_waits"

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True, index=True)
    revision: Mapped[int]
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class Member(Base):
    """An entry that is in a network's slice now. `revision` is shown; None: the live one."""

    __tablename__ = "network_members"

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), primary_key=True, index=True)
    revision: Mapped[int | None]
    since: Mapped[datetime] = mapped_column(UTCDateTime)


class Action(StrEnum):
    """What happened to an entry of a slice."""

    ENTERED = "entered"
    LEFT = "left"
    CHANGED = "changed"


class SliceLine(Base):
    """A line of a slice's own log: an entry entered it, left it, or changed within it.

    `by_editors`: because the network chose otherwise, not because the entry changed.
    """

    __tablename__ = "network_log"
    __table_args__ = (
        CheckConstraint("action IN ('entered', 'left', 'changed')", name="action"),
        Index("ix_network_log_at", "at"),
    )

    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    action: Mapped[str]
    by_editors: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class SavedWidget(Base):
    """A widget that a network keeps here, so that it can be changed without touching its host.

    `key` is a public name, not a secret.
    """

    __tablename__ = "network_widgets"

    key: Mapped[str] = mapped_column(primary_key=True)
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    choice: Mapped[dict[str, str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class WidgetDay(Base):
    """How often a saved widget was used on one day: numbers, and nothing about who."""

    __tablename__ = "network_widget_days"

    key: Mapped[str] = mapped_column(
        ForeignKey("network_widgets.key", ondelete="CASCADE"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    loads: Mapped[int] = mapped_column(default=0)
    searches: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)


class Hook(Base):
    """An address of a network that is told what happens in its slice.

    `sent_n` is the line of the slice's log up to which it was told; it moves on only when the other
    side said that it has it, and can be moved back to tell all again.
    """

    __tablename__ = "network_hooks"
    __table_args__ = (
        CheckConstraint("state IN ('on', 'given-up')", name="state"),
        Index("ix_network_hooks_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    url: Mapped[str]
    secret: Mapped[str]
    state: Mapped[str]
    sent_n: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(default="")
    next_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
