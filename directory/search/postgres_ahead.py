"""What a question looks up, to be asked of PostgreSQL at once instead of word by word.

It costs nothing where it is wrong: what is missing is asked for when it is needed.
"""

from __future__ import annotations

from itertools import pairwise

from directory.search import words
from directory.search.query import Query
from directory.search.ranking import Plan
from directory.search.understanding import MOST_WORDS
from directory.search.wordings import Thesaurus

Phrase = tuple[str, ...]


def to_understand(query: Query, thesaurus: Thesaurus) -> tuple[set[str], set[Phrase]]:
    """Terms and phrases of which it matters for what `query` means whether entries say them."""
    said = words.split(query.q)[:MOST_WORDS]
    stems = [words.stem(word) for word in said]
    terms = {*stems, *words.pairs(said)}
    terms |= {words.stem(first + second) for first, second in pairwise(said)}
    phrases: set[Phrase] = set()
    if query.own_words:
        return terms, phrases
    for length in range(1, thesaurus.longest + 1):
        for at in range(len(stems) - length + 1):
            some = tuple(stems[at : at + length])
            if thesaurus.knows(some):
                phrases |= {some, *(other.terms for other in thesaurus.others(some))}
    terms |= {term for phrase in phrases for term in phrase}
    return terms, {phrase for phrase in phrases if len(phrase) > 1}


def to_rank(plan: Plan) -> set[str]:
    """The terms whose entries `plan` looks for."""
    wordings = (wording for concept in plan.concepts for wording in concept.wordings)
    terms = {term for wording in wordings for term in wording.terms}
    return terms.union(plan.pairs, *(one for one in plan.excluded if len(one) == 1))
