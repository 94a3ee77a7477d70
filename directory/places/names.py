"""One spelling for a place name, however people write it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = re.compile(r"['’‘`´]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SAINT = re.compile(r"\bsaint\b")


@lru_cache(maxsize=8192)
def key(name: str) -> str:
    """`name` without case, accents or punctuation: "King’s Lynn" and "kings-lynn" are one."""
    plain = name.replace("&", " and ").casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = _NOT_WORD.sub(" ", _APOSTROPHES.sub("", plain)).strip()
    return _SAINT.sub("st", plain)
