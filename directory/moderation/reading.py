"""What a moderator reads: which words would change, an approach's body heading by heading."""

from __future__ import annotations

from dataclasses import replace

from directory.entries.comparison import FieldChange, compare, differences
from directory.entries.documents import APPROACH_HEADINGS, Approach, Document
from directory.submissions import bodies

_REST = "Anything else"


def would_change(live: Document, proposed: Document) -> list[FieldChange]:
    """The fields that publishing would change."""
    found = list(differences(live, proposed))
    if isinstance(live, Approach) and isinstance(proposed, Approach):
        bodies_change = [change for change in found if change.field == "body"]
        found = [change for change in found if change.field != "body"]
        for change in bodies_change:
            found += _by_heading(change, live.body, proposed.body)
    return found


def _by_heading(change: FieldChange, before: str, after: str) -> list[FieldChange]:
    (old, old_rest), (new, new_rest) = bodies.split(before), bodies.split(after)
    old[_REST], new[_REST] = old_rest, new_rest
    return [
        replace(change, label=heading, passages=compare(old.get(heading, ""), new.get(heading, "")))
        for heading in (*APPROACH_HEADINGS, _REST)
        if old.get(heading, "") != new.get(heading, "")
    ]
