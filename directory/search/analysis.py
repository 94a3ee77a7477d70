"""Lines of text as they are indexed: each is taken apart once, however many entries say it.

A directory repeats itself: services of one approach share sentences, thousands are in one city.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from directory.search import words

# Lines that are remembered while many entries are indexed, some 3 kB each.
LINES_KEPT = 8_192


class Line(NamedTuple):
    """One line of text.

    Attributes:
        terms: all of its terms, in order.
        strong: those that count in a field: no small words.
        pairs: neighbours among the strong ones.
        spelt: its words unstemmed, each once, as far as they help to spell.
    """

    terms: tuple[str, ...]
    strong: tuple[str, ...]
    pairs: tuple[str, ...]
    spelt: tuple[str, ...]


Analyser = Callable[[str], Line]


def analyse(text: str) -> Line:
    """`text`, one line, taken apart."""
    said = words.split(text)
    stems = [words.stem(word) for word in said]
    strong = [stem for stem, word in zip(stems, said, strict=True) if word not in words.STOP]
    return Line(
        terms=tuple(stems),
        strong=tuple(strong),
        pairs=tuple(words.joined(strong)),
        spelt=tuple(word for word in dict.fromkeys(said) if len(word) > 2 and not word.isdigit()),
    )


def remembering() -> Analyser:
    """The same, which knows the lines that it met last."""
    return lru_cache(maxsize=LINES_KEPT)(analyse)
