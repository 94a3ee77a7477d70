"""The audit log: who did what, when and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.moderation.models import AuditLine

PER_PAGE = 50


def record(
    session: Session,
    who: User | str,
    did: str,
    subject: str,
    *,
    url: str = "",
    why: str = "",
    at: datetime,
) -> None:
    """Add a line to the log, in the caller's transaction.

    Args:
        who: a moderator, or the role of somebody without an account, "an owner": never the
            name or the address of such a person.
        did: "published", "declined"…: a word of the log, not a sentence.
        subject: name of what it was done to.
    """
    name, user_id = (who, None) if isinstance(who, str) else (who.name, who.id)
    session.add(
        AuditLine(
            at=at,
            who=name,
            user_id=user_id,
            did=did,
            subject=_without_addresses(subject),
            url=url,
            why=_without_addresses(why),
        )
    )


def _without_addresses(words: str) -> str:
    """The log is never changed, so it takes no address in: it could not be erased."""
    return _ADDRESS.sub("[address]", words)


_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().,;:]+")


HEADINGS = ("number", "at", "who", "did", "subject", "url", "why")


def whole(session: Session) -> Iterator[tuple[str, ...]]:
    """Every line of the log as cells, the oldest first, read in batches.

    A cell that a spreadsheet would take for a formula begins with an apostrophe.
    """
    rows = session.scalars(
        select(AuditLine).order_by(AuditLine.id).execution_options(yield_per=500)
    )
    for row in rows:
        cells = (str(row.id), row.at.isoformat(), row.who, row.did, row.subject, row.url, row.why)
        yield tuple(f"'{one}" if one.startswith(_FORMULA) else one for one in cells)


_FORMULA = tuple("=+-@\t\r")


def lines(session: Session, *, page: int = 1) -> tuple[list[AuditLine], int]:
    """A page of the log, newest first, and how many lines there are in all."""
    total = session.scalar(select(func.count()).select_from(AuditLine)) or 0
    found = session.scalars(
        select(AuditLine)
        .order_by(AuditLine.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return list(found), total
