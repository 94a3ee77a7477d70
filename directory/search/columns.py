"""What a segment says of each document, column by column: numbers, lengths of texts, cards.

Whoosh hands every value through four functions to a file; here they are gathered in arrays and
written at the end, in Whoosh's own form.
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import W3PerDocWriter
from whoosh.columns import CompressedBytesColumn, NumericColumn, PickleColumn

# As Whoosh has them, but sooner compressed.
_CARDS = PickleColumn(CompressedBytesColumn(level=1))


class Columns(W3PerDocWriter):  # type: ignore[misc]
    """The columns of a segment on their way to disk."""

    def _create_column(self, name: str, column: Any) -> None:
        if isinstance(column, NumericColumn):
            file = self._cols.create_file(name)
            self._colwriters[name] = _Numbers(file, column._typecode, column._default)
        elif name == "_stored":
            super()._create_column(name, _CARDS)
        else:
            super()._create_column(name, column)

    def add_column_value(self, name: str, column: Any, value: Any) -> None:
        writer = self._colwriters.get(name)
        if writer is None:
            self._create_column(name, column)
            writer = self._colwriters[name]
        writer.add(self._docnum, value)


class _Numbers:
    """A column of numbers, as `whoosh.columns.NumericColumn` writes it."""

    def __init__(self, file: Any, typecode: str, default: float) -> None:
        self._file = file
        self._typecode = typecode
        self._default = default
        self._documents = array("I")
        self._values: array[Any] = array(typecode)

    def add(self, document: int, value: float) -> None:
        self._documents.append(document)
        self._values.append(value)

    def finish(self, count: int) -> None:
        """Write the numbers of so many documents."""
        kind = np.dtype(self._typecode)
        values = np.full(count, self._default, dtype=kind)
        values[np.frombuffer(self._documents, dtype=np.uint32)] = np.frombuffer(self._values, kind)
        self._file.write(values.astype(kind.newbyteorder(">")).tobytes())
