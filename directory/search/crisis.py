"""Hearing distress in a question, so that help comes before any result.

Better a note too many than one too few; but a note on every third search would soon be looked
over. So it listens for phrases, not for single words that could mean anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from directory.search import words
from directory.search.spelling import edits_between
from directory.vocabulary.help import Subject

_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "crisis.yaml"
# Words shorter than this are heard only as they stand: "died" is not "dined".
SLIPS_FROM = 5
_MAY_BE_PARTED = frozenset({"myself", "not", "dont", "cant"})


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Literal["crisis", "danger", "loss"]
    heard: tuple[str, ...]
    not_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Subject:
    name: Subject
    heard: tuple[tuple[str, ...], ...]
    not_in: tuple[tuple[str, ...], ...]

    @cached_property
    def heard_by_letter(self) -> dict[str, list[tuple[str, ...]]]:
        """Phrases by their first letter, which is always heard right."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for phrase in self.heard:
            found.setdefault(phrase[0][0], []).append(phrase)
        return found

    @cached_property
    def stems_not_in(self) -> tuple[list[str], ...]:
        return tuple([words.stem(word) for word in phrase] for phrase in self.not_in)


def hear(text: str) -> Subject | None:
    """What kind of distress speaks out of `text`, the most urgent first; None if none does."""
    said = words.split(text)
    for subject in _subjects():
        rest = _without(said, subject.stems_not_in)
        letters = {word[:1] for word in rest}
        phrases = [one for letter in letters for one in subject.heard_by_letter.get(letter, ())]
        if any(_is_in(rest, phrase) for phrase in phrases):
            return subject.name
    return None


def is_of_loss(said: str) -> bool:
    """Whether `said` holds a word that people use of a death, or of whom they lost."""
    return any(word in words.KIN or words.stem(word) in _of_loss() for word in words.split(said))


@cache
def _of_loss() -> frozenset[str]:
    [loss] = (subject for subject in _subjects() if subject.name == "loss")
    heard = {word for phrase in loss.heard for word in phrase if word not in words.STOP}
    return frozenset(map(words.stem, heard))


@cache
def _subjects(path: Path = _PATH) -> tuple[_Subject, ...]:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        _Subject(
            listed.subject,
            tuple(tuple(words.split(phrase)) for phrase in listed.heard),
            tuple(tuple(words.split(phrase)) for phrase in listed.not_in),
        )
        for listed in TypeAdapter(tuple[_Listed, ...]).validate_python(raw)
    )


def _without(said: Sequence[str], phrases: Sequence[list[str]]) -> list[str]:
    """`said` with the phrases, given as stems, cut out. What stood around them stays apart."""
    rest, stems = list(said), [words.stem(word) for word in said]
    for phrase in phrases:
        at = 0
        while phrase[0] in stems[at:] and at + len(phrase) <= len(rest):
            if stems[at : at + len(phrase)] == phrase:
                rest[at : at + len(phrase)] = [""]
                stems[at : at + len(phrase)] = [""]
            at += 1
    return rest


def _is_in(said: Sequence[str], phrase: tuple[str, ...]) -> bool:
    gap = 1 if _MAY_BE_PARTED.intersection(phrase) else 0
    return any(
        _continues(said, at, phrase, gap)
        for at, word in enumerate(said)
        if word[:1] == phrase[0][0]
    )


def _continues(said: Sequence[str], at: int, phrase: tuple[str, ...], gap: int) -> bool:
    """Whether `phrase` is said from `at` on, with at most `gap` words between its words."""
    if not _sounds_like(said[at], phrase[0]):
        return False
    if len(phrase) == 1:
        return True
    return any(
        _continues(said, after, phrase[1:], gap)
        for after in range(at + 1, min(at + 2 + gap, len(said)))
    )


def _sounds_like(said: str, word: str) -> bool:
    if said == word or (said and words.stem(said) == words.stem(word)):
        return True
    if len(word) < SLIPS_FROM or len(said) < SLIPS_FROM - 1 or said[0] != word[0]:
        return False
    return edits_between(said, word, most=1) <= 1
