"""What the API answers with: every shape, from which the OpenAPI document is made too.

Addresses are absolute. Distances are in miles, as the crow flies, to one place after the point.
Version 1 only ever gains fields: none is taken away, renamed or given another type.
"""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from directory.entries.freshness import State
from directory.search.results import SuggestionKind
from directory.vocabulary.terms import Kind, Moment, Nation, Status, SupportArea, WhoFor


class Shape(BaseModel):
    """A piece of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Freshness(Shape):
    """When somebody last checked that an entry is still true."""

    state: State
    checked: date | None = Field(description="The day of the last check.")
    last_known: int | None = Field(description="A year, where nobody has checked.")
    words: str = Field(examples=["Not checked yet, known in 2018"])


class Patch(Shape):
    """One piece of cloth: an SVG path and its colour."""

    fill: str = Field(examples=["#c2452d"])
    d: str = Field(description="Outline, as in the `d` of an SVG path.")


class Block(Shape):
    """The quilt block of an entry in a square of 12 by 12 units: decoration, without alt text."""

    behind: list[Patch]
    figure: list[Patch]
    transform: str = Field(description="What the figure is set in with, as in SVG; may be empty.")


class Nearest(Shape):
    """The service of an approach that is nearest to the place asked for."""

    name: str
    url: str
    place: str | None
    distance_miles: float | None = Field(description="None where it has no point on the map.")
    is_inside: bool = Field(description="It happens within the area asked for.")
    freshness: Freshness


class Result(Shape):
    """One entry that was found."""

    id: UUID
    kind: Kind
    slug: str
    name: str
    strapline: str
    url: str
    support_area: list[SupportArea]
    who_for: list[WhoFor]
    moment: Moment | None
    place: str | None = Field(description="Where it happens, of a service.")
    distance_miles: float | None
    is_inside: bool = Field(description="It happens within the area asked for.")
    nearest: Nearest | None
    status: Status | None = Field(description="Whether a service runs.")
    updated: date
    freshness: Freshness
    block: Block


class FacetChoice(Shape):
    """One value of a filter and how many results it would give."""

    value: str
    label: str
    count: int
    chosen: bool


class AlsoLookedFor(Shape):
    """Words that were looked for besides those that were typed."""

    words: str
    because: str = Field(description="The typed words that brought them.")


class DidYouMean(Shape):
    """The same question in another spelling."""

    q: str
    url: str


class PlaceChoice(Shape):
    name: str
    near: str = Field(description="What to ask with, as `near`, to mean this place.")


class PlaceRead(Shape):
    """The place that the question names."""

    typed: str
    name: str | None = Field(description="None while it could be several, or is not known.")
    choices: list[PlaceChoice]
    is_guess: bool = Field(description="Nothing has that name; the choices are spelt like it.")


class HelpLine(Shape):
    """Somebody to turn to at once."""

    name: str
    contact: str = Field(examples=["116 123", "text SHOUT to 85258"])
    href: str = Field(examples=["tel:116123"])
    what: str
    nations: list[Nation]


class UrgentHelp(Shape):
    """Numbers to show before any result: the question sounds like distress."""

    subject: Literal["crisis", "danger", "loss"]
    lines: list[HelpLine]


class Source(Shape):
    """Whose data this is."""

    name: str
    url: str
    licence: str
    licence_url: str


class SearchAnswer(Shape):
    """The answer to a search."""

    query: dict[str, str | list[str]] = Field(description="The question as it was understood.")
    total: int
    page: int
    pages: int
    results: list[Result]
    facets: dict[str, list[FacetChoice]]
    also_looked_for: list[AlsoLookedFor]
    did_you_mean: DidYouMean | None
    place: PlaceRead | None
    wants_place: bool = Field(description="It says “near me”, but not where that is.")
    urgent_help: UrgentHelp | None
    url: str = Field(description="The page with the same results, for people.")
    source: Source


class Suggestion(Shape):
    """What somebody may be about to type."""

    kind: SuggestionKind
    words: str
    note: str = Field(description="What tells it apart: the kind of entry, the council of a place.")
    url: str | None = Field(description="Of the entry; None for words to search for.")


class Suggestions(Shape):
    suggestions: list[Suggestion]
