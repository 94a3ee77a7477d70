"""The clock by which days and times are told: London's, summer and winter."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

LONDON = ZoneInfo("Europe/London")


def day_of(moment: datetime) -> date:
    """The day that it is in London at a moment: what people there call today."""
    return moment.astimezone(LONDON).date()


def day_in_words(value: date | datetime, *, locale: Locale | str = "en_GB") -> str:
    """3 November 2026: of a moment, the day that it was in London."""
    if isinstance(value, datetime) and value.tzinfo:
        value = day_of(value)
    return format_date(value, "d MMMM y", locale=locale)
