"""Sector words and plain ones: content/vocabulary/jargon.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "jargon.yaml"


@dataclass(frozen=True)
class Jargon:
    """A sector word, the plain words for it, and whether it must go or may stay explained."""

    term: str
    plain: str
    must_go: bool
    pattern: re.Pattern[str]
    allowed: re.Pattern[str] | None


@dataclass(frozen=True)
class Use:
    """A sector word found in a text: where it stands and what to write instead."""

    start: int
    words: str
    jargon: Jargon


@cache
def jargon(path: Path = _PATH) -> tuple[Jargon, ...]:
    """All sector words, as in the file.

    Raises:
        ValueError: an exception has no reason.
    """
    found = []
    for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
        allowed = raw.get("allow", [])
        if allowed and not raw.get("why_allowed"):
            raise ValueError(f"{path.name}: {raw['term']}: say why_allowed")
        pattern = raw.get("match") or rf"\b{re.escape(raw['term'])}(?:s|es|’s|'s)?\b"
        found.append(
            Jargon(
                term=raw["term"],
                plain=raw["plain"],
                must_go=raw["use"] == "replace",
                pattern=re.compile(pattern, re.IGNORECASE),
                allowed=_any_of(allowed),
            )
        )
    return tuple(found)


def uses(text: str, *, must_go_only: bool = True) -> Iterator[Use]:
    """The sector words in `text`, in order, without those in allowed phrases."""
    found = []
    for one in jargon():
        if must_go_only and not one.must_go:
            continue
        safe = [match.span() for match in one.allowed.finditer(text)] if one.allowed else []
        for match in one.pattern.finditer(text):
            if not any(start <= match.start() and match.end() <= end for start, end in safe):
                found.append(Use(match.start(), match.group(), one))
    yield from sorted(found, key=lambda use: use.start)


def _any_of(phrases: list[str]) -> re.Pattern[str] | None:
    if not phrases:
        return None
    words = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
