"""Setting a check aside: what it found does not matter here, and why. It stays in the log."""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.errors import DirectoryError
from directory.moderation import audit
from directory.moderation.models import Look, SetAside
from directory.submissions.models import Submission

SPAM = "spam"  # setting this check aside puts the submission among the others
REASON_MAX = 400


class WhyMissing(DirectoryError):
    """Write why it does not matter here: the next moderator reads it."""

    status = 422


def finding(found: Any) -> str:
    """The same for the same findings of a check."""
    return sha256(json.dumps(found, sort_keys=True, default=str).encode()).hexdigest()[:32]


def set_aside(
    session: Session,
    submission: Submission,
    check: str,
    found: str,
    *,
    reason: str,
    moderator: User,
    at: datetime,
) -> None:
    """Remember that a check does not matter for this submission. Twice is the same as once.

    Args:
        found: `finding` of what the moderator saw.

    Raises:
        WhyMissing: no reason was written.
    """
    why = " ".join(reason.split())[:REASON_MAX]
    if not why:
        raise WhyMissing
    try:
        with session.begin_nested():
            session.execute(
                insert(SetAside).values(
                    submission_id=submission.id,
                    check=check,
                    finding=found,
                    reason=why,
                    moderator_id=moderator.id,
                    moderator=moderator.name,
                    at=at,
                )
            )
    except IntegrityError:
        return  # somebody else did so at the same moment
    look = session.get(Look, submission.id)
    if check == SPAM and look is not None:
        look.is_apart = False
    audit.record(
        session, moderator, "set a check aside", submission.name, why=f"{check}: {why}", at=at
    )


def of(session: Session, submission: Submission) -> dict[tuple[str, str], SetAside]:
    """What was set aside, by check and finding."""
    rows = session.scalars(select(SetAside).where(SetAside.submission_id == submission.id))
    return {(one.check, one.finding): one for one in rows}
