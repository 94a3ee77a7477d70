"""The prose of a document: which words are running text, and how hard they are to read."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache

from directory.entries.documents import Approach, Document

_QUOTATION = re.compile(r"“[^”]*”|\"[^\"\n]*\"|(?<!\w)[‘'][^’'\n]*(?:[’']\w+[^’'\n]*)*[’'](?!\w)")
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?: (?:(?:of|for|and|in|the|with) )*[A-Z][\w’'-]*)+")
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_`>#|]+|^\s*(?:[-+]|\d+\.)\s+", re.MULTILINE)


def running_text(document: Document) -> Iterator[tuple[str, str]]:
    """Field and text of all that readers read as sentences; headings and names are not."""
    if isinstance(document, Approach):
        yield "strapline", document.strapline
        for number, line in enumerate(document.easy_read, 1):
            yield f"easy_read {number}", line.text
        for number, item in enumerate(document.evidence, 1):
            yield f"evidence {number}, claim", item.claim
        if document.cost:
            yield "cost", document.cost.text
    yield "summary", document.summary
    yield "body", without_headings(document.body)


def without_headings(markdown: str) -> str:
    return _HEADING.sub("", markdown)


def without_quotations(text: str) -> str:
    return _QUOTATION.sub(" ", text)


def without_names(text: str) -> str:
    """`text` without runs of capitalised words: names of bodies, places and schemes."""
    return _NAME.sub(" ", text)


def words_of(markdown: str) -> str:
    """Markdown as sentences: no headings, marks or addresses; a list item ends like a sentence."""
    lines = (_MARKS.sub("", line).strip() for line in without_headings(markdown).split("\n"))
    text = " ".join(
        line if line.endswith((".", "?", "!", ":")) else f"{line}." for line in lines if line
    )
    return _LINK.sub(r"\1", text)


def reading_grade(*texts: str) -> float:
    """Flesch-Kincaid grade: years of school that the texts ask for together. 0 for no text.

    What was counted of each text lately is remembered: who types changes one of them at a time.
    """
    count = _textstat()
    told = [text for text in texts if text.strip()]
    words = sum(count.lexicon_count(text) for text in told)
    if not words:
        return 0.0
    sentences = sum(count.sentence_count(text) for text in told)
    syllables = sum(count.syllable_count(text) for text in told)
    # Rounded as textstat does it, which our limits were set by.
    return _rounded(0.39 * _rounded(words / sentences) + 11.8 * _rounded(syllables / words) - 15.59)


def _rounded(number: float) -> float:
    """To one digit; halves away from zero, as people do."""
    return math.floor(number * 10 + math.copysign(0.5, number)) / 10


@cache
def _textstat():  # type: ignore[no-untyped-def]
    from textstat import textstat  # slow to import

    textstat.set_lang("en_GB")
    return textstat
