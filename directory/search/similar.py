"""Is it here already? Entries that are much like one that somebody begins to write.

Candidates come from the index by the words of the name (also misspelt ones) and of the strapline;
only the likeliest are looked at letter by letter. So it costs the same at a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from directory.entries.catalogue import url_of
from directory.places.distance import miles
from directory.places.gazetteer import Gazetteer, Spot
from directory.search import words
from directory.search.index import NotReady
from directory.search.query import Query
from directory.search.reading import Damaged, Floats, Snapshot
from directory.search.snapshot_index import SnapshotIndex
from directory.search.spelling import Spelling, edits_between
from directory.vocabulary.terms import Kind

SHORTEST = 3  # letters of a name: before that it says nothing
EDITS_PART = 0.3  # of the letters of the longer name
SAME_WORDS_PART = 0.6  # of the words of both straplines, the rare ones counting more
NEAR_MILES = 3.0
LOOKED_AT = 24
WORDS_MOST = 8
FITTING_PART = 0.4  # of what the best one fits: less is a chance meeting of words
FREQUENT = 20_000  # entries: a word in more of them finds nothing by itself
_FIELDS = {"name": 3.0, "strapline": 1.0, "summary": 0.5}
_TELLING_FIELDS = {"name": 3.0, "everyday": 3.0, "strapline": 1.0, "summary": 1.0}


class Why(StrEnum):
    """Why an entry may be the same."""

    NAME = "name"
    WORDS = "words"
    NEAR = "near"


@dataclass(frozen=True)
class Wanted:
    """What somebody has typed so far."""

    kind: Kind
    name: str
    strapline: str = ""
    place: str = ""


@dataclass(frozen=True)
class Similar:
    """An entry that may be the same, with enough to judge by."""

    id: str
    kind: Kind
    slug: str
    name: str
    tagline: str
    where: str
    organization: str
    why: tuple[Why, ...]

    @property
    def url(self) -> str:
        return url_of(self.kind, self.slug)


def similar(
    index: SnapshotIndex, wanted: Wanted, *, gazetteer: Gazetteer | None = None, limit: int = 3
) -> list[Similar]:
    """Entries that may be the same as `wanted`, likeliest first; none while there is no index."""
    if len(wanted.name.strip()) < SHORTEST:
        return []
    try:
        _meaning, generation = index.understand(Query())
        found = list(_judged(generation.snapshot, index.spelling(generation), wanted, gazetteer))
    except (NotReady, Damaged):
        return []  # it is advice: nobody has to wait for it
    return [one for _rank, one in sorted(found, key=lambda pair: pair[0])][:limit]


def fitting_approaches(
    index: SnapshotIndex, name: str, about: str = "", *, limit: int = 4
) -> list[Similar]:
    """Approaches that a service may follow, likeliest first. Words of its name count double: what
    is told `about` it has many more of them.

    Unlike `similar` this is no claim: one telling word in common is enough to be offered, unless
    another fits much better.
    """
    try:
        _meaning, generation = index.understand(Query())
        snapshot = generation.snapshot
        named, told = (
            _scores(snapshot, Kind.APPROACH, _terms(snapshot, None, text), _TELLING_FIELDS)
            for text in (name, about)
        )
        scores = 2 * named + told
        scores[scores < FITTING_PART * scores.max(initial=0)] = 0
        return [_as_similar(snapshot, document, ()) for document in _best(scores, limit)]
    except (NotReady, Damaged):
        return []


def _judged(
    snapshot: Snapshot, speller: Spelling, wanted: Wanted, gazetteer: Gazetteer | None
) -> Iterator[tuple[tuple[float, str], Similar]]:
    name = _letters(wanted.name)
    name_words, about = _content(wanted.name), _content(wanted.strapline)
    whereabouts = _content(wanted.place)  # much in a town has its name
    spot = _spot(gazetteer, wanted.place)
    for document in _candidates(snapshot, speller, wanted):
        card = snapshot.card(document)
        other = _letters(card["name"])
        most = int(EDITS_PART * max(len(name), len(other)))
        edits = edits_between(name, other, most=most)
        other_words = _content(card["name"])
        share = _share(snapshot, name_words - whereabouts, other_words - whereabouts)
        is_named = edits <= most or (bool(name_words) and name_words == other_words)
        told = _share(snapshot, about, _content(card.get("strapline", "")))
        near = _is_near(snapshot, document, spot, card, wanted.place)
        why = [
            *([Why.NAME] if is_named else []),
            *([Why.WORDS] if told >= SAME_WORDS_PART else []),
            *([Why.NEAR] if near else []),
        ]
        if is_named or told >= SAME_WORDS_PART or (near and share >= EDITS_PART):
            likeness = (1 - edits / (most + 1)) * is_named + share + told + near * 0.5
            yield (-likeness, card["slug"]), _as_similar(snapshot, document, tuple(why))


def _as_similar(snapshot: Snapshot, document: int, why: tuple[Why, ...]) -> Similar:
    card = snapshot.card(document)
    return Similar(
        id=card["id"],
        kind=Kind(card["kind"]),
        slug=card["slug"],
        name=card["name"],
        tagline=card["strapline"],
        where=_where(card),
        organization=_in_words(card.get("organization")),
        why=why,
    )


def _candidates(snapshot: Snapshot, speller: Spelling, wanted: Wanted) -> list[int]:
    """Live entries of that kind which share most with `wanted`, the rare words counting more."""
    scores = _scores(snapshot, wanted.kind, _terms(snapshot, speller, wanted.name), _FIELDS)
    strapline = _terms(snapshot, None, wanted.strapline)
    scores += _scores(snapshot, wanted.kind, strapline, {"strapline": 1.0, "summary": 0.5})
    return _best(scores, LOOKED_AT)


def _scores(
    snapshot: Snapshot, kind: Kind, terms: Iterable[str], fields: dict[str, float]
) -> Floats:
    """How much each live entry of that kind has of these terms; 0 for all others."""
    scores: Floats = np.zeros(snapshot.size)
    for term in terms:
        _count(snapshot, scores, term, fields)
    of_kind = snapshot.keys["kind"].mask([str(kind)], snapshot.size)
    scores[~(of_kind & snapshot.live)] = 0
    return scores


def _best(scores: Floats, most: int) -> list[int]:
    """The numbers of the highest scores, the highest first; those with 0 never."""
    most = min(most, len(scores))
    best = np.argpartition(-scores, most - 1)[:most] if most else np.empty(0, dtype=np.int64)
    ordered = sorted((int(document) for document in best), key=lambda one: (-scores[one], one))
    return [document for document in ordered if scores[document] > 0]


def _terms(snapshot: Snapshot, speller: Spelling | None, text: str) -> list[str]:
    """The telling terms of `text`, the rarest first.

    Args:
        speller: adds what a misspelt word may mean; None: words count as they stand.
    """
    found: dict[str, None] = {}
    for word in words.split(text):
        if word in words.STOP:
            continue
        found[words.stem(word)] = None
        if speller and not snapshot.frequency("name", words.stem(word)):
            found.update((words.stem(one), None) for one in speller.nearest(word))
    ordered = sorted(found, key=lambda term: snapshot.frequency("text", term))
    return [term for term in ordered if snapshot.frequency("text", term) <= FREQUENT][:WORDS_MOST]


def _count(snapshot: Snapshot, scores: Floats, term: str, fields: dict[str, float]) -> None:
    rarity = snapshot.rarity("text", term)
    for field, weight in fields.items():
        scores[snapshot.holding(term, field=field)] += rarity * weight


def _letters(text: str) -> str:
    return " ".join(words.split(text))


def _content(text: str) -> frozenset[str]:
    """The terms of `text` that say something."""
    return frozenset(words.stem(word) for word in words.split(text) if word not in words.STOP)


def _share(snapshot: Snapshot, some: frozenset[str], others: frozenset[str]) -> float:
    """How much of all their words both texts have, the rare ones counting more: 0 to 1."""

    def weight(terms: Iterable[str]) -> float:
        return sum(snapshot.rarity("text", term) for term in terms)

    every = weight(some | others)
    return weight(some & others) / every if some and others and every else 0.0


def _spot(gazetteer: Gazetteer | None, place: str) -> Spot | None:
    found = gazetteer.find(place) if gazetteer and place.strip() else None
    return found.spot if found else None


def _is_near(
    snapshot: Snapshot, document: int, spot: Spot | None, card: dict[str, object], place: str
) -> bool:
    if place.strip() and _in_words(card.get("place")) == " ".join(words.split(place)):
        return True
    lat, lon = (float(snapshot.numbers[name][document]) for name in ("lat", "lon"))
    return spot is not None and miles(spot.lat, spot.lon, lat, lon) <= NEAR_MILES


def _in_words(slug: object) -> str:
    return str(slug or "").replace("-", " ")


def _where(card: dict[str, object]) -> str:
    """ "Leeds, near LS8 5"; the area it covers where neither is known."""
    place, spot = _in_words(card.get("place")).title(), str(card.get("label", ""))
    return ", ".join(filter(None, (place, spot))) or _area(card)


def _area(card: dict[str, object]) -> str:
    area = card.get("area")
    return ", ".join(str(one) for one in area) if isinstance(area, list) else ""
