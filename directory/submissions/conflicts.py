"""A file in content/ and the live entry both changed: the file's text becomes a submission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.sync import Conflict
from directory.entries.text import dump
from directory.submissions.models import Submission, What
from directory.submissions.states import State


def hand_over(session: Session, conflicts: Iterable[Conflict], *, at: datetime) -> list[Submission]:
    """A waiting submission for each conflict that is not waiting already."""
    return [made for one in conflicts if (made := from_conflict(session, one, at=at)) is not None]


def from_conflict(session: Session, conflict: Conflict, *, at: datetime) -> Submission | None:
    """The file's text as a submission; None if the same text of that entry waits already."""
    text = dump(conflict.document)
    waiting = session.scalar(
        select(Submission.id).where(
            Submission.entry_id == conflict.entry_id,
            Submission.state == State.WAITING,
            Submission.text == text,
        )
    )
    if waiting is not None:
        return None
    submission = Submission(
        what=What.CONFLICT,
        state=State.WAITING,
        kind=conflict.document.kind,
        name=conflict.document.name,
        entry_id=conflict.entry_id,
        base_revision=conflict.head_number,
        text=text,
        asides={"path": conflict.path},
        created_at=at,
        changed_at=at,
        waiting_since=at,
    )
    session.add(submission)
    return submission
