"""Labels and one-line explanations of the fixed lists: content/vocabulary/facets.yaml."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from directory.vocabulary import terms

FACETS: dict[str, type[StrEnum] | None] = {
    "kind": terms.Kind,
    "support_area": terms.SupportArea,
    "moment": terms.Moment,
    "who_for": terms.WhoFor,
    "builds_on": terms.BuildsOn,
    "strength": terms.Strength,
    "status": terms.Status,
    "freshness": None,
    "day": terms.Day,
    "frequency": terms.Frequency,
}
_PATH = Path(__file__).resolve().parents[2] / "content" / "vocabulary" / "facets.yaml"


@dataclass(frozen=True)
class Term:
    """One choice of a facet, in the words that readers see."""

    facet: str
    key: str
    label: str
    explanation: str
    one: str


@cache
def facets(path: Path = _PATH) -> dict[str, dict[str, Term]]:
    """All facets, their terms in reading order.

    Raises:
        ValueError: a facet of the schema lacks a term, or the file names one that is not there.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = {
        facet: {
            key: Term(
                facet, key, words["label"], words["explanation"], words.get("one", words["label"])
            )
            for key, words in choices.items()
        }
        for facet, choices in raw.items()
    }
    for facet, enum in FACETS.items():
        expected = {str(term) for term in enum} if enum else set(found[facet])
        if set(found.get(facet, {})) != expected:
            odd = sorted(set(found.get(facet, {})) ^ expected)
            raise ValueError(f"{path.name}: {facet}: missing or unknown: {', '.join(odd)}")
    return found


def term(facet: str, key: str) -> Term:
    """The term `key` of `facet`.

    Raises:
        KeyError: there is no such term.
    """
    return facets()[facet][str(key)]


def label(facet: str, key: str) -> str:
    """The words readers see for `key`; the key itself if it is not in the list."""
    found = facets().get(facet, {}).get(str(key))
    return found.label if found else str(key)


def explanation(facet: str, key: str) -> str:
    """One line on what `key` means."""
    return term(facet, key).explanation
