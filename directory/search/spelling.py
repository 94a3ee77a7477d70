"""Did you mean: words of our own that are nearly what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

# So many words that share most letter pairs with the typed one are looked at closely.
CLOSEST = 80
SHORTEST = 4
LIKELIEST = 2
# So many misspelt words are remembered with what they may mean.
KEPT = 2_000


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


class Speller:
    """Knows a list of words and finds those nearest to a misspelt one."""

    def __init__(self, words: Sequence[str], frequency: Callable[[str], int]) -> None:
        """Learn `words`; `frequency` says how often each is used."""
        self._words = [word for word in words if len(word) >= SHORTEST - 1 and word.isalpha()]
        self._frequency = frequency
        pairs: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            for pair in _letter_pairs(word):
                pairs.setdefault(pair, []).append(number)
        self._pairs: dict[str, NDArray[np.int32]] = {
            pair: np.array(numbers, dtype=np.int32) for pair, numbers in pairs.items()
        }
        self._sizes = np.array([len(word) + 1 for word in self._words], dtype=np.float64)

        self.nearest = lru_cache(maxsize=KEPT)(self._nearest)

    def _nearest(self, word: str) -> list[str]:
        """Known words that `word` may be a misspelling of, the two likeliest first."""
        most = edits_allowed(word)
        if not most or not self._words:
            return []
        shared = np.zeros(len(self._words))
        for pair in _letter_pairs(word):
            if pair in self._pairs:
                shared[self._pairs[pair]] += 1
        likeness = 2 * shared / (self._sizes + len(word) + 1)
        count = min(CLOSEST, len(likeness))
        closest = np.argpartition(-likeness, count - 1)[:count]
        found = []
        for number in closest.tolist():
            candidate = self._words[number]
            edits = edits_between(word, candidate, most=most)
            # People rarely get the first letter wrong, and then nothing else.
            if 0 < edits <= (most if candidate[0] == word[0] else 1):
                rank = edits + (candidate[0] != word[0]) * 0.5
                found.append((rank, -self._frequency(candidate), candidate))
        return [candidate for _, _, candidate in sorted(found)[:LIKELIEST]]


def _letter_pairs(word: str) -> set[str]:
    framed = f"^{word}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}
