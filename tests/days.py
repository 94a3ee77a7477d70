"""Today, for tests that work with the real clock and so may run across midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime

from directory.clock import day_of


def today() -> date:
    """The day that it is in London."""
    return day_of(datetime.now(UTC))


def since(day: date) -> set[date]:
    """The days on which a test can have done what it did: `day`, when it began, and today."""
    return {day, today()}
