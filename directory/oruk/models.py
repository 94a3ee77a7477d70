"""Tables of the Open Referral UK feed: a projection, which can be emptied and made again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class ServiceRow(Base):
    """A service of the feed, said whole (`whole`) and in short (`brief`) as JSON."""

    __tablename__ = "oruk_services"

    id: Mapped[UUID] = mapped_column(Uuid, ForeignKey("entries.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    words: Mapped[str] = mapped_column(Text)
    brief: Mapped[str] = mapped_column(Text)
    whole: Mapped[str] = mapped_column(Text)
    council: Mapped[str | None] = mapped_column(index=True)
    at_location_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    at_location: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float | None]
    lon: Mapped[float | None]


class ServiceTermRow(Base):
    """A service has a term of a taxonomy."""

    __tablename__ = "oruk_service_terms"

    service_id: Mapped[UUID] = mapped_column(
        Uuid, ForeignKey("oruk_services.id", ondelete="CASCADE"), primary_key=True
    )
    term_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, index=True)
    taxonomy_id: Mapped[UUID] = mapped_column(Uuid, index=True)


class OrganizationRow(Base):
    """An organization that runs a service of the feed, as JSON."""

    __tablename__ = "oruk_organizations"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
