"""A small gazetteer for tests, made by the same builder as the real one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from directory.places.build import build
from directory.places.sources import PostcodeRow, Town

A_FEW_POSTCODES = [
    PostcodeRow("LS74HB", 430600, 436100, "E08000035"),
    PostcodeRow("LS74HD", 430700, 436200, "E08000035"),
    PostcodeRow("LS11AA", 429800, 433500, "E08000035"),
    PostcodeRow("YO17HH", 460300, 452100, "E06000014"),
    PostcodeRow("N11AA", 530900, 183800, "E09000019"),
    PostcodeRow("N111AA", 528600, 192300, "E09000010"),
    PostcodeRow("SW98AA", 531100, 175900, "E09000022"),
    PostcodeRow("SW1A1AA", 529090, 179645, "E09000033"),
    PostcodeRow("NW18AA", 529000, 183900, "E09000007"),
    PostcodeRow("NP201AA", 331000, 188000, "W06000022"),
    PostcodeRow("PO301AA", 450000, 89000, "E06000046"),
    PostcodeRow("SA420AA", 206000, 239000, "W06000009"),
    PostcodeRow("PL82AA", 255000, 52000, "E07000044"),
    PostcodeRow("OL147AA", 393600, 424100, "E08000033"),
    PostcodeRow("ST136AA", 398400, 356500, "E07000198"),
    PostcodeRow("RG11AA", 471500, 173500, "E06000038"),
    PostcodeRow("BA11AA", 375000, 164900, "E06000022"),
    PostcodeRow("BA52AA", 354700, 145700, "E06000066"),
    PostcodeRow("HU11AA", 509900, 428700, "E06000010"),
    PostcodeRow("AL11AA", 514900, 207200, "E07000240"),
    PostcodeRow("G11AA", 259000, 665500, "S12000049"),
]


def _town(
    name: str, lat: float, lon: float, population: int, nation: str = "England", *others: str
) -> Town:
    return Town(name, others, lat, lon, nation, population)


A_FEW_TOWNS = [
    _town("Leeds", 53.79648, -1.54785, 455_123),
    _town("Leek", 53.10434, -2.02207, 19_623),
    _town("York", 53.95763, -1.08271, 144_202),
    _town("London", 51.50853, -0.12574, 8_961_989),
    _town("Brixton", 51.46593, -0.10652, 66_300),
    _town("Brixton", 50.35, -4.03333, 1_252),
    _town("Newport", 51.58774, -2.99835, 161_506, "Wales", "Casnewydd"),
    _town("Newport", 50.7, -1.2917, 25_496),
    _town("Newport", 52.01667, -4.83333, 851, "Wales", "Trefdraeth"),
    _town("Todmorden", 53.71434, -2.09701, 11_690),
    _town("Reading", 51.45625, -0.97113, 318_014),
    _town("Bath", 51.3751, -2.36172, 94_782),
    _town("Wells", 51.20923, -2.64512, 11_343),
    _town("Kingston upon Hull", 53.7446, -0.33525, 314_018, "England", "Hull"),
    _town("St Albans", 51.75, -0.33333, 87_000),
    _town("Glasgow", 55.86515, -4.25763, 626_410, "Scotland"),
    _town("Belfast", 54.59682, -5.92541, 345_418, "Northern Ireland"),
    _town("Derry", 54.9981, -7.30934, 83_652, "Northern Ireland", "Londonderry"),
]


def a_gazetteer(path: Path, *, postcodes: Iterable[PostcodeRow] = A_FEW_POSTCODES) -> Path:
    """Write a small gazetteer to `path`."""
    build(path, postcodes=postcodes, towns=A_FEW_TOWNS, made_from="a test")
    return path
