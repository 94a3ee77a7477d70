"""Splitting an entry that tells of two things. The old keeps its address and all its versions.

A part is a field, or a heading of an approach's body, as in merging.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.entries import publishing
from directory.entries.catalogue import url_of
from directory.entries.comparison import Names, in_words
from directory.entries.documents import APPROACH_HEADINGS, CLASSES, Approach, Document
from directory.entries.models import EntryRow, EntryState
from directory.entries.publishing import document_of, head_revision
from directory.entries.slugs import slugify
from directory.entries.text import explain
from directory.errors import DirectoryError
from directory.moderation import audit
from directory.moderation.deciding import ChangedWhileReading
from directory.moderation.merging import HEADING, REST
from directory.moderation.stewarding import NotLive
from directory.submissions import bodies
from directory.vocabulary.terms import Kind

RELATED_MOST = 12
_NEVER = frozenset({"id", "kind", "name", "assured_date", "assurer", "related", "body"})


class Goes(StrEnum):
    """Where a part goes."""

    STAYS = "stays"
    NEW = "new"
    BOTH = "both"


class CannotSplit(DirectoryError):
    """Write a name for the new entry, another than this one has."""

    status = 422


class NothingGoes(DirectoryError):
    """Choose at least one part for the new entry."""

    status = 422


class Unsound(DirectoryError):
    """One of the two would not be whole."""

    status = 422


def parts(document: Document, names: Names | None = None) -> list[tuple[str, str, str, bool]]:
    """Part, label, what it says, and whether both must have it; only what says something.

    Args:
        names: of the entries that it names (`entries.names.named_in`).
    """
    fields = type(document).model_fields
    found = [
        (
            name,
            info.title or name,
            in_words(name, getattr(document, name), names),
            info.is_required(),
        )
        for name, info in fields.items()
        if name not in _NEVER and getattr(document, name) not in (None, "", [], False)
    ]
    if isinstance(document, Approach):
        texts, rest = bodies.split(document.body)
        headed = [
            (HEADING + heading, heading, texts.get(heading, "")) for heading in APPROACH_HEADINGS
        ]
        headed.append((HEADING + REST, REST, rest))
        return found + [(part, label, text, False) for part, label, text in headed if text]
    if document.body:
        found.append(("body", fields["body"].title or "body", document.body, False))
    return found


def split(
    session: Session,
    row: EntryRow,
    name: str,
    goes: Mapping[str, str],
    *,
    head: int,
    moderator: User,
    at: datetime,
) -> EntryRow:
    """Make a second entry called `name` of some parts of `row`; gives its row.

    Args:
        goes: part to `Goes`; what is not named stays. What both must have is in both.
        head: number of the revision that the moderator saw.

    Raises:
        CannotSplit, NothingGoes, NotLive, ChangedWhileReading
        Unsound: one of the two would lack what its kind must say.
    """
    if row.state != EntryState.LIVE:
        raise NotLive
    if row.head_number != head:
        raise ChangedWhileReading
    name = " ".join(name.split())
    if not any(one.isalnum() for one in name) or name.casefold() == row.name.casefold():
        raise CannotSplit
    revision = head_revision(session, row)
    assert revision is not None
    document = document_of(revision)
    known = {part for part, _label, _text, needed in parts(document) if not needed}
    chosen = {
        part: Goes(where) for part, where in goes.items() if part in known and where in set(Goes)
    }
    if not any(where is not Goes.STAYS for where in chosen.values()):
        raise NothingGoes
    fresh = _half(document, chosen, Goes.NEW, {"id": None, "name": name})
    slug = publishing.free_slug(session, Kind(row.kind), slugify(name))
    left = _half(document, chosen, Goes.STAYS, {})
    if isinstance(fresh, Approach) and isinstance(left, Approach):
        fresh, left = _related(fresh, row.slug), _related(left, slug)
    made = publishing.publish(
        session,
        fresh,
        slug=slug,
        origin="moderation",
        author="",
        at=at,
        note=f"Split from {row.name}",
    )
    publishing.publish(
        session,
        left,
        slug=row.slug,
        origin="moderation",
        author="",
        at=at,
        expected_revision=head,
        note=f"Split: {name}",
    )
    other = session.get_one(EntryRow, made.entry_id)
    url = url_of(row.kind, row.slug)
    audit.record(session, moderator, "split in two", row.name, url=url, why=f"New: {name}", at=at)
    return other


def _half(
    document: Document, chosen: Mapping[str, Goes], mine: Goes, values: Mapping[str, Any]
) -> Document:
    """What one of the two says."""
    kept: dict[str, Any] = document.model_dump() | dict(values)
    if mine is Goes.NEW:  # nobody has checked the new one
        kept["assured_date"] = kept["assurer"] = None

    def is_mine(part: str) -> bool:
        return chosen.get(part, Goes.STAYS) in {mine, Goes.BOTH}

    for part, _label, _text, needed in parts(document):
        if not needed and not part.startswith(HEADING) and not is_mine(part):
            del kept[part]  # it says what it says when nobody fills it in
    if isinstance(document, Approach):
        texts, rest = bodies.split(document.body)
        texts = {heading: text for heading, text in texts.items() if is_mine(HEADING + heading)}
        kept["body"] = bodies.join(texts, rest if is_mine(HEADING + REST) else "")
    try:
        return CLASSES[document.kind].model_validate(kept)
    except ValidationError as error:
        what, remedy = explain(error.errors(include_url=False)[0], CLASSES[document.kind])
        raise Unsound(f"“{kept['name']}”: {what}. {remedy}") from error


def _related(document: Approach, slug: str) -> Approach:
    if slug in document.related or len(document.related) >= RELATED_MOST:
        return document
    return document.model_copy(update={"related": [*document.related, slug]})
