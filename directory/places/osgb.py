"""From the British National Grid to latitude and longitude.

The method and constants are Ordnance Survey's, "A guide to coordinate systems in Great Britain":
the inverse transverse Mercator projection on the Airy 1830 ellipsoid, then a Helmert shift to
WGS84. It is right to about 5 metres, far finer than a postcode sector.
"""

from __future__ import annotations

from math import atan2, cos, degrees, radians, sin, sqrt, tan

# Airy 1830, the ellipsoid under the British grid: half axes in metres.
_AIRY_A, _AIRY_B = 6_377_563.396, 6_356_256.909
_WGS84_A, _WGS84_B = 6_378_137.000, 6_356_752.314_2

# The grid: scale on the central meridian, true origin, and its false easting and northing.
_SCALE = 0.999_601_271_7
_ORIGIN_LAT, _ORIGIN_LON = radians(49), radians(-2)
_FALSE_EASTING, _FALSE_NORTHING = 400_000, -100_000

# Helmert shift from OSGB36 to WGS84: metres, parts per million, seconds of arc.
_SHIFT = (446.448, -125.157, 542.060)
_PPM = -20.4894
_TURN = (0.1502, 0.2470, 0.8421)


def to_wgs84(easting: float, northing: float) -> tuple[float, float]:
    """Latitude and longitude in degrees (WGS84) of a point given in metres on the British grid."""
    return _shift_datum(*_from_grid(easting, northing))


def _from_grid(easting: float, northing: float) -> tuple[float, float]:
    """Latitude and longitude in radians on Airy 1830."""
    a, b = _AIRY_A, _AIRY_B
    e2 = 1 - (b * b) / (a * a)
    n = (a - b) / (a + b)

    lat = _ORIGIN_LAT
    arc = 0.0
    while True:
        lat += (northing - _FALSE_NORTHING - arc) / (a * _SCALE)
        arc = _meridian_arc(lat, n)
        if abs(northing - _FALSE_NORTHING - arc) < 0.000_01:
            break

    s2 = sin(lat) ** 2
    nu = a * _SCALE / sqrt(1 - e2 * s2)
    rho = a * _SCALE * (1 - e2) / (1 - e2 * s2) ** 1.5
    eta2 = nu / rho - 1
    t, sec = tan(lat), 1 / cos(lat)
    d = easting - _FALSE_EASTING

    vii = t / (2 * rho * nu)
    viii = t / (24 * rho * nu**3) * (5 + 3 * t**2 + eta2 - 9 * t**2 * eta2)
    ix = t / (720 * rho * nu**5) * (61 + 90 * t**2 + 45 * t**4)
    x = sec / nu
    xi = sec / (6 * nu**3) * (nu / rho + 2 * t**2)
    xii = sec / (120 * nu**5) * (5 + 28 * t**2 + 24 * t**4)
    xiia = sec / (5040 * nu**7) * (61 + 662 * t**2 + 1320 * t**4 + 720 * t**6)

    return (
        lat - vii * d**2 + viii * d**4 - ix * d**6,
        _ORIGIN_LON + x * d - xi * d**3 + xii * d**5 - xiia * d**7,
    )


def _meridian_arc(lat: float, n: float) -> float:
    """Metres along the central meridian from the grid's origin to `lat`."""
    minus, plus = lat - _ORIGIN_LAT, lat + _ORIGIN_LAT
    return (
        _AIRY_B
        * _SCALE
        * (
            (1 + n + 5 / 4 * n**2 + 5 / 4 * n**3) * minus
            - (3 * n + 3 * n**2 + 21 / 8 * n**3) * sin(minus) * cos(plus)
            + (15 / 8 * n**2 + 15 / 8 * n**3) * sin(2 * minus) * cos(2 * plus)
            - 35 / 24 * n**3 * sin(3 * minus) * cos(3 * plus)
        )
    )


def _shift_datum(lat: float, lon: float) -> tuple[float, float]:
    """WGS84 degrees of a point in radians on Airy 1830."""
    e2 = 1 - (_AIRY_B / _AIRY_A) ** 2
    nu = _AIRY_A / sqrt(1 - e2 * sin(lat) ** 2)
    x, y, z = nu * cos(lat) * cos(lon), nu * cos(lat) * sin(lon), nu * (1 - e2) * sin(lat)

    tx, ty, tz = _SHIFT
    scale = 1 + _PPM * 1e-6
    rx, ry, rz = (radians(seconds / 3600) for seconds in _TURN)
    x, y, z = (
        tx + x * scale - y * rz + z * ry,
        ty + x * rz + y * scale - z * rx,
        tz - x * ry + y * rx + z * scale,
    )

    e2 = 1 - (_WGS84_B / _WGS84_A) ** 2
    p = sqrt(x * x + y * y)
    lat = atan2(z, p * (1 - e2))
    for _ in range(6):  # converges to well under a millimetre
        nu = _WGS84_A / sqrt(1 - e2 * sin(lat) ** 2)
        lat = atan2(z + e2 * nu * sin(lat), p)
    return degrees(lat), degrees(atan2(y, x))
