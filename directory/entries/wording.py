"""Times and prices as every page says them: like the terms of the vocabulary, in English."""

from __future__ import annotations

from directory.entries.documents import CostOption, Schedule
from directory.vocabulary import facets


def when(one: Schedule) -> str:
    """ "Tuesday 14:00 to 16:00, every week (in term time only)"."""
    hours = one.start or ""
    if one.start and one.end:
        hours = f"{one.start} to {one.end}"
    day = " ".join(filter(None, (facets.label("day", one.day), hours)))
    note = f" ({one.note})" if one.note else ""
    return f"{day}, {facets.label('frequency', one.frequency)}{note}"


def price(one: CostOption) -> str:
    """ "Each session: £3.50"; only for whom or what it is where no amount is known."""
    if one.amount is None:
        return one.option
    amount = "free" if one.amount == 0 else f"£{one.amount:.2f}".removesuffix(".00")
    # Lists of others say "Free" where we ask for whom or what.
    return one.option if one.option.casefold() == amount else f"{one.option}: {amount}"
