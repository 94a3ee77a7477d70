"""Three texts of one entry: what the author began with, what they propose, and what is live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from directory.entries.documents import Approach, Document
from directory.submissions import bodies


@dataclass(frozen=True)
class Merged:
    """What would be published. `both`: fields that author and others changed differently."""

    document: Document
    both: tuple[str, ...] = ()


def merge(base: Document | None, proposed: Document, live: Document | None) -> Merged:
    """`proposed`, but with what others changed meanwhile in fields that the author left alone.

    Where both changed a field, the author's words stand and the moderator is told.
    """
    if base is None or live is None or base == live or type(live) is not type(proposed):
        return Merged(proposed)
    values: dict[str, Any] = {}
    both: list[str] = []
    for name in type(proposed).model_fields:
        was, wanted, now = (getattr(one, name, None) for one in (base, proposed, live))
        if name == "body" and isinstance(proposed, Approach):
            values[name], clashes = _merge_bodies(base.body, proposed.body, live.body)
            both += clashes
        elif wanted == was:
            values[name] = now
        elif now not in (was, wanted):
            both.append(type(proposed).model_fields[name].title or name)
    return Merged(proposed.model_copy(update=values), tuple(both))


def _merge_bodies(base: str, proposed: str, live: str) -> tuple[str, list[str]]:
    """The same, heading by heading."""
    if base in (live, proposed) or live == proposed:
        return (live if proposed == base else proposed), []
    (was, was_rest), (wanted, wanted_rest), (now, now_rest) = map(
        bodies.split, (base, proposed, live)
    )
    texts, both = {}, []
    for heading in {**now, **wanted}:
        before, mine, theirs = (one.get(heading, "") for one in (was, wanted, now))
        texts[heading] = theirs if mine == before else mine
        if mine != before and theirs not in (before, mine):
            both.append(heading)
    rest = now_rest if wanted_rest == was_rest else wanted_rest
    return bodies.join(texts, rest), both
