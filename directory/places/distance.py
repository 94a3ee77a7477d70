"""How far apart two points are, in miles."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_MILES = 3958.8


def miles(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Miles as the crow flies between two points in degrees."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * asin(sqrt(half))
