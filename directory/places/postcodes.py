"""Postcodes: reading them forgivingly, and cutting a full one to its sector.

A full postcode (LS7 4HB) can point to one house. Its sector (LS7 4) is a few thousand homes: near
enough for "what is near me", and nobody's address. So nothing here keeps more than a sector.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DISTRICT = r"[A-PR-UWYZ][A-HK-Y]?[0-9](?:[0-9]|[A-HJKMNP-Y])?"
_FULL = re.compile(rf"^({_DISTRICT})\s*([0-9])[ABD-HJLNP-UW-Z]{{2}}$")
_SECTOR = re.compile(rf"^({_DISTRICT})\s+([0-9])$")
_DISTRICT_ALONE = re.compile(rf"^{_DISTRICT}$")
_FULL_INSIDE = re.compile(
    rf"(?<![A-Z0-9])({_DISTRICT})\s*([0-9])[ABD-HJLNP-UW-Z]{{2}}(?![A-Z0-9])", re.IGNORECASE
)
# Crown dependencies have postcodes, but nobody publishes where they are.
ISLANDS = {"JE": "Jersey", "GY": "Guernsey", "IM": "Isle of Man"}


@dataclass(frozen=True)
class Postcode:
    """A postcode without its last two letters."""

    district: str
    sector: str | None = None

    def __str__(self) -> str:
        return f"{self.district} {self.sector}" if self.sector else self.district

    @property
    def island(self) -> str | None:
        """The Crown dependency that it lies in, if any."""
        return ISLANDS.get(self.district[:2])


def parse(text: str) -> Postcode | None:
    """The postcode, sector or district that `text` is, whatever its case and spaces."""
    tidy = " ".join(text.upper().split())
    if match := _FULL.match(tidy) or _SECTOR.match(tidy):
        return Postcode(match[1], match[2])
    if _DISTRICT_ALONE.match(tidy):
        return Postcode(tidy)
    return None


def parse_sector_without_space(text: str) -> Postcode | None:
    """ "LS74" read as the sector LS7 4. For when LS74 is no district."""
    tidy = "".join(text.upper().split())
    if len(tidy) > 2 and tidy[-1].isdigit() and _DISTRICT_ALONE.match(tidy[:-1]):
        return Postcode(tidy[:-1], tidy[-1])
    return None


def cut_to_sectors(text: str) -> str:
    """`text` with every full postcode in it cut to its sector."""
    return _FULL_INSIDE.sub(lambda match: f"{match[1].upper()} {match[2]}", text)
