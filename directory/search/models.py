"""Tables of search: what nobody found, counted, and groups that moderators add to the thesaurus."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class NothingFound(Base):
    """How often in a week the same words found nothing in the same area.

    `words` and `area` stay empty until that was often enough not to be about one person; until then
    there is only a `fingerprint`, from which nobody can read them.
    """

    __tablename__ = "nothing_found"
    __table_args__ = (UniqueConstraint("week", "fingerprint", name="uq_nothing_found_week"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date]
    fingerprint: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    words: Mapped[str] = mapped_column(default="")
    area: Mapped[str] = mapped_column(default="")


class ThesaurusGroup(Base):
    """A group of the thesaurus that a moderator added here. See `vocabulary.thesaurus.Group`."""

    __tablename__ = "thesaurus_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[list[str]] = mapped_column(JSON)
    also: Mapped[list[str]] = mapped_column(JSON)
    added_by: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
