"""What happens to an account, in the log: without a name where its owner moderates nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory.accounts.models import RoleName, User
from directory.moderation import audit


def log(session: Session, user: User, did: str, *, at: datetime) -> None:
    """Say that `user` did this to their own account."""
    if user.has_role(RoleName.MODERATOR):
        audit.record(session, user, did, user.name, at=at)
    else:
        audit.record(session, whose(user), did, "their own account", at=at)


def whose(user: User) -> str:
    """The log is never changed, so it names only those whose names stay with what they decided."""
    return user.name if user.has_role(RoleName.MODERATOR) else "an editor of a network"
