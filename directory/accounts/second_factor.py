"""The second factor: a code from an authenticator app (TOTP), and recovery codes for bad days.

Flask-Security makes and checks the codes; the secret lies encrypted in the database. A code works
once, also while it is still shown. What changes is told by mail: it may be another's doing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from flask_security.totp import Totp
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts import telling
from directory.accounts.models import RecoveryCode, RoleName, SignIn, User
from directory.db import rows_changed
from directory.errors import DirectoryError

RECOVERY_CODES = 10
WINDOW = timedelta(seconds=30)  # a clock may be so wrong, and a person so slow
LETTER = "second-factor"
_DIGITS = 6
_RECOVERY_LETTERS = 12


class WrongCode(DirectoryError):
    """That code is not right, or was used before. Wait for the next one in your app. If none
    works, see that your phone sets its clock by itself."""

    status = 422


class NoCode(WrongCode):
    """Type the code that your authenticator app shows."""


class NotSixDigits(WrongCode):
    """A code has six digits. Look again."""


class NotWhole(WrongCode):
    """A code of your app has six digits, a recovery code twelve letters and digits. Look again."""


class Did(StrEnum):
    """What a letter tells."""

    SET_UP = "set-up"
    OFF = "off"
    NEW_CODES = "codes"
    USED_RECOVERY = "recovery"
    LOST = "lost"


class SecondNeeded(DirectoryError):
    """Admins need a second factor: it guards everybody's account. It cannot be taken away."""

    status = 409


class _OnceOnly(Totp):
    """Remembers the time step of the last code that was right."""

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter


class Codes:
    """Makes and checks codes. `secret` is the site's own: it encrypts everybody's."""

    def __init__(self, secret: str, issuer: str) -> None:
        key = sha256(b"second factor" + secret.encode()).hexdigest()
        self._totp = _OnceOnly({"1": key}, issuer.replace(":", " "))

    def fresh(self) -> str:
        """A new secret, encrypted."""
        return str(self._totp.generate_totp_secret())

    def key(self, secret: str) -> str:
        """The secret to type into an app, in groups."""
        return str(self._totp.get_totp_pretty_key(secret))

    def picture(self, user: User, secret: str) -> str:
        """The secret to photograph with an app, as the address of a picture."""
        return str(self._totp.generate_qrcode(user.email, secret))

    def address(self, user: User, secret: str) -> str:
        """The same as an address that opens an app on this device."""
        return str(self._totp.get_totp_uri(user.email, secret))

    def generate(self, secret: str) -> str:
        """The code that an app shows now."""
        return str(self._totp.generate_totp_password(secret))

    @staticmethod
    def as_typed(code: str) -> str:
        """What of `code` counts: however it was parted, and in capitals or not."""
        return "".join(one for one in code.lower() if one.isalnum())

    def set_up(
        self, session: Session, user: User, secret: str, code: str, *, at: datetime
    ) -> list[str]:
        """Use `secret` from now on, as the code shows that an app has it. Gives recovery codes.

        Raises:
            WrongCode
        """
        user.totp_counter = None
        typed = self.as_typed(code)
        if not self._is_right(user, secret, typed):
            raise _problem_with(typed, {_DIGITS}, NotSixDigits)
        user.totp_secret = secret
        session.flush()
        telling.log(session, user, "set up a second factor", at=at)
        _tell(session, user, Did.SET_UP, at=at)
        return self._fresh_recovery_codes(session, user)

    def new_recovery_codes(self, session: Session, user: User, *, at: datetime) -> list[str]:
        """Codes that each stand in once; earlier ones work no more. Shown now and never again."""
        telling.log(session, user, "made new recovery codes", at=at)
        _tell(session, user, Did.NEW_CODES, at=at)
        return self._fresh_recovery_codes(session, user)

    def _fresh_recovery_codes(self, session: Session, user: User) -> list[str]:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        codes: list[str] = self._totp.generate_recovery_codes(RECOVERY_CODES)
        session.execute(
            insert(RecoveryCode),
            [{"user_id": user.id, "code_hash": tokens.hashed(code)} for code in codes],
        )
        return codes

    def give(self, session: Session, sign_in: SignIn, code: str, *, at: datetime) -> None:
        """Let a sign-in in with a code of the app, or with a recovery code.

        Of two who send the same code at the same moment one gets in.

        Raises:
            WrongCode
        """
        user = sign_in.user
        typed = self.as_typed(code)
        if not self._spend_code(session, user, typed):
            if not _spend_recovery(session, user, typed):
                raise _problem_with(typed, {_DIGITS, _RECOVERY_LETTERS}, NotWhole)
            left = codes_left(session, user)
            _tell(session, user, Did.USED_RECOVERY, at=at, left=left)
        sign_in.second_at = at

    def _spend_code(self, session: Session, user: User, code: str) -> bool:
        if user.totp_secret is None:
            return False
        with session.no_autoflush:
            if not self._is_right(user, user.totp_secret, code):
                return False
            counter = user.totp_counter
            session.expire(user, ["totp_counter"])  # written below, and only once
        newest = or_(User.totp_counter.is_(None), User.totp_counter < counter)
        spent = (
            update(User)
            .where(User.id == user.id, newest)
            .values(totp_counter=counter)
            .execution_options(synchronize_session=False)
        )
        return rows_changed(session, spent) == 1

    def _is_right(self, user: User, secret: str, code: str) -> bool:
        if len(code) != _DIGITS or not code.isascii() or not code.isdecimal():
            return False
        return bool(self._totp.verify_totp(code, secret, user, window=int(WINDOW.total_seconds())))


def is_set_up(user: User) -> bool:
    """Whether `user` has a second factor."""
    return user.totp_secret is not None


def is_needed(user: User, *, admins_need_it: bool) -> bool:
    """Whether a mailed link alone does not let `user` in."""
    return is_set_up(user) or (admins_need_it and user.has_role(RoleName.ADMIN))


def switch_off(session: Session, user: User, *, admins_need_it: bool, at: datetime) -> None:
    """Sign in by mail alone again.

    Raises:
        SecondNeeded: this is an admin.
    """
    if admins_need_it and user.has_role(RoleName.ADMIN):
        raise SecondNeeded
    forget(session, user)
    telling.log(session, user, "switched off a second factor", at=at)
    _tell(session, user, Did.OFF, at=at)


def take_away(session: Session, user: User, *, by: str, at: datetime) -> None:
    """Forget the app and the codes of somebody who has lost both, and tell them what to do.

    Args:
        by: name of the admin who does so; empty: an operator.
    """
    forget(session, user)
    _tell(session, user, Did.LOST, at=at, by=by)


def forget(session: Session, user: User) -> None:
    """Forget the app and the codes of somebody, without a word."""
    user.totp_secret = user.totp_counter = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def codes_left(session: Session, user: User) -> int:
    """How many recovery codes are not used yet."""
    count = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.user_id == user.id)
    return session.scalar(count) or 0


def _problem_with(typed: str, lengths: set[int], other: type[WrongCode]) -> WrongCode:
    """What to tell about a code that opens nothing.

    Args:
        other: what to tell where it is as long as no code is.
    """
    if not typed:
        return NoCode()
    return WrongCode() if len(typed) in lengths else other()


def _tell(session: Session, user: User, did: Did, *, at: datetime, **more: str | int) -> None:
    mail.queue(session, LETTER, to=user.email, values={"did": did, **more}, at=at)


def _spend_recovery(session: Session, user: User, code: str) -> bool:
    whole = "-".join(code[start : start + 4] for start in range(0, len(code), 4))  # as was shown
    is_it = (RecoveryCode.user_id == user.id) & (RecoveryCode.code_hash == tokens.hashed(whole))
    return rows_changed(session, delete(RecoveryCode).where(is_it)) == 1
