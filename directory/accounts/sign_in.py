"""Signing in by a mailed link: 32 random bytes, good for 15 minutes and for one use.

The link opens a page; only its button signs in, because mail scanners open every link they see.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory import tokens
from directory.accounts.models import SignInLink, User
from directory.db import rows_changed
from directory.errors import DeadLink, WayOn

GOOD_FOR = timedelta(minutes=15)
LINKS_PER_HOUR = 10  # for one account
HOME = "/moderation/"


class LinkSpent(DeadLink):
    """This sign-in link is not whole, or very old. Ask for a new one."""

    way_on = WayOn.SIGN_IN


class LinkUsed(LinkSpent):
    """This sign-in link was used before: each works once. Ask for a new one."""


class LinkTooOld(LinkSpent):
    """This sign-in link is too old: each works for 15 minutes. Ask for a new one."""


def make_link(session: Session, user: User, *, goes_to: str = HOME, at: datetime) -> str:
    """The secret of a new link for `user`.

    Args:
        goes_to: page to show after signing in, a path on this site.
    """
    token = tokens.mint()
    session.add(
        SignInLink(
            user_id=user.id,
            token_hash=tokens.hashed(token),
            goes_to=safe_path(goes_to),
            created_at=at,
            expires_at=at + GOOD_FOR,
        )
    )
    return token


def may_have_link(session: Session, user: User, *, at: datetime) -> bool:
    """Whether `user` is active and has not asked for too many links in the last hour."""
    recent = session.scalar(
        select(func.count())
        .select_from(SignInLink)
        .where(SignInLink.user_id == user.id, SignInLink.created_at > at - timedelta(hours=1))
    )
    return user.active and (recent or 0) < LINKS_PER_HOUR


def look_at(session: Session, token: str, *, at: datetime) -> User:
    """Whom the link would sign in; it stays unused.

    Raises:
        LinkSpent: the link is unknown, used or too old.
    """
    return _good_link(session, token, at).user


def goes_to(session: Session, token: str, user: User) -> str | None:
    """Where that link leads if it is one for `user`, good or spent; else None."""
    link = _find(session, token)
    return link.goes_to if link and link.user_id == user.id else None


def spend(session: Session, token: str, *, at: datetime) -> SignInLink:
    """Use the link up. Of two presses at the same moment one wins.

    Raises:
        LinkSpent: the link is unknown, used or too old.
    """
    link = _good_link(session, token, at)
    won = rows_changed(
        session,
        update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False),
    )
    if not won:
        raise LinkUsed
    return link


def safe_path(path: str) -> str:
    """`path` if it is one on this site, else the moderators' first page."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside and len(path) <= 300 else HOME


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete links that nobody can use any more; the last hour stays, for the limit."""
    session.query(SignInLink).filter(SignInLink.created_at < at - timedelta(days=1)).delete()


def _good_link(session: Session, token: str, at: datetime) -> SignInLink:
    link = _find(session, token)
    if link is None or not link.user.active:
        raise LinkSpent
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= at:
        raise LinkTooOld
    return link


def _find(session: Session, token: str) -> SignInLink | None:
    return session.scalar(select(SignInLink).where(SignInLink.token_hash == tokens.hashed(token)))
