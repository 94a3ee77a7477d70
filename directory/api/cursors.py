"""Where a list goes on: the last entry that was read, in a form to be handed back unread."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from directory.entries.catalogue import Entry
from directory.errors import DirectoryError

Place = tuple[datetime, UUID]


class BadCursor(DirectoryError):
    """The cursor is none of ours: follow `next` of an answer, or leave it out to start again."""

    status = 400


def after(entry: Entry) -> str:
    """The cursor that goes on after `entry`."""
    said = f"{entry.updated_at.astimezone(UTC).isoformat()} {entry.id}"
    return urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read(cursor: str) -> Place:
    """The place that `cursor` holds.

    Raises:
        BadCursor: it holds none.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, entry_id = urlsafe_b64decode(padded.encode()).decode().split()
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise BadCursor
        return moment, UUID(entry_id)
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error
