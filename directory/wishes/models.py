"""Tables of wishes. Neither names nor addresses: a keyed hash tells one person from another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.db import Base, UTCDateTime


class Wish(Base):
    """Somebody would like an approach in a place.

    `person` is made with the site's secret of address, approach and place together: one wish each,
    and nobody can tell that two wishes are by the same person. `place` is the key of an area: a
    council's code, so that a rename loses nothing.
    """

    __tablename__ = "wishes"
    __table_args__ = (Index("ix_wishes_place_approach_id", "place", "approach_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    approach_id: Mapped[UUID] = mapped_column(ForeignKey("entries.id"), index=True)
    place: Mapped[str]
    person: Mapped[str] = mapped_column(unique=True)
    district: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class WishLink(Base):
    """The secret of a mailed link to a wish, kept as a hash: it confirms, and takes back."""

    __tablename__ = "wish_links"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("wishes.id", ondelete="CASCADE"), index=True)

    wish: Mapped[Wish] = relationship()
