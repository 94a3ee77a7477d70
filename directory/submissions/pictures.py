"""The picture set for Easy Read: which pictures there are, and which show a word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from directory.search.words import STOP, split, stem

SHOWN = 6  # two lines of them on a phone
_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "picture-words.yaml"


@dataclass(frozen=True)
class Picture:
    """A picture by its name; `alt` is what it shows in words."""

    name: str

    @property
    def alt(self) -> str:
        return self.name.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Line:
    """A sentence and its picture ("" while none is chosen), as its page shows it."""

    text: str
    picture: str
    alt: str


@dataclass(frozen=True)
class Offer:
    """Pictures to choose from for one sentence.

    `found`: how many show the words (one that was chosen for others stands first, uncounted);
    `looked_for`: another word by which they were looked for; `key`: what they show; `is_asked`:
    there are words to look for; `chosen_alt`: what our words say the chosen one shows.
    """

    shown: tuple[Picture, ...]
    found: int
    looked_for: str
    key: str
    is_asked: bool
    chosen_alt: str


def find(folder: Path, text: str, *, limit: int = SHOWN) -> list[Picture]:
    """Pictures that show words of `text`: first those that are called so, or that we chose for
    them, then those about it."""
    wanted = _wanted(text)
    ranked = []
    for name, called, about in _library(folder):
        meant = called | _own_terms().get(name, frozenset())
        rank = 2 * len(wanted & meant) + len(wanted & about)
        if rank:
            ranked.append((-rank, len(called), name))
    return [Picture(name) for _rank, _length, name in sorted(ranked)[:limit]]


def key(text: str) -> str:
    """The words of `text` that pictures are looked for by: the same pictures for the same key."""
    return " ".join(sorted(_wanted(text)))


def is_there(folder: Path, name: str) -> bool:
    """Whether the set has a picture of that name."""
    return any(name == one for one, _called, _about in _library(folder))


@lru_cache(maxsize=2)
def _library(folder: Path) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Each picture with the terms of its name and those of what it is about.

    Set-up makes the folder while the site is down, so it never changes under us.
    """
    try:
        words = json.loads((folder / "words.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        words = {}
    names = sorted(path.stem for path in folder.glob("*.svg"))
    return tuple((name, _terms(name), _terms(words.get(name, ""))) for name in names)


def own_words() -> list[dict[str, list[str]]]:
    """Words that the set's own lack, each line with the pictures that show them."""
    lines: list[dict[str, list[str]]] = yaml.safe_load(_PATH.read_text(encoding="utf-8"))
    return lines


@lru_cache(maxsize=1)
def _own_terms() -> dict[str, frozenset[str]]:
    """The same as terms, by picture."""
    found: dict[str, frozenset[str]] = {}
    for line in own_words():
        terms = _terms(" ".join(line["words"]))
        for name in line["pictures"]:
            found[name] = found.get(name, frozenset()) | terms
    return found


def _wanted(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split(text) if word not in STOP)


def _terms(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split(text.replace("-", " ")))
