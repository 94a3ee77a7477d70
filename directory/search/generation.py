"""Everything that answers questions, of one generation of the index."""

from __future__ import annotations

from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np

from directory.search import words
from directory.search.joins import Joined
from directory.search.reading import Mask, Snapshot
from directory.search.spelling import Speller

# So many slices of the directory are held ready.
MASKS_KEPT = 64


class Generation:
    """A snapshot with what is worked out of it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.joined = Joined(snapshot)
        self.mask_of = lru_cache(maxsize=MASKS_KEPT)(self._mask_of)

    def _mask_of(self, ids: frozenset[UUID]) -> Mask:
        """The documents of these entries."""
        mask = np.zeros(self.snapshot.size, dtype=bool)
        for one in ids:
            mask[self.snapshot.holding(str(one), field="id")] = True
        return mask

    @cached_property
    def speller(self) -> Speller:
        """The words of this generation, for slips of the keys."""
        return Speller(
            self.snapshot.words,
            lambda word: self.snapshot.frequency("text", words.stem(word)),
        )
