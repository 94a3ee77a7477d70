"""What a moderator reads: which words would change, an approach's body heading by heading."""

from __future__ import annotations

from dataclasses import replace

from directory.entries.comparison import FieldChange, compare, differences, in_words
from directory.entries.documents import APPROACH_HEADINGS, Approach, Document
from directory.submissions import bodies

_NOT_TOLD = frozenset({"id", "kind", "body"})
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


def all_told(document: Document) -> list[tuple[str, str]]:
    """Each field of a new document that says something, in words; a body heading by heading."""
    found = [
        (info.title or name, in_words(name, getattr(document, name)))
        for name, info in type(document).model_fields.items()
        if name not in _NOT_TOLD and getattr(document, name) not in (None, "", [], False)
    ]
    if isinstance(document, Approach):
        texts, rest = bodies.split(document.body)
        return found + [
            (heading, text) for heading, text in [*texts.items(), (_REST, rest)] if text
        ]
    return found + ([("More about it", document.body)] if document.body else [])


def parts(document: Document) -> list[tuple[str, str]]:
    """The fields that an author can be asked about, with their labels."""
    hidden = _NOT_TOLD - {"body"} | {"assured_date", "assurer"}
    return [
        (name, info.title or name)
        for name, info in type(document).model_fields.items()
        if name not in hidden
    ]


def _by_heading(change: FieldChange, before: str, after: str) -> list[FieldChange]:
    (old, old_rest), (new, new_rest) = bodies.split(before), bodies.split(after)
    old[_REST], new[_REST] = old_rest, new_rest
    return [
        replace(change, label=heading, passages=compare(old.get(heading, ""), new.get(heading, "")))
        for heading in (*APPROACH_HEADINGS, _REST)
        if old.get(heading, "") != new.get(heading, "")
    ]
