"""Segments of Whoosh's, written a line of text at a time instead of a posting at a time.

The files are Whoosh's, and plain Whoosh reads them: a test compares both.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3Segment
from whoosh.writing import SegmentWriter

from directory.search.columns import Columns
from directory.search.pool import Pool
from directory.search.term_files import TermFiles, unpacked
from directory.search.term_reader import TermReader


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
        self._folder = Path(self.storage.folder)

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
        numbers = moved.tolist()
        with closing(TermReader(self._folder, reader.segment().segment_id())) as terms:
            for name, term, blocks in terms.everything():
                if name in self._specs:
                    for block in blocks:
                        if isinstance(block[0], tuple):
                            self._take_over_few(name, term, block, numbers)
                        else:
                            self._take_over(name, term, block, moved)

    def _take_over_few(self, name: str, term: str, block: Any, moved: list[int]) -> None:
        apart, weights, places = block
        for at, document in enumerate(accumulate(apart)):
            if moved[document] >= 0:
                count = int(weights[at]) if weights else 1
                self.pool.of(name).take_over_one(
                    term, moved[document], count, places[at] if places else b""
                )

    def _take_over(self, name: str, term: str, block: Any, moved: NDArray[np.int64]) -> None:
        has_places = self._specs[name].gap is not None
        ids, counts, places = unpacked(block)
        kept = moved[ids] >= 0
        said = np.repeat(moved[ids], counts)
        is_kept = np.repeat(kept, counts)
        left = places[is_kept] if has_places and places is not None else None
        if kept.any():
            self.pool.of(name).take_over(term, said[is_kept], left)

    def forget(self, ids: Iterable[str]) -> None:
        """Delete the documents of these ids."""
        wanted = list(ids)
        for segment in self.segments:
            with closing(TermReader(self._folder, segment.segment_id())) as terms:
                for one in wanted:
                    for documents, _counts, _places in terms.blocks("id", one):
                        for document in documents.tolist():
                            segment.delete_document(document)
