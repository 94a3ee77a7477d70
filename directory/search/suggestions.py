"""What the reader may be about to type: entries, everyday phrases, places."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from directory.entries.catalogue import url_of
from directory.places.gazetteer import Gazetteer, Spot
from directory.search import words
from directory.search.reading import Ints, Snapshot
from directory.search.results import Suggestion, SuggestionKind
from directory.vocabulary import facets

TYPED_MAX = 80
SHORTEST = 2
# Ends of a word being typed that are looked at; more would only be slower.
MOST_ENDS = 40
MOST_LOOKED_AT = 60
_LEADS_TO_PLACE = frozenset({"in", "near", "around"})


def suggest(
    snapshot: Snapshot, gazetteer: Gazetteer | None, typed: str, *, limit: int
) -> list[Suggestion]:
    """At most `limit` suggestions: half of them entries, then phrases, then places."""
    said = words.split(typed[:TYPED_MAX])
    if not said or len(said[-1]) < SHORTEST:
        return []
    places = _places(gazetteer, said)
    ends = {words.stem(word) for word in snapshot.words_from(said[-1], most=MOST_ENDS)}
    entries = _entries(snapshot, said, ends)
    phrases = _phrases(snapshot, said, ends)
    few = max(limit // 4, 1)
    chosen = entries[: limit - min(len(phrases), few) - min(len(places), few)]
    chosen += phrases[: max(limit - len(chosen) - min(len(places), few), 0)]
    chosen += places[: limit - len(chosen)]
    return chosen


def _holders(snapshot: Snapshot, field: str, said: list[str], ends: set[str]) -> Ints:
    """Documents whose `field` holds all words of `said`, the last one maybe unfinished: `ends` are
    the terms that it may become."""
    *whole, last = said
    found = np.unique(
        np.concatenate([snapshot.holding(end, field=field) for end in ends | {words.stem(last)}])
    )
    for word in whole:
        if word not in words.STOP:
            having = snapshot.holding(words.stem(word), field=field)
            found = np.intersect1d(found, having)
    live: Ints = found[snapshot.live[found]].astype(np.int32)
    return live


def _entries(snapshot: Snapshot, said: list[str], ends: set[str]) -> list[Suggestion]:
    holders = _holders(snapshot, "name", said, ends)
    is_approach = snapshot.keys["kind"].mask(["approach"], snapshot.size)
    holders = holders[np.argsort(~is_approach[holders], kind="stable")][:MOST_LOOKED_AT]
    snapshot.fetch_cards(holders.tolist())
    start = " ".join(said)
    found = []
    for document in holders.tolist():
        card = snapshot.card(document)
        name = " ".join(words.split(card["name"]))
        rank = (not name.startswith(start), card["kind"] != "approach", len(name))
        note = facets.term("kind", card["kind"]).one
        one = Suggestion(
            SuggestionKind.ENTRY, card["name"], note, url_of(card["kind"], card["slug"])
        )
        found.append((rank, one))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _phrases(snapshot: Snapshot, said: list[str], ends: set[str]) -> list[Suggestion]:
    holders = _holders(snapshot, "everyday", said, ends)[:MOST_LOOKED_AT]
    snapshot.fetch_cards(holders.tolist())
    start = " ".join(said)
    found: dict[str, tuple[bool, int]] = {}
    for document in holders.tolist():
        for phrase in snapshot.card(document).get("everyday", []):
            plain = " ".join(words.split(phrase))
            if f" {start}" in f" {plain}" and plain != start:
                found.setdefault(phrase, (not plain.startswith(start), len(plain)))
    return [Suggestion(SuggestionKind.PHRASE, p) for p in sorted(found, key=lambda p: found[p])]


def _places(gazetteer: Gazetteer | None, said: list[str]) -> list[Suggestion]:
    if gazetteer is None:
        return []
    return [
        Suggestion(SuggestionKind.PLACE, f"{before} {spot.near}".strip(), spot.full_name)
        for before, spot in _spots(gazetteer, said)
    ]


def _spots(gazetteer: Gazetteer, said: list[str]) -> Iterator[tuple[str, Spot]]:
    for length in range(min(len(said), 3), 0, -1):
        before, name = said[:-length], " ".join(said[-length:])
        if len(name) < 3 or (before and before[-1] not in _LEADS_TO_PLACE):
            continue
        for spot in gazetteer.starting_with(name, limit=3):
            yield " ".join(before), spot
