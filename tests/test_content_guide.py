"""Story: whoever writes an entry finds every field explained in docs/content.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from directory.entries.documents import APPROACH_HEADINGS, CLASSES
from directory.vocabulary.terms import Moment, Status, Strength, SupportArea

GUIDE = (Path(__file__).parents[1] / "docs" / "content.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\s]+)`", GUIDE))


def parts_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that stand anywhere inside a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from parts_of(inner)


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield name
        for part in parts_of(field.annotation):
            yield from fields_of(part)


@pytest.mark.parametrize("kind", CLASSES)
def test_every_field_is_named(kind: Any) -> None:
    assert not set(fields_of(CLASSES[kind])) - NAMED


@pytest.mark.parametrize("choices", [SupportArea, Moment, Strength, Status])
def test_every_choice_that_takes_judgement_is_named(choices: Any) -> None:
    assert not {str(choice) for choice in choices} - NAMED


def test_every_heading_is_explained() -> None:
    assert all(f"- **{heading}.**" in GUIDE for heading in APPROACH_HEADINGS)
