"""The outline that maps are drawn on: the islands cut out of world-atlas, as GeoJSON.

world-atlas is TopoJSON (Natural Earth, public domain): borders are arcs of whole numbers, each the
step from the one before, and shapes name the arcs that they are made of; ~n is arc n backwards.
"""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path
from typing import Any

Point = tuple[float, float]

# Ireland stands on the map so that Northern Ireland is no island of its own. ISO 3166-1 numbers.
COUNTRIES = {
    "826": "United Kingdom",
    "372": "Ireland",
    "833": "Isle of Man",
    "831": "Guernsey",
    "832": "Jersey",
}
# A thousandth of a degree is some 100 m; the borders are not known better than that.
DECIMALS = 3


def cut(atlas: Path) -> str:
    """The islands of `atlas` (world-atlas, countries-10m.json) as one GeoJSON shape."""
    world = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = _Arcs(world)
    shapes = [
        polygon
        for country in world["objects"]["countries"]["geometries"]
        if country.get("id") in COUNTRIES
        for polygon in (country["arcs"] if country["type"] == "MultiPolygon" else [country["arcs"]])
    ]
    outline = {
        "type": "MultiPolygon",
        "coordinates": [[arcs.ring(ring) for ring in polygon] for polygon in shapes],
    }
    return json.dumps(outline, separators=(",", ":"))


class _Arcs:
    def __init__(self, world: dict[str, Any]) -> None:
        self._arcs = world["arcs"]
        self._scale, self._origin = world["transform"]["scale"], world["transform"]["translate"]

    def ring(self, numbers: list[int]) -> list[Point]:
        """A closed line of several arcs; where two meet, their common point stands once."""
        points: list[Point] = []
        for number in numbers:
            arc = self._points(number) if number >= 0 else self._points(~number)[::-1]
            points += arc[1:] if points else arc
        return points

    def _points(self, number: int) -> list[Point]:
        steps = self._arcs[number]
        (west, south), (wide, high) = self._origin, self._scale
        return [
            (round(west + x * wide, DECIMALS), round(south + y * high, DECIMALS))
            for x, y in zip(
                accumulate(step[0] for step in steps),
                accumulate(step[1] for step in steps),
                strict=True,
            )
        ]
