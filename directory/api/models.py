"""Tables of the API: keys of programs that ask more often than others."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class ApiKey(Base):
    """A key. The secret is kept only as a hash; `begins` is how its owner knows it again.

    `network_id`: whose it is; None for one that an admin made for somebody else.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[UUID | None] = mapped_column(
        Uuid, ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    begins: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
