"""Quilt blocks: every entry's own picture, drawn from its id and its support areas.

The same id and areas give the same block for ever, so a rename keeps it. Nothing that changes
(name, date, score) goes in. A block is a square of 12 by 12 units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import sha256
from math import cos, pi, sin
from typing import Literal
from uuid import UUID

from directory.vocabulary.terms import SupportArea

Shade = Literal["base", "mid", "deep", "tint"]
Role = Literal["a", "b", "c", "d"]
Point = tuple[float, float]
Shape = tuple[Point, ...]

SIDE = 12
PRINTS_FROM = 64  # pixels: below, prints and pale frames would blur
CENTRE = (6.0, 6.0)


class Pattern(IntEnum):
    """Twelve patterns that quilters know. The number is the choice of the seed's first byte."""

    FRIENDSHIP_STAR = 0
    OHIO_STAR = 1
    SAWTOOTH_STAR = 2
    CHURN_DASH = 3
    DOUBLE_PINWHEEL = 4
    LOG_CABIN = 5
    FLYING_GEESE = 6
    SQUARE_IN_A_SQUARE = 7
    DRUNKARDS_PATH = 8
    ORANGE_PEEL = 9
    GRANDMOTHERS_FAN = 10
    DRESDEN_PLATE = 11


@dataclass(frozen=True)
class Cloth:
    """A fabric: a hue with its print, in one of four shades. Calico and ink have neither."""

    name: str
    shade: Shade = "base"

    @property
    def key(self) -> str:
        """Its name in the stylesheet: "madder", "madder-deep", "calico"."""
        return self.name if self.shade == "base" else f"{self.name}-{self.shade}"

    @property
    def has_print(self) -> bool:
        return self.shade == "base" and self.name in PRINTS


CLOTHS: Mapping[SupportArea, str] = {
    SupportArea.HOME: "madder",
    SupportArea.ACCOMMODATION: "fern",
    SupportArea.DAY_AND_EMPLOYMENT: "marigold",
    SupportArea.LEAVING_HOSPITAL: "heather",
    SupportArea.WHOLE_COMMUNITY: "indigo",
}
PRINTS: Mapping[str, str] = {
    "madder": "gingham",
    "fern": "leaves",
    "marigold": "dots",
    "heather": "crosses",
    "indigo": "ticking stripe",
}
CALICO = Cloth("calico")
INK = Cloth("ink")

# Light colours, for pictures that travel without our stylesheet; tokens.css has both modes.
COLOURS: Mapping[str, str] = {
    "calico": "#efe2c4",
    "ink": "#1e1915",
    "madder": "#c2452d",
    "madder-mid": "#de7a5f",
    "madder-deep": "#75200f",
    "madder-tint": "#f5cfc0",
    "fern": "#3c7d4e",
    "fern-mid": "#7db083",
    "fern-deep": "#123f25",
    "fern-tint": "#cbe1c6",
    "marigold": "#e8a325",
    "marigold-mid": "#f2c25f",
    "marigold-deep": "#8a5200",
    "marigold-tint": "#fbe2a4",
    "heather": "#8b4c96",
    "heather-mid": "#b684c0",
    "heather-deep": "#4f2159",
    "heather-tint": "#e6d2ea",
    "indigo": "#2c53a0",
    "indigo-mid": "#6f93d2",
    "indigo-deep": "#162b63",
    "indigo-tint": "#c9d7f0",
}


@dataclass(frozen=True)
class Patch:
    """One piece of cloth: its outline as an SVG path, and whether its print shows."""

    cloth: Cloth
    path: str
    printed: bool = False


@dataclass(frozen=True)
class Block:
    """A block ready to draw: `behind` lies straight; `figure` is set in with `transform`."""

    pattern: Pattern
    behind: tuple[Patch, ...]
    figure: tuple[Patch, ...]
    transform: str


def draw(entry_id: UUID | str, areas: Sequence[SupportArea | str], *, prints: bool = True) -> Block:
    """The block of an entry.

    Args:
        entry_id: of the entry, or of its draft.
        areas: support areas as listed, main one first; none gives a block of ink and calico.
        prints: whether it is shown at 64 px or more. Smaller, prints and pale frames would blur.
    """
    return _draw(str(entry_id), tuple(SupportArea(area) for area in areas), prints)


def seed(entry_id: UUID | str) -> bytes:
    """The bytes that decide a block, and the place of an entry on its arc of the rainbow."""
    return sha256(str(entry_id).encode()).digest()


def to_svg(block: Block, *, size: int) -> str:
    """A whole SVG file in light colours, for feeds and other places without our stylesheet."""

    def paths(patches: Sequence[Patch]) -> str:
        return "".join(
            f'<path fill="{COLOURS[patch.cloth.key]}" d="{patch.path}"/>' for patch in patches
        )

    turn = f' transform="{block.transform}"' if block.transform else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 {SIDE} {SIDE}">{paths(block.behind)}<g{turn}>{paths(block.figure)}</g></svg>'
    )


def to_paths(block: Block) -> str:
    """The block for a page of ours: cloths are classes of the stylesheet, prints its patterns."""
    behind = "".join(
        f'<path class="cloth-{one.cloth.key}" d="{one.path}"/>' for one in block.behind
    )
    figure = "".join(
        f'<path fill="url(#print-{one.cloth.name})" d="{one.path}"/>'
        if one.printed
        else f'<path class="cloth-{one.cloth.key}" d="{one.path}"/>'
        for one in block.figure
    )
    turned = f'<g transform="{block.transform}">{figure}</g>' if block.transform else figure
    return behind + turned


@lru_cache(maxsize=4096)
def _draw(entry_id: str, areas: tuple[SupportArea, ...], prints: bool) -> Block:
    choice = seed(entry_id)
    pattern = Pattern(choice[0] % 12)
    turns = choice[1] % 4
    scheme = _scheme(areas, choice)
    frame = _frame(choice[5] % 6, scheme, prints=prints)
    figure = tuple(
        Patch(
            scheme.roles[role],
            _path(shapes),
            prints and role in "ab" and scheme.roles[role].has_print,
        )
        for role, shapes in _FIGURES[pattern]()
        if shapes
    )
    if frame:
        behind = (*frame, Patch(scheme.ground, "M1 1h10v10h-10z"))
    else:
        behind = (Patch(scheme.ground, "M0 0h12v12h-12z"),)
    steps = ["translate(1 1)scale(.8333)"] if frame else []
    steps += [f"rotate({90 * turns} 6 6)"] if turns else []
    return Block(pattern, behind, figure, "".join(steps))


@dataclass(frozen=True)
class _Scheme:
    """Which cloth plays which part."""

    lead: str | None
    posts: Cloth
    ground: Cloth
    roles: dict[str, Cloth]


def _scheme(areas: tuple[SupportArea, ...], choice: bytes) -> _Scheme:
    names = [CLOTHS[area] for area in dict.fromkeys(areas)]
    ground, swap = choice[2] % 4, bool(choice[3] % 2)
    if not names:
        return _plain(ground)
    if len(names) == 1:
        return _one_area(names[0], ground, swap=swap)
    lead, other = (names[1], names[0]) if choice[4] % 2 else (names[0], names[1])
    third = names[2] if len(names) > 2 else None
    return _two_areas(lead, other, third, ground, swap=swap)


def _two_areas(lead: str, other: str, third: str | None, ground: int, *, swap: bool) -> _Scheme:
    under = (CALICO, Cloth(other, "tint"), CALICO, Cloth(lead, "tint"))[ground]
    if swap and under == CALICO:
        centre = CALICO
    else:
        centre = Cloth(third) if third else Cloth(lead if swap else other, "deep")
    roles = {"a": Cloth(lead), "b": Cloth(other), "c": centre, "d": Cloth(lead, "deep")}
    return _Scheme(lead, Cloth(other), under, roles)


def _one_area(name: str, ground: int, *, swap: bool) -> _Scheme:
    base, mid, deep, tint = (Cloth(name, shade) for shade in ("base", "mid", "deep", "tint"))
    under = (CALICO, tint, CALICO, deep)[ground]
    if under == deep:
        first, second = (base, tint) if swap else (tint, base)
        roles = {"a": first, "b": second, "c": CALICO, "d": mid}
    else:
        first, second = (deep, base) if swap else (base, deep)
        roles = {"a": first, "b": second, "c": CALICO if under == tint else tint, "d": mid}
    return _Scheme(name, base, under, roles)


def _plain(ground: int) -> _Scheme:
    under, over = (CALICO, INK) if ground % 2 == 0 else (INK, CALICO)
    return _Scheme(None, CALICO, under, {"a": over, "b": under, "c": over, "d": over})


def _frame(kind: int, scheme: _Scheme, *, prints: bool) -> tuple[Patch, ...]:
    """A border of one unit with or without posts in its corners; () for none."""
    pale = kind in (3, 5)
    if kind < 2 or (pale and not prints):
        return ()
    if scheme.lead is None:
        if pale or scheme.ground == INK:
            return ()
        border, posts = INK, CALICO
    else:
        shades: dict[int, Shade] = {2: "deep", 3: "tint", 4: "base", 5: "tint"}
        border = Cloth(scheme.lead, shades[kind])
        posts = CALICO if kind == 4 else scheme.posts
    edge = Patch(border, "M0 0h12v12h-12z")
    if kind == 5:
        return (edge,)
    return (edge, Patch(posts, "M0 0h1v1h-1zM11 0h1v1h-1zM11 11h1v1h-1zM0 11h1v1h-1z"))


# Figures. Each gives its parts from the bottom up, in the words of a quilter.

Figure = list[tuple[Role, list[Shape | str]]]


def _friendship_star() -> Figure:
    return [
        ("a", _spin(((4, 4), (8, 4), (4, 0)))),
        ("b", _spin(((4, 0), (8, 0), (8, 4)))),
        ("c", [_square(4, 8)]),
    ]


def _ohio_star() -> Figure:
    return [
        ("a", _spin(((4, 0), (4, 4), (6, 2)), ((8, 0), (8, 4), (6, 2)))),
        ("b", _spin(((4, 4), (8, 4), (6, 2)))),
        ("c", [_square(4, 8)]),
    ]


def _sawtooth_star() -> Figure:
    return [
        ("a", _spin(((3, 0), (3, 3), (6, 3)), ((9, 0), (9, 3), (6, 3)))),
        ("b", [_square(3, 9)]),
        ("c", [((6, 3), (9, 6), (6, 9), (3, 6))]),
        ("d", [_square(5, 7)]),
    ]


def _churn_dash() -> Figure:
    return [
        ("a", _spin(((4, 0), (4, 4), (0, 4)))),
        ("b", _spin(_bar(4, 2, 8, 4))),
        ("c", [_square(4, 8)]),
    ]


def _double_pinwheel() -> Figure:
    return [("a", _spin(((0, 0), (6, 0), (6, 6)))), ("b", _spin(((0, 0), (0, 6), (3, 3))))]


def _log_cabin() -> Figure:
    return [
        ("b", [_bar(8, 2, 10, 8), _bar(2, 0, 10, 2)]),
        ("a", [_bar(4, 8, 10, 10), _bar(0, 0, 2, 12)]),
        ("d", [_bar(2, 2, 4, 10), _bar(2, 10, 12, 12)]),
        ("c", [_square(4, 8)]),
    ]


def _flying_geese() -> Figure:
    left: list[Shape] = [((0, y + 3), (6, y + 3), (3, y)) for y in (0, 3, 6, 9)]
    right: list[Shape | str] = [((6, y), (12, y), (9, y + 3)) for y in (0, 3, 6, 9)]
    return [("a", [left[0], left[2]]), ("d", [left[1], left[3]]), ("b", right)]


def _square_in_a_square() -> Figure:
    return [
        ("a", [((6, 0), (12, 6), (6, 12), (0, 6))]),
        ("b", [_square(3, 9)]),
        ("c", [((6, 3), (9, 6), (6, 9), (3, 6))]),
    ]


def _drunkards_path() -> Figure:
    return [
        ("a", ["M0 0h6v2a4 4 0 0 0-4 4h-2zM12 12h-6v-2a4 4 0 0 0 4-4h2z"]),
        ("b", ["M12 0v4a4 4 0 0 1-4-4zM0 12v-4a4 4 0 0 1 4 4z"]),
    ]


def _orange_peel() -> Figure:
    petals = "".join(
        f"M{x} {y}A6 6 0 0 1 6 6A6 6 0 0 1 {x} {y}z"
        for x, y in ((0, 0), (12, 0), (12, 12), (0, 12))
    )
    return [("a", [petals]), ("b", _spin(((6, 1.2), (7.6, 2.8), (6, 4.4), (4.4, 2.8))))]


def _grandmothers_fan() -> Figure:
    blades = [_blade((0, 12), 4.2, 11.2, i * pi / 12, (i + 1) * pi / 12) for i in range(6)]
    return [
        ("a", [blades[0], blades[3]]),
        ("b", [blades[1], blades[4]]),
        ("d", [blades[2], blades[5]]),
        ("c", ["M0 12v-4.2a4.2 4.2 0 0 1 4.2 4.2z"]),
    ]


def _dresden_plate() -> Figure:
    blades = [_blade(CENTRE, 2, 5.6, i * pi / 6, (i + 1) * pi / 6) for i in range(12)]
    return [
        ("a", [*blades[0::3]]),
        ("b", [*blades[1::3]]),
        ("d", [*blades[2::3]]),
        ("c", ["M4 6a2 2 0 0 1 4 0a2 2 0 0 1-4 0z"]),
    ]


_FIGURES: Mapping[Pattern, Callable[[], Figure]] = {
    Pattern.FRIENDSHIP_STAR: _friendship_star,
    Pattern.OHIO_STAR: _ohio_star,
    Pattern.SAWTOOTH_STAR: _sawtooth_star,
    Pattern.CHURN_DASH: _churn_dash,
    Pattern.DOUBLE_PINWHEEL: _double_pinwheel,
    Pattern.LOG_CABIN: _log_cabin,
    Pattern.FLYING_GEESE: _flying_geese,
    Pattern.SQUARE_IN_A_SQUARE: _square_in_a_square,
    Pattern.DRUNKARDS_PATH: _drunkards_path,
    Pattern.ORANGE_PEEL: _orange_peel,
    Pattern.GRANDMOTHERS_FAN: _grandmothers_fan,
    Pattern.DRESDEN_PLATE: _dresden_plate,
}


def _spin(*shapes: Shape) -> list[Shape | str]:
    """The shapes and their three quarter turns about the centre."""
    spun: list[Shape | str] = []
    for shape in shapes:
        for _ in range(4):
            spun.append(shape)
            shape = tuple((SIDE - y, x) for x, y in shape)
    return spun


def _square(start: float, end: float) -> Shape:
    return _bar(start, start, end, end)


def _bar(left: float, top: float, right: float, bottom: float) -> Shape:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _blade(centre: Point, inner: float, outer: float, start: float, end: float) -> str:
    """A piece of a ring between two angles (anticlockwise from three o'clock)."""

    def at(radius: float, angle: float) -> str:
        return (
            f"{_number(centre[0] + radius * cos(angle))} {_number(centre[1] - radius * sin(angle))}"
        )

    near, far = _number(inner), _number(outer)
    return (
        f"M{at(inner, start)}L{at(outer, start)}A{far} {far} 0 0 0 {at(outer, end)}"
        f"L{at(inner, end)}A{near} {near} 0 0 1 {at(inner, start)}z"
    )


def _path(shapes: Sequence[Shape | str]) -> str:
    return "".join(
        shape
        if isinstance(shape, str)
        else "M" + " ".join(f"{_number(x)} {_number(y)}" for x, y in shape) + "z"
        for shape in shapes
    )


def _number(value: float) -> str:
    return f"{round(value, 2):g}"
