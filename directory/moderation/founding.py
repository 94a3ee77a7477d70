"""An entry for an organisation that a proposal only names, made and taken back with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from directory.entries import names
from directory.entries.documents import Document, Organization, Service
from directory.entries.models import EntryRow, EntryState, Link
from directory.entries.publishing import end, head_revision, publish
from directory.entries.slugs import slugify
from directory.vocabulary.terms import Kind

# Readers see it at the address of what was published and undone at once.
TAKEN_BACK = "Taken back: it was published too early."


def with_organization(session: Session, document: Document, name: str, *, at: datetime) -> Document:
    """`document` naming the entry of the organisation `name`, which is made if there is none.

    A document that names one already stays as it is.
    """
    name = " ".join(name.split())
    if not name or not isinstance(document, Service) or document.organization:
        return document
    known = names.slug_of(session, Kind.ORGANIZATION, name)
    if known is not None:
        return document.model_copy(update={"organization": known})
    before = _taken_back(session, name)
    organization = Organization.model_validate(
        {
            "id": before.id if before else None,
            "name": name,
            "summary": f"The organisation that runs {document.name}.",
            "sources": [one.model_dump() for one in document.sources],
        }
    )
    slug = before.slug if before else slugify(name)
    revision = publish(session, organization, slug=slug, origin="submission", author="", at=at)
    session.flush()
    row = session.get_one(EntryRow, revision.entry_id)
    return document.model_copy(update={"organization": row.slug})


def take_back(session: Session, published: Document, *, made_at: datetime, at: datetime) -> None:
    """End the organisation that `published` names, if it was made with it and nobody has used it
    since."""
    row = session.scalar(
        select(EntryRow).where(
            EntryRow.kind == Kind.ORGANIZATION,
            EntryRow.slug == (getattr(published, "organization", None) or ""),
            EntryRow.state == EntryState.LIVE,
        )
    )
    if row is None:
        return
    head = head_revision(session, row)
    used = exists().where(
        Link.kind == Kind.ORGANIZATION, Link.slug == row.slug, Link.entry_id != published.id
    )
    is_as_made = head is not None and head.created_at == made_at
    if is_as_made and not session.scalar(select(used)):
        end(session, row.id, reason=TAKEN_BACK, at=at)


def _taken_back(session: Session, name: str) -> EntryRow | None:
    return session.scalar(
        select(EntryRow)
        .where(
            EntryRow.kind == Kind.ORGANIZATION,
            EntryRow.name == name,
            EntryRow.state == EntryState.ENDED,
            EntryRow.reason == TAKEN_BACK,
        )
        .limit(1)
    )
