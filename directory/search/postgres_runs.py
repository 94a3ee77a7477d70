"""Runs: the postings of many entries that follow each other, packed term by term.

A posting is a number of 32 bits: the field, the entry, and how often it says the term. A spot is
one too: the entry, and the place in its text. Entries are counted from the first one of the run. So
a list of entries is read as it lies: PostgreSQL looks up one row, and numpy takes it apart.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from directory.search.schema import TEXT_FIELDS

# A run ends when it has so many entries: the longer, the fewer rows a term has, and the more memory
# its writing takes (some 4 kB an entry). There is room for five times as many.
RUN = 50_000
# A small word stands in the text and in no field: it counts only in phrases and for -word.
SMALL = "small"
_FIELDS = (*TEXT_FIELDS, SMALL)
_FIELD_AT, _DOCUMENT_AT = 28, 8
_DOCUMENTS = (1 << (_FIELD_AT - _DOCUMENT_AT)) - 1
COUNT_MOST = (1 << _DOCUMENT_AT) - 1
# Where the entry begins in a spot. Nothing stands at the first and the last place, so that a
# phrase cannot run from one entry into the next.
_SPOT_AT = 14
LAST_PLACE = (1 << _SPOT_AT) - 2

Numbers = NDArray[np.uint32]
# The bits of field and count of a posting, without the entry.
Code = int


class Said(NamedTuple):
    """What an entry says: each term of each field once, with its code; and its text in lines."""

    terms: Sequence[str]
    codes: Sequence[Code]
    lines: Sequence[Sequence[str]]


def said(fields: Mapping[str, Sequence[str]], lines: Sequence[Sequence[str]]) -> Said:
    """The terms of all text fields, and the small words that stand in `lines` alone."""
    terms: list[str] = []
    codes: list[Code] = []
    for number, name in enumerate(TEXT_FIELDS):
        for term, count in Counter(fields[name]).items():
            terms.append(term)
            codes.append(number << _DOCUMENT_AT | min(count, COUNT_MOST))
    small = {term for line in lines for term in line}.difference(terms)
    terms += sorted(small)
    codes += [_FIELDS.index(SMALL) << _DOCUMENT_AT | 1] * len(small)
    return Said(terms, codes, lines)


def postings(codes: Sequence[Code], document: int) -> list[int]:
    """The postings of `document` from the codes of its terms."""
    here = document << _DOCUMENT_AT
    return [(code >> _DOCUMENT_AT) << _FIELD_AT | here | (code & COUNT_MOST) for code in codes]


def spots(lines: Sequence[Sequence[str]], document: int) -> Iterator[tuple[str, int]]:
    """Each term of `lines` with its spot. A phrase never runs from one line into the next."""
    here = document << _SPOT_AT
    place = 1
    for line in lines:
        for term in line[: max(LAST_PLACE - place, 0)]:
            yield term, here | place
            place += 1
        place += 1


class Packed(NamedTuple):
    """One term of a run, and how many entries hold it."""

    term: str
    entries: int
    postings: bytes
    spots: bytes


class Run:
    """Takes in entries and gives their terms, packed.

    Attributes:
        first: the number of its first entry.
    """

    def __init__(self, first: int) -> None:
        self.first = first
        self._numbers: dict[str, int] = {}
        self._of_postings, self._postings = array("I"), array("I")
        self._of_spots, self._spots = array("I"), array("I")

    def add(self, document: int, told: Said) -> None:
        """Take in the entry with the number `document`."""
        numbers, here = self._numbers, document - self.first
        self._of_postings.extend([numbers.setdefault(term, len(numbers)) for term in told.terms])
        self._postings.extend(postings(told.codes, here))
        for term, spot in spots(told.lines, here):
            self._of_spots.append(numbers[term])
            self._spots.append(spot)

    def packed(self) -> Iterator[Packed]:
        """All terms in order."""
        terms = sorted(self._numbers)
        ranks = np.empty(len(terms), dtype=np.uint64)
        ranks[[self._numbers[term] for term in terms]] = np.arange(len(terms), dtype=np.uint64)
        both = _by_rank(ranks, self._of_postings, self._postings)
        places = _cut(_by_rank(ranks, self._of_spots, self._spots), len(terms))
        holding = np.unique(both & ~np.uint64((1 << _DOCUMENT_AT) - 1) & _NO_FIELD)
        entries = np.bincount((holding >> _RANK_AT).astype(np.intp), minlength=len(terms)).tolist()
        for packed in zip(terms, entries, _cut(both, len(terms)), places, strict=True):
            yield Packed(*packed)


_RANK_AT = np.uint64(32)
_NO_FIELD = ~np.uint64(((1 << 32) - 1) & ~((1 << _FIELD_AT) - 1))


def _by_rank(ranks: NDArray[np.uint64], of: array[int], values: array[int]) -> NDArray[np.uint64]:
    """All values in order of their terms, and behind the rank of the term."""
    both = ranks[np.frombuffer(of, dtype=np.uint32)] << _RANK_AT
    both |= np.frombuffer(values, dtype=np.uint32)
    both.sort()
    return both


def _cut(both: NDArray[np.uint64], terms: int) -> Iterator[bytes]:
    """The values of each term."""
    bounds = np.searchsorted(both, np.arange(terms + 1, dtype=np.uint64) << _RANK_AT)
    values = both.astype("<u4").tobytes()  # the lower half
    for start, end in pairwise((bounds * 4).tolist()):
        yield values[start:end]


_STARTS = np.arange(len(_FIELDS) + 1, dtype=np.uint32) << np.uint32(_FIELD_AT)


def unpacked(packed: bytes) -> Numbers:
    """Postings or spots of a run."""
    return np.frombuffer(packed, dtype="<u4")


def by_field(found: Numbers) -> Iterator[tuple[str, NDArray[np.int32], NDArray[np.uint8]]]:
    """Sorted postings as fields, their entries, and how often each says it."""
    bounds = np.searchsorted(found, _STARTS)
    for name, (start, end) in zip(_FIELDS, pairwise(bounds.tolist()), strict=True):
        if end > start:
            some = found[start:end]
            documents = ((some >> _DOCUMENT_AT) & _DOCUMENTS).astype(np.int32)
            yield name, documents, (some & COUNT_MOST).astype(np.uint8)


def holding_phrase(terms: Sequence[Numbers]) -> NDArray[np.int32]:
    """Entries, sorted, that have the spots of `terms` one right after the other."""
    rarest = min(range(len(terms)), key=lambda at: len(terms[at]))
    # Where the phrase would begin. What runs below its entry ends at a place where nothing stands.
    begins = terms[rarest] - np.uint32(rarest)
    for at in sorted(range(len(terms)), key=lambda at: len(terms[at])):
        if at != rarest and len(begins):
            begins = begins[_are_in(begins + np.uint32(at), terms[at])]
    found = (begins >> _SPOT_AT).astype(np.int32)
    return found[np.diff(found, prepend=-1) > 0]


def _are_in(wanted: Numbers, sorted_: Numbers) -> NDArray[Any]:
    if not len(sorted_):
        return np.zeros(len(wanted), dtype=bool)
    at = np.minimum(np.searchsorted(sorted_, wanted), len(sorted_) - 1)
    is_in: NDArray[np.bool_] = sorted_[at] == wanted
    return is_in
