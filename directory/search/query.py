"""The question: what a visitor asks, read from an address and written back to one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Protocol, Self
from urllib.parse import quote_plus, urlencode

from directory.entries.freshness import State
from directory.places.postcodes import cut_to_sectors
from directory.vocabulary.terms import BuildsOn, Kind, Moment, Strength, SupportArea, WhoFor

# A question may be this long; what stands behind is not read.
Q_MAX = 300
NEAR_MAX = 80
# Pages of results; nobody reads further, and a crawler should not.
PAGE_MAX = 100
WITHIN = (1, 3, 5, 10, 25, 50)
WITHOUT_MAX = 20
# No question that we write back is longer.
ADDRESS_MAX = 20_000
VALUES_MAX = 20


class Sort(StrEnum):
    """In which order: best match first, nearest, checked last, changed last, or by name."""

    BEST = "best"
    NEAREST = "nearest"
    CHECKED = "checked"
    LATEST = "latest"
    NAME = "name"


FACETS: dict[str, type[StrEnum] | None] = {
    "kind": Kind,
    "support_area": SupportArea,
    "who_for": WhoFor,
    "moment": Moment,
    "builds_on": BuildsOn,
    "fresh": State,
    "evidence": Strength,
    "place": None,
    "approach": None,
}
"""Filters that may hold several values, in the order in which pages show them. None: slugs."""


class Arguments(Protocol):
    """What Flask's `request.args` is: names with one or several values."""

    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Query:
    """One question. Everything in it is bounded and known to be valid.

    Attributes:
        q: words, as typed.
        near: a place name or postcode, as typed.
        within: miles around `near`; services further away are left out.
        approach: slugs of approaches; only services and stories that follow one of them.
        network, collection: slugs; only entries of that network or collection.
        without: what we added or understood and the reader took away again.
        own_words: True adds nothing to the reader's words and sees no place in them.
        page: from 1.
    """

    q: str = ""
    near: str = ""
    within: int | None = None
    kind: tuple[str, ...] = ()
    support_area: tuple[str, ...] = ()
    moment: tuple[str, ...] = ()
    who_for: tuple[str, ...] = ()
    builds_on: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    approach: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    fresh: tuple[str, ...] = ()
    network: str = ""
    collection: str = ""
    without: tuple[str, ...] = ()
    own_words: bool = False
    sort: Sort = Sort.BEST
    page: int = 1

    @classmethod
    def from_args(cls, args: Arguments) -> Self:
        """The question that an address asks. What cannot be understood is left out, and of a full
        postcode all but its sector: nobody's door is looked for, logged or shown."""
        chosen = {name: _known(args.getlist(name), choices) for name, choices in FACETS.items()}
        return cls(
            q=cut_to_sectors(_line(args.getlist("q"), Q_MAX)),
            near=cut_to_sectors(_line(args.getlist("near"), NEAR_MAX)),
            within=_one_of(args.getlist("within"), WITHIN),
            network=_slug(args.getlist("network")),
            collection=_slug(args.getlist("collection")),
            without=_several(one_line(value, NEAR_MAX) for value in args.getlist("without")),
            own_words=args.getlist("words") == ["mine"],
            sort=_sort(args.getlist("sort")),
            page=_page(args.getlist("page")),
            **chosen,
        )

    @staticmethod
    def has_full_postcode(args: Arguments) -> bool:
        """Whether an address holds a postcode that should be cut to its sector."""
        return any(cut_to_sectors(text) != text for n in ("q", "near") for text in args.getlist(n))

    @classmethod
    def from_string(cls, text: str) -> Self:
        """The question of a query string such as "support_area=home&kind=approach"."""
        from urllib.parse import parse_qs

        return cls.from_args(_Values(parse_qs(text.removeprefix("?")[:ADDRESS_MAX])))

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the address, in one order; defaults are left out."""
        found: list[tuple[str, str]] = []
        for name in _ORDER:
            value = getattr(self, name)
            if isinstance(value, tuple):
                found += [(name, one) for one in value]
            elif name == "own_words":
                found += [("words", "mine")] if value else []
            elif value and value != _DEFAULTS[name]:
                found.append((name, str(value)))
        return found

    def to_string(self) -> str:
        """The query string that asks this question; equal questions give equal strings."""
        return urlencode(self.pairs(), quote_via=quote_plus)

    def with_(self, **changes: Any) -> Self:
        """This question, changed; from its first page unless `page` is given."""
        return replace(self, **({"page": 1} | changes))

    def toggled(self, facet: str, value: str) -> Self:
        """This question with one filter value put in or taken out."""
        chosen = getattr(self, facet)
        if value in chosen:
            return self.with_(**{facet: tuple(one for one in chosen if one != value)})
        return self.with_(**{facet: _in_order((*chosen, value), FACETS[facet])})

    def taking_away(self, word: str) -> Self:
        """This question without something that we added or understood."""
        return self.with_(without=_several((*self.without, word)))

    @property
    def filters(self) -> list[tuple[str, str]]:
        """Every filter value in use, as (facet, value)."""
        return [(facet, value) for facet in FACETS for value in getattr(self, facet)]

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing in particular."""
        return not (self.q or self.near or self.filters or self.network or self.collection)

    def without_filters(self) -> Self:
        return self.with_(**dict.fromkeys(FACETS, ()))


_ORDER = (
    "q", "near", "within", *FACETS, "network", "collection", "without", "own_words", "sort", "page",
)  # fmt: skip
_DEFAULTS = {field.name: field.default for field in fields(Query)}


class _Values:
    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self._values = values

    def getlist(self, key: str, /) -> list[str]:
        return list(self._values.get(key, ()))


def one_line(text: str, longest: int) -> str:
    """One line of printable text, cut at a word."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * longest]).split())
    if len(line) > longest:
        line = line[: longest + 1].rpartition(" ")[0] or line[:longest]
    return line


def _line(values: list[str], longest: int) -> str:
    return next((tidy for value in values if (tidy := one_line(value, longest))), "")


def _several(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:WITHOUT_MAX]


def _known(values: list[str], choices: type[StrEnum] | None) -> tuple[str, ...]:
    wanted = [part for value in values[:VALUES_MAX] for part in value[:400].split(",") if part]
    if choices is None:
        return _in_order([value for value in wanted if _is_slug(value)][:VALUES_MAX], None)
    known = {str(choice) for choice in choices}
    return _in_order([value for value in wanted if value in known], choices)


def _in_order(values: Sequence[str], choices: type[StrEnum] | None) -> tuple[str, ...]:
    once = set(values)
    if choices is None:
        return tuple(sorted(once))
    return tuple(str(choice) for choice in choices if str(choice) in once)


def _is_slug(text: str) -> bool:
    return 0 < len(text) <= 60 and text.isascii() and text.replace("-", "").isalnum()


def _slug(values: list[str]) -> str:
    return next((value for value in values if _is_slug(value)), "")


def _one_of(values: list[str], choices: Sequence[int]) -> int | None:
    """The smallest choice that is not less than the number given."""
    number = _number(values)
    return next((choice for choice in choices if number and number <= choice), None)


def _sort(values: list[str]) -> Sort:
    return next((Sort(value) for value in values if value in set(Sort)), Sort.BEST)


def _page(values: list[str]) -> int:
    return min(max(_number(values) or 1, 1), PAGE_MAX)


def _number(values: list[str]) -> int | None:
    """The first whole number; of a very long one as much as bounds need, for Python refuses it."""
    digits = (value for value in values if value.isascii() and value.isdigit())
    return next((int(value[:9]) for value in digits), None)
