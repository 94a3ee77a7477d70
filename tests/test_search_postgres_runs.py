"""Runs of the index on PostgreSQL: what is packed can be taken apart again, whatever it is."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.search.postgres_runs import (
    COUNT_MOST,
    LAST_PLACE,
    SMALL,
    Run,
    by_field,
    holding_phrase,
    said,
    unpacked,
)
from directory.search.schema import TEXT_FIELDS

TERMS = ["tea", "song", "the", "shed", "été"]
FIRST = 40

texts = st.lists(st.lists(st.sampled_from(TERMS), min_size=1, max_size=6), max_size=4)


def a_run(lines_of: list[list[list[str]]]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Entries whose text is all in their summary, but "the", which is in no field."""
    run = Run(FIRST)
    for number, lines in enumerate(lines_of):
        fields: dict[str, list[str]] = {name: [] for name in TEXT_FIELDS}
        fields["summary"] = [term for line in lines for term in line if term != "the"]
        run.add(FIRST + number, said(fields, lines))
    return {one.term: (unpacked(one.postings), unpacked(one.spots)) for one in run.packed()}


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=6), st.lists(st.sampled_from(TERMS), min_size=1, max_size=4))
def test_all_that_is_said_is_found_again(lines_of: list[list[list[str]]], phrase: list[str]):
    run = a_run(lines_of)

    for term in TERMS:
        field = SMALL if term == "the" else "summary"
        counted = {at: Counter(w for line in one for w in line) for at, one in enumerate(lines_of)}
        often = {at: 1 if term == "the" else c[term] for at, c in counted.items() if c[term]}
        found = list(by_field(run[term][0])) if often else []
        assert [one[0] for one in found] == [field] * len(found)
        for _field, documents, counts in found:
            assert dict(zip(documents.tolist(), counts.tolist(), strict=True)) == often
    nothing = np.empty(0, dtype=np.uint32)
    spots = [run.get(term, (nothing, nothing))[1] for term in phrase]
    having = [
        at
        for at, lines in enumerate(lines_of)
        if any(
            line[start : start + len(phrase)] == phrase
            for line in lines
            for start in range(len(line))
        )
    ]
    assert holding_phrase(spots).tolist() == having


def test_a_very_long_text_runs_into_nothing():
    run = a_run([[["tea"] * (LAST_PLACE + 500)], [["song", "tea"]]])
    postings, spots = run["tea"]

    assert [counts.tolist() for _f, _d, counts in by_field(postings)] == [[COUNT_MOST, 1]]
    assert holding_phrase([spots, run["song"][1]]).tolist() == []
    assert holding_phrase([run["song"][1], spots]).tolist() == [1]
    assert holding_phrase([spots] * 5).tolist() == [0]
