"""What the API answers with: every shape, from which the OpenAPI document is made too.

Addresses are absolute. Distances are in miles, as the crow flies, to one place after the point.
Version 1 only ever gains fields: none is taken away, renamed or given another type.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from directory.entries.documents import AnyDocument
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


_SPOT = "Where it is in its place: a building, or “near LS8 5”."


class Nearest(Shape):
    """The service of an approach that is nearest to the place asked for."""

    name: str
    url: str
    place: str | None
    spot: str | None = Field(description=_SPOT)
    distance_miles: float | None = Field(description="None where it has no point on the map.")
    is_inside: bool = Field(description="It happens within the area asked for.")
    freshness: Freshness


class EasyRead(Shape):
    """The Easy Read page of an entry."""

    url: str
    begins: str = Field(description="Its first sentence.")


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
    spot: str | None = Field(description=_SPOT)
    distance_miles: float | None
    is_inside: bool = Field(description="It happens within the area asked for.")
    nearest: Nearest | None
    status: Status | None = Field(description="Whether a service runs.")
    updated: date
    freshness: Freshness
    easy_read: EasyRead | None
    block: Block
    network_note: str | None = Field(
        description="What the network that was asked for says about it, in its own words."
    )


class NetworkObject(Shape):
    """A network, and where its slice of the directory is."""

    slug: str
    name: str
    words: str = Field(description="What the network says about itself.")
    url: str
    web_page: str = Field(description="Its own site.")
    entries: int = Field(description="How many entries are in its slice.")
    entries_url: str
    search_url: str
    feed_url: str


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


class EntryObject(Shape):
    """One published entry, whole."""

    id: UUID
    kind: Kind
    slug: str
    url: str = Field(description="Its page, for people.")
    api_url: str
    revision: int = Field(description="Number of the version that is shown now.")
    created_at: datetime
    updated_at: datetime
    freshness: Freshness
    document: AnyDocument = Field(description="The entry itself; its body is Markdown.")
    html: str = Field(description="The body, rendered and cleaned.")
    licence: str = Field(examples=["CC BY 4.0"])
    licence_url: str
    attribution: str = Field(description="What to write beside it.")


class EntryList(Shape):
    """Some entries, those that changed longest ago first."""

    entries: list[EntryObject]
    next: str | None = Field(description="Where the list goes on; None at its end.")
    source: Source


class NetworkList(Shape):
    """Networks, by name."""

    networks: list[NetworkObject]
    source: Source


class RevisionLine(Shape):
    """One version of an entry."""

    number: int
    created_at: datetime
    origin: str = Field(description="file, submission, moderation, owner, import or undo.")
    note: str
    is_erased: bool
    url: str | None = Field(description="The version itself; None where it was erased.")


class RevisionList(Shape):
    """The versions of an entry, newest first."""

    id: UUID
    revisions: list[RevisionLine]


class RevisionObject(Shape):
    """An entry as it was."""

    id: UUID
    number: int
    created_at: datetime
    document: AnyDocument


class TermObject(Shape):
    """One choice of a list, in the words that readers see."""

    key: str
    label: str
    explanation: str


class Vocabulary(Shape):
    """The fixed lists that entries choose from."""

    lists: dict[str, list[TermObject]]


class KnownHere(Shape):
    """An approach that is at work in a place, and the services that do it there."""

    name: str
    url: str
    services: list[str] = Field(description="Pages of the services.")


class Lacking(Shape):
    """An approach that is not known here."""

    name: str
    url: str
    known_in_comparable_places: int
    known_in_places: int


class AreaOfLife(Shape):
    """What a place has and lacks in one part of life."""

    support_area: SupportArea
    known: list[KnownHere]
    lacking: list[Lacking]


class PlaceObject(Shape):
    """What a place has and lacks. Known here is not everything here."""

    place: EntryObject
    areas: list[AreaOfLife]


class Problem(Shape):
    """Why a question could not be answered (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str | None = None


class Geometry(Shape):
    type: Literal["Point"] = "Point"
    coordinates: tuple[float, float] = Field(description="Longitude and latitude, WGS84.")


class Feature(Shape):
    """An entry on the map."""

    type: Literal["Feature"] = "Feature"
    id: UUID
    geometry: Geometry | None
    properties: dict[str, Any] = Field(
        description="name, kind, url; `precision`: exact, or place for the middle of its place."
    )


class FeatureCollection(Shape):
    """Entries on the map, as GeoJSON."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[Feature]
    next: str | None
