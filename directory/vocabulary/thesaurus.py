"""The thesaurus: words that people use for the same thing, from content/vocabulary/thesaurus.yaml.

A group is `words: [...]`, which mean nearly the same, so that typing one looks for all of them, and
`also: [...]`, what someone who types one of them may be glad to find; that does not work backwards.
Both hold words and phrases as people write them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter

_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "thesaurus.yaml"
PHRASE_WORDS_MAX = 6


def _phrase(text: str) -> str:
    tidy = " ".join(text.split())
    if not tidy or len(tidy.split()) > PHRASE_WORDS_MAX:
        raise ValueError(f"“{text}”: write 1 to {PHRASE_WORDS_MAX} words")
    return tidy


Phrase = Annotated[str, AfterValidator(_phrase)]


class Group(BaseModel):
    """Words that mean nearly the same, and what else may be meant by them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    also: tuple[Phrase, ...] = ()


def parse(text: str) -> tuple[Group, ...]:
    """The groups of a thesaurus file.

    Raises:
        pydantic.ValidationError: says which group is wrong, and how.
    """
    return TypeAdapter(tuple[Group, ...]).validate_python(yaml.safe_load(text) or [])


@cache
def groups(path: Path = _PATH) -> tuple[Group, ...]:
    """The groups that come with Kith."""
    return parse(path.read_text(encoding="utf-8"))
