"""Typesetting a booklet: plain values in, a tagged PDF out.

Typst does it, from templates/saved/booklet.typ. What readers and writers wrote goes in as data,
never as its markup. The file follows PDF/UA-1: a language, a title, headings, lists, reading order
and words for each picture; Typst refuses to write one that does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from directory.config import ROOT

if TYPE_CHECKING:
    import typst

TEMPLATE = ROOT / "templates" / "saved" / "booklet.typ"
FONTS = ROOT / "static" / "vendor" / "print"


def typeset(booklet: Mapping[str, Any], *, made: datetime | None = None) -> bytes:
    """The PDF of `booklet`, whose values booklet.typ explains.

    Args:
        made: when; the same values and time give the same bytes.
    """
    import typst  # large, and needed only where a booklet is printed

    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(FONTS),
        ignore_system_fonts=True,
        sys_inputs={"booklet": json.dumps(booklet, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=(made or datetime.now(UTC)).replace(microsecond=0),
    )


@lru_cache(maxsize=1)
def _fonts(folder: Path) -> typst.Fonts:
    """Our letters; where set-up could not fetch them, those that come with Typst."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder.is_dir() else [])
