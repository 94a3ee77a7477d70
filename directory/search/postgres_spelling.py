"""Our words nearest to a misspelt one, by PostgreSQL."""

from __future__ import annotations

from functools import lru_cache

from directory.search import words
from directory.search.postgres_source import Source
from directory.search.reading import Snapshot
from directory.search.spelling import SHORTEST, likeliest

# So many words that share most with a misspelt one are looked at closely.
CLOSEST = 120
# So many misspelt words are remembered with what they may mean.
KEPT = 2_000


class Speller:
    """Compares words by three letters at a time, whatever their accents."""

    def __init__(self, snapshot: Snapshot, source: Source) -> None:
        self._snapshot = snapshot
        self._source = source
        self.nearest = lru_cache(maxsize=KEPT)(self._nearest)

    def _nearest(self, word: str) -> list[str]:
        if len(word) < SHORTEST:
            return []
        rows = self._source.ask(
            "SELECT * FROM {nearest}(%(word)s, %(most)s)",
            word=word,
            most=CLOSEST,
        )
        candidates = [row[0] for row in rows if row[0].isalpha()]
        return likeliest(word, candidates, self._frequency)

    def _frequency(self, word: str) -> int:
        return self._snapshot.frequency("text", words.stem(word))
