"""Filters: what each choice would give, counted over the whole answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from directory.search.query import FACETS, Query
from directory.search.reading import Mask
from directory.search.shared import Filter
from directory.vocabulary import facets as vocabulary

# Filters that links use; nobody chooses from a list of them.
NOT_OFFERED = {"approach"}


@dataclass(frozen=True)
class Choice:
    """One value of a filter.

    Attributes:
        label: the words that readers see for it.
        count: how many results there are with it: for one that is chosen, among those shown now;
            for another, in all after a click.
    """

    value: str
    count: int
    chosen: bool
    label: str = ""


def chosen_mask(query: Query, values: Mapping[str, Filter], size: int) -> dict[str, Mask]:
    """For each filter in use, the documents that it lets through."""
    return {
        facet: values[facet].mask(chosen, size)
        for facet in FACETS
        if (chosen := getattr(query, facet)) and facet in values
    }


def count(
    query: Query,
    values: Mapping[str, Filter],
    matches: Mask,
    masks: Mapping[str, Mask],
    name_of: Callable[[str, str], str],
) -> dict[str, tuple[Choice, ...]]:
    """The choices of every filter with true counts; those that would give nothing are left out.

    Values of one filter widen the answer (at home *or* leaving hospital), filters narrow it (at
    home *and* for older people). So a filter is counted over what all the others let through, and
    a click on a further value of a filter in use gives what is shown now and what that adds.

    Args:
        matches: documents that match the words, before any filter.
        masks: the documents that each filter in use lets through.
        name_of: the name of a filter's value that is a slug.
    """
    counted = {}
    for facet in FACETS:
        if facet not in values or (facet in NOT_OFFERED and not getattr(query, facet)):
            continue
        base = matches.copy()
        for other, mask in masks.items():
            if other != facet:
                base &= mask
        choices = _choices(facet, getattr(query, facet), values[facet], base, masks)
        counted[facet] = tuple(
            Choice(one.value, one.count, one.chosen, _label(facet, one.value, name_of))
            for one in choices
        )
    return counted


def _choices(
    facet: str, chosen: tuple[str, ...], values: Filter, base: Mask, masks: Mapping[str, Mask]
) -> tuple[Choice, ...]:
    having = values.counts(base)
    if not chosen:
        found = [Choice(name, number, False) for name, number in having.items() if number]
    else:
        shown = base & masks[facet]
        total = int(np.count_nonzero(shown))
        added = values.counts(base & ~masks[facet])
        found = [
            Choice(name, number, True)
            if name in chosen
            else Choice(name, total + added[name], False)
            for name, number in having.items()
            if number or name in chosen
        ]
        found += [Choice(name, 0, True) for name in chosen if name not in having]
    return tuple(_in_order(facet, found))


def _label(facet: str, value: str, name_of: Callable[[str, str], str]) -> str:
    if FACETS[facet] is None:
        return name_of(facet, value)
    return vocabulary.label(_VOCABULARY.get(facet, facet), value)


# What some filters are called in the vocabulary.
_VOCABULARY = {"evidence": "strength", "fresh": "freshness"}


def _in_order(facet: str, choices: list[Choice]) -> list[Choice]:
    """Kinds and moments in their own order; all else what is chosen first, then by number."""
    enum = FACETS[facet]
    if enum is None or facet in {"who_for", "builds_on", "support_area"}:
        return sorted(choices, key=lambda choice: (not choice.chosen, -choice.count, choice.value))
    order = [str(one) for one in enum]
    return sorted(choices, key=lambda choice: order.index(choice.value))
