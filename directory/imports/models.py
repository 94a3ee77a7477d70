"""Tables of lists that networks bring, and of feeds that are harvested."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from directory.db import Base, UTCDateTime


class Stage(StrEnum):
    """How far an import is. The worker does what goes on by itself: fetching, checking, taking."""

    FETCHING = "fetching"
    MAPPING = "mapping"
    CHECKING = "checking"
    CHECKED = "checked"
    TAKING = "taking"
    DONE = "done"
    FAILED = "failed"


class State(StrEnum):
    """What was found about a row."""

    UNREAD = "unread"
    BAD = "bad"  # a cell must be put right
    NEW = "new"
    QUESTION = "question"  # it may be here already: somebody must say
    CHANGE = "change"  # it is about an entry of ours and says something else
    SAME = "same"  # there is nothing to do
    GONE = "gone"  # the feed had it and has it no more


class Choice(StrEnum):
    """What an editor said about a row. "": nothing yet."""

    NONE = ""
    LEAVE = "leave"
    CHANGE = "change"
    NEW = "new"


class Every(StrEnum):
    """How often a feed is harvested by itself."""

    DAY = "day"
    WEEK = "week"
    NEVER = "never"


class Feed(Base):
    """A feed of Open Referral UK that somebody else keeps.

    `mapping` and `same` are those of the last import that an editor looked over; until there is
    one (`mapped_at`), nothing is taken in by itself. `seen_until` is when the last harvest began
    that was read to its end, `full_at` when that was one of everything.
    """

    __tablename__ = "import_feeds"
    __table_args__ = (
        CheckConstraint("every IN ('day', 'week', 'never')", name="every"),
        Index("ix_import_feeds_next_at", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    name: Mapped[str]
    url: Mapped[str]
    every: Mapped[str]
    is_trusted: Mapped[bool] = mapped_column(default=False)
    licence_version: Mapped[str]
    mapping: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    same: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    mapped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    full_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    fault: Mapped[str] = mapped_column(Text, default="")
    failures: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class FeedItem(Base):
    """A service of a feed, and the entry that it is here.

    `typed` is what the feed said when it was taken in last: only what it says otherwise since then
    is a change, so that words which moderators mended stay mended.
    """

    __tablename__ = "import_feed_items"

    feed_id: Mapped[int] = mapped_column(
        ForeignKey("import_feeds.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    typed: Mapped[dict[str, str]] = mapped_column(JSON)
    is_gone: Mapped[bool] = mapped_column(default=False)


class Import(Base):
    """A list that is on its way into the directory.

    `columns` are the words above its columns, `mapping` says by their numbers which of ours they
    are, `same` holds what is so for every row. `round` counts how often it was checked anew.
    `network_id` is None for a list of moderators. `fetched` is how far a feed was read. `told_at`:
    when its editors were last told that all of it is decided.
    """

    __tablename__ = "imports"
    __table_args__ = (
        CheckConstraint(
            "stage IN ('fetching', 'mapping', 'checking', 'checked', 'taking', 'done', 'failed')",
            name="stage",
        ),
        CheckConstraint("form IN ('csv', 'xlsx', 'json', 'feed')", name="form"),
        Index("ix_imports_stage", "stage"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("networks.id", ondelete="CASCADE"), index=True
    )
    feed_id: Mapped[int | None] = mapped_column(
        ForeignKey("import_feeds.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    kind: Mapped[str]
    name: Mapped[str]
    form: Mapped[str]
    stage: Mapped[str]
    columns: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, str]] = mapped_column(JSON)
    same: Mapped[dict[str, str]] = mapped_column(JSON)
    fetched: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    round: Mapped[int] = mapped_column(default=0)
    fault: Mapped[str] = mapped_column(Text, default="")
    licence_version: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class ImportRow(Base):
    """A row of a list. `key`: what a feed calls it; "" in a file.

    `text` is the document as it will be sent, once it is ready; `submission_id` or `revision` say
    what became of it. A row becomes one submission, never two.
    """

    __tablename__ = "import_rows"
    __table_args__ = (
        CheckConstraint(
            "state IN ('unread', 'bad', 'new', 'question', 'change', 'same', 'gone')", name="state"
        ),
        CheckConstraint("choice IN ('', 'leave', 'change', 'new')", name="choice"),
        Index("ix_import_rows_import_id_state", "import_id", "state"),
        Index("ix_import_rows_import_id_key", "import_id", "key"),
    )

    import_id: Mapped[int] = mapped_column(
        ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(default="")
    cells: Mapped[list[str]] = mapped_column(JSON)
    name: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=State.UNREAD)
    problems: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    candidates: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    choice: Mapped[str] = mapped_column(default=Choice.NONE)
    entry_id: Mapped[UUID | None] = mapped_column(Uuid)
    text: Mapped[str] = mapped_column(Text, default="")
    asides: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    base_revision: Mapped[int | None]
    submission_id: Mapped[int | None] = mapped_column(
        ForeignKey("submissions.id", ondelete="SET NULL"), unique=True
    )
    revision: Mapped[int | None]
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
