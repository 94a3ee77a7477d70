"""A proposed document as an entry that readers would see."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.rendering import render
from directory.entries.slugs import slugify

NO_ID = UUID(int=0)


def as_entry(document: Document, *, live: Entry | None = None, at: datetime) -> Entry:
    """`document` as its page would show it. Nothing is stored.

    Args:
        live: the entry that it would change; None: a new one.
    """
    return Entry(
        id=document.id or NO_ID,
        kind=document.kind,
        slug=live.slug if live else slugify(document.name),
        document=document,
        html=render(document.body),
        revision=live.revision if live else 0,
        created_at=live.created_at if live else at,
        updated_at=at,
    )
