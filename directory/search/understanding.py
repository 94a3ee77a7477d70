"""From a question to what it means: phrases, a place, everyday words, slips of the keys.

Everything here is bounded: a question has at most MOST_WORDS words, a plan at most MOST_WORDINGS
wordings, whatever somebody types.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from directory.places.gazetteer import Gazetteer
from directory.places.names import key as name_key
from directory.search import crisis, words
from directory.search.place_named import place_named, place_perhaps
from directory.search.query import Query
from directory.search.ranking import Concept, Origin, Plan, Wording
from directory.search.reading import Snapshot
from directory.search.results import Added, MaybePlace, PlaceRead
from directory.search.spelling import Spelling
from directory.search.wordings import MOST_OTHERS, Reader, Thesaurus
from directory.vocabulary.help import Subject

MOST_WORDS = 32
MOST_WORDINGS = 64
PLACE_NAME = 0.7  # how much the name of a place counts against the other words

# What is looked for where somebody is in distress, whatever else they typed.
_CRISIS = Concept((Wording((words.stem("crisis"),), 3.0, Origin.TYPED, "crisis"),))
_NEAR_ME = re.compile(r"\b(?:near|around|close to|by)\s+(?:me|here|us|my home|my house)\b", re.I)
# The same, written into the field for a place.
_HERE = frozenset(
    {"me", "near me", "here", "near here", "home", "my home", "my house", "my area", "my location",
     "where i am", "where i live", "around me", "local", "us"}
)  # fmt: skip
_PIECES = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Meaning:
    """What a question means.

    Attributes:
        corrected: the question in our spelling, if we would spell it otherwise.
        urgent: the distress that speaks out of it.
        is_near_me: it says "near me", but a question has no place.
        is_only_a_place: it names a place and says nothing else.
        perhaps: a place that a word may mean which was read as an everyday word.
    """

    plan: Plan
    place: PlaceRead | None = None
    added: tuple[Added, ...] = ()
    corrected: str | None = None
    urgent: Subject | None = None
    is_near_me: bool = False
    is_only_a_place: bool = False
    perhaps: MaybePlace | None = None


@dataclass
class _Asked:
    """A question in pieces."""

    words: list[str]
    required: list[tuple[str, ...]]
    excluded: list[tuple[str, ...]]


def understand(
    query: Query,
    snapshot: Snapshot,
    speller: Spelling,
    thesaurus: Thesaurus,
    gazetteer: Gazetteer | None,
) -> Meaning:
    """What `query` means to the documents of `snapshot`."""
    if name_key(query.near) in _HERE:
        query = query.with_(near="", page=query.page)
        is_near_me = True
    else:
        is_near_me = bool(_NEAR_ME.search(query.q)) and not query.near
    asked = _pieces(_NEAR_ME.sub(" ", query.q))
    place, place_words = place_named(query, asked.words, gazetteer)
    urgent = crisis.hear(query.q)
    in_danger = urgent in {"crisis", "danger"}
    guesses = not in_danger and not query.own_words  # no playing with the words of distress
    reader = Reader(query, snapshot, speller, thesaurus, names=place_words, guesses=guesses)
    concepts = reader.concepts(asked.words)
    if in_danger:
        concepts.insert(0, _CRISIS)
    corrected = reader.corrected(query.q)
    is_only_a_place = bool(place_words) and not concepts and not asked.required
    if place_words:
        concepts.append(_place_concept(place_words, finds=is_only_a_place))
    if not any(concept.finds for concept in concepts) and not asked.required:
        concepts = [replace(concept, finds=True) for concept in concepts]
    pairs = [pair for pair in words.pairs(asked.words) if snapshot.frequency("pairs", pair)]
    plan = Plan(
        concepts=_within_budget(concepts),
        pairs=tuple(dict.fromkeys(pairs))[:MOST_WORDS],
        required=tuple(asked.required),
        excluded=tuple(asked.excluded),
    )
    added = () if in_danger else _added(plan)  # nobody in danger wants to read what else we tried
    if urgent == "loss":
        added = tuple(one for one in added if not crisis.is_of_loss(one.because))
    perhaps = None if place or query.own_words else place_perhaps(query, gazetteer)
    return Meaning(plan, place, added, corrected, urgent, is_near_me, is_only_a_place, perhaps)


def _pieces(text: str) -> _Asked:
    """Words, "phrases" and -exclusions; every other sign only parts words."""
    asked = _Asked([], [], [])
    for match in _PIECES.finditer(text):
        said = words.split(match["phrase"] if match["phrase"] is not None else match["word"])
        said = said[: MOST_WORDS - len(asked.words)]
        if not said:
            continue
        terms = tuple(words.stem(word) for word in said)
        if match["minus"]:
            asked.excluded.append(terms)
        elif match["phrase"] is not None and len(said) > 1:
            asked.required.append(terms)
            asked.words += said
        else:
            asked.words += said
    asked.excluded = asked.excluded[:MOST_WORDS]
    return asked


def _place_concept(typed: Sequence[str], *, finds: bool) -> Concept:
    terms = tuple(words.stem(word) for word in typed)
    return Concept((Wording(terms, PLACE_NAME, Origin.TYPED, " ".join(typed)),), finds=finds)


def _within_budget(concepts: Sequence[Concept]) -> tuple[Concept, ...]:
    """`concepts` with no more wordings than we will look for: the reader's own words always, of
    what we add the closest first."""
    left = max(MOST_WORDINGS - len(concepts), 0)
    kept = []
    for concept in concepts:
        typed, *others = concept.wordings
        chosen = others[: min(left, MOST_OTHERS)]
        left -= len(chosen)
        kept.append(Concept((typed, *chosen), concept.finds))
    return tuple(kept)


def _added(plan: Plan) -> tuple[Added, ...]:
    """What the plan looks for besides the reader's words, for the reader to see and take away."""
    found: dict[tuple[str, ...], Added] = {}
    for concept in plan.concepts:
        for wording in concept.wordings[1:]:
            if wording.origin in {Origin.THESAURUS, Origin.SPELLING}:
                is_spelling = wording.origin is Origin.SPELLING
                found.setdefault(wording.terms, Added(wording.words, concept.typed, is_spelling))
    return tuple(found.values())
