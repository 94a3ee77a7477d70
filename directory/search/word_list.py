"""Many words in little memory: a hundred thousand of them take a megabyte."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise, takewhile

import numpy as np


class WordList(Sequence[str]):
    """Words in order of the alphabet."""

    def __init__(self, words: Sequence[str]) -> None:
        packed = [word.encode() for word in words]
        self._packed = b"".join(packed)
        self._ends = np.array([0, *accumulate(map(len, packed))], dtype=np.uint32)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        return self._packed[self._ends[at] : self._ends[at + 1]].decode()

    def __contains__(self, word: object) -> bool:
        at = bisect_left(self, word) if isinstance(word, str) else len(self)
        return at < len(self) and self[at] == word

    def __iter__(self) -> Iterator[str]:
        for start, end in pairwise(self._ends.tolist()):
            yield self._packed[start:end].decode()

    def starting_with(self, start: str, *, most: int) -> list[str]:
        """The first of them that start with `start`."""
        first = bisect_left(self, start)
        found = (self[at] for at in range(first, min(first + most, len(self))))
        return list(takewhile(lambda word: word.startswith(start), found))
