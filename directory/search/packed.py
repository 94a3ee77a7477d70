"""Documents with their scores as they are kept between questions: six bytes each instead of eight.

Numbers of documents are sorted, so that the lower half of each and where the next upper half begins
say them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.search.parts import Floats, Ints

BLOCK_BITS = 16
# What an entry of the cache takes beside its arrays.
BESIDE_BYTES = 200


@dataclass(frozen=True, slots=True)
class Packed:
    """Sorted documents and the score of each.

    Attributes:
        lows: the lower half of each number.
        starts: how many documents come before the second block of 65,536, the third and so on.
    """

    lows: NDArray[np.uint16]
    starts: tuple[int, ...]
    scores: NDArray[Any]

    @classmethod
    def of(cls, documents: Ints, scores: Floats) -> Packed:
        last = int(documents[-1]) >> BLOCK_BITS if len(documents) else 0
        starts = documents.searchsorted(np.arange(1, last + 1) << BLOCK_BITS)
        return cls(documents.astype(np.uint16), tuple(starts.tolist()), scores)

    def unpacked(self) -> tuple[Ints, Floats]:
        documents = self.lows.astype(np.int32)
        for start in self.starts:
            documents[start:] += 1 << BLOCK_BITS
        return documents, self.scores

    @property
    def nbytes(self) -> int:
        return BESIDE_BYTES + self.lows.nbytes + self.scores.nbytes
