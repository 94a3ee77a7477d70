"""Where is LS7, Todmorden, "Newport, Isle of Wight"? Answered from one file, on this server alone.

The whole gazetteer is small (15,000 postcode sectors, 6,000 names), so a process reads it once and
keeps it. A `Gazetteer` never changes: any thread may use it, and a new file makes a new one.
"""

from __future__ import annotations

import difflib
import re
import sqlite3
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np

from directory.places import build, postcodes
from directory.places.names import key
from directory.places.postcodes import Postcode

# A name is taken for its biggest place only if that is this many times as big as all others:
# Brixton is London's (66,300 people) and not Devon's (1,252); Newport could be any of six.
CLEARLY_BIGGER = 20


@dataclass(frozen=True)
class Spot:
    """Somewhere on the map that a reader named.

    Attributes:
        name: as shown where it is clear: "Leeds", "LS7 4".
        full_name: with what tells it apart: "Newport, Isle of Wight".
        near: what to write in an address so that exactly this spot is found again.
        council: GSS code of the council it lies in, "" outside the UK.
        councils: the councils it covers, if it is one or more; empty for towns and postcodes.
        nation: "England"… or the name of the island.
    """

    name: str
    full_name: str
    near: str
    lat: float
    lon: float
    council: str = ""
    councils: frozenset[str] = frozenset()
    nation: str = ""
    kind: str = "town"


@dataclass(frozen=True)
class Found:
    """What a place name or postcode means.

    Attributes:
        spot: the one place meant; None if it could be several.
        others: places of the same name, biggest first, for the reader to choose from.
    """

    spot: Spot | None
    others: tuple[Spot, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        return self.spot is None


_RANK = re.compile(r"^City of |Borough$")


class _Row(NamedTuple):
    kind: str
    name: str
    lat: float
    lon: float
    council: str
    councils: str
    nation: str
    population: int


class Gazetteer:
    """Places and postcodes of the UK and the Crown dependencies, read from one file.

    Attributes:
        sizes: how many postcode sectors (in Northern Ireland: districts) each council has.
    """

    def __init__(self, path: Path) -> None:
        """Read the gazetteer at `path`.

        Raises:
            sqlite3.Error, OSError: there is no usable file.
        """
        with sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True) as file:
            self.meta: dict[str, str] = dict(file.execute("SELECT key, value FROM meta"))
            if self.meta.get("format") != build.FORMAT:
                raise sqlite3.DatabaseError("the gazetteer was made by another version of Kith")
            self._councils: dict[str, tuple[str, str]] = {
                code: (name, nation)
                for code, name, nation in file.execute("SELECT code, name, nation FROM council")
            }
            self._codes: dict[str, tuple[float, float, str, str, str]] = {
                code: (lat, lon, council, nation, label)
                for code, lat, lon, council, nation, label in file.execute(
                    "SELECT code, lat, lon, council, nation, label FROM postcode"
                )
            }
            self._rows: list[_Row] = [
                _Row(*row)
                for row in file.execute(
                    "SELECT kind, name, lat, lon, council, councils, nation, population "
                    "FROM spot ORDER BY id"
                )
            ]
            self._main: dict[str, list[int]] = {}
            self._other: dict[str, list[int]] = {}
            for name, spot, is_main in file.execute("SELECT key, spot, is_main FROM name"):
                (self._main if is_main else self._other).setdefault(name, []).append(spot - 1)
        file.close()
        self._sorted = sorted(self._main.keys() | self._other.keys())
        # Some councils are called by their rank and not by their town.
        towns = [row for row in self._rows if row.population and not _RANK.search(row.name)]
        self._biggest = sorted(towns, key=lambda row: (-row.population, row.name))
        self._town_points = np.array([row[2:4] for row in self._biggest]).reshape(-1, 2)
        exact = [(code, row) for code, row in self._codes.items() if " " in code or row[4]]
        exact.sort(key=lambda one: one[1][0])
        self.sizes: Counter[str] = Counter(row[2] for _, row in exact if row[2])
        self._points = np.array([row[:2] for _, row in exact], dtype=np.float64).reshape(-1, 2)
        self._point_councils: list[str] = [row[2] for _, row in exact]
        self._point_districts: list[str] = [code.split()[0] for code, _ in exact]

    def find(self, text: str) -> Found | None:
        """What `text` means, a name or a postcode; None if nothing is known by it."""
        return self.postcode(text) or self.named(text)

    def postcode(self, text: str) -> Found | None:
        """The postcode sector or district that `text` is, however it is spaced."""
        code = postcodes.parse(text)
        if code is None:
            return None
        if code.sector is None and code.district not in self._codes:
            code = postcodes.parse_sector_without_space(text) or code
        if code.island:
            return self._island(code)
        for candidate in (str(code), code.district):
            if row := self._codes.get(candidate):
                return Found(self._postcode_spot(code, row))
        return None

    def _postcode_spot(self, code: Postcode, row: tuple[float, float, str, str, str]) -> Spot:
        lat, lon, council, nation, label = row
        return Spot(
            name=str(code),
            full_name=_joined(str(code), label or self.council_name(council)),
            near=str(code),
            lat=lat,
            lon=lon,
            council=council,
            nation=nation,
            kind="postcode",
        )

    def _island(self, code: Postcode) -> Found:
        island = code.island or ""
        lat, lon = _ISLANDS[island]
        full_name = _joined(str(code), island)
        return Found(
            Spot(str(code), full_name, str(code), lat, lon, nation=island, kind="postcode")
        )

    def named(self, name: str, *, also_others: bool = True) -> Found | None:
        """The place called `name`: "Leeds", "newport, isle of wight".

        Args:
            also_others: whether a place's second names count ("Casnewydd" for Newport).
        """
        whole = self._named(key(name), also_others=also_others)
        if whole or "," not in name:
            return whole
        before, _, after = name.partition(",")
        several = self._named(key(before), also_others=also_others)
        if several is None:
            return None
        candidates = [spot for spot in (several.spot, *several.others) if spot]
        meant = [spot for spot in candidates if self._lies_in(spot, key(after))]
        return Found(meant[0], tuple(meant[1:])) if meant else several

    def _named(self, name: str, *, also_others: bool) -> Found | None:
        numbers = self._main.get(name, [])
        if also_others:
            others = self._other.get(name, [])
            # "Newcastle" is the main name of a small town, the short name of a big one.
            biggest = max((self._rows[number].population for number in numbers), default=0)
            numbers = numbers + [n for n in others if self._rows[n].population >= 5 * biggest]
        if not numbers:
            return self._island_named(name)
        if len(numbers) == 1:
            return Found(self._spot(numbers[0]))
        numbers = sorted(numbers, key=self._rank)
        spots = tuple(self._spot(number) for number in numbers)
        first, *rest = (self._rows[number] for number in numbers)
        is_only_wide = first.kind != "town" and all(row.kind == "town" for row in rest)
        others_size = sum(max(row.population, 500) for row in rest)
        if first.population >= CLEARLY_BIGGER * others_size or (
            is_only_wide and not first.population
        ):
            return Found(spots[0], spots[1:])
        return Found(None, spots)

    def _rank(self, number: int) -> tuple[int, int, str]:
        row = self._rows[number]
        return (-row.population, row.kind == "town", row.name)

    def _spot(self, number: int) -> Spot:
        """The place with this number, named so that it is told from its namesakes."""
        row = self._rows[number]
        apart = len(self._main[key(row.name)]) > 1
        around = row.nation if row.kind != "town" else self.council_name(row.council) or row.nation
        full_name = _joined(row.name, around) if apart or row.kind == "town" else row.name
        return Spot(
            name=row.name,
            full_name=full_name,
            near=full_name if apart else row.name,
            lat=row.lat,
            lon=row.lon,
            council=row.council,
            councils=frozenset(row.councils.split()),
            nation=row.nation,
            kind=row.kind,
        )

    def _lies_in(self, spot: Spot, around: str) -> bool:
        return around in {key(self.council_name(spot.council)), key(spot.nation)}

    def _island_named(self, name: str) -> Found | None:
        for island, (lat, lon) in _ISLANDS.items():
            if key(island) == name:
                return Found(Spot(island, island, island, lat, lon, nation=island, kind="area"))
        return None

    def council_name(self, code: str) -> str:
        """The name of the council with this GSS code, "" if there is none."""
        name = self._councils.get(code, ("", ""))[0]
        return name.split(", City of")[0].split(", County of")[0]

    def council_at(self, lat: float, lon: float) -> str:
        """GSS code of the council at a point: that of the nearest sector, "" far from any.

        Right for 97 of 100 points; the others lie near a border.
        """
        nearest = self._nearest_point(lat, lon)
        return "" if nearest is None else self._point_councils[nearest]

    def district_at(self, lat: float, lon: float) -> str:
        """The first half of the postcode at a point: "LS7"; "" far from any."""
        nearest = self._nearest_point(lat, lon)
        return "" if nearest is None else self._point_districts[nearest]

    def _nearest_point(self, lat: float, lon: float) -> int | None:
        """The number of the nearest postcode sector; None far from any."""
        # Points lie in order of latitude: mostly those of a narrow band are enough.
        for reach in (0.05, 0.5):
            start, end = np.searchsorted(self._points[:, 0], (lat - reach, lat + reach))
            north = self._points[start:end, 0] - lat
            east = (self._points[start:end, 1] - lon) * np.cos(np.radians(lat))
            apart = north * north + east * east
            if len(apart) and apart.min() < reach**2:
                return int(start) + int(apart.argmin())
        return None

    def starting_with(self, typed: str, *, limit: int) -> list[Spot]:
        """Places whose name starts with `typed`, biggest first."""
        start = key(typed)
        if len(start) < 2:
            return []
        found: dict[int, None] = {}
        at = bisect_left(self._sorted, start)
        while at < len(self._sorted) and self._sorted[at].startswith(start):
            for number in self._main.get(self._sorted[at], ()):
                found[number] = None
            at += 1
        return [self._spot(number) for number in sorted(found, key=self._rank)[:limit]]

    def towns_in(
        self, west: float, south: float, east: float, north: float
    ) -> Iterator[tuple[str, float, float]]:
        """Name, latitude and longitude of the towns in a part of the map, biggest first."""
        lat, lon = self._town_points.T
        inside = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        for number in np.flatnonzero(inside):
            row = self._biggest[number]
            yield row.name, row.lat, row.lon

    def like(self, name: str, *, limit: int = 3) -> list[Spot]:
        """Places with nearly this name, for "did you mean"."""
        wanted = key(name)
        if len(wanted) < 4:
            return []
        near = [k for k in self._main if k[0] == wanted[0] and abs(len(k) - len(wanted)) <= 2]
        close = difflib.get_close_matches(wanted, near, n=limit, cutoff=0.75)
        return [self._spot(min(self._main[k], key=self._rank)) for k in close]


# No one publishes where their postcodes are; the islands are small.
_ISLANDS = {
    "Jersey": (49.21, -2.13),
    "Guernsey": (49.46, -2.58),
    "Isle of Man": (54.23, -4.53),
}


def _joined(name: str, around: str) -> str:
    return name if not around or key(around) == key(name) else f"{name}, {around}"


_loaded: dict[Path, tuple[tuple[int, int], Gazetteer | None]] = {}
_lock = Lock()


def at(path: Path) -> Gazetteer | None:
    """The gazetteer in the file at `path`, read again when the file was replaced; None without."""
    try:
        stat = path.stat()
    except OSError:
        return None
    stamp = (stat.st_ino, stat.st_mtime_ns)
    known = _loaded.get(path)
    if known and known[0] == stamp:
        return known[1]
    with _lock:
        try:
            gazetteer: Gazetteer | None = Gazetteer(path)
        except (sqlite3.Error, OSError):
            gazetteer = None
        _loaded[path] = (stamp, gazetteer)
    return gazetteer


def sizes_at(path: Path) -> Mapping[str, int]:
    """How many postcode sectors each council has, by its code; nothing without a gazetteer."""
    known = at(path)
    return known.sizes if known else {}
