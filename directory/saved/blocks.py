"""The HTML of an entry as plain blocks of text, for a typesetter that knows no HTML."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Literal

# What entries/rendering.py lets through, by what it becomes here.
_PARAGRAPHS = {"p", "h2", "h3", "h4", "blockquote", "pre", "dt", "dd", "tr"}
_STYLES = {"strong": "strong", "em": "em", "th": "strong", "h3": "strong", "h4": "strong"}


@dataclass(frozen=True)
class Run:
    """Some words of one style."""

    text: str
    strong: bool = False
    em: bool = False
    url: str = ""


@dataclass(frozen=True)
class Block:
    """A paragraph, or an item of a list with its number (0: a bullet)."""

    kind: Literal["paragraph", "item"]
    runs: tuple[Run, ...]
    number: int = 0


def blocks(html: str) -> tuple[Block, ...]:
    """The blocks of safe HTML, in order. Nested lists become one, a row of a table one line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return tuple(reader.found)


@dataclass
class _List:
    is_numbered: bool
    number: int = 0


@dataclass
class _Reader(HTMLParser):
    found: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[Run] = []
        self.lists: list[_List] = []
        self.styles: list[str] = []
        self.urls: list[str] = []
        self.in_item = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"ul", "ol"}:
            self.end_block()
            self.lists.append(_List(tag == "ol"))
        elif tag == "li":
            self.end_block()
            self.in_item = True
            if self.lists:
                self.lists[-1].number += 1
        elif tag in _PARAGRAPHS and not self.in_item:
            self.end_block()
        elif tag == "td":
            self.handle_data(" · " if self.runs else "")
        elif tag == "br":
            self.handle_data(" ")
        elif tag == "a":
            self.urls.append(dict(attrs).get("href") or "")
        if tag in _STYLES:
            self.styles.append(_STYLES[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"ul", "ol"} and self.lists:
            self.end_block()
            self.lists.pop()
        elif tag == "li":
            self.end_block()
            self.in_item = False
        elif tag in _PARAGRAPHS and not self.in_item:
            self.end_block()
        elif tag == "a" and self.urls:
            self.urls.pop()
        if tag in _STYLES and self.styles:
            self.styles.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() or (data and self.runs):
            self.runs.append(
                Run(
                    " ".join(f"|{data}|".split())[1:-1],
                    "strong" in self.styles,
                    "em" in self.styles,
                    self.urls[-1] if self.urls else "",
                )
            )

    def end_block(self) -> None:
        self.runs = _tidy(self.runs)
        if self.runs:
            if self.in_item and self.lists:
                innermost = self.lists[-1]
                number = innermost.number if innermost.is_numbered else 0
                self.found.append(Block("item", tuple(self.runs), number))
            else:
                self.found.append(Block("paragraph", tuple(self.runs)))
        self.runs = []


def _tidy(runs: list[Run]) -> list[Run]:
    """Without space at either end or twice between two words."""
    found: list[Run] = []
    for run in runs:
        text = run.text
        if not found or found[-1].text.endswith(" "):
            text = text.lstrip()
        if text:
            found.append(replace(run, text=text))
    while found and not found[-1].text.strip():
        found.pop()
    return [*found[:-1], replace(found[-1], text=found[-1].text.rstrip())] if found else []
