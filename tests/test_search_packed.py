"""Documents and scores are the same after they were packed."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from directory.search.packed import Packed


@given(
    st.sets(st.integers(0, 300_000), max_size=60)
    | st.sets(st.sampled_from([0, 65_535, 65_536, 131_071, 131_072, 196_608]))
)
def test_what_is_unpacked_is_what_was_packed(numbers: set[int]) -> None:
    documents = np.array(sorted(numbers), dtype=np.int32)
    scores = np.linspace(1, 2, len(documents), dtype=np.float32)

    packed = Packed.of(documents, scores)
    found, kept = packed.unpacked()

    assert found.dtype == np.int32
    assert found.tolist() == documents.tolist()
    assert kept.tolist() == scores.tolist()
    assert packed.nbytes <= 6 * len(documents) + 200
