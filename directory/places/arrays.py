"""The tables of the gazetteer as arrays: an object for each value took 13 MB, these take 2."""

from __future__ import annotations

import re
import sqlite3
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

_RANK = re.compile(r"^City of |Borough$")


class Codes:
    """Postcode districts and sectors, in order of their letters.

    Attributes:
        are_exact: which tell where something is: sectors, and districts that have none.
        labels: what a few districts are called, by their number.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        column = partial(_column, file, "postcode ORDER BY code")
        self.code = column("code", "S")
        self.lat, self.lon = column("lat", "f8"), column("lon", "f8")
        self.council = column("council", "S")
        self.are_exact = column("label != '' OR instr(code, ' ')", "?")
        labels = column("label", "S")
        self.labels = {int(n): labels[n].decode() for n in np.flatnonzero(labels != b"")}

    def find(self, code: str) -> int | None:
        """The number of `code`."""
        at = _first_not_before(self.code, code)
        return at if at < len(self.code) and self.code[at].decode() == code else None


class Spots:
    """Towns, councils and other areas, by their number.

    Attributes:
        councils: the councils that one covers, where it is one or more.
        biggest: the numbers of towns, biggest first.
    """

    def __init__(self, file: sqlite3.Connection) -> None:
        column = partial(_column, file, "spot ORDER BY id")
        self.kind, self.name = column("kind", "S"), column("name", "S")
        self.lat, self.lon = column("lat", "f8"), column("lon", "f8")
        self.council, self.nation = column("council", "S"), column("nation", "S")
        self.population = column("population", "i4")
        covered = column("councils", "S")
        self.councils = {
            int(n): frozenset(covered[n].decode().split()) for n in np.flatnonzero(covered != b"")
        }
        # UTF-8 sorts as letters do.
        self._ranks = np.empty(len(self.name), dtype=np.int32)
        ranked = np.lexsort((self.name, self.kind == b"town", -self.population))
        self._ranks[ranked] = np.arange(len(ranked))
        by_size = np.lexsort((self.name, -self.population))
        # Some councils are called by their rank and not by their town.
        self.biggest = np.array(
            [n for n in by_size if self.population[n] and not _RANK.search(self.name[n].decode())],
            dtype=np.int32,
        )

    def rank(self, number: int) -> int:
        """Of places with one name the biggest comes first, of two as big a council or an area."""
        return int(self._ranks[number])


class Names:
    """What places are called, in order of the alphabet: a row for each name of each place."""

    def __init__(self, file: sqlite3.Connection) -> None:
        column = partial(_column, file, "name ORDER BY key, rowid")
        keys = column("key", "S")
        # With room for what ends all that start so.
        self._key = keys.astype(f"S{keys.itemsize + 1}")
        self._spot, self._is_main = column("spot - 1", "i4"), column("is_main", "?")

    def find(self, name: str) -> tuple[list[int], list[int]]:
        """The places whose main name is `name`, and those that have it as another."""
        wanted = name.encode()
        main: list[int] = []
        other: list[int] = []
        for at in range(_first_not_before(self._key, name), len(self._key)):
            if self._key[at] != wanted:
                break
            (main if self._is_main[at] else other).append(int(self._spot[at]))
        return main, other

    def starting_with(self, start: str) -> list[int]:
        """The places whose main name starts with `start`."""
        inside = slice(_first_not_before(self._key, start), self._end_of(start))
        found: list[int] = np.unique(self._spot[inside][self._is_main[inside]]).tolist()
        return found

    def of_length(self, start: str, least: int, most: int) -> list[str]:
        """Main names that start with `start`, of so many letters."""
        inside = slice(_first_not_before(self._key, start), self._end_of(start))
        keys = self._key[inside][self._is_main[inside]]
        lengths = np.strings.str_len(keys)
        keys = keys[(lengths >= least) & (lengths <= most)]
        return [one.decode() for one in np.unique(keys).tolist()]

    def _end_of(self, start: str) -> int:
        """Where names that start with `start` end: nothing in a name comes after "~"."""
        return _first_not_before(self._key, start + "~")


def _column(file: sqlite3.Connection, ordered: str, name: str, kind: str) -> NDArray[Any]:
    """A column of a table, with its order; text ("S") as UTF-8."""
    rows = file.execute(f"SELECT {name} FROM {ordered}")  # noqa: S608 - both are written above
    if kind == "S":
        return np.array([value.encode() for (value,) in rows], dtype=kind)
    return np.array([value for (value,) in rows], dtype=kind)


def _first_not_before(ordered: NDArray[Any], wanted: str) -> int:
    """Where `wanted` is or would be in `ordered`.

    Longer than all others, it is cut: numpy would copy all of them to make them as long.
    """
    return int(ordered.searchsorted(wanted.encode()[: ordered.itemsize]))
