"""Where to turn in a hurry: the numbers of content/vocabulary/help.yaml."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from directory.vocabulary.terms import Nation

Subject = Literal["crisis", "danger", "loss"]
_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "help.yaml"


class Way(BaseModel):
    """One way to reach a helpline: ring a number, or text a word to one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ring: str | None = None
    text: str | None = None
    to: str | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Way:
        if bool(self.ring) == bool(self.text and self.to):
            raise ValueError("write either ring, or text and to")
        return self

    @property
    def href(self) -> str:
        """A link that a phone understands."""
        if self.ring:
            return "tel:" + self.ring.replace(" ", "")
        return f"sms:{self.to}?body={self.text}"


class Helpline(BaseModel):
    """Someone to turn to, in the words that readers see."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    ways: tuple[Way, ...]
    for_whom: str
    note: str = ""
    when: str = ""
    nations: tuple[Nation, ...]
    subjects: tuple[Subject, ...]
    rung: date | None


@cache
def helplines(subject: Subject | None = None, path: Path = _PATH) -> tuple[Helpline, ...]:
    """All helplines in reading order, or those for one subject."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = TypeAdapter(tuple[Helpline, ...]).validate_python(raw)
    return tuple(line for line in found if subject is None or subject in line.subjects)
