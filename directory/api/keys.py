"""Keys for programs that ask more often: they raise limits, and open nothing that is not open."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory import tokens
from directory.api.models import ApiKey
from directory.errors import DirectoryError

KEYS_MAX = 10
NAME_MAX = 80
# Tells people, and programs that look for leaked secrets, what it is.
MARK = "kith_"
SHOWN = len(MARK) + 4


class NoName(DirectoryError):
    """Write what the key is for, so that you know it again."""

    status = 422


class TooManyKeys(DirectoryError):
    """Ten keys are enough. Revoke one first."""

    status = 422


class UnknownKey(DirectoryError):
    """That key is not known, or was revoked. Without one the usual limits hold."""

    status = 401


def make(
    session: Session, name: str, *, network_id: UUID | None, by: int, at: datetime
) -> tuple[ApiKey, str]:
    """A new key and its secret, which nobody can be told again.

    Raises:
        NoName: `name` is blank.
        TooManyKeys: there are enough in use.
    """
    tidy = " ".join(name.split())[:NAME_MAX]
    if not tidy:
        raise NoName
    if len(in_use(session, network_id)) >= KEYS_MAX:
        raise TooManyKeys
    secret = MARK + tokens.mint()
    key = ApiKey(
        network_id=network_id,
        name=tidy,
        begins=secret[:SHOWN],
        secret_hash=tokens.hashed(secret),
        made_by=by,
        made_at=at,
    )
    session.add(key)
    return key, secret


def in_use(session: Session, network_id: UUID | None) -> list[ApiKey]:
    """The keys of a network, or those that belong to none, by name."""
    return list(
        session.scalars(
            select(ApiKey)
            .where(ApiKey.network_id == network_id, ApiKey.revoked_at.is_(None))
            .order_by(func.lower(ApiKey.name), ApiKey.id)
        )
    )


def find(session: Session, number: int, *, network_id: UUID | None) -> ApiKey | None:
    """That key, if it belongs there and is in use."""
    return next((one for one in in_use(session, network_id) if one.id == number), None)


def revoke(session: Session, number: int, *, network_id: UUID | None, at: datetime) -> None:
    """From now on that key of that network is unknown. Pressing it twice does no harm."""
    session.execute(
        update(ApiKey)
        .where(ApiKey.id == number, ApiKey.network_id == network_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=at)
        .execution_options(synchronize_session=False)
    )


def revoke_all(session: Session, network_id: UUID, *, at: datetime) -> None:
    """No key of that network is known any more."""
    for key in in_use(session, network_id):
        revoke(session, key.id, network_id=network_id, at=at)


def number_of(session: Session, secret: str) -> int:
    """Which key has that secret.

    Raises:
        UnknownKey: none that is in use.
    """
    number = session.scalar(
        select(ApiKey.id).where(
            ApiKey.secret_hash == tokens.hashed(secret), ApiKey.revoked_at.is_(None)
        )
    )
    if number is None:
        raise UnknownKey
    return number
