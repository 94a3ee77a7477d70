"""Making the gazetteer: one SQLite file out of several sources, in one step or not at all."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from math import cos, radians
from pathlib import Path

from directory.places import sources
from directory.places.names import key
from directory.places.osgb import to_wgs84
from directory.places.sources import Area, Council, PostcodeRow, Town

# Raise it when the tables change: an older file then counts as missing.
FORMAT = "1"

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE council (
    code TEXT PRIMARY KEY, name TEXT, nation TEXT, lat REAL, lon REAL
) WITHOUT ROWID;
CREATE TABLE postcode (
    -- a district (LS7) or a sector (LS7 4); `council` is where most of its postcodes lie
    code TEXT PRIMARY KEY, lat REAL, lon REAL, council TEXT, nation TEXT, label TEXT
) WITHOUT ROWID;
CREATE TABLE spot (
    id INTEGER PRIMARY KEY, kind TEXT, name TEXT, lat REAL, lon REAL,
    council TEXT, councils TEXT, nation TEXT, population INTEGER
);
CREATE TABLE name (key TEXT, spot INTEGER REFERENCES spot, is_main INTEGER);
"""

Report = Callable[[str], None]


@dataclass(frozen=True)
class _Postcode:
    code: str
    lat: float
    lon: float
    council: str
    label: str = ""


@dataclass(frozen=True)
class _Spot:
    kind: str
    name: str
    others: tuple[str, ...]
    lat: float
    lon: float
    council: str
    councils: tuple[str, ...]
    nation: str
    population: int


def build(
    target: Path,
    *,
    postcodes: Iterable[PostcodeRow],
    towns: Iterable[Town],
    made_from: str,
    report: Report = lambda line: None,
) -> int:
    """Write the gazetteer to `target`, replacing an older one at once; gives its size in bytes.

    Args:
        made_from: names and versions of the sources, for `flask geo show` and the credits.
    """
    councils = sources.councils()
    report("Reading postcodes")
    codes = _british(postcodes)
    report(f"{len(codes):,} districts and sectors; reading place names")
    towns = list(towns)
    codes += _northern_irish(towns)
    spots = _spots(towns, councils, sources.areas(), codes)

    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with sqlite3.connect(fresh) as file:
        _write(file, councils, codes, spots, made_from)
    file.close()
    fresh.replace(target)
    report(f"{len(spots):,} places written")
    return target.stat().st_size


def _british(rows: Iterable[PostcodeRow]) -> list[_Postcode]:
    """Districts and sectors: the mean point of their postcodes, the council of most of them."""
    sums: defaultdict[str, _Sum] = defaultdict(_Sum)
    # Rows come nearly sorted: one lookup a sector, not one a postcode.
    for sector, group in groupby(rows, key=lambda row: row.postcode[:-2]):
        sums[f"{sector[:-1]} {sector[-1]}"].take(list(group))
    for sector, inside in list(sums.items()):
        sums[sector.split()[0]].merge(inside)
    return [
        _Postcode(
            code,
            *to_wgs84(total.easting / total.count, total.northing / total.count),
            council=total.councils.most_common(1)[0][0],
        )
        for code, total in sorted(sums.items())
    ]


@dataclass
class _Sum:
    """Postcodes added up."""

    count: int = 0
    easting: float = 0.0
    northing: float = 0.0
    councils: Counter[str] = field(default_factory=Counter)

    def take(self, rows: list[PostcodeRow]) -> None:
        _, eastings, northings, councils = zip(*rows, strict=True)
        self.count += len(rows)
        self.easting += sum(eastings)
        self.northing += sum(northings)
        self.councils.update(councils)

    def merge(self, other: _Sum) -> None:
        self.count += other.count
        self.easting += other.easting
        self.northing += other.northing
        self.councils.update(other.councils)


def _northern_irish(towns: Sequence[Town]) -> list[_Postcode]:
    points: dict[str, Town] = {}
    for one in sorted(towns, key=lambda town: town.population):
        if one.nation == "Northern Ireland":
            points[one.name] = one
    return [
        _Postcode(row["district"], town.lat, town.lon, row["gss_code"], row["post_town"])
        for row in sources.northern_ireland()
        if (town := points.get(row["point_of"]))
    ]


def _spots(
    towns: Sequence[Town],
    councils: Sequence[Council],
    areas: Sequence[Area],
    codes: Sequence[_Postcode],
) -> list[_Spot]:
    """Every named place. A town and the council of the same name are one, and so are an area's."""
    by_code = {council.code: council for council in councils}
    council_at = _nearest_council(codes)
    spots = _Spots()
    for town in towns:
        spots.add(
            _Spot(
                kind="town",
                name=town.name,
                others=town.others,
                lat=town.lat,
                lon=town.lon,
                council=council_at(town.lat, town.lon) if town.nation in _UK else "",
                councils=(),
                nation=town.nation,
                population=town.population,
            )
        )
    for council in councils:
        name, *others = _names_of(council)
        wide = _Spot(
            "council", name, tuple(others), council.lat, council.lon, council.code,
            (council.code,), council.nation, 0,
        )  # fmt: skip
        spots.add_wide(wide)
    for area in areas:
        inside = [by_code[code] for code in area.councils]
        wide = _Spot(
            "area", area.name, area.others,
            sum(council.lat for council in inside) / len(inside),
            sum(council.lon for council in inside) / len(inside),
            "", area.councils, area.nation, 0,
        )  # fmt: skip
        spots.add_wide(wide)
    return spots.all


class _Spots:
    """Named places as they come in, found by name."""

    def __init__(self) -> None:
        self.all: list[_Spot] = []
        self._by_key: dict[str, list[int]] = {}

    def add(self, spot: _Spot) -> None:
        self._by_key.setdefault(key(spot.name), []).append(len(self.all))
        self.all.append(spot)

    def add_wide(self, wide: _Spot) -> None:
        """Add a council or area: as one with the town of its name inside it, where there is one."""
        for name in (wide.name, *wide.others):
            for at in self._by_key.get(key(name), ()):
                spot = self.all[at]
                if spot.council in wide.councils or set(spot.councils) & set(wide.councils):
                    # In London GeoNames knows an old village of the name, not the borough.
                    is_borough = wide.council.startswith("E09")
                    self.all[at] = replace(
                        wide if is_borough else spot,
                        kind=wide.kind,
                        name=spot.name,
                        others=(*spot.others, *wide.others, wide.name),
                        council=wide.council,
                        councils=wide.councils,
                        population=spot.population,
                    )
                    return
        self.add(wide)


_UK = frozenset(sources.NATIONS.values())


def _names_of(council: Council) -> tuple[str, ...]:
    """What people call a council: "Bristol" for "Bristol, City of"."""
    names = [council.name]
    for tail in (", City of", ", County of"):
        if council.name.endswith(tail):
            names = [council.name.removesuffix(tail), council.name]
    for before, after in (("City of ", ""), ("County ", "")):
        if council.name.startswith(before):
            names.append(council.name.removeprefix(before) + after)
    if council.name.endswith(" City"):
        names = [council.name.removesuffix(" City"), council.name]
    return tuple(names)


def _nearest_council(codes: Sequence[_Postcode]) -> Callable[[float, float], str]:
    """A function from a point to the council of the nearest sector (or BT district)."""
    grid: dict[tuple[int, int], list[_Postcode]] = {}
    for code in codes:
        if " " in code.code or code.label:
            grid.setdefault((int(code.lat * 10), int(code.lon * 10)), []).append(code)

    def nearest(lat: float, lon: float) -> str:
        for reach in (1, 3, 8):
            row, column = int(lat * 10), int(lon * 10)
            near = [
                code
                for i in range(row - reach, row + reach + 1)
                for j in range(column - reach, column + reach + 1)
                for code in grid.get((i, j), ())
            ]
            if near:
                squeeze = cos(radians(lat)) ** 2
                return min(
                    near, key=lambda c: (c.lat - lat) ** 2 + squeeze * (c.lon - lon) ** 2
                ).council
        return ""

    return nearest


def _write(
    file: sqlite3.Connection,
    councils: Sequence[Council],
    codes: Sequence[_Postcode],
    spots: Sequence[_Spot],
    made_from: str,
) -> None:
    nations = {council.code: council.nation for council in councils}
    file.executescript(_SCHEMA)
    file.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [
            ("format", FORMAT),
            ("made_from", made_from),
            ("made_at", datetime.now(UTC).isoformat(timespec="seconds")),
        ],
    )
    file.executemany(
        "INSERT INTO council VALUES (?, ?, ?, ?, ?)",
        [(c.code, c.name, c.nation, c.lat, c.lon) for c in councils],
    )
    file.executemany(
        "INSERT INTO postcode VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                c.code,
                round(c.lat, 5),
                round(c.lon, 5),
                c.council,
                nations.get(c.council, ""),
                c.label,
            )
            for c in codes
        ],
    )
    for number, spot in enumerate(spots, start=1):
        file.execute(
            "INSERT INTO spot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number, spot.kind, spot.name, round(spot.lat, 5), round(spot.lon, 5),
                spot.council, " ".join(spot.councils), spot.nation, spot.population,
            ),
        )  # fmt: skip
        main = key(spot.name)
        keys = {k: False for other in spot.others if (k := key(other))} | {main: True}
        file.executemany(
            "INSERT INTO name VALUES (?, ?, ?)",
            [(k, number, is_main) for k, is_main in keys.items()],
        )
