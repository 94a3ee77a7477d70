"""Which pictures that people gave are still needed, and which go.

A picture stays while a draft, a submission or a version of its entry names it. Who withdraws,
deletes a draft or takes a story back need do nothing more: when the words go, the pictures go.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import photos
from directory.entries.models import Revision
from directory.submissions.models import Draft, Submission

# Between sending a picture and saving the draft that names it.
YOUNG = timedelta(hours=1)


def remove_unused_pictures(session: Session, *, at: datetime) -> list[str]:
    """Forget all pictures that nothing names any more; returns them.

    The caller commits, then deletes their files: `photos.discard(store, names)`, and
    `photos.sweep(session, store, before=at - YOUNG)` for files that never got a row.
    """
    unused = [
        name
        for entry_id, names in photos.given(session, before=at - YOUNG).items()
        for name in _unnamed(session, entry_id, names)
    ]
    photos.forget(session, unused)
    return unused


def forget_unused_of(session: Session, entry_id: UUID, *, at: datetime) -> list[str]:
    """Forget the pictures of one entry that nothing names; returns them for `photos.discard`."""
    session.flush()
    names = photos.given(session, before=at, entry_id=entry_id).get(entry_id, [])
    unused = _unnamed(session, entry_id, names)
    photos.forget(session, unused)
    return unused


def _unnamed(session: Session, entry_id: UUID, names: Sequence[str]) -> list[str]:
    texts = list(_texts(session, entry_id)) if names else []
    return [name for name in names if not any(name in text for text in texts)]


def _texts(session: Session, entry_id: UUID) -> Iterator[str]:
    """All that is kept about an entry: versions, what was proposed, what is being written."""
    yield from session.scalars(
        select(Revision.text).where(Revision.entry_id == entry_id, Revision.erased_at.is_(None))
    )
    yield from session.scalars(select(Submission.text).where(Submission.entry_id == entry_id))
    for answers in session.scalars(select(Draft.answers).where(Draft.entry_id == entry_id)):
        yield json.dumps(answers)
