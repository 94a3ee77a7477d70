"""Reading what programs ask with: dates, numbers, ids. What cannot be read is told, not guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from flask import request

from directory.errors import DirectoryError

DAY_LENGTH = len("2026-11-22")


class BadQuestion(DirectoryError):
    """One of the parameters cannot be read."""

    status = 400


def words(name: str, *, longest: int = 300) -> str:
    """The words of a parameter, without spaces around them."""
    return request.args.get(name, "").strip()[:longest]


def is_on(name: str) -> bool:
    """Whether a parameter says true."""
    return words(name).lower() in {"true", "1"}


def whole_number(name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
    """The number of a parameter, `default` without it.

    Raises:
        BadQuestion: it is none, or out of bounds.
    """
    said = words(name)
    if not said:
        return default
    if not (said.isascii() and said.isdigit()) or not least <= int(said[:12]) <= most:
        raise BadQuestion(f"{name}: write a whole number from {least} to {most}.")
    return int(said)


def uuid(name: str) -> UUID | None:
    """The id of a parameter, None without it.

    Raises:
        BadQuestion: it is none.
    """
    said = words(name)
    try:
        return UUID(said) if said else None
    except ValueError:
        raise BadQuestion(f"{name}: write a UUID.") from None


def moment(name: str) -> datetime | None:
    """The date or time of a parameter, in UTC where it names no zone; None without it.

    Raises:
        BadQuestion: it is none.
    """
    said = words(name)
    if not said:
        return None
    # In an address a + means a space, so zones lose theirs on the way.
    tidy = said.replace(" ", "+") if "T" in said else said
    try:
        if len(tidy) == DAY_LENGTH:
            return datetime.combine(date.fromisoformat(tidy), time(), tzinfo=UTC)
        found = datetime.fromisoformat(tidy)
    except ValueError:
        raise BadQuestion(f"{name}: write a date, such as 2026-11-22T09:30:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
