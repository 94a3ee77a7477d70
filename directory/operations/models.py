"""Table of signs of life."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class Heartbeat(Base):
    """When a part that runs in the background was last seen."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
