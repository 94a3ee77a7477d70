"""Did you mean: words of our own that are nearly what was typed."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from directory.search.word_list import WordList

# So many words that share most letter pairs with the typed one are looked at closely.
CLOSEST = 80
SHORTEST = 4
LIKELIEST = 2
# So many misspelt words are remembered with what they may mean.
KEPT = 2_000
# So many words are added to a list before it is made anew.
LATER_MOST = 4_000


def edits_between(one: str, other: str, *, most: int) -> int:
    """How many letters to put in, leave out, change or swap; `most + 1` if more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last = row, before
        row = [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def edits_allowed(word: str) -> int:
    """How wrong a word may be: the longer, the more."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) < 8 else 2


class _Words:
    """A list of words by the pairs of letters in them."""

    def __init__(self, words: Iterable[str]) -> None:
        ordered = sorted(words)
        self.words = WordList(ordered)
        pairs: dict[str, array[int]] = {}
        for number, word in enumerate(ordered):
            for pair in _letter_pairs(word):
                pairs.setdefault(pair, array("i")).append(number)
        self._pairs: dict[str, NDArray[np.int32]] = {
            pair: np.array(numbers, dtype=np.int32) for pair, numbers in pairs.items()
        }
        self._sizes = np.array([len(word) + 1 for word in ordered], dtype=np.uint8)

    def likeness(self, word: str) -> NDArray[np.float64]:
        """What part of its pairs each word shares with `word`."""
        shared = np.zeros(len(self.words))
        for pair in _letter_pairs(word):
            if pair in self._pairs:
                shared[self._pairs[pair]] += 1
        return 2 * shared / (self._sizes + float(len(word) + 1))


class Spelling(Protocol):
    """Whoever knows our words."""

    def nearest(self, word: str, /) -> list[str]:
        """Known words that `word` may be a misspelling of, the two likeliest first."""


class Speller:
    """Knows a list of words and finds those nearest to a misspelt one."""

    def __init__(
        self,
        words: Iterable[str],
        frequency: Callable[[str], int],
        *,
        before: Speller | None = None,
    ) -> None:
        """Learn `words`, and all that the speller `before` knows.

        Args:
            frequency: how often a word is used.
        """
        said = {word for word in words if len(word) >= SHORTEST - 1 and word.isalpha()}
        self._frequency = frequency
        if before is None:
            self._first, self._later = _Words(said), _Words(())
        else:
            self._first = before._first
            later = before._later
            new = {word for word in said if not before._knows(word)}
            self._later = _Words({*later.words, *new}) if new else later
        self.nearest = lru_cache(maxsize=KEPT)(self._nearest)

    @property
    def is_patched(self) -> bool:
        """Whether so much was learnt later that it is better to begin anew."""
        return len(self._later.words) > LATER_MOST

    def _knows(self, word: str) -> bool:
        return word in self._first.words or word in self._later.words

    def _nearest(self, word: str) -> list[str]:
        """Known words that `word` may be a misspelling of, the two likeliest first."""
        most = edits_allowed(word)
        if not most or not (self._first.words or self._later.words):
            return []
        likeness = np.concatenate((self._first.likeness(word), self._later.likeness(word)))
        count = min(CLOSEST, len(likeness))
        closest = np.argpartition(-likeness, count - 1)[:count]
        first, later = self._first.words, self._later.words
        candidates = [first[n] if n < len(first) else later[n - len(first)] for n in closest]
        return likeliest(word, candidates, self._frequency)


def likeliest(word: str, candidates: Iterable[str], frequency: Callable[[str], int]) -> list[str]:
    """The two likeliest of `candidates`: words in use that `word` may be a misspelling of."""
    most = edits_allowed(word)
    found = []
    for candidate in candidates:
        edits = edits_between(word, candidate, most=most)
        # People rarely get the first letter wrong, and then nothing else.
        if 0 < edits <= (most if candidate[0] == word[0] else 1) and (used := frequency(candidate)):
            rank = edits + (candidate[0] != word[0]) * 0.5
            found.append((rank, -used, candidate))
    return [candidate for _, often, candidate in sorted(found) if often][:LIKELIEST]


def _letter_pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
