"""Signs of life of the worker, kept in the database so that every web process can see them.

Each is a write, and empties the shelf of pages: they are as rare as whoever watches can bear.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.operations.models import Heartbeat

EVERY = timedelta(seconds=20)
PATIENCE = timedelta(minutes=1)
WORKER = "worker"


def beat(session: Session, *, at: datetime) -> None:
    """Note that the worker lives."""
    session.merge(Heartbeat(name=WORKER, seen_at=at))


def is_alive(session: Session, *, at: datetime) -> bool:
    """The worker was seen within the last minute."""
    seen = session.get(Heartbeat, WORKER)
    return seen is not None and at - seen.seen_at < PATIENCE
