"""From words to what is looked for: phrases and everyday words of the thesaurus, slips of the keys,
words that are not typed to their end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from directory.search import words
from directory.search.query import Query
from directory.search.ranking import Concept, Origin, Wording
from directory.search.reading import Snapshot
from directory.search.spelling import Spelling
from directory.vocabulary.thesaurus import Group

MOST_ADDED_PER_CONCEPT = 5
MOST_UNFINISHED = 6
MOST_OTHERS = MOST_ADDED_PER_CONCEPT + MOST_UNFINISHED
SHORTEST_START = 3

# How much a wording counts against the reader's own words.
SAME = 0.6
RELATED = 0.35
SPELT = 0.85
FINISHED = 0.8
# Words inside a phrase that we know count less by themselves; weak ones less still.
INSIDE_PHRASE = 0.5
WEAK = 0.5


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


class Reader:
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
        return list(islice(others, MOST_OTHERS))

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
