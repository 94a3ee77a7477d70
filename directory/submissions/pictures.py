"""The picture set for Easy Read: which pictures there are, and which show a word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from directory.search.words import STOP, split, stem

SHOWN = 6  # two lines of them on a phone


@dataclass(frozen=True)
class Picture:
    """A picture by its name; `alt` is what it shows in words."""

    name: str

    @property
    def alt(self) -> str:
        return self.name.replace("-", " ").capitalize()


@dataclass(frozen=True)
class Offer:
    """Pictures to choose from for one sentence.

    `looked_for`: another word by which they were looked for; `key`: what they show; `is_asked`:
    there are words to look for.
    """

    shown: tuple[Picture, ...]
    looked_for: str
    key: str
    is_asked: bool


def find(folder: Path, text: str, *, limit: int = SHOWN) -> list[Picture]:
    """Pictures that show words of `text`: first those that are called so, then those about it."""
    wanted = _wanted(text)
    ranked = []
    for name, called, about in _library(folder):
        rank = 2 * len(wanted & called) + len(wanted & about)
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


def _wanted(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split(text) if word not in STOP)


def _terms(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in split(text.replace("-", " ")))
