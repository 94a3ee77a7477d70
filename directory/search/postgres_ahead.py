"""What a question may look up, to be asked of PostgreSQL at once instead of word by word.

A guess that costs nothing where it is wrong: what is missing is asked for when it is needed.
"""

from __future__ import annotations

from itertools import pairwise

from directory.search import words
from directory.search.query import Query
from directory.search.understanding import MOST_WORDS, Thesaurus


def may_need(query: Query, thesaurus: Thesaurus) -> tuple[set[str], set[str]]:
    """The terms that `query` may look up, and those of them that may stand in a phrase."""
    said = words.split(query.q)[:MOST_WORDS]
    stems = [words.stem(word) for word in said]
    terms = {*stems, *words.pairs(said)}
    terms |= {words.stem(first + second) for first, second in pairwise(said)}
    placed = set(stems) if '"' in query.q else set()
    if query.own_words:
        return terms, placed
    for length in range(1, thesaurus.longest + 1):
        for at in range(len(stems) - length + 1):
            some = tuple(stems[at : at + length])
            if not thesaurus.knows(some):
                continue
            for meant in (some, *(other.terms for other in thesaurus.others(some))):
                terms.update(meant)
                if len(meant) > 1:
                    placed.update(meant)
    return terms, placed
