"""What a moderator reads: which words would change, an approach's body heading by heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from directory.entries.comparison import FieldChange, Names, Passage, compare, differences, in_words
from directory.entries.documents import APPROACH_HEADINGS, Approach, Document
from directory.entries.rendering import render
from directory.entries.text import dump
from directory.moderation.merging import HEADING, REST, Merged
from directory.submissions import bodies

_NOT_TOLD = frozenset({"id", "kind", "body"})


def would_change(live: Document, proposed: Document, names: Names) -> list[FieldChange]:
    """The fields that publishing would change."""
    found = list(differences(live, proposed, names))
    if isinstance(live, Approach) and isinstance(proposed, Approach):
        bodies_change = [change for change in found if change.field == "body"]
        found = [change for change in found if change.field != "body"]
        for change in bodies_change:
            found += _by_heading(change, live.body, proposed.body)
    return found


@dataclass(frozen=True)
class Rendered:
    """A part of the body as readers see it now, and as they would: HTML, "" where it is missing."""

    label: str
    before: str
    after: str


def rendered_change(live: Document, proposed: Document) -> list[Rendered]:
    """What would change of the body, as readers see it; an approach's heading by heading."""
    before, after = (getattr(one, "body", "") for one in (live, proposed))
    if before == after:
        return []
    if isinstance(live, Approach) and isinstance(proposed, Approach):
        return [
            Rendered(heading, render(old), render(new))
            for heading, old, new in _parts(before, after)
        ]
    label = type(proposed).model_fields["body"].title or "body"
    return [Rendered(label, render(before), render(after))]


@dataclass(frozen=True)
class ThreeWays:
    """A part that author or others changed since the author began.

    `theirs`: what others made of it, which is live; `wanted`: what the author proposes.
    `clashes`: both did, and differently.
    """

    part: str
    label: str
    base: str
    theirs: tuple[Passage, ...]
    wanted: tuple[Passage, ...]
    clashes: bool


def three_ways(
    merged: Merged, base: Document, live: Document, proposed: Document, names: Names
) -> list[ThreeWays]:
    """What both have changed since the author began, the clashes first."""
    found = []
    before, now, wanted = (_parts_in_words(one, names) for one in (base, live, proposed))
    for part in {**before, **now, **wanted}:
        was, theirs, mine = (one.get(part, "") for one in (before, now, wanted))
        if was == theirs == mine:
            continue
        found.append(
            ThreeWays(
                part=part,
                label=merged.label(part),
                base=was,
                theirs=compare(was, theirs),
                wanted=compare(was, mine),
                clashes=part in merged.both,
            )
        )
    return sorted(found, key=lambda one: not one.clashes)


def source_change(live: Document, proposed: Document) -> tuple[Passage, ...]:
    """The lines of the files that would change: front matter and Markdown as they are kept."""
    return compare(dump(live), dump(proposed))


def _parts_in_words(document: Document, names: Names) -> dict[str, str]:
    """Each part of a document in words, by the names that `merging` gives them."""
    found = {
        name: in_words(name, getattr(document, name), names)
        for name in type(document).model_fields
        if name not in {"id", "kind"}
    }
    if isinstance(document, Approach):
        del found["body"]
        texts, rest = bodies.split(document.body)
        found |= {HEADING + heading: text for heading, text in texts.items()}
        found[HEADING + REST] = rest
    return found


def all_told(document: Document, names: Names) -> list[tuple[str, str]]:
    """Each field of a new document that says something, in words; a body heading by heading."""
    found = [
        (info.title or name, in_words(name, getattr(document, name), names))
        for name, info in type(document).model_fields.items()
        if name not in _NOT_TOLD and getattr(document, name) not in (None, "", [], False)
    ]
    if isinstance(document, Approach):
        texts, rest = bodies.split(document.body)
        return found + [(heading, text) for heading, text in [*texts.items(), (REST, rest)] if text]
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
    return [
        replace(change, label=heading, passages=compare(old, new))
        for heading, old, new in _parts(before, after)
    ]


def _parts(before: str, after: str) -> Iterator[tuple[str, str, str]]:
    """The headings of an approach under which two bodies differ, with what each says there."""
    (old, old_rest), (new, new_rest) = bodies.split(before), bodies.split(after)
    old[REST], new[REST] = old_rest, new_rest
    for heading in (*APPROACH_HEADINGS, REST):
        was, now = old.get(heading, ""), new.get(heading, "")
        if was != now:
            yield heading, was, now
