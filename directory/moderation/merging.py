"""Three texts of one entry: what the author began with, what they propose, and what is live."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from directory.entries.documents import Approach, Document
from directory.submissions import bodies

HEADING = "body: "  # before the heading, where a body is told heading by heading
REST = "Anything else"  # what stands under none of the headings


@dataclass(frozen=True)
class Merged:
    """What would be published. `both`: parts that author and others changed differently.

    A part is a field ("name"), or a heading of an approach's body ("body: How it works").
    """

    document: Document
    both: tuple[str, ...] = ()

    def label(self, part: str) -> str:
        """What a part is called on pages."""
        if part.startswith(HEADING):
            return part.removeprefix(HEADING)
        return type(self.document).model_fields[part].title or part


def merge(
    base: Document | None,
    proposed: Document,
    live: Document | None,
    *,
    keep_live: Collection[str] = (),
) -> Merged:
    """`proposed`, but with what others changed meanwhile in fields that the author left alone.

    Where both changed a part, the author's words stand and the moderator is told.

    Args:
        keep_live: of the parts that both changed, those in which what is live stands.
    """
    if base is None or live is None or base == live or type(live) is not type(proposed):
        return Merged(proposed)
    values: dict[str, Any] = {}
    both: list[str] = []
    for name in type(proposed).model_fields:
        was, wanted, now = (getattr(one, name, None) for one in (base, proposed, live))
        if name == "body" and isinstance(proposed, Approach):
            values[name], clashes = _merge_bodies(base.body, proposed.body, live.body, keep_live)
            both += clashes
        elif wanted == was:
            values[name] = now
        elif now not in (was, wanted):
            both.append(name)
            if name in keep_live:
                values[name] = now
    return Merged(proposed.model_copy(update=values), tuple(both))


def _merge_bodies(
    base: str, proposed: str, live: str, keep_live: Collection[str]
) -> tuple[str, list[str]]:
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
            both.append(HEADING + heading)
            if HEADING + heading in keep_live:
                texts[heading] = theirs
    rest = now_rest if wanted_rest == was_rest else wanted_rest
    if wanted_rest != was_rest and now_rest not in (was_rest, wanted_rest):
        both.append(HEADING + REST)
        if HEADING + REST in keep_live:
            rest = now_rest
    return bodies.join(texts, rest), both
