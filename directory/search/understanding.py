"""From a question to what it means: phrases, a place, everyday words, slips of the keys.

Everything here is bounded: a question has at most MOST_WORDS words, a plan at most MOST_WORDINGS
wordings, whatever somebody types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path

import yaml

from directory.places import postcodes
from directory.places.gazetteer import Found, Gazetteer
from directory.places.names import key as name_key
from directory.search import crisis, words
from directory.search.query import Query
from directory.search.ranking import Concept, Origin, Plan, Wording
from directory.search.reading import Snapshot
from directory.search.results import Added, MaybePlace, PlaceRead
from directory.search.spelling import Spelling
from directory.vocabulary.help import Subject
from directory.vocabulary.thesaurus import Group

MOST_WORDS = 32
MOST_WORDINGS = 64
MOST_ADDED = 8
MOST_ADDED_PER_CONCEPT = 5
MOST_UNFINISHED = 6
SHORTEST_START = 3
PLACE_WORDS_MAX = 4

# How much a wording counts against the reader's own words.
SAME = 0.6
RELATED = 0.35
SPELT = 0.85
FINISHED = 0.8
# Words inside a phrase that we know count less by themselves; weak ones less still.
INSIDE_PHRASE = 0.5
WEAK = 0.5
PLACE_NAME = 0.7

# What is looked for where somebody is in distress, whatever else they typed.
_CRISIS = Concept((Wording((words.stem("crisis"),), 3.0, Origin.TYPED, "crisis"),))
_PREPOSITIONS = frozenset({"in", "near", "around", "at", "nr", "nearby", "by", "from", "round"})
_NEAR_ME = re.compile(r"\b(?:near|around|close to|by)\s+(?:me|here|us|my home|my house)\b", re.I)
# The same, written into the field for a place.
_HERE = frozenset(
    {"me", "near me", "here", "near here", "home", "my home", "my house", "my area", "my location",
     "where i am", "where i live", "around me", "local", "us"}
)  # fmt: skip
_PIECES = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_PLACE_WORDS = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "place-words.yaml"


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


class Thesaurus:
    """The thesaurus by terms."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self._by_terms: dict[tuple[str, ...], list[Wording]] = {}
        self._mentioned: set[str] = set()
        for group in groups:
            same = [Wording(_terms(w), SAME, _origin(w), w) for w in group.words]
            related = [Wording(_terms(w), RELATED, _origin(w), w) for w in group.also]
            self._mentioned.update(term for one in (*same, *related) for term in one.terms)
            for one in same:
                known = self._by_terms.setdefault(one.terms, [])
                known += [other for other in (*same, *related) if other.terms != one.terms]
        self.longest = max((len(terms) for terms in self._by_terms), default=0)

    def others(self, terms: tuple[str, ...]) -> list[Wording]:
        """Other wordings for `terms`, the closest first."""
        found: dict[tuple[str, ...], Wording] = {}
        for wording in self._by_terms.get(terms, ()):
            best = found.get(wording.terms)
            if best is None or wording.weight > best.weight:
                found[wording.terms] = wording
        return sorted(found.values(), key=lambda wording: -wording.weight)

    def mentions(self, term: str) -> bool:
        """Whether `term` stands in any of its phrases: it is a word, not a slip."""
        return term in self._mentioned

    def knows(self, terms: tuple[str, ...]) -> bool:
        return terms in self._by_terms


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
    place, place_words = _place(query, asked, gazetteer)
    urgent = crisis.hear(query.q)
    in_danger = urgent in {"crisis", "danger"}
    guesses = not in_danger and not query.own_words  # no playing with the words of distress
    reader = _Reader(query, snapshot, speller, thesaurus, names=place_words, guesses=guesses)
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
    perhaps = None if place or query.own_words else _perhaps(query, gazetteer)
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


def _place(
    query: Query, asked: _Asked, gazetteer: Gazetteer | None
) -> tuple[PlaceRead | None, list[str]]:
    """The place that the question names, and the words of its name that stood in the question.

    Words that are nothing but the place's name are taken out of `asked`.
    """
    if query.near:
        found = gazetteer.find(query.near) if gazetteer else None
        if found:
            return PlaceRead(query.near, found.spot, choices=found.others), []
        like = tuple(gazetteer.like(query.near)) if gazetteer else ()
        return PlaceRead(query.near, None, choices=like, is_guess=True), []
    if gazetteer is None or query.own_words:
        return None, []
    named = _place_in(asked.words, gazetteer, {name_key(word) for word in query.without})
    if named is None:
        return None, []
    found, start, end, is_ordinary = named
    typed = asked.words[start:end]
    if found.spot is None:
        shown = PlaceRead(_as_typed(query.q, typed), None, in_question=True, choices=found.others)
        return shown, typed
    if not is_ordinary:
        before = start - (start > 0 and asked.words[start - 1] in _PREPOSITIONS)
        if before > 1 and asked.words[before] == "to" and asked.words[before - 1] == "close":
            before -= 1
        asked.words[before:end] = []
    shown = PlaceRead(" ".join(typed), found.spot, in_question=True, choices=found.others)
    return shown, [] if found.spot.kind == "postcode" else typed


def _as_typed(text: str, said: Sequence[str]) -> str:
    """The words `said` with the capitals that they have in `text`."""
    name = r"\W+".join(map(re.escape, said))
    found = re.search(rf"\b{name}\b", text, re.IGNORECASE)
    return found[0] if found else " ".join(said)


def _perhaps(query: Query, gazetteer: Gazetteer | None) -> MaybePlace | None:
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


def _place_concept(typed: Sequence[str], *, finds: bool) -> Concept:
    terms = tuple(words.stem(word) for word in typed)
    return Concept((Wording(terms, PLACE_NAME, Origin.TYPED, " ".join(typed)),), finds=finds)


class _Reader:
    """Turns the words of one question into concepts."""

    def __init__(
        self,
        query: Query,
        snapshot: Snapshot,
        speller: Spelling,
        thesaurus: Thesaurus,
        names: Sequence[str],
        guesses: bool,
    ) -> None:
        self._query = query
        self._snapshot = snapshot
        self._speller = speller
        self._thesaurus = thesaurus
        self._taken_away = {_terms(word) for word in query.without}
        self._names = frozenset(names)
        self._guesses = guesses
        self._corrections: dict[str, str] = {}
        self._found_nearest: dict[str, list[str]] = {}

    def concepts(self, said: Sequence[str]) -> list[Concept]:
        """The concepts of `said` in order, without repeats."""
        spelt = [self._spelt(word, is_last=at == len(said) - 1) for at, word in enumerate(said)]
        found: list[Concept] = []
        at = 0
        while at < len(said):
            length = self._known_phrase(spelt, at)
            if length > 1:
                found.append(self._phrase(said[at : at + length], spelt[at : at + length]))
                inside = [w for w in spelt[at : at + length] if w not in words.STOP]
                found += [self._inside(word) for word in inside]
                at += length
                continue
            found += self._joined(said[at : at + 2])
            if said[at] not in words.STOP:
                found.append(self._single(said[at], is_last=at == len(said) - 1))
            at += 1
        if not found:
            found = [self._single(word, is_last=False) for word in said]
        once: dict[tuple[str, ...], Concept] = {}
        for concept in found:
            once.setdefault(concept.wordings[0].terms, concept)
        return list(once.values())

    def _known_phrase(self, said: Sequence[str], at: int) -> int:
        """How many words from `at` on are a phrase of the thesaurus; the longest counts."""
        for length in range(min(self._thesaurus.longest, len(said) - at), 1, -1):
            if self._thesaurus.knows(tuple(words.stem(w) for w in said[at : at + length])):
                return length
        return 0

    def _phrase(self, said: Sequence[str], spelt: Sequence[str]) -> Concept:
        wordings = [Wording(tuple(map(words.stem, said)), 1.0, Origin.TYPED, " ".join(said))]
        terms = tuple(map(words.stem, spelt))
        if terms != wordings[0].terms:
            self._corrections |= dict(zip(said, spelt, strict=True))
            wordings.append(Wording(terms, SPELT, Origin.SPELLING, " ".join(spelt)))
        return Concept((*wordings, *self._others(terms)))

    def _inside(self, word: str) -> Concept:
        weight = INSIDE_PHRASE if word not in words.WEAK else WEAK * INSIDE_PHRASE
        typed = Wording((words.stem(word),), weight, Origin.TYPED, word)
        return Concept((typed,), finds=False)

    def _joined(self, two: Sequence[str]) -> list[Concept]:
        """Two words that we write as one: "time bank"."""
        joined = "".join(two)
        is_sensible = len(two) == 2 and not words.STOP.intersection(two)
        if not is_sensible or not self._is_used(words.stem(joined)):
            return []
        return [Concept((Wording((words.stem(joined),), SPELT, Origin.TYPED, joined),))]

    def _single(self, word: str, *, is_last: bool) -> Concept:
        term = words.stem(word)
        if word in self._names:  # a place that is an everyday word too: "in bath"
            return Concept((Wording((term,), 1.0, Origin.TYPED, word),), finds=False)
        if word in words.WEAK:
            return Concept((Wording((term,), WEAK, Origin.TYPED, word),), finds=False)
        wordings = [Wording((term,), 1.0, Origin.TYPED, word), *self._others((term,))]
        if self._is_strange(word):
            wordings += self._unfinished(word) if is_last else ()
            wordings += self._respelt(word) if len(wordings) == 1 else ()
        return Concept(tuple(wordings))

    def _others(self, terms: tuple[str, ...]) -> list[Wording]:
        if self._query.own_words:
            return []
        others = (
            wording
            for wording in self._thesaurus.others(terms)
            if wording.terms not in self._taken_away and self._is_said(wording.terms)
        )
        return list(islice(others, MOST_ADDED_PER_CONCEPT + MOST_UNFINISHED))

    def _is_said(self, terms: tuple[str, ...]) -> bool:
        """Whether an entry says `terms` one right after the other."""
        if not all(map(self._is_used, terms)):
            return False
        return len(terms) == 1 or len(self._snapshot.phrase(terms)) > 0

    def _is_strange(self, word: str) -> bool:
        """Whether nobody here uses `word`, so that it may be half typed or misspelt."""
        term = words.stem(word)
        is_ours = self._is_used(term) or self._thesaurus.mentions(term)
        is_plain = word.isalpha() and word not in self._names and self._guesses
        return is_plain and not is_ours

    def _unfinished(self, word: str) -> list[Wording]:
        """Words that `word` is the beginning of."""
        if len(word) < SHORTEST_START:
            return []
        return [
            Wording((words.stem(whole),), FINISHED, Origin.UNFINISHED, whole)
            for whole in self._snapshot.words_from(word, most=MOST_UNFINISHED)
        ]

    def _respelt(self, word: str) -> list[Wording]:
        """Words that `word` may be a misspelling of, with what they may also mean."""
        found = []
        for right in self._nearest(word):
            self._corrections.setdefault(word, right)
            found.append(Wording((words.stem(right),), SPELT, Origin.SPELLING, right))
            found += [
                replace(other, weight=other.weight * SPELT)
                for other in self._others((words.stem(right),))
            ]
        return found

    def _spelt(self, word: str, *, is_last: bool) -> str:
        """`word` as we would spell it, or as it is."""
        if not self._is_strange(word) or (is_last and self._unfinished(word)):
            return word
        return next(iter(self._nearest(word)), word)

    def _nearest(self, word: str) -> list[str]:
        if word not in self._found_nearest:
            self._found_nearest[word] = [
                right
                for right in self._speller.nearest(word)
                if _terms(right) not in self._taken_away
            ]
        return self._found_nearest[word]

    def _is_used(self, term: str) -> bool:
        return self._snapshot.frequency("text", term) > 0

    def corrected(self, text: str) -> str | None:
        """`text` with what we would spell otherwise; None if we would not."""
        if not self._corrections:
            return None

        def right(match: re.Match[str]) -> str:
            return self._corrections.get(words.fold(match[0]), match[0])

        return re.sub(r"[^\W_]+(?:['’][^\W_]+)*", right, text)


def _origin(said: str) -> Origin:
    return Origin.KIN if words.fold(said) in words.KIN else Origin.THESAURUS


def _terms(text: str) -> tuple[str, ...]:
    return tuple(words.terms(text))


def _within_budget(concepts: Sequence[Concept]) -> tuple[Concept, ...]:
    """`concepts` with no more wordings than we will look for: the reader's own words always, of
    what we add the closest first."""
    left = max(MOST_WORDINGS - len(concepts), 0)
    kept = []
    for concept in concepts:
        typed, *others = concept.wordings
        chosen = others[: min(left, MOST_ADDED_PER_CONCEPT + MOST_UNFINISHED)]
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
