"""Signs of life of the worker, kept in the database so that every web process can see them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from directory.operations.models import Heartbeat

EVERY = timedelta(seconds=5)
PATIENCE = timedelta(seconds=30)
WORKER = "worker"


def beat(session: Session, *, at: datetime) -> None:
    """Note that the worker lives."""
    session.merge(Heartbeat(name=WORKER, seen_at=at))


def is_alive(session: Session, *, at: datetime) -> bool:
    """The worker was seen within the last half minute."""
    seen = session.get(Heartbeat, WORKER)
    return seen is not None and at - seen.seen_at < PATIENCE
