"""Browsers in which somebody is signed in: beginning, listing and ending them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from directory import tokens
from directory.accounts.models import SignIn, User

SIGNED_IN_FOR = timedelta(days=7)
NOTED_EVERY = timedelta(minutes=10)  # when somebody was here last is not kept more exactly

_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}
_BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}


def begin(session: Session, user: User, *, agent: str, at: datetime) -> str:
    """The secret of a new sign-in, for the cookie.

    Args:
        agent: what the browser says it is; only its sort is kept.
    """
    token = tokens.mint()
    session.add(
        SignIn(
            user_id=user.id,
            token_hash=tokens.hashed(token),
            device=device(agent),
            began_at=at,
            seen_at=at,
        )
    )
    return token


def find(session: Session, token: str, *, at: datetime) -> SignIn | None:
    """The sign-in with that secret, its user and their roles read with it; None if it was ended
    or is too old."""
    whose = joinedload(SignIn.user).joinedload(User.roles)
    found = (
        session.scalars(
            select(SignIn).where(SignIn.token_hash == tokens.hashed(token)).options(whose)
        )
        .unique()
        .one_or_none()
    )
    if found is None or found.began_at + SIGNED_IN_FOR <= at or not found.user.active:
        return None
    return found


def of(session: Session, user: User, *, at: datetime) -> list[SignIn]:
    """Where `user` is signed in, the latest use first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.user_id == user.id, SignIn.began_at > at - SIGNED_IN_FOR)
            .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        )
    )


def is_worth_noting(sign_in: SignIn, *, at: datetime) -> bool:
    """Whether it was last noted as used so long ago that it should be again."""
    return sign_in.seen_at <= at - NOTED_EVERY


def note_use(session: Session, sign_in: SignIn, *, at: datetime) -> None:
    """Remember that it was used now."""
    session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in.id)
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, user: User, number: int) -> None:
    """End one sign-in of `user`; somebody else's stays."""
    session.execute(delete(SignIn).where(SignIn.id == number, SignIn.user_id == user.id))


def end_all(session: Session, user: User, *, but: SignIn | None = None) -> None:
    """End every sign-in of `user`, or every other one."""
    gone = delete(SignIn).where(SignIn.user_id == user.id)
    session.execute(gone.where(SignIn.id != but.id) if but else gone)


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete sign-ins that ended by themselves."""
    session.execute(delete(SignIn).where(SignIn.began_at <= at - SIGNED_IN_FOR))


def device(agent: str) -> str:
    """ "Firefox, Windows": enough for its owner to know it again, too little to know anybody."""
    browser = next((name for mark, name in _BROWSERS.items() if re.search(rf"\b{mark}", agent)), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in agent), "")
    return ", ".join(filter(None, [browser, system]))
