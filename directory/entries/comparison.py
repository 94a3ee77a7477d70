"""What changed between two versions of a document: field by field, word by word.

Readers see it in an entry's history. It knows documents only, no pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel

from directory.entries import wording
from directory.entries.aligning import runs
from directory.entries.documents import CostOption, Document, Photo, Schedule
from directory.vocabulary import facets

Change = Literal["same", "added", "removed"]
# Field and what it says there (a slug) to the name of the entry that it means.
Names = Mapping[tuple[str, str], str]

# Not what a reader would call a change of the entry.
_SILENT = frozenset({"id", "kind"})
# A word with the space after it, or a single mark: joining the pieces gives the text back.
_WORD = re.compile(r"\w+(?:['’-]\w+)*|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A run of words that stayed, came or went."""

    text: str
    change: Change


@dataclass(frozen=True)
class Passage:
    """A paragraph or line with its pieces. `skipped`: unchanged lines were left out before it."""

    pieces: tuple[Piece, ...]
    skipped: bool = False

    @property
    def before(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.change != "added")

    @property
    def after(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.change != "removed")


@dataclass(frozen=True)
class FieldChange:
    """One field that is not the same in both versions."""

    field: str
    label: str
    passages: tuple[Passage, ...]


def differences(
    before: Document, after: Document, names: Names | None = None
) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of the schema; the body last.

    Args:
        names: of the entries that the two documents name (`entries.names.named_in`); a slug that
            is not among them stands for itself.
    """
    found = []
    for name, info in type(after).model_fields.items():
        if name in _SILENT:
            continue
        old = in_words(name, getattr(before, name, None), names)
        new = in_words(name, getattr(after, name), names)
        if old != new:
            found.append(FieldChange(name, info.title or name, compare(old, new)))
    return tuple(sorted(found, key=lambda change: change.field == "body"))


def compare(before: str, after: str) -> tuple[Passage, ...]:
    """The lines that differ, each with the words that came and went."""
    old, new = before.splitlines(), after.splitlines()
    passages: list[Passage] = []
    skipped = False
    for tag, i1, i2, j1, j2 in runs(old, new):
        if tag == "same":
            skipped = any(line.strip() for line in old[i1:i2])
            continue
        for pieces in _lines(old[i1:i2], new[j1:j2]):
            passages.append(Passage(pieces, skipped))
            skipped = False
    return tuple(passages)


def in_words(field: str, value: Any, names: Names | None = None) -> str:
    """A field's value as a reader would say it; lists one to a line. `names` as above."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return facets.label(field, value)
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Schedule):
        return wording.when(value)
    if isinstance(value, CostOption):
        return wording.price(value)
    if isinstance(value, Photo):
        agreed = "the people in it agreed" if value.people_agreed else ""
        # The start of its name tells one picture from another with the same words.
        return " · ".join(filter(None, [value.alt, value.made_by, agreed, value.file[:6]]))
    if isinstance(value, BaseModel):
        parts = (in_words(name, getattr(value, name), names) for name in type(value).model_fields)
        return " · ".join(part for part in parts if part)
    if isinstance(value, list | tuple):
        return "\n".join(in_words(field, item, names) for item in value)
    return (names or {}).get((field, str(value)), str(value))


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Pair changed lines in order: what is left over on one side came or went whole."""
    old = [line for line in old if line.strip()]
    new = [line for line in new if line.strip()]
    for index in range(max(len(old), len(new))):
        if index >= len(old):
            yield (Piece(new[index], "added"),)
        elif index >= len(new):
            yield (Piece(old[index], "removed"),)
        else:
            yield tuple(_words(old[index], new[index]))


def _words(old: str, new: str) -> list[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    found = runs(before, after)
    kept = sum(_weight(before[i1:i2]) for tag, i1, i2, _j1, _j2 in found if tag == "same")
    if kept < 0.3 * min(_weight(before), _weight(after)):  # two whole lines read better
        return [Piece(old, "removed"), Piece(new, "added")]
    pieces: list[Piece] = []
    removed = added = ""
    for number, (tag, i1, i2, j1, j2) in enumerate(found):
        text = "".join(before[i1:i2])
        # A lone space between two changes belongs to both, or each word would stand alone.
        if tag == "same" and (text.strip() or number in {0, len(found) - 1}):
            pieces += _changed(removed, added)
            pieces.append(Piece(text, "same"))
            removed = added = ""
        else:
            removed += text
            added += "".join(after[j1:j2])
    return pieces + _changed(removed, added)


def _changed(removed: str, added: str) -> list[Piece]:
    found = [Piece(removed, "removed")] if removed else []
    return [*found, Piece(added, "added")] if added else found


def _weight(words: Sequence[str]) -> int:
    """How many letters there are, without spaces."""
    return len("".join("".join(words).split()))
