"""What a site needs before it may be shown to people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.config import Config
from directory.entries import catalogue
from directory.operations import heartbeat


def missing(session: Session, config: Config, *, at: datetime) -> list[str]:
    """Names of the parts that do not work; empty when all is well.

    Raises:
        SQLAlchemyError: the database does not answer.
    """
    catalogue.head(session)
    parts = {
        "index": (config.index_dir / "CURRENT").is_file(),
        "worker": heartbeat.is_alive(session, at=at),
    }
    return [name for name, works in parts.items() if not works]
