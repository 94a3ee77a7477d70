"""Our columns, made from the one schema, and how a row of them becomes a document.

A cell is text. Lists stand in one cell with semicolons between their parts; a group of fields,
such as how to get in touch, is a column for each field. Evidence and Easy Read are no columns:
they need more care than a list can give them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ValidationError

from directory.entries.documents import (
    CLASSES,
    CostOption,
    Document,
    Schedule,
    Source,
)
from directory.entries.names import REFERENCES
from directory.entries.text import explain
from directory.imports.cells import (
    CannotRead,
    Column,
    Finder,
    Like,
    NotKnown,
    Sort,
    parts,
    value_of,
)
from directory.places import postcodes
from directory.vocabulary import facets
from directory.vocabulary.facets import FACETS, Term
from directory.vocabulary.terms import Kind

# What a list may hold. Places come from a gazetteer, stories need a consent each.
KINDS = (Kind.SERVICE, Kind.ORGANIZATION, Kind.APPROACH)
NEVER = frozenset({"id", "kind", "easy_read", "evidence", "currency", "photos"})
LAST = ("sources", "assured_date", "assurer", "body")
ENTRY = "entry"  # the column that says which entry a row is about
ENTRY_TITLE = "Its address here"


@dataclass(frozen=True)
class Problem:
    """What is wrong in a row, and what to write instead. `key`: our column; "": the whole row."""

    key: str
    what: str
    remedy: str

    @property
    def words(self) -> str:
        what = self.what[:1].upper() + self.what[1:]
        return f"{what}. {self.remedy}" if what else self.remedy


@dataclass(frozen=True)
class Read:
    """What a row says. `document`: None where there are problems; `asides`: names that have no
    entry yet."""

    document: Document | None
    problems: tuple[Problem, ...] = ()
    asides: Mapping[str, str] = field(default_factory=dict)


_ABOUT = {
    Sort.TEXT: "",
    Sort.NUMBER: "A whole number.",
    Sort.AMOUNT: "A number.",
    Sort.DAY: "A day: 2026-11-03 or 03/11/2026.",
    Sort.YES_NO: "yes or no.",
    Sort.CHOICE: "One of:",
    Sort.CHOICES: "One or more, with semicolons between them:",
    Sort.TEXTS: "One or more, with semicolons between them.",
    Sort.NAME: "A name as it stands in the directory.",
    Sort.NAMES: "One or more names as they stand in the directory, with semicolons between them.",
    Sort.TIMES: (
        "Day and times, with semicolons between them. Add fortnightly or monthly, "
        "and anything else in brackets."
    ),
    Sort.COSTS: "For whom or what, then pounds, with semicolons between them.",
    Sort.SOURCES: "What it is called, (year), web address, with semicolons between them.",
}
_EXAMPLES = {
    (Kind.SERVICE, "name"): "Harehills Singers",
    (Kind.SERVICE, "summary"): "Neighbours sing together on Tuesdays. Anyone can come.",
    (Kind.SERVICE, "approach"): "Community choirs",
    (Kind.SERVICE, "strapline"): "Sing with your neighbours",
    (Kind.SERVICE, "organization"): "Singing Together",
    (Kind.SERVICE, "place"): "Leeds",
    (Kind.SERVICE, "schedule"): "Tuesday 14:00 to 16:00; Friday 10:30, monthly (the first one)",
    (Kind.SERVICE, "cost_option"): "Each session 3.50; People on a low income 0",
    (Kind.SERVICE, "contact.name"): "The front desk",
    (Kind.SERVICE, "contact.phone"): "0113 496 0000",
    (Kind.SERVICE, "contact.email"): "hello@example.org",
    (Kind.SERVICE, "url"): "https://example.org/choir",
    (Kind.SERVICE, "accessibility"): "No steps. A hearing loop.",
    (Kind.SERVICE, "languages"): "English; Urdu",
    (Kind.SERVICE, "status"): "Running",
    (Kind.SERVICE, "sources"): "Our leaflet (2026) https://example.org/leaflet",
    (Kind.ORGANIZATION, "name"): "Singing Together",
    (Kind.ORGANIZATION, "summary"): "It helps neighbours to start choirs.",
    (Kind.ORGANIZATION, "url"): "https://example.org",
    (Kind.APPROACH, "name"): "Community choirs",
    (Kind.APPROACH, "strapline"): "Sing with your neighbours, no audition needed",
    (Kind.APPROACH, "summary"): "People who like to sing meet each week and learn by ear.",
    (Kind.APPROACH, "support_area"): "Whole community",
    (Kind.APPROACH, "moment"): "Staying well",
    (Kind.APPROACH, "who_for"): "Anyone",
    (Kind.APPROACH, "builds_on"): "Shared interests",
}


@cache
def columns(kind: Kind) -> tuple[Column, ...]:
    """Our columns for things of that kind, those that are needed first."""
    found = list(_columns(CLASSES[kind], kind))
    found.sort(key=lambda one: (not one.needed, LAST.index(one.key) if one.key in LAST else -1))
    own = Column(
        ENTRY,
        ENTRY_TITLE,
        Sort.TEXT,
        "Only to change what is here already: the address of its page on this site.",
    )
    return (*found, own)


def column(kind: Kind, key: str) -> Column | None:
    """Our column `key`; None if there is none."""
    return next((one for one in columns(kind) if one.key == key), None)


def read(
    kind: Kind,
    typed: Mapping[str, str],
    find: Finder,
    *,
    base: Document | None = None,
    cleared: Collection[str] = (),
    entry_id: UUID | None = None,
    like: Like | None = None,
) -> Read:
    """The document that a row makes.

    Args:
        typed: text by our column; what is empty counts as not said.
        find: the slug of the entry of a kind that has that name.
        base: what the row changes: it keeps whatever the row does not say.
        cleared: our columns that are to be empty, though `base` holds something there.
        like: the name that is most like one that is not known, for the remedy.
    """
    values: dict[str, Any] = base.model_dump(mode="python") if base else {"kind": kind}
    if entry_id is not None:
        values["id"] = entry_id
    problems: list[Problem] = []
    asides: dict[str, str] = {}
    for one in columns(kind):
        text = typed.get(one.key, "").strip()
        if one.key in cleared:
            _clear(values, one.key)
        if not text or one.key == ENTRY:
            continue
        try:
            value = value_of(one, text, find)
        except NotKnown as error:
            if one.key == "organization":
                asides[one.key] = text
            elif one.key == "place":  # a name without a page is still where it happens
                areas = values.get("service_area") or []
                values["service_area"] = [*dict.fromkeys([*areas, *_areas(parts(text))])]
            else:
                problems.append(_not_known(one, str(error), like))
            continue
        except CannotRead as error:
            problems.append(Problem(one.key, error.what, error.remedy))
            continue
        _put(values, one.key, _areas(value) if one.key == "service_area" else value)
    _without_point(values)
    if kind is Kind.SERVICE and "service_area" in typed:
        _as_place(values, find)
    try:
        document = CLASSES[kind].model_validate(values)
    except ValidationError as error:
        seen = {one.key for one in problems}
        problems += [
            found
            for details in error.errors(include_url=False)
            if (found := _problem(kind, details)).key not in seen
        ]
        return Read(None, tuple(problems), asides)
    return Read(None if problems else document, tuple(problems), asides)


def _columns(model: type[BaseModel], kind: Kind, group: str = "", of: str = "") -> Iterator[Column]:
    for name, info in model.model_fields.items():
        if name in NEVER:
            continue
        key = f"{group}.{name}" if group else name
        title = info.title or name
        if group and name.endswith("_url"):
            title = f"{of}: {title[:1].lower()}{title[1:]}"
        inner = _plain(info.annotation)
        if _is(inner, BaseModel):
            yield from _columns(inner, kind, name, title)
            continue
        refers = REFERENCES.get((kind, key))
        sort, terms = _sort(inner, refers)
        said = [] if sort in {Sort.CHOICE, Sort.CHOICES} else [info.description or ""]
        yield Column(
            key=key,
            title=title,
            sort=sort,
            about=" ".join(filter(None, [*said, _ABOUT[sort]])),
            needed=info.is_required() and not group,
            example=_EXAMPLES.get((kind, key), ""),
            terms=terms,
            names=refers,
        )


def _sort(inner: Any, refers: Kind | None) -> tuple[Sort, tuple[Term, ...]]:
    is_many = get_origin(inner) is list
    if is_many:
        inner = _plain(get_args(inner)[0])
    if refers:
        return (Sort.NAMES if is_many else Sort.NAME), ()
    if _is(inner, Enum):
        return (Sort.CHOICES if is_many else Sort.CHOICE), _terms(inner)
    if is_many and inner in _GROUPS:
        return _GROUPS[inner], ()
    if is_many:
        return Sort.TEXTS, ()
    sorts = {int: Sort.NUMBER, float: Sort.AMOUNT, bool: Sort.YES_NO, date: Sort.DAY}
    return sorts.get(inner, Sort.TEXT), ()


_GROUPS = {Schedule: Sort.TIMES, CostOption: Sort.COSTS, Source: Sort.SOURCES}


def _terms(enum: type[StrEnum]) -> tuple[Term, ...]:
    facet = next(name for name, one in FACETS.items() if one is enum)
    return tuple(facets.facets()[facet].values())


def _plain(annotation: Any) -> Any:
    """The type inside what Annotated and Optional wrap round it."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return _plain(next(one for one in get_args(annotation) if one is not NoneType))
    return annotation


def _is(inner: Any, parent: type) -> bool:
    return isinstance(inner, type) and issubclass(inner, parent)


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    group, _, name = key.rpartition(".")
    if group:
        values[group] = dict(values.get(group) or {}) | {name: value}
    elif isinstance(value, list) and key == "service_area":  # a place may stand there already
        values[key] = [*dict.fromkeys([*value, *(values.get(key) or [])])]
    else:
        values[key] = value


def _without_point(values: dict[str, Any]) -> None:
    """The name of a hall that is not on the map is no location: it is told in words."""
    location = values.get("location")
    if location and location.get("lat") is None and location.get("lon") is None:
        values["location"] = None
        if label := location.get("label"):
            values["body"] = "\n\n".join(filter(None, (values.get("body"), f"Where: {label}")))


def _areas(names: Iterable[str]) -> list[str]:
    """Areas by name; of a postcode no more than its sector, which is nobody's house."""
    return [postcodes.cut_to_sectors(name) for name in names]


def _as_place(values: dict[str, Any], find: Finder) -> None:
    """An area that has a page of its own is the place."""
    areas = values.get("service_area") or []
    if len(areas) == 1 and not values.get("place") and (slug := find(Kind.PLACE, areas[0])):
        values["place"], values["service_area"] = slug, []


def _clear(values: dict[str, Any], key: str) -> None:
    group, _, name = key.rpartition(".")
    if group:
        left = {one: value for one, value in (values.get(group) or {}).items() if one != name}
        values[group] = left if any(value is not None for value in left.values()) else None
    else:
        values.pop(key, None)


def _problem(kind: Kind, details: Any) -> Problem:
    loc = tuple(str(part) for part in details["loc"] if part != "__root__")
    what, remedy = explain(details, CLASSES[kind])
    key = ".".join(loc[:2])
    if column(kind, key) is None:
        key = loc[0] if loc else ""
    if not loc and kind is Kind.SERVICE:
        return Problem("place", what, "Write a place, or the area it covers.")
    return Problem(key, what, remedy)


def _not_known(column: Column, name: str, like: Like | None) -> Problem:
    what = {
        Kind.APPROACH: f"there is no approach called “{name}” here",
        Kind.ORGANIZATION: f"there is no organisation called “{name}” here",
    }.get(column.names or Kind.PAGE, f"there is no entry called “{name}” here")
    near = like(column.names, name) if like and column.names else None
    remedy = f"Did you mean “{near}”?" if near else "Write a name as it stands in the directory."
    return Problem(column.key, what, remedy)


@dataclass(frozen=True)
class Template:
    """A list to fill in: the words above its columns, what may stand there, and an example."""

    titles: tuple[str, ...]
    hints: tuple[str, ...]
    example: tuple[str, ...]

    def is_own(self, cells: Sequence[str]) -> bool:
        """Whether a row is one of those that we wrote ourselves."""
        return tuple(cells) in {self.hints, self.example}


@cache
def template(kind: Kind) -> Template:
    """What a network can download, fill in and bring back."""
    ours = columns(kind)
    return Template(
        tuple(one.title for one in ours),
        tuple(hint(one) for one in ours),
        tuple(one.example for one in ours),
    )


def hint(column: Column) -> str:
    """What may stand in a column, and whether something must."""
    needed = "Needed." if column.needed else "May be empty."
    terms = "; ".join(term.label for term in column.terms)
    return " ".join(filter(None, (needed, column.about, terms)))
