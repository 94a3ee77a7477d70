"""Services of Open Referral UK, 3.0 or 1.0, as rows of a list.

Both versions are read with one eye, because feeds mix them: a field is looked for under each of its
names. What comes out is text by column, in the words that our own columns understand; the same
mapping screen then says which of ours each is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from directory.entries.documents import SLUG_MAX
from directory.errors import DirectoryError
from directory.imports.tables import CELL_MAX, ROWS_MAX, Row, Table, refuse_size, text_of

ID = "id"
ID_MAX = 200
STRAPLINE_MAX = 90
SUMMARY_MAX = 400
NOTE_MAX = 100
PARTS_MAX = 30  # of one kind, such as schedules

_STATUSES = {
    "active": "running",
    "temporarily closed": "paused",
    "inactive": "not-known",
    "defunct": "ended",
}
_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday",
         "SA": "Saturday", "SU": "Sunday"}  # fmt: skip

# The columns that every list of services has, in the order of the mapping screen; taxonomies
# follow. Each with the column of ours that it is.
OURS: Mapping[str, str] = {
    ID: "",
    "name": "name",
    "description, first sentence": "summary",
    "description, the rest": "body",
    "x_strapline": "strapline",
    "organization.name": "organization",
    "url": "url",
    "status": "status",
    "schedules": "schedule",
    "cost_options": "cost_option",
    "contact.name": "contact.name",
    "contact.phone": "contact.phone",
    "email": "contact.email",
    "location.name": "location.label",
    "location.latitude": "location.lat",
    "location.longitude": "location.lon",
    "location.city": "place",
    "service_areas": "service_area",
    "languages": "languages",
    "accessibility": "accessibility",
    "assured_date": "assured_date",
}
TAXONOMY = "taxonomy: "
_TAXONOMIES = {
    "asset-based approaches": "approach",
    "parts of life": "support_area",
    "who it is for": "who_for",
}


class NotOpenReferral(DirectoryError):
    """This is not Open Referral UK as we know it: it holds no list of services."""

    status = 422


def looks_like_json(content: bytes) -> bool:
    """Whether a file is JSON rather than a table."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read(content: bytes) -> Table:
    """The services of a file: one, a list, a page of a feed, or one on each line.

    Raises:
        BadFile: it is too large, or no text.
        NotOpenReferral: it is something else.
    """
    refuse_size(content)
    found = list(services_in(parsed(text_of(content))))
    if len(found) > ROWS_MAX:
        raise NotOpenReferral(f"There are more than {ROWS_MAX} services. Split the file.")
    return table(found)


def parsed(text: str) -> Any:
    """JSON, or JSON on each line.

    Raises:
        NotOpenReferral: neither.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise NotOpenReferral("This is not JSON: it breaks off or has a mistake in it.") from error


def services_in(said: Any) -> Iterator[dict[str, Any]]:
    """The services of whatever a feed or file says.

    Raises:
        NotOpenReferral: there is no list of services in it.
    """
    if isinstance(said, dict):
        for name in ("contents", "content", "services"):
            if isinstance(said.get(name), list):
                said = said[name]
                break
        else:
            said = [said]
    if not isinstance(said, list):
        raise NotOpenReferral
    for number, one in enumerate(said, start=1):
        if isinstance(one, dict) and isinstance(one.get("service"), dict):
            one = one["service"]
        if not isinstance(one, dict) or not _text(one.get("id")):
            raise NotOpenReferral(f"Number {number} in the list is no service: it has no id.")
        if "name" not in one and "description" not in one:  # without a name alone it is a bad row
            raise NotOpenReferral(f"Number {number} in the list is no service: it has no name.")
        yield one


def table(services: Sequence[Mapping[str, Any]]) -> Table:
    """Services as a list; only columns that hold something.

    Raises:
        NotOpenReferral: there are none.
    """
    rows = [flat(one) for one in services]
    if not rows:
        raise NotOpenReferral("There is no service in it.")
    names = columns_of(rows)
    return Table(
        names,
        tuple(
            Row(number, tuple(row.get(name, "") for name in names))
            for number, row in enumerate(rows, start=1)
        ),
    )


def columns_of(rows: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """The columns that hold something in any of `rows`, in their order."""
    used = {name: None for row in rows for name in row}
    return (*(name for name in OURS if name in used), *(name for name in used if name not in OURS))


def guess(names: Sequence[str]) -> dict[int, str]:
    """Which of our columns each of these is: known, not guessed."""
    found = {}
    for index, name in enumerate(names):
        taxonomy = name.removeprefix(TAXONOMY).casefold() if name.startswith(TAXONOMY) else ""
        if key := OURS.get(name) or _TAXONOMIES.get(taxonomy):
            found[index] = key
    return found


def flat(service: Mapping[str, Any]) -> dict[str, str]:
    """A service as text by column, without what is empty."""
    first, rest = _split(_text(service.get("description")))
    locations = list(_locations(service))
    location = locations[0] if locations else {}
    address = next(iter(_dicts(location, "addresses", "physical_addresses")), {})
    contacts = _dicts(service, "contacts")
    contact = contacts[0] if contacts else {}
    found = {
        ID: _text(service.get("id"))[:ID_MAX],
        "name": _text(service.get("name")),
        "description, first sentence": first,
        "description, the rest": rest,
        "x_strapline": _text(service.get("x_strapline"))[:STRAPLINE_MAX],
        "organization.name": _organization(service),
        "url": _text(service.get("url")),
        "status": _STATUSES.get(_text(service.get("status")).casefold(), ""),
        "schedules": "; ".join(_schedules(service, location)),
        "cost_options": "; ".join(_costs(service)),
        "contact.name": _text(contact.get("name")),
        "contact.phone": next(_phones(service, contacts), ""),
        "email": _text(service.get("email")) or _text(contact.get("email")),
        "location.name": _text(location.get("name"))[:120],
        "location.latitude": _text(location.get("latitude")),
        "location.longitude": _text(location.get("longitude")),
        "location.city": _text(address.get("city")),
        "service_areas": _joined(
            _text(one.get("name")) or _text(one.get("service_area"))
            for one in _dicts(service, "service_areas")
        ),
        "languages": _joined(
            _text(one.get("name")) or _text(one.get("x_name")) or _text(one.get("language"))
            for one in _dicts(service, "languages")
        ),
        "accessibility": _accessibility(service, location)[:SUMMARY_MAX],
        "assured_date": _text(service.get("assured_date")),
    }
    if not (found["location.latitude"] and found["location.longitude"]):
        # A name without a point is no place on the map; it may still say the town.
        found["location.city"] = found["location.city"] or found.pop("location.name")
        for name in ("location.name", "location.latitude", "location.longitude"):
            found.pop(name, None)
    for taxonomy, terms in _terms(service).items():
        found[TAXONOMY + taxonomy] = "; ".join(dict.fromkeys(terms))
    return {name: text[:CELL_MAX] for name, text in found.items() if text}


def is_whole(service: Mapping[str, Any]) -> bool:
    """Whether a list said more than who and what: else the service is asked for by itself."""
    return any(
        isinstance(service.get(name), list)
        for name in (
            "contacts", "schedules", "regular_schedules", "service_at_locations", "cost_options",
            "service_areas", "attributes", "service_taxonomys", "service_taxonomies",
        )
    )  # fmt: skip


def _text(value: Any) -> str:
    """One line or paragraph of text; numbers as they are written; "" for anything else."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value}"
    if not isinstance(value, str):
        return ""
    text = re.sub(r"<br\s*/?>|</p>", "\n", value, flags=re.IGNORECASE)
    text = re.sub(r"<[^>]{1,200}>", "", text)  # what we show is text
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\r\n", "\n")).strip()


def _cell(text: str) -> str:
    """A part of a cell: no semicolon in it, because that ends it."""
    return " ".join(re.sub(r"[;|\n]", ",", text).split())


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(_cell(one)[:120] for one in parts if one))


def _dicts(said: Mapping[str, Any], *names: str) -> Sequence[Mapping[str, Any]]:
    for name in names:
        if isinstance(found := said.get(name), list):
            return [one for one in found if isinstance(one, dict)][:PARTS_MAX]
    return []


def _split(description: str) -> tuple[str, str]:
    """The first paragraph or sentence, and what comes after it."""
    first, _, rest = description.partition("\n")
    if len(first) > SUMMARY_MAX:
        ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", first[:SUMMARY_MAX])]
        cut = ends[0] if ends else first.rfind(" ", 0, SUMMARY_MAX - 1)
        first, rest = first[:cut].strip(), f"{first[cut:]}\n{rest}"
        if not ends:
            first += "…"
    return " ".join(first.split()), rest.strip()


def _organization(service: Mapping[str, Any]) -> str:
    organization = service.get("organization")
    name = _text(organization.get("name")) if isinstance(organization, dict) else ""
    return "" if name.casefold() in {"not known", "unknown"} else name[: SLUG_MAX * 2]


def _locations(service: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for at in _dicts(service, "service_at_locations"):
        location = at.get("location")
        if isinstance(location, dict):
            yield {**location, "schedules": at.get("schedules") or at.get("regular_schedule")}


def _schedules(service: Mapping[str, Any], location: Mapping[str, Any]) -> Iterator[str]:
    found = _dicts(service, "schedules", "regular_schedules", "regular_schedule")
    for one in found or _dicts(location, "schedules"):
        codes = _text(one.get("byday")) or _text(one.get("weekday"))
        for code in re.findall(r"MO|TU|WE|TH|FR|SA|SU", codes.upper()):
            opens, closes = (_text(one.get(name))[:5] for name in ("opens_at", "closes_at"))
            often = ", monthly" if _text(one.get("freq")).upper() == "MONTHLY" else ""
            if not often and _text(one.get("interval")) == "2":
                often = ", fortnightly"
            hours = " to ".join(filter(None, (opens, closes if opens else "")))
            note = _cell(_text(one.get("notes"))).strip("()")[:NOTE_MAX]
            yield f"{_DAYS[code]} {hours}".strip() + often + (f" ({note})" if note else "")


def _costs(service: Mapping[str, Any]) -> Iterator[str]:
    for one in _dicts(service, "cost_options"):
        option = _text(one.get("option")) or _text(one.get("amount_description"))
        amount = _text(one.get("amount"))
        if option or amount:
            yield f"{_cell(option)[:120] or 'Price'} {amount}".strip()


def _phones(service: Mapping[str, Any], contacts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for holder in (*contacts, service):
        for phone in _dicts(holder, "phones"):
            if number := _text(phone.get("number")):
                yield number


def _accessibility(service: Mapping[str, Any], location: Mapping[str, Any]) -> str:
    said = [
        _text(one.get("description")) or _text(one.get("accessibility"))
        for one in _dicts(location, "accessibility", "accessibility_for_disabilities")
    ]
    return " ".join(" ".join([*said, _text(service.get("x_accessibility"))]).split())


def _terms(service: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of its terms, by taxonomy."""
    found: dict[str, list[str]] = {}
    for one in _dicts(service, "attributes", "service_taxonomys", "service_taxonomies"):
        term = one.get("taxonomy_term") or one.get("taxonomy")
        if isinstance(term, dict) and (name := _cell(_text(term.get("name")))):
            of = _text(term.get("taxonomy")) or _text(term.get("vocabulary")) or "terms"
            found.setdefault(_cell(of)[:60], []).append(name)
    return found
