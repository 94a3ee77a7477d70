"""Who may sign in: making accounts and finding them."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts.models import Role, RoleName, User
from directory.errors import DirectoryError


class NotAnAddress(DirectoryError):
    """That is not a whole e-mail address. Write it like name@example.org."""

    status = 422


def appoint(session: Session, email: str, *, name: str = "", at: datetime) -> User:
    """The moderator with that address, made if need be. The very first one becomes an admin.

    Args:
        name: what colleagues read in decisions; empty: the part of the address before the @.

    Raises:
        NotAnAddress: `email` is not an address.
    """
    is_first = not moderators(session)
    user = welcome(session, email, at=at)
    if name.strip():
        user.name = name.strip()
    for role in (RoleName.MODERATOR, *([RoleName.ADMIN] if is_first else [])):
        if not user.has_role(role):
            user.roles.append(_role(session, role))
    session.flush()
    return user


def welcome(session: Session, email: str, *, at: datetime) -> User:
    """The account with that address, made without any role if need be: it may edit networks.

    Raises:
        NotAnAddress: `email` is not an address.
    """
    email = tidy(email)
    user = find(session, email)
    if user is None:
        user = User(
            email=email,
            name=email.partition("@")[0],
            active=True,
            fs_uniquifier=uuid4().hex,
            created_at=at,
            roles=[],
        )
        session.add(user)
        session.flush()
    return user


def find(session: Session, email: str) -> User | None:
    """The account with that address (in lower case), or None."""
    return session.scalar(select(User).where(User.email == email))


def moderators(session: Session) -> list[User]:
    """All who may decide, by name."""
    return _having(session, RoleName.MODERATOR)


def several_moderate(session: Session) -> bool:
    """Whether there is somebody who can look again at what another has decided."""
    return len(moderators(session)) > 1


def admins(session: Session) -> list[User]:
    """All who may open networks, by name."""
    return _having(session, RoleName.ADMIN)


def tidy(email: str) -> str:
    """`email` as we keep and compare it.

    Raises:
        NotAnAddress: it is not an address.
    """
    try:
        found = validate_email(email.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise NotAnAddress from error
    return found.normalized.lower()


def _having(session: Session, role: RoleName) -> list[User]:
    return list(
        session.scalars(
            select(User).where(User.active, User.roles.any(Role.name == role)).order_by(User.name)
        )
    )


def _role(session: Session, name: RoleName) -> Role:
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        role = Role(name=name)
        session.add(role)
        session.flush()
    return role
