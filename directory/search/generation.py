"""Everything that answers questions, of one generation of the index."""

from __future__ import annotations

import threading
from functools import cached_property, lru_cache
from uuid import UUID

import numpy as np

from directory.search import words
from directory.search.joins import Joined
from directory.search.reading import Ints, Mask, Snapshot
from directory.search.spelling import Speller

# So many slices of the directory are held ready.
MASKS_KEPT = 64


class Generation:
    """A snapshot with what is worked out of it."""

    def __init__(self, snapshot: Snapshot, before: Generation | None = None) -> None:
        """Work out what `snapshot` needs; what still holds is taken over from `before`."""
        self.snapshot = snapshot
        self._joining = threading.Lock()
        self._joined: Joined | None = None
        self._joined_before = before.newest_joined if before else None
        self._learnt = before.speller_with_its_segments if before else None
        self._documents: tuple[tuple[UUID, ...], Ints] | None = None
        self.mask_of = lru_cache(maxsize=MASKS_KEPT)(self._mask_of)

    @property
    def joined(self) -> Joined:
        """The snapshot with everything joined; what an earlier one had is taken over."""
        with self._joining:
            if self._joined is None:
                self._joined = Joined(self.snapshot, self._joined_before)
                self._joined_before = None
            return self._joined

    @property
    def newest_joined(self) -> Joined | None:
        """What a later generation may take over."""
        with self._joining:
            return self._joined_before if self._joined is None else self._joined

    def documents_of(self, ids: tuple[UUID, ...]) -> Ints:
        """The document of each of these entries; -1 where it is not in this generation."""
        if self._documents is None or self._documents[0] != ids:
            found = [self.snapshot.holding(str(one), field="id") for one in ids]
            live = [[one for one in some if self.snapshot.live[one]] for some in found]
            documents = np.array([some[-1] if some else -1 for some in live], dtype=np.int32)
            self._documents = ids, documents
        return self._documents[1]

    def _mask_of(self, ids: frozenset[UUID]) -> Mask:
        """The documents of these entries."""
        mask = np.zeros(self.snapshot.size, dtype=bool)
        for one in ids:
            mask[self.snapshot.holding(str(one), field="id")] = True
        return mask

    @cached_property
    def speller(self) -> Speller:
        """The words of this generation, for slips of the keys."""
        before, learnt = self._learnt or (None, frozenset())
        self._learnt = None
        new = [one for one in self.snapshot.segments if one.name not in learnt]
        return Speller(
            (word for segment in new for word in segment.all_words()),
            self._frequency,
            before=before,
        )

    @property
    def speller_with_its_segments(self) -> tuple[Speller, frozenset[str]] | None:
        """The speller for the next generation, with the segments whose words it knows; None where
        it has to begin anew."""
        if "speller" not in self.__dict__:
            return self._learnt
        if self.speller.is_patched:
            return None
        return self.speller, frozenset(one.name for one in self.snapshot.segments)

    def _frequency(self, word: str) -> int:
        return self.snapshot.frequency("text", words.stem(word))
