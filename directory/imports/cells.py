"""What a cell of a list says: text as the values that the schema has."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from directory.vocabulary.facets import Term
from directory.vocabulary.terms import Day, Frequency, Kind

# The slug of the entry of a kind that has that name; the name that is most like one.
Finder = Callable[[Kind, str], str | None]
Like = Callable[[Kind, str], str | None]


class Sort(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"
    YES_NO = "yes-no"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXTS = "texts"
    NAME = "name"
    NAMES = "names"
    TIMES = "times"
    COSTS = "costs"
    SOURCES = "sources"


@dataclass(frozen=True)
class Column:
    """One of our columns. `key`: its field, "contact.phone" inside a group."""

    key: str
    title: str
    sort: Sort
    about: str = ""
    needed: bool = False
    example: str = ""
    terms: tuple[Term, ...] = ()
    names: Kind | None = None


class CannotRead(Exception):
    """A cell says nothing that its column can hold. `what` is wrong, and its `remedy`."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.remedy = what, remedy


class NotKnown(Exception):
    """The name is that of no entry."""


def value_of(column: Column, text: str, find: Finder) -> Any:
    """What `text`, which is not empty, says in `column`.

    Raises:
        CannotRead: nothing that the column can hold.
        NotKnown: the name of no entry.
    """
    match column.sort:
        case Sort.NUMBER:
            return _number(text)
        case Sort.AMOUNT:
            return _amount(text)
        case Sort.DAY:
            return _day(text)
        case Sort.YES_NO:
            return _yes_no(text)
        case Sort.CHOICE:
            return _choice(column, text)
        case Sort.CHOICES:
            return [_choice(column, part) for part in parts(text)]
        case Sort.TEXTS:
            return parts(text)
        case Sort.NAME:
            assert column.names
            return _slug(find, column.names, text)
        case Sort.NAMES:
            assert column.names
            return _slugs(find, column.names, text)
        case Sort.TIMES:
            return [_schedule(part) for part in _lines(text)]
        case Sort.COSTS:
            return [_cost(part) for part in _lines(text)]
        case Sort.SOURCES:
            return [_source(part) for part in _lines(text)]
        case _:
            return text


def _lines(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;|\n]", text) if part.strip()]


def parts(text: str) -> list[str]:
    """The parts of a list; commas count where there is no semicolon."""
    found = _lines(text)
    if len(found) == 1 and "," in text:
        found = [part.strip() for part in text.split(",") if part.strip()]
    return found


def _number(text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise CannotRead(f"“{text}” is not a whole number", "Write digits only.")
    return int(text)


def _amount(text: str) -> float:
    if not re.fullmatch(r"-?\d{1,9}([.,]\d{1,15})?", text):
        raise CannotRead(f"“{text}” is not a number", "Write it so: 53.81")
    return float(text.replace(",", "."))


_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y")


def _day(text: str) -> date:
    plain = re.sub(r"[ T]\d{1,2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?$", "", text)
    for form in _DAYS:
        try:
            return datetime.strptime(plain, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    raise CannotRead(f"“{text}” is not a day", "Write it as 2026-11-03 or 03/11/2026.")


def _yes_no(text: str) -> bool:
    if text.casefold() in {"yes", "y", "true", "1", "x"}:
        return True
    if text.casefold() in {"no", "n", "false", "0"}:
        return False
    raise CannotRead(f"“{text}” is neither yes nor no", "Write yes or no.")


def _choice(column: Column, text: str) -> str:
    wanted = _plainly(text)
    words: dict[str, str] = {}
    for term in column.terms:
        words |= {_plainly(one): term.key for one in (term.label, term.one, term.key)}
    if wanted in words:
        return words[wanted]
    near = get_close_matches(wanted, list(words), n=1)
    labels = {term.key: term.label for term in column.terms}
    remedy = f"Did you mean “{labels[words[near[0]]]}”?" if near else "Write one of: "
    if not near:
        remedy += "; ".join(labels.values()) + "."
    raise CannotRead(f"“{text}” is not on our list", remedy)


def _plainly(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _slug(find: Finder, kind: Kind, text: str) -> str:
    found = find(kind, text)
    if found is None:
        raise NotKnown(text)
    return found


def _slugs(find: Finder, kind: Kind, text: str) -> list[str]:
    whole = _lines(text)
    if len(whole) == 1 and "," in text and find(kind, text) is None:
        whole = parts(text)
    return [_slug(find, kind, part) for part in whole]


_WEEKDAYS = {str(day)[:length]: day for day in Day for length in (3, 4, 5)}
_WEEKDAYS |= {str(day): day for day in Day}
_OFTEN = {
    "month": Frequency.MONTHLY,  # also "the second Tuesday of the month"
    "fortnight": Frequency.FORTNIGHTLY,
    "second": Frequency.FORTNIGHTLY,
    "two weeks": Frequency.FORTNIGHTLY,
}
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\b", re.IGNORECASE)


def _schedule(text: str) -> dict[str, Any]:
    """ "Tuesday 14:00 to 16:00, monthly (the second one)" as the schema has it."""
    said = re.fullmatch(r"(.*?)\s*(?:\((.*)\))?", text, re.DOTALL)
    assert said  # each part of it may be empty
    words, note = said[1].casefold(), (said[2] or "").strip()
    days = [_WEEKDAYS.get(word.removesuffix("s")) for word in re.findall(r"[a-z]+", words)]
    day = next((one for one in days if one), None)
    if day is None:
        raise CannotRead(f"“{text}” names no day of the week", "Write: Tuesday 14:00 to 16:00")
    times = [match[0].strip() for match in _CLOCK.finditer(words)][:2]
    often = next((one for word, one in _OFTEN.items() if word in words), Frequency.WEEKLY)
    return {
        "day": day,
        "start": times[0] if times else None,
        "end": times[1] if len(times) > 1 else None,
        "frequency": often,
        "note": note or None,
    }


def _cost(text: str) -> dict[str, Any]:
    """ "Each session 3.50" as the schema has it."""
    found = re.fullmatch(r"(.*?)[\s:£]*(\d{1,6}(?:\.\d{1,2})?)", text)
    if found is None:
        is_free = text.casefold().strip(".") == "free"
        return {"option": text, "amount": 0 if is_free else None}
    return {"option": found[1].strip(" :-–£") or "Price", "amount": float(found[2])}


def _source(text: str) -> dict[str, Any]:
    """ "Our leaflet (2026) https://…" as the schema has it."""
    address = re.search(r"https?://\S+", text)
    rest = text.replace(address[0], "") if address else text
    year = re.search(r"\((\d{4})\)", rest)
    title = " ".join((rest.replace(year[0], "") if year else rest).split()).strip(" ,:")
    if not title and address:
        title = urlsplit(address[0]).hostname or address[0]
    return {
        "title": title,
        "url": address[0] if address else None,
        "year": int(year[1]) if year else None,
    }
