"""A network's own colours, and whether people can read them: contrast as WCAG 2.2 measures it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NAMES = ("text", "ground", "accent", "on_accent")
# Of words on their ground, and of the edge of a button on what is behind it.
WORDS_LEAST = 4.5
EDGE_LEAST = 3.0
WORDS_BEST = 7.0
# Those of the widget, where a network chose none.
USUAL = {"text": "#1e1915", "ground": "#fffcf5", "accent": "#1e1915", "on_accent": "#fffcf5"}

_HEX = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True)
class Pair:
    """Two colours that touch.

    Attributes:
        field: the colour that somebody would change.
        least: how far apart they must be, as in WCAG.
    """

    field: str
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.least

    @property
    def is_best(self) -> bool:
        return self.ratio >= WORDS_BEST


def tidy(typed: str) -> str | None:
    """`typed` as #rrggbb, or None if it is no colour."""
    said = typed.strip().lower()
    said = said if said.startswith("#") else f"#{said}"
    if re.fullmatch(r"#[0-9a-f]{3}", said):
        said = "#" + "".join(mark * 2 for mark in said[1:])
    return said if _HEX.fullmatch(said) else None


def pairs(colours: Mapping[str, str]) -> list[Pair]:
    """The colours that touch in a widget. What was not chosen is as usual."""
    whole = {**USUAL, **{name: value for name, value in colours.items() if value}}
    return [
        Pair("text", contrast(whole["text"], whole["ground"]), WORDS_LEAST),
        Pair("on_accent", contrast(whole["on_accent"], whole["accent"]), WORDS_LEAST),
        Pair("accent", contrast(whole["accent"], whole["ground"]), EDGE_LEAST),
    ]


def frame_rules(chosen: Mapping[str, str]) -> str:
    """The rules that give a frame these colours, with ours where none was chosen; "" without any.

    They hold in light and dark, and for the note with help numbers too.
    """
    if not chosen:
        return ""
    whole = {**USUAL, **chosen}
    text, ground = whole["text"], whole["ground"]
    return (
        f":root{{color-scheme:light;--paper:{ground};--sheet:{ground};--well:{ground};"
        f"--ink:{text};--ink-2:{text};--link:{text};--visited:{text};--edge:{text};--line:{text};"
        f"--warn-bg:{ground}}}"
        f".frame .button{{color:{whole['on_accent']};background:{whole['accent']};"
        f"border-color:{whole['accent']}}}"
    )


def contrast(one: str, other: str) -> float:
    """How far apart two colours #rrggbb are: 1 for the same, 21 for black on white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
