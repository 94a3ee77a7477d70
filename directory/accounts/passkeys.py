"""Passkeys: adding, using and removing them. They come beside the mailed link, never in its place.

A passkey is opened by finger, face or PIN of what holds it, so it counts as a second factor too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url

from directory import mail, tokens
from directory.accounts import second_factor, telling
from directory.accounts.models import Passkey, PasskeyChallenge, User
from directory.accounts.relying_party import RelyingParty, Unproven, who_answers
from directory.db import rows_changed
from directory.errors import DirectoryError
from directory.moderation import audit

GOOD_FOR = timedelta(minutes=5)  # a challenge
MOST = 20  # of one account
LONGEST_NAME = 60
ADDED, REMOVED = "passkey-added", "passkey-removed"


class NotAdded(DirectoryError):
    """Your passkey could not be checked, so none was added. Try again."""

    status = 422


class AddedBefore(DirectoryError):
    """This passkey was added before. Use it to sign in, or add one that another device keeps."""

    status = 422


class TooMany(DirectoryError):
    """You have as many passkeys as one account can have. Remove one that you do not use first."""

    status = 422


class NotAccepted(DirectoryError):
    """That passkey does not let anybody in here. Have a link mailed to you instead."""

    status = 422


class PerhapsCopied(DirectoryError):
    """That passkey may have been copied, so it is removed. Have a link mailed to you instead."""

    status = 422


class LastFactor(DirectoryError):
    """Admins need a second factor, and this passkey is your only one. Set up an app first."""

    status = 422


@dataclass(frozen=True)
class Challenge:
    """What goes to the browser. `token` comes back with the answer, from the browser's session."""

    token: str
    options: str


def of(session: Session, user: User) -> list[Passkey]:
    """The passkeys of `user`, the oldest first."""
    return list(
        session.scalars(select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id))
    )


def has_any(session: Session, user: User) -> bool:
    """Whether `user` has a passkey."""
    return bool(session.scalar(select(exists().where(Passkey.user_id == user.id))))


def holders(session: Session) -> set[int]:
    """Ids of all who have a passkey."""
    return set(session.scalars(select(Passkey.user_id).distinct()))


def ask_to_add(session: Session, site: RelyingParty, user: User, *, at: datetime) -> Challenge:
    """A challenge with which `user`, and nobody else, can add a passkey.

    Raises:
        TooMany
    """
    known = of(session, user)
    if len(known) >= MOST:
        raise TooMany
    token = _new_challenge(session, user, at=at)
    options = site.ask_for_new(
        token,
        user_handle=_handle_of(user.id),
        email=user.email,
        name=user.name,
        known=[one.credential_id for one in known],
        good_for=GOOD_FOR,
    )
    return Challenge(token, options)


def add(
    session: Session,
    site: RelyingParty,
    user: User,
    *,
    challenge: str,
    answer: str,
    name: str,
    at: datetime,
) -> Passkey:
    """Keep the passkey that a browser has made, log it and tell its owner.

    The challenge is spent whatever comes of it: commit after an error too.

    Args:
        challenge: token of the challenge that this browser was given.
        answer: what the browser says, as JSON.
        name: by which its owner will know it.

    Raises:
        NotAdded, AddedBefore
    """
    try:
        _spend(session, challenge, user.id, at=at)
        made = site.accept_new(challenge, answer)
    except Unproven as error:
        raise NotAdded from error
    passkey = Passkey(
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=" ".join(name.split())[:LONGEST_NAME],
        added_at=at,
    )
    try:
        with session.begin_nested():
            session.add(passkey)
    except IntegrityError as error:
        raise AddedBefore from error
    telling.log(session, user, "added a passkey", at=at)
    mail.queue(session, ADDED, to=user.email, values={"passkey": passkey.name}, at=at)
    return passkey


def ask_to_sign_in(session: Session, site: RelyingParty, *, at: datetime) -> Challenge:
    """A challenge with which anybody can sign in by any passkey of theirs."""
    token = _new_challenge(session, None, at=at)
    return Challenge(token, site.ask_for_any(token, good_for=GOOD_FOR))


def sign_in(
    session: Session, site: RelyingParty, *, challenge: str, answer: str, at: datetime
) -> User:
    """Whose passkey this is: they have shown that they hold it, and opened it.

    The challenge is spent whatever comes of it: commit after an error too.

    Args:
        challenge: token of the challenge that this browser was given.
        answer: what the browser says, as JSON.

    Raises:
        NotAccepted, PerhapsCopied
    """
    try:
        _spend(session, challenge, None, at=at)
        credential_id, handle = who_answers(answer)
        passkey = session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))
        if passkey is None or handle != _handle_of(passkey.user_id) or not passkey.user.active:
            raise Unproven
        count = site.accept(challenge, answer, public_key=passkey.public_key)
    except Unproven as error:
        raise NotAccepted from error
    # One that counts must have counted on. Most do not count, and always say 0.
    went_on = Passkey.sign_count < count if count else Passkey.sign_count == 0
    won = rows_changed(
        session,
        update(Passkey)
        .where(Passkey.id == passkey.id, went_on)
        .values(sign_count=count, used_at=at)
        .execution_options(synchronize_session=False),
    )
    if not won:
        _take_away_copied(session, passkey, at=at)
        raise PerhapsCopied
    return passkey.user


def remove(
    session: Session, user: User, number: int, *, admins_need_it: bool, at: datetime
) -> None:
    """Remove a passkey of `user`, log it and tell them; somebody else's stays.

    Raises:
        LastFactor: it is the only second factor of an admin.
    """
    mine = of(session, user)
    found = next((one for one in mine if one.id == number), None)
    if found is None:
        return
    is_last = len(mine) == 1 and not second_factor.is_set_up(user)
    if is_last and second_factor.is_needed(user, admins_need_it=admins_need_it):
        raise LastFactor
    if _delete(session, Passkey.id == found.id):
        telling.log(session, user, "removed a passkey", at=at)
        _tell(session, user, [found.name], at=at)


def forget_all(session: Session, user: User, *, by: User | None, at: datetime) -> None:
    """Remove every passkey of somebody who leaves, or has lost what holds them; tell them.

    Args:
        by: the admin who does so; None: an operator.
    """
    mine = of(session, user)
    if not _delete(session, Passkey.user_id == user.id):
        return
    if by is None:
        audit.record(session, "an operator", "removed all passkeys", telling.whose(user), at=at)
    else:
        audit.record(session, by, "removed all passkeys", telling.whose(user), at=at)
    _tell(session, user, [one.name for one in mine], at=at)


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete challenges that nobody answered."""
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= at))


def _new_challenge(session: Session, user: User | None, *, at: datetime) -> str:
    token = tokens.mint()
    session.add(
        PasskeyChallenge(
            token_hash=tokens.hashed(token),
            user_id=user.id if user else None,
            expires_at=at + GOOD_FOR,
        )
    )
    return token


def _spend(session: Session, token: str, user_id: int | None, *, at: datetime) -> None:
    """Use a challenge up. Of two answers at the same moment one wins.

    Raises:
        Unproven: it is unknown, answered, too old, or was somebody else's.
    """
    whose = (
        PasskeyChallenge.user_id.is_(None)
        if user_id is None
        else PasskeyChallenge.user_id == user_id
    )
    won = rows_changed(
        session,
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.token_hash == tokens.hashed(token),
            PasskeyChallenge.expires_at > at,
            whose,
        )
        .execution_options(synchronize_session=False),
    )
    if not won:
        raise Unproven


def _handle_of(user_id: int) -> str:
    """What an authenticator knows the account by: says nothing about the person, never changes."""
    return bytes_to_base64url(sha256(f"account {user_id}".encode()).digest())


def _take_away_copied(session: Session, passkey: Passkey, *, at: datetime) -> None:
    """Its counter went back: two things hold it, or its memory was set back. Mail still works."""
    user, name = passkey.user, passkey.name
    if _delete(session, Passkey.id == passkey.id):
        why = "Its counter did not go on: it may have been copied."
        audit.record(session, "the site", "removed a passkey", telling.whose(user), why=why, at=at)
        _tell(session, user, [name], copied=True, at=at)


def _tell(
    session: Session, user: User, names: Sequence[str], *, at: datetime, copied: bool = False
) -> None:
    values = {"passkeys": list(names), "copied": copied}
    mail.queue(session, REMOVED, to=user.email, values=values, at=at)


def _delete(session: Session, which: ColumnElement[bool]) -> bool:
    """Whether there was any. Of two who remove it at the same moment one is told so."""
    gone = delete(Passkey).where(which).execution_options(synchronize_session="fetch")
    return rows_changed(session, gone) > 0
