"""Saying that one would like an approach in a place; confirming it, and taking it back."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.entries.catalogue import Entry
from directory.errors import DeadLink
from directory.wishes.models import Wish, WishLink

LETTER = "wish"
# Who did not confirm by then did not mean it, or it was somebody else.
UNCONFIRMED_KEPT = timedelta(days=7)


class WishGone(DeadLink):
    """This link belongs to no wish any more. It was taken back, or never confirmed in time."""


def wish(
    session: Session,
    approach: Entry,
    place: str,
    *,
    email: str,
    district: str,
    secret: str,
    at: datetime,
) -> None:
    """Keep the wish and mail a link that confirms it and takes it back.

    The same wish a second time only sends the link again, so nobody learns who wished what.

    Args:
        place: key of its area.
        email: tidy; it goes into the outbox and nowhere else.
        district: of the postcode ("LS7"), from anyone who gave more.
        secret: the site's.
    """
    person = hashed(secret, email, approach, place)
    kept = session.scalar(select(Wish).where(Wish.person == person))
    if kept is None:
        kept = Wish(
            approach_id=approach.id,
            place=place,
            person=person,
            district=district,
            created_at=at,
        )
        try:
            with session.begin_nested():
                session.add(kept)
        except IntegrityError:  # sent twice at the same moment
            kept = session.scalars(select(Wish).where(Wish.person == person)).one()
    mail.queue(
        session, LETTER, to=email, values={"wish": kept.id}, about=f"wishes/{kept.id}", at=at
    )


def hashed(secret: str, email: str, approach: Entry, place: str) -> str:
    """What tells one person's wish from another's, in hex."""
    return code_of(secret, email, approach.id, place)


def code_of(secret: str, email: str, approach_id: UUID, place: str) -> str:
    """The same by the approach's id, so that a person's wishes are found when they ask."""
    said = f"wish\n{email}\n{approach_id}\n{place}"
    return hmac.new(secret.encode(), said.encode(), hashlib.sha256).hexdigest()


def make_link(session: Session, kept: Wish) -> str:
    """The secret of a new link to a wish."""
    token = tokens.mint()
    session.add(WishLink(token_hash=tokens.hashed(token), wish_id=kept.id))
    return token


def of_link(session: Session, token: str) -> Wish:
    """The wish that a mailed link is about.

    Raises:
        WishGone: there is none.
    """
    link = session.get(WishLink, tokens.hashed(token))
    if link is None:
        raise WishGone
    return link.wish


def confirm(session: Session, token: str, *, at: datetime) -> Wish:
    """Count the wish from now on; a second press changes nothing.

    Raises:
        WishGone: the link is good for nothing any more.
    """
    kept = of_link(session, token)
    session.execute(
        update(Wish)
        .where(Wish.id == kept.id, Wish.confirmed_at.is_(None))
        .values(confirmed_at=at)
        .execution_options(synchronize_session="fetch")
    )
    return kept


def take_back(session: Session, token: str) -> None:
    """Delete the wish and all its links.

    Raises:
        WishGone: there is none.
    """
    kept = of_link(session, token)
    session.execute(delete(WishLink).where(WishLink.wish_id == kept.id))
    session.execute(delete(Wish).where(Wish.id == kept.id))


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete wishes that nobody confirmed."""
    old = select(Wish.id).where(
        Wish.confirmed_at.is_(None), Wish.created_at < at - UNCONFIRMED_KEPT
    )
    session.execute(delete(WishLink).where(WishLink.wish_id.in_(old)))
    session.execute(delete(Wish).where(Wish.id.in_(old)))
