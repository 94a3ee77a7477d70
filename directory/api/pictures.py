"""The picture of an entry for other sites (Open Graph): its quilt block, its name, its words.

Typst draws it, from templates/api/picture.typ; what people wrote goes in as data, never as markup.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from directory.config import ROOT

if TYPE_CHECKING:
    import typst

TEMPLATE = ROOT / "templates" / "api" / "picture.typ"
FONTS = ROOT / "static" / "vendor" / "print"
WIDTH, HEIGHT = 1200, 630
DOTS_PER_INCH = 72  # a point is a pixel
NAME_MAX, WORDS_MAX = 90, 130
KEPT = 64


@lru_cache(maxsize=KEPT)
def drawn(name: str, words: str, site: str, svg: str) -> bytes:
    """The picture as PNG. The same words and block give the same picture."""
    import typst  # large, and needed only where a picture is drawn

    said = {
        "name": _cut(name, NAME_MAX),
        "words": _cut(words, WORDS_MAX),
        "site": site,
        "svg": svg,
    }
    made = typst.compile(
        TEMPLATE.read_bytes(),
        format="png",
        ppi=DOTS_PER_INCH,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"picture": json.dumps(said, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)  # one page
    return made


def _cut(text: str, longest: int) -> str:
    """`text`, cut at a word where it is too long."""
    if len(text) <= longest:
        return text
    return text[:longest].rpartition(" ")[0] + "…"


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Our letters; where set-up could not fetch them, those that come with Typst."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS] if FONTS.is_dir() else [])
