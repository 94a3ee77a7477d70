"""Segments of Whoosh's, written a line of text at a time instead of a posting at a time.

The files are Whoosh's, and plain Whoosh reads them: a test compares both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.writing import SegmentWriter

from directory.search.columns import Columns
from directory.search.pool import Pool
from directory.search.term_files import Block, TermFiles, unpacked


class Codec(W3Codec):  # type: ignore[misc]
    """Writes terms and columns whole; what it has written any Whoosh reads, with its own codec."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> TermFiles:
        return TermFiles(self, storage, segment)

    def per_document_writer(self, storage: Any, segment: Any) -> Columns:
        return Columns(self, storage, segment)

    def new_segment(self, storage: Any, indexname: str) -> Any:
        return W3Segment(W3Codec(), indexname)


class Writer(SegmentWriter):  # type: ignore[misc]
    """Adds documents whose fields are given as Whoosh's schema wants them."""

    def __init__(self, index: Any) -> None:
        # Files apart and not in one compound file: readers of that copy it into memory.
        super().__init__(index, codec=Codec(), compound=False)
        self.pool: Any = Pool(self.schema)
        self._specs = dict(self.schema.items())

    def add_document(self, **fields: Any) -> None:
        """Add one document; unlike Whoosh's own without boosts, vectors and spelling fields."""
        number, columns = self.docnum, self.perdocwriter
        columns.start_doc(number)
        for name, value in fields.items():
            field = self._specs[name]
            if field.indexed:
                if not value:
                    continue
                length = self.pool.of(name).say(field.lines(value), number)
                if field.scorable:
                    columns.add_field(name, field, None, length)
            elif field.stored:
                columns.add_field(name, field, value, 0)
            else:
                columns.add_column_value(name, field.column_type, value)
        columns.finish_doc()
        self._added = True
        self.docnum += 1

    def add_postings_to_pool(self, reader: Any, startdoc: int, docmap: Any) -> None:
        """Take over all words of another segment, which is merged into this one."""
        size = reader.doc_count_all()
        moved = np.full(size, -1, dtype=np.int64)
        if docmap is None:
            moved[:] = np.arange(startdoc, startdoc + size)
        else:
            moved[list(docmap)] = list(docmap.values())
        for name, term in reader.all_terms():
            if name in self.schema:
                self._take_over(reader, name, term, moved)

    def _take_over(self, reader: Any, name: str, term: bytes, moved: NDArray[np.int64]) -> None:
        has_places = self._specs[name].gap is not None
        for ids, counts, places in blocks(reader, name, term):
            kept = moved[ids] >= 0
            said = np.repeat(moved[ids], counts)
            is_kept = np.repeat(kept, counts)
            left = places[is_kept] if has_places and places is not None else None
            if kept.any():
                self.pool.of(name).take_over(term.decode(), said[is_kept], left)


def blocks(reader: Any, name: str, term: bytes) -> Iterator[Block]:
    """The postings of a term, of which there are some, as a reader of Whoosh's finds them."""
    matcher = reader._terms.matcher(name, term, reader.schema[name].format)
    while True:
        matcher._read_data()
        yield unpacked(matcher._data)
        if matcher._lastblock:
            return
        matcher._next_block()
