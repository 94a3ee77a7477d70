"""What makes an entry worth reading, as far as a machine can tell.

`flask check` holds content/ to these rules; the forms and moderators get the same answers as
advice. docs/content.md explains each by example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from urllib.parse import parse_qs

from directory.entries import photos
from directory.entries.documents import (
    APPROACH_HEADINGS,
    Approach,
    Document,
    Page,
    Service,
)
from directory.entries.files import DocumentFile
from directory.entries.prose import (
    reading_grade,
    running_text,
    without_names,
    without_quotations,
    words_of,
)
from directory.entries.text import Problem
from directory.vocabulary.facets import facets
from directory.vocabulary.jargon import uses
from directory.vocabulary.terms import Kind

OPENING_GRADE_MAX = 7  # strapline and summary together
BODY_GRADE_MAX = 11
MEDIAN_BODY_GRADE_MAX = 8
EASY_READ_LINES_MIN = 4

_HELPLINES = {"999", "111", "116", "123", "85258", "0808"}
_NUMBER = re.compile(r"(?<![\w.])£?\d[\d,]*(?:\.\d+)?")
_LINK = re.compile(r"\]\((/[^)\s#]*)[^)]*\)")
_AMERICAN = re.compile(
    r"\b(?:colou?rless|color\w*|center\w*|neighbor\w*|favor\w*|labor|labors|behavior\w*|honor\w*"
    r"|program|programs|theater\w*|traveling|traveled|counselor\w*|enrollment|fulfill|fulfills"
    r"|catalog|gray|skillful|pediatric\w*|mom|moms|checkbook"
    r"|(?!(?:size|prize|seize|capsize|maize|assize|sizing|prizing|seizing)\w?\b)"
    r"[a-z]{3,}(?:iz(?:e|ed|es|er|ers|ing|ation|ations)))\b",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|webp|heic|gif)|(?:img|dsc|dscn|pxl|image|photo|picture|screenshot)[\s\d_-]*",
    re.IGNORECASE,
)
_SIZES = re.compile(
    r"(?:over|mid|down|out|up)?siz(?:e|ed|es|ing)\b|\w*priz(?:e|ed|es)\b", re.IGNORECASE
)


def check_quality(files: Sequence[DocumentFile]) -> list[Problem]:
    """Every problem of how the documents read and what backs them."""
    urls = {f"/{file.path.removesuffix('.md')}" for file in files}
    problems = [
        Problem(file.path, 1, field, what, remedy)
        for file in files
        for field, what, remedy in advice(file.document, known_urls=urls)
    ]
    grades = [
        reading_grade(words_of(file.document.body)) for file in files if file.kind is Kind.APPROACH
    ]
    if grades and median(grades) > MEDIAN_BODY_GRADE_MAX:
        problems.append(
            Problem("approaches/", 1, "body", f"half of all bodies are above {median(grades):.1f}",
                    f"Bring the median reading grade to {MEDIAN_BODY_GRADE_MAX} or less.")
        )  # fmt: skip
    return problems


def advice(
    document: Document, *, known_urls: set[str] | None = None
) -> Iterator[tuple[str, str, str]]:
    """Field, what could be better, and how, for one document."""
    yield from _plain_words(document)
    yield from _spelling(document)
    yield from _readable(document)
    yield from _backed(document)
    if known_urls is not None:
        yield from _links(document, known_urls)
    yield from _photos(document)
    if isinstance(document, Approach):
        yield from _whole(document)


def is_file_name(alt: str) -> bool:
    """Whether what should tell a picture in words is what a camera called it, or nearly nothing."""
    return bool(_FILE_NAME.fullmatch(alt.strip())) or len(alt.split()) < 2


def _photos(document: Document) -> Iterator[tuple[str, str, str]]:
    for photo in photos.of(document):
        if is_file_name(photo.alt):
            yield (
                "photos",
                f"“{photo.alt}” does not tell what the picture shows",
                "Say who does what, and where.",
            )


def _plain_words(document: Document) -> Iterator[tuple[str, str, str]]:
    for field, text in running_text(document):
        for use in uses(without_names(without_quotations(words_of(text)))):
            yield field, f"“{use.words}” is a sector word", f"Write “{use.jargon.plain}”."


def _spelling(document: Document) -> Iterator[tuple[str, str, str]]:
    for field, text in running_text(document):
        for match in _AMERICAN.finditer(without_names(without_quotations(words_of(text)))):
            if not _SIZES.fullmatch(match.group()):
                yield field, f"“{match.group()}” is American spelling", "Spell it the British way."


def _readable(document: Document) -> Iterator[tuple[str, str, str]]:
    if isinstance(document, Page):
        return
    opening = words_of(f"{getattr(document, 'strapline', None) or ''}\n{document.summary}")
    grade = reading_grade(opening)
    if isinstance(document, Approach) and grade > OPENING_GRADE_MAX:
        yield (
            "summary",
            f"strapline and summary read at grade {grade:.1f}",
            f"Use shorter words and sentences: at most {OPENING_GRADE_MAX}.",
        )
    grade = reading_grade(words_of(document.body))
    if grade > BODY_GRADE_MAX:
        yield (
            "body",
            f"it reads at grade {grade:.1f}",
            f"Use shorter words and sentences: at most {BODY_GRADE_MAX}.",
        )


def _backed(document: Document) -> Iterator[tuple[str, str, str]]:
    titles = [source.title for source in document.sources]
    if isinstance(document, Approach):
        titles += [item.source_title for item in document.evidence]
        yield from _numbers(document)
        if not document.evidence:
            yield "evidence", "there is none", "Give a source, or say that nobody has measured it."
    elif isinstance(document, Service) and not document.sources:
        yield "sources", "there is none", "Say where this is known from."
    for title in titles:
        if re.search(r"\bseeds?\b|\.txt\b", title, re.IGNORECASE):
            yield "sources", f"“{title}” is no source a reader can find", "Name the publication."


def _numbers(document: Approach) -> Iterator[tuple[str, str, str]]:
    backing = [document.cost.text if document.cost else "", str(document.started or "")]
    for item in document.evidence:
        backing += [item.claim, item.source_title, str(item.year or "")]
    for source in document.sources:
        backing += [source.title, str(source.year or "")]
    known = set(_plain_numbers(" ".join(backing))) | _HELPLINES
    for field, text in running_text(document):
        if field.startswith(("evidence", "cost")):
            continue
        for number in _plain_numbers(words_of(text)):
            if number not in known:
                yield (
                    field,
                    f"nothing backs the number {number}",
                    "Add the evidence it comes from, or leave it out.",
                )


def _plain_numbers(text: str) -> list[str]:
    return [number.strip("£").replace(",", "").rstrip(".") for number in _NUMBER.findall(text)]


def _links(document: Document, known_urls: set[str]) -> Iterator[tuple[str, str, str]]:
    for address in _LINK.findall(document.body):
        path = address.split("?")[0].rstrip("/")
        folder = path.strip("/").split("/")[0]
        if (
            folder in {kind.folder for kind in Kind}
            and path.count("/") > 1
            and path not in known_urls
        ):
            yield "body", f"the link {address} leads nowhere", "Correct it, or add that entry."
    for one in document.lists if isinstance(document, Page) else []:
        for facet, keys in parse_qs(one.query).items():
            for key in keys if facet in facets() else []:
                if key not in facets()[facet]:
                    yield "lists", f"{facet}={key} is no choice of the search", "Correct the query."


def _whole(document: Approach) -> Iterator[tuple[str, str, str]]:
    headings = [line[3:].strip() for line in document.body.split("\n") if line.startswith("## ")]
    for heading in APPROACH_HEADINGS:
        if heading not in headings:
            yield "body", f"the heading “{heading}” is missing", f"Add ## {heading}."
    if len(document.easy_read) < EASY_READ_LINES_MIN:
        yield (
            "easy_read",
            f"it has {len(document.easy_read)} sentences",
            f"Write {EASY_READ_LINES_MIN} to 8.",
        )
