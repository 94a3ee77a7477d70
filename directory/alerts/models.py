"""Tables of alerts: an address and a search, kept until somebody stops it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Base, UTCDateTime


class Often(StrEnum):
    """How often somebody wants to hear of news."""

    DAILY = "daily"
    WEEKLY = "weekly"


class Alert(Base):
    """Somebody wants to know what is new for a search. `told_until`: they know all before."""

    __tablename__ = "alerts"
    __table_args__ = (
        UniqueConstraint("email", "query", name="uq_alerts_email_query"),
        CheckConstraint("often IN ('daily', 'weekly')", name="often"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    query: Mapped[str]
    often: Mapped[str]
    told_until: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class AlertLink(Base):
    """A mailed link that confirms or stops an alert. The secret in it is kept only as a hash."""

    __tablename__ = "alert_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    alert: Mapped[Alert] = relationship()
