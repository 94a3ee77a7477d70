"""The place that a question names, if it names one: in its own field, or among its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml

from directory.places import postcodes
from directory.places.gazetteer import Found, Gazetteer
from directory.places.names import key as name_key
from directory.search import words
from directory.search.query import Query
from directory.search.results import MaybePlace, PlaceRead

PLACE_WORDS_MAX = 4

_PREPOSITIONS = frozenset({"in", "near", "around", "at", "nr", "nearby", "by", "from", "round"})
_PLACE_WORDS = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "place-words.yaml"


def place_named(
    query: Query, said: list[str], gazetteer: Gazetteer | None
) -> tuple[PlaceRead | None, list[str]]:
    """The place that the question names, and the words of its name that stood in the question.

    Words that are nothing but the place's name are taken out of `said`.
    """
    if query.near:
        found = gazetteer.find(query.near) if gazetteer else None
        if found:
            return PlaceRead(query.near, found.spot, choices=found.others), []
        like = tuple(gazetteer.like(query.near)) if gazetteer else ()
        return PlaceRead(query.near, None, choices=like, is_guess=True), []
    if gazetteer is None or query.own_words:
        return None, []
    named = _place_in(said, gazetteer, {name_key(word) for word in query.without})
    if named is None:
        return None, []
    found, start, end, is_ordinary = named
    typed = said[start:end]
    if found.spot is None:
        shown = PlaceRead(_as_typed(query.q, typed), None, in_question=True, choices=found.others)
        return shown, typed
    if not is_ordinary:
        before = start - (start > 0 and said[start - 1] in _PREPOSITIONS)
        if before > 1 and said[before] == "to" and said[before - 1] == "close":
            before -= 1
        said[before:end] = []
    shown = PlaceRead(" ".join(typed), found.spot, in_question=True, choices=found.others)
    return shown, [] if found.spot.kind == "postcode" else typed


def _as_typed(text: str, said: Sequence[str]) -> str:
    """The words `said` with the capitals that they have in `text`."""
    name = r"\W+".join(map(re.escape, said))
    found = re.search(rf"\b{name}\b", text, re.IGNORECASE)
    return found[0] if found else " ".join(said)


def place_perhaps(query: Query, gazetteer: Gazetteer | None) -> MaybePlace | None:
    """The place that `query` may mean by an everyday word: where it is all of the question, or its
    end and begins with a capital."""
    said = query.q.split()
    taken_away = {name_key(word) for word in query.without}
    for length in range(min(PLACE_WORDS_MAX, len(said)), 0, -1):
        rest, last = said[:-length], said[-length:]
        name = " ".join(words.split(" ".join(last)))
        has_capitals = all(word[0].isupper() for word in last) and not query.q.isupper()
        if (
            name not in _place_words()
            or name_key(name) in taken_away
            or (rest and not has_capitals)
        ):
            continue
        found = gazetteer.named(name) if gazetteer else None
        spots = (found.spot,) if found and found.spot else found.others if found else ()
        while rest and rest[-1].lower() in _PREPOSITIONS:
            rest.pop()
        return MaybePlace(spots, " ".join(rest)) if spots else None
    return None


def _place_in(
    said: Sequence[str], gazetteer: Gazetteer, taken_away: set[str]
) -> tuple[Found, int, int, bool] | None:
    """The likeliest place name in `said`: what it is, where it stands, and whether it is also an
    everyday word."""
    for length in range(min(PLACE_WORDS_MAX, len(said)), 0, -1):
        for start in range(len(said) - length, -1, -1):
            name = " ".join(said[start : start + length])
            if name_key(name) in taken_away:
                continue
            is_led_in = start > 0 and (
                said[start - 1] in _PREPOSITIONS
                or (start > 1 and said[start - 2 : start] == ["close", "to"])
            )
            is_ordinary = name in _place_words() or name in words.STOP or name in words.WEAK
            if is_ordinary and not is_led_in:
                continue
            found = _read_place(name, gazetteer, is_led_in=is_led_in)
            if found:
                return found, start, start + length, is_ordinary
    return None


def _read_place(name: str, gazetteer: Gazetteer, *, is_led_in: bool) -> Found | None:
    code = postcodes.parse(name)
    if code:
        return gazetteer.postcode(name) if code.sector or not code.island else None
    if len(name) < 3 or (len(name) < 4 and not is_led_in):
        return None
    return gazetteer.named(name, also_others=is_led_in or len(name) > 5)


@cache
def _place_words(path: Path = _PLACE_WORDS) -> frozenset[str]:
    return frozenset(yaml.safe_load(path.read_text(encoding="utf-8"))["names"])
