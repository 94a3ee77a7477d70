"""Who moderates: inviting by mail, admins, and leaving. The last admin stays one."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import passkeys, people, second_factor, sessions
from directory.accounts.models import Role, RoleName, User
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


def make_moderator(session: Session, user: User, *, admin: User, at: datetime) -> None:
    """An admin looks after accounts and reasons no more, but still moderates.

    Raises:
        NotOfTheTeam, LastAdmin
    """
    if not user.has_role(RoleName.ADMIN):
        raise NotOfTheTeam
    _insist_on_another_admin(session, user)
    user.roles = [one for one in user.roles if one.name != RoleName.ADMIN]
    audit.record(session, admin, "made an admin a moderator", user.name, at=at)


def let_go(session: Session, user: User, *, by: User, at: datetime) -> None:
    """They moderate no more: every session ends, what they had taken is free for others.

    Their name stays with what they decided.

    Args:
        by: an admin, or they themselves, who leave.

    Raises:
        NotOfTheTeam, LastAdmin
    """
    if not user.has_role(RoleName.MODERATOR):
        raise NotOfTheTeam
    _insist_on_another_admin(session, user)
    end_sessions(session, user)
    second_factor.forget(session, user)
    passkeys.forget_all(session, user, by=by, at=at)
    user.roles = [one for one in user.roles if one.name not in {RoleName.MODERATOR, RoleName.ADMIN}]
    for table in (Claim, Charge):
        session.execute(delete(table).where(table.user_id == user.id))
    did = "stopped moderating" if by.id == user.id else "let a moderator go"
    audit.record(session, by, did, user.name, at=at)


def end_sessions(session: Session, user: User) -> None:
    """Sign `user` out everywhere."""
    user.fs_uniquifier = uuid4().hex
    sessions.end_all(session, user)


def forget_second(session: Session, user: User, *, admin: User, at: datetime) -> None:
    """They have lost app and codes, or what holds their passkeys: signed out, they begin anew."""
    if not (second_factor.is_set_up(user) or passkeys.has_any(session, user)):
        return  # pressed twice
    second_factor.take_away(session, user, by=admin.name, at=at)
    passkeys.forget_all(session, user, by=admin, at=at)
    end_sessions(session, user)
    audit.record(session, admin, "took away a second factor", user.name, at=at)


def _insist_on_another_admin(session: Session, user: User) -> None:
    # The role is locked, so that two admins cannot leave at the same moment.
    session.execute(select(Role.id).where(Role.name == RoleName.ADMIN).with_for_update())
    if [one.id for one in people.admins(session)] == [user.id]:
        raise LastAdmin


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
