"""Why a result is a result, in words: what of the question it holds, and by which word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from directory.search.joins import Joined
from directory.search.ranking import Concept, Origin, Plan, Wording
from directory.search.reading import Ints, Mask, Snapshot
from directory.search.results import Reason

# More reasons than these are noise.
MOST = 4


def matched(
    snapshot: Snapshot, joined: Joined, plan: Plan, documents: Ints
) -> list[tuple[Reason, ...]]:
    """For each of `documents` what it holds of the question, in the order of the question.

    A word of the reader's own that an entry holds counts before one that we added; one that the
    entry holds itself before one of the approach that it follows. Other words for one of the family
    are no reason to name.
    """
    followed = [joined.followed_by(int(document))[:1] for document in documents]
    all_ = np.array(
        [*documents.tolist(), *(one for some in followed for one in some)], dtype=np.int32
    )
    holds = [
        [(wording, _hold(snapshot, wording, all_)) for wording in concept.wordings]
        for concept in plan.concepts
        if concept.finds
    ]
    concepts = [concept for concept in plan.concepts if concept.finds]
    at_of = {int(document): at for at, document in enumerate(all_)}
    return [
        _reasons(snapshot, concepts, holds, at, [(one, at_of[one]) for one in followed[at]])
        for at in range(len(documents))
    ]


def _hold(snapshot: Snapshot, wording: Wording, documents: Ints) -> Mask:
    """Which of `documents` hold `wording`."""
    is_one = len(wording.terms) == 1
    having = snapshot.term(wording.terms[0])[0] if is_one else snapshot.phrase(wording.terms)
    if not len(having):
        return np.zeros(len(documents), dtype=bool)
    at = np.minimum(np.searchsorted(having, documents), len(having) - 1)
    found: Mask = having[at] == documents
    return found


def _reasons(
    snapshot: Snapshot,
    concepts: Sequence[Concept],
    holds: Sequence[Sequence[tuple[Wording, Mask]]],
    at: int,
    followed: Sequence[tuple[int, int]],
) -> tuple[Reason, ...]:
    found: dict[str, Reason] = {}
    for concept, wordings in zip(concepts, holds, strict=True):
        said = next((wording for wording, mask in wordings if mask[at]), None)
        through = ""
        for approach, there in followed if said is None else ():
            said = next((wording for wording, mask in wordings if mask[there]), None)
            through = snapshot.card(approach)["name"] if said else ""
        if said and said.origin is not Origin.KIN:
            is_own = said.origin is Origin.TYPED
            asked = "" if is_own else concept.typed
            found.setdefault(said.words, Reason(said.words, asked, through))
    return tuple(found.values())[:MOST]
