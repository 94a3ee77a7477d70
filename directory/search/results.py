"""The answer: results with all that is shown of them, and how the question was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from directory.entries.freshness import Freshness
from directory.places.gazetteer import Spot
from directory.search.facets import Choice
from directory.search.mapping import Mapped
from directory.search.query import Query
from directory.vocabulary.help import Subject
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Nearest:
    """The service of an approach that is nearest to where the reader asked.

    Attributes:
        place: the name of its place or area.
        spot: where it is there: "The Compton Centre", "near LS8 5".
        miles: as the crow flies; None where the service has no point on the map.
        is_inside: it lies in the area asked for, whatever the distance.
    """

    url: str
    name: str
    place: str
    spot: str
    miles: float | None
    is_inside: bool
    freshness: Freshness


@dataclass(frozen=True)
class Reason:
    """Something of the question that a result holds.

    Attributes:
        words: as they stand in the question, or what we looked for instead.
        asked: the reader's word that brought them; "" where they are the reader's own.
        through: the name of the approach that holds them, where the entry itself does not.
    """

    words: str
    asked: str = ""
    through: str = ""


@dataclass(frozen=True)
class Hit:
    """One result.

    Attributes:
        place, spot, miles, is_inside: as of `Nearest`.
        is_close: it holds none of the words, but is close to them in meaning.
        goes_with: the approach that answers well and names this one, which holds none of the words.
    """

    id: UUID
    kind: Kind
    slug: str
    url: str
    name: str
    strapline: str
    support_area: tuple[str, ...]
    who_for: tuple[str, ...]
    moment: str | None
    freshness: Freshness
    updated: date
    score: float
    place: str = ""
    spot: str = ""
    miles: float | None = None
    is_inside: bool = False
    nearest: Nearest | None = None
    status: str | None = None
    matched: tuple[Reason, ...] = ()
    is_close: bool = False
    goes_with: str = ""
    easy_read: str = ""


@dataclass(frozen=True)
class Added:
    """A word that we looked for besides the reader's own.

    Attributes:
        because: the reader's word that brought it.
        is_spelling: it is how we would spell that word.
    """

    words: str
    because: str
    is_spelling: bool = False


@dataclass(frozen=True)
class PlaceRead:
    """The place that a question names.

    Attributes:
        spot: where it is; None while it could be several, or is not known.
        typed: what the reader wrote.
        in_question: it was found among the words, not in the place field.
        choices: what it could be instead.
        is_guess: nothing has that name; the choices are only spelt like it.
    """

    typed: str
    spot: Spot | None = None
    in_question: bool = False
    choices: tuple[Spot, ...] = ()
    is_guess: bool = False

    @property
    def is_ambiguous(self) -> bool:
        return self.spot is None and bool(self.choices)


@dataclass(frozen=True)
class MaybePlace:
    """A place whose name is an everyday word too, and was read as that word.

    Attributes:
        spots: the place, or the several of that name.
        rest: the question without the name.
    """

    spots: tuple[Spot, ...]
    rest: str


@dataclass(frozen=True)
class Results:
    """The answer to one question. `facets`, `kinds` and `mapped` are empty where no counts were
    asked for.

    Attributes:
        total: how many entries match, on all pages.
        first: number of the first hit shown, from 1; 0 if there is none.
        facets: for every filter its choices, with true counts.
        also_looked_for: what we added; each can be taken away (Query.taking_away).
        did_you_mean: the question in other spelling that finds at least as much.
        urgent_help: whose numbers come before any result.
        inside: how many of the matching approaches happen within the area asked for.
        kinds: how many results there are of each kind.
        unfiltered: how many there would be without any filter.
        wants_place: the question says "near me", but not where that is.
        perhaps: a place that may be meant by a word that was read as an everyday word.
        mapped: how many results have a point on the map; None where none has.
    """

    query: Query
    hits: tuple[Hit, ...] = ()
    total: int = 0
    first: int = 0
    page: int = 1
    pages: int = 1
    facets: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    also_looked_for: tuple[Added, ...] = ()
    did_you_mean: Query | None = None
    urgent_help: Subject | None = None
    place: PlaceRead | None = None
    inside: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    unfiltered: int = 0
    wants_place: bool = False
    perhaps: MaybePlace | None = None
    per_page: int = 12
    generation: str = ""
    mapped: Mapped | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.hits) - 1 if self.hits else 0

    def choice(self, facet: str, value: str) -> Choice | None:
        """One value of a filter, if it is among the choices."""
        return next((one for one in self.facets.get(facet, ()) if one.value == value), None)

    def options(self, facet: str) -> list[tuple[str, str, int, bool]]:
        """The choices of a filter as (value, label, count, chosen); none where the only one would
        leave all that is found."""
        choices = self.facets.get(facet, ())
        if len(choices) == 1 and not choices[0].chosen and choices[0].count == self.total:
            return []
        return [(one.value, one.label, one.count, one.chosen) for one in choices]


class SuggestionKind(StrEnum):
    ENTRY = "entry"
    PHRASE = "phrase"
    PLACE = "place"


@dataclass(frozen=True)
class Suggestion:
    """What a reader may be about to type, and where it leads.

    Attributes:
        words: as shown; taken into the field when it is chosen.
        note: what tells it apart: the kind of entry, the council of a place.
        url: of the entry; None for a phrase or a place, which is searched for.
    """

    kind: SuggestionKind
    words: str
    note: str = ""
    url: str | None = None
