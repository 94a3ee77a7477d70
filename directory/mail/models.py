"""The outbox."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class OutboxMail(Base):
    """A mail to send or sent. Its address and values go when nobody needs them any more."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state_due_at", "state", "due_at"),
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    letter: Mapped[str]
    to: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    about: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=MailState.WAITING)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str | None] = mapped_column(Text)

    @property
    def hidden_address(self) -> str:
        """Enough of the address to recognise it: "p…@example.org"."""
        name, _, host = self.to.partition("@")
        return f"{name[:1]}…@{host}" if host else "…"
