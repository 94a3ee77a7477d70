"""The index as arrays: a snapshot of one generation, which never changes and is never locked.

Words and postings lie on disk or in the database; ranking and counting happen in numpy on what is
read of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.util.numeric import byte_to_length

from directory.search.caching import Cache, size_of
from directory.search.ordering import Merged
from directory.search.packed import Packed
from directory.search.parts import (
    NO_SCORES,
    NOTHING,
    Damaged,
    Floats,
    Ints,
    Mask,
    Part,
    PartedValues,
    Values,
)
from directory.search.schema import (
    BOOSTS,
    KEY_FIELDS,
    LOG_KIND,
    LONG,
    LONG_ELSE,
    NUMBERS,
    SORT_BYTES,
    TEXT_FIELDS,
)

__all__ = ["Cache", "Damaged", "Floats", "Ints", "Mask", "PartedValues", "Snapshot", "Values"]

# BM25: how fast a repeated word stops counting.
K1 = 0.75

# Cards of results, some 2 kB each.
CARD_BYTES = 2_000
CARDS_KEPT = 800
# A term that one of so many documents holds, or more of them, is summed over all documents.
DENSE = 100
_LENGTHS = np.array([byte_to_length(byte) for byte in range(256)], dtype=np.float64)


class Snapshot:
    """All documents of one generation, numbered through its segments."""

    def __init__(
        self,
        generation: str,
        segments: Sequence[Part],
        deleted: Sequence[Iterable[int]],
        before: Snapshot | None = None,
    ) -> None:
        """Join `segments`; `deleted` are the numbers in each that no longer count.

        Args:
            before: an earlier one, of which what still holds is taken over.
        """
        self.generation = generation
        self.segments = tuple(segments)
        sizes = [segment.size for segment in segments]
        self.bases = np.concatenate(([0], np.cumsum(sizes))).astype(np.int64)
        self.size = int(self.bases[-1])
        self._terms = Cache()
        self._cards = Cache(CARDS_KEPT * CARD_BYTES)
        self._frequencies: dict[tuple[str, str], int] = {}
        self._merged_names: Merged | None = before._merged_names if before else None
        values = before._values if before else {}
        self._values: dict[str, dict[str, Values]] = {
            one.name: values.get(one.name) or {key: Values.of(had) for key, had in one.keys.items()}
            for one in segments
        }
        self.keys = {name: self._joined_keys(name) for name in KEY_FIELDS}
        hidden = self.keys["kind"].having(LOG_KIND)
        self.live = np.ones(self.size, dtype=bool)
        for base, numbers in zip(self.bases, deleted, strict=False):
            self.live[[int(base) + number for number in numbers]] = False
        notes = [self.card(number) for number in hidden.tolist() if self.live[number]]
        self.note: dict[str, Any] = notes[-1] if notes else {}
        self.live[hidden] = False
        self.numbers = self._joined_numbers(before)

    def _joined_keys(self, name: str) -> PartedValues:
        return PartedValues(
            [
                (base, segment.size, self._values[segment.name][name])
                for base, segment in zip(self.bases.tolist(), self.segments, strict=False)
            ]
        )

    def _joined_numbers(self, before: Snapshot | None) -> dict[str, NDArray[Any]]:
        """The columns of numbers; of the segments that were first before too, as they are there."""
        pairs = zip(self.segments, before.segments if before else (), strict=False)
        same = list(takewhile(lambda pair: pair[0].name == pair[1].name, pairs))
        end = int(self.bases[len(same)])
        parts = [{name: before.numbers[name][:end] for name in NUMBERS}] if before and end else []
        parts += [segment.numbers for segment in self.segments[len(same) :]]
        return {
            name: np.concatenate([part[name] for part in parts]) if parts else np.empty(0)
            for name in NUMBERS
        }

    def frequency(self, field: str, term: str) -> int:
        """How many documents hold `term` in `field`, deleted ones too, as Whoosh counts."""
        known = self._frequencies.get((field, term))
        if known is None:
            known = sum(segment.frequency(field, term) for segment in self.segments)
            if len(self._frequencies) < 200_000:
                self._frequencies[field, term] = known
        return known

    def rarity(self, field: str, term: str) -> float:
        """Whoosh's idf: about 1 for a word that everything has, more the rarer it is.

        Words count by how rare they are anywhere: "community" is rare in names and says little.
        """
        return self.rarity_of(self.frequency("pairs" if field == "pairs" else "text", term))

    def rarity_of(self, frequency: int) -> float:
        """The same of something that so many documents hold."""
        return float(np.log(self.size / (frequency + 1)) + 1)

    @cached_property
    def _averages(self) -> dict[str, float]:
        """How many words each text field has, on average."""
        return {
            field: sum(one.total_lengths[field] for one in self.segments) / (self.size or 1) or 1
            for field in TEXT_FIELDS
        }

    def scores(self, field: str, term: str) -> tuple[Ints, Floats]:
        """Whoosh's BM25F of `term` in one field: documents, sorted, and their scores."""
        rarity = self.rarity(field, term)
        average = self._averages[field]
        b = LONG.get(field, LONG_ELSE)
        documents, scores = [NOTHING], [NO_SCORES]
        for base, segment in zip(self.bases, self.segments, strict=False):
            ids, counts = segment.postings(field, term)
            if not len(ids):
                continue
            length = _LENGTHS[segment.lengths[field][ids]]
            held_back = counts + K1 * ((1 - b) + b * length / average)
            documents.append((base + ids).astype(np.int32))
            scores.append(rarity * (counts * (K1 + 1)) / held_back)
        return np.concatenate(documents), np.concatenate(scores)

    def term(self, term: str) -> tuple[Ints, Floats]:
        """Documents that hold `term` anywhere, sorted; the sum of its boosted scores."""

        def add_up() -> Packed:
            fields = [name for name in TEXT_FIELDS if name != "pairs"]
            parts = [(*self.scores(name, term), BOOSTS[name]) for name in fields]
            return Packed.of(*_added_up(parts, self.size))

        found: Packed = self._terms.get(term, add_up, _bytes_of)
        return found.unpacked()

    def is_summed(self, term: str) -> bool:
        """Whether the scores of `term`, or of a pair of terms, are held."""
        return term in self._terms or ("pairs", term) in self._terms

    def pair(self, pair: str) -> tuple[Ints, Floats]:
        """Documents that hold two neighbouring terms close to the top; their boosted scores."""

        def boosted() -> Packed:
            documents, scores = self.scores("pairs", pair)
            return Packed.of(documents, scores * BOOSTS["pairs"])

        found: Packed = self._terms.get(("pairs", pair), boosted, _bytes_of)
        return found.unpacked()

    def holding(self, term: str, *, field: str = "text") -> Ints:
        """Documents that hold `term` anywhere, stop words too; or in another field."""
        return self._postings(field, term)

    def _postings(self, field: str, term: str) -> Ints:
        return np.concatenate(
            [NOTHING]
            + [
                (base + segment.postings(field, term)[0]).astype(np.int32)
                for base, segment in zip(self.bases, self.segments, strict=False)
            ]
        )

    def phrase(self, terms: Sequence[str]) -> Ints:
        """Documents that hold `terms` one right after the other."""
        if len(terms) == 1:
            return self.holding(terms[0])

        def search() -> tuple[Ints]:
            found = [NOTHING]
            for base, segment in zip(self.bases, self.segments, strict=False):
                found.append((base + segment.phrase(terms)).astype(np.int32))
            return (np.concatenate(found),)

        documents: Ints = self._terms.get(("phrase", *terms), search, size_of)[0]
        return documents

    def card(self, document: int) -> dict[str, Any]:
        """What was stored of a document."""

        def read() -> dict[str, Any]:
            segment, number = self._place(document)
            return segment.card(number)

        found: dict[str, Any] = self._cards.get(document, read, lambda card: CARD_BYTES)
        return found

    def fetch_cards(self, documents: Iterable[int]) -> None:
        """Read at once what was stored of `documents`, so that `card` has it."""
        new = np.array([one for one in documents if one not in self._cards], dtype=np.int64)
        for base, segment in zip(self.bases, self.segments, strict=False):
            here = np.unique(new[(new >= base) & (new < base + segment.size)])
            if len(here):
                cards = segment.cards((here - base).tolist())
                for document, card in zip(here.tolist(), cards, strict=True):
                    self._cards.put(document, card, CARD_BYTES)

    @cached_property
    def name_order(self) -> Ints:
        """For each document its place among all in the order of their names."""
        parts = [(segment.name, segment.sort_names) for segment in self.segments]
        self._merged_names = Merged.of(parts, self._merged_names)
        return self._merged_names.ranks(parts)

    def sort_names_of(self, documents: NDArray[Any]) -> NDArray[np.bytes_]:
        """The names of `documents` as they are put in order: folded, and cut to SORT_BYTES."""
        found = np.empty(len(documents), dtype=f"S{SORT_BYTES}")
        for base, segment in zip(self.bases, self.segments, strict=False):
            here = (documents >= base) & (documents < base + segment.size)
            found[here] = segment.sort_names[documents[here] - base]
        return found

    def _place(self, document: int) -> tuple[Part, int]:
        at = int(np.searchsorted(self.bases, document, side="right")) - 1
        return self.segments[at], document - int(self.bases[at])

    def words_from(self, start: str, *, most: int = 50) -> list[str]:
        """Unstemmed words that start with `start`."""
        found = {w for segment in self.segments for w in segment.words_from(start, most=most)}
        return sorted(found)[:most]

    @cached_property
    def words(self) -> list[str]:
        """Every word that stands anywhere, unstemmed."""
        return sorted({word for segment in self.segments for word in segment.all_words()})


def _bytes_of(packed: Packed) -> int:
    return packed.nbytes


def _added_up(parts: Sequence[tuple[Ints, Floats, float]], size: int) -> tuple[Ints, Floats]:
    """Each of `size` documents that is in any part, once; the sum of its boosted scores."""
    documents = np.concatenate([ids for ids, _, _ in parts])
    scores = np.concatenate([scores * boost for _, scores, boost in parts])
    if len(documents) * DENSE > size:  # to count is faster than to sort
        held = np.zeros(size, dtype=bool)
        held[documents] = True
        once = np.flatnonzero(held).astype(np.int32)
        return once, np.bincount(documents, scores, minlength=size)[once].astype(np.float32)
    once, where = np.unique(documents, return_inverse=True)
    return once, np.bincount(where, scores, minlength=len(once)).astype(np.float32)
