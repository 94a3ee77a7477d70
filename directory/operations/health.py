"""What a site needs before it may be shown to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.operations import heartbeat
from directory.search.index import SearchIndex


def missing(session: Session, index: SearchIndex, *, at: datetime) -> list[str]:
    """Names of the parts that do not work; empty when all is well.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    catalogue.head(session)
    parts = {
        "index": index.position() is not None,
        "worker": heartbeat.is_alive(session, at=at),
    }
    return [name for name, works in parts.items() if not works]
