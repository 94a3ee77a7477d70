"""Who moderates: inviting by mail, admins, and leaving. The last admin cannot leave."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import passkeys, people, second_factor, sessions
from directory.accounts.models import RoleName, User
from directory.config import Config
from directory.errors import DirectoryError
from directory.mail.models import OutboxMail
from directory.moderation import audit
from directory.moderation.models import Charge, Claim

INVITED = "invited"


class LastAdmin(DirectoryError):
    """Somebody must look after accounts. Make somebody else an admin first."""

    status = 409


class NotOfTheTeam(DirectoryError):
    """This person does not moderate here."""

    status = 404


def invite(session: Session, email: str, name: str, *, admin: User, at: datetime) -> User:
    """Make a moderator and tell them by mail where to sign in. Inviting again mails again.

    Raises:
        NotAnAddress: `email` is not an address.
    """
    user = people.appoint(session, email, name=name, at=at)
    mail.queue(session, INVITED, to=user.email, values={"by": admin.name}, about="team", at=at)
    audit.record(session, admin, "invited a moderator", user.name, at=at)
    return user


def make_admin(session: Session, user: User, *, admin: User, at: datetime) -> None:
    """Let a moderator look after accounts and reasons too.

    Raises:
        NotOfTheTeam
    """
    if not user.has_role(RoleName.MODERATOR):
        raise NotOfTheTeam
    if not user.has_role(RoleName.ADMIN):
        user.roles.append(next(r for r in admin.roles if r.name == RoleName.ADMIN))
        audit.record(session, admin, "made an admin", user.name, at=at)


def let_go(session: Session, user: User, *, admin: User, at: datetime) -> None:
    """They moderate no more: every session ends, what they had taken is free for others.

    Their name stays with what they decided.

    Raises:
        NotOfTheTeam, LastAdmin
    """
    if not user.has_role(RoleName.MODERATOR):
        raise NotOfTheTeam
    if [one.id for one in people.admins(session)] == [user.id]:
        raise LastAdmin
    end_sessions(session, user)
    second_factor.forget(session, user)
    passkeys.forget_all(session, user, by=admin, at=at)
    user.roles = [one for one in user.roles if one.name not in {RoleName.MODERATOR, RoleName.ADMIN}]
    for table in (Claim, Charge):
        session.execute(delete(table).where(table.user_id == user.id))
    audit.record(session, admin, "let a moderator go", user.name, at=at)


def end_sessions(session: Session, user: User) -> None:
    """Sign `user` out everywhere."""
    user.fs_uniquifier = uuid4().hex
    sessions.end_all(session, user)


def forget_second(session: Session, user: User, *, admin: User, at: datetime) -> None:
    """They have lost app and codes, or what holds their passkeys: signed out, they begin anew."""
    second_factor.forget(session, user)
    passkeys.forget_all(session, user, by=admin, at=at)
    end_sessions(session, user)
    audit.record(session, admin, "took away a second factor", user.name, at=at)


@mail.letter(INVITED)
def prepare(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """Where to sign in; nothing if they were let go meanwhile. It holds no secret."""
    user = people.find(session, letter.to)
    if user is None or not user.has_role(RoleName.MODERATOR):
        return None
    address = f"{config.public_url}/accounts/sign-in"
    return mail.Prepared({"name": user.name, "address": address})
