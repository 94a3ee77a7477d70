"""Putting mails into the outbox and looking at those that could not be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from directory.db import rows_changed
from directory.errors import DirectoryError
from directory.mail import letters
from directory.mail.models import MailState, OutboxMail

KEPT_FOR = timedelta(days=30)
FAILED_KEPT_FOR = timedelta(days=90)


class MailHasGone(DirectoryError):
    """The mail about this is on its way, so it cannot be undone any more."""

    status = 409


def queue(
    session: Session,
    letter: str,
    *,
    to: str,
    at: datetime,
    values: Mapping[str, Any] | None = None,
    about: str = "",
) -> OutboxMail:
    """Send that letter to `to` once the caller's transaction is committed.

    Args:
        letter: name of a template in templates/mail/, made known with `mail.letter`.
        values: plain values for the template; never a secret.
        about: what the mail is about, so that moderators find it: "submissions/7".
    """
    if letter not in letters.known():
        raise KeyError(f"no letter is called {letter}")
    mail = OutboxMail(
        letter=letter,
        to=to,
        values=dict(values or {}),
        about=about,
        state=MailState.WAITING,
        created_at=at,
        due_at=at,
        tries=0,
    )
    session.add(mail)
    return mail


def is_due(session: Session, *, at: datetime) -> bool:
    """A mail waits and its time has come."""
    waiting = select(OutboxMail.id).where(
        OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= at
    )
    return session.scalar(waiting.limit(1)) is not None


def failed(session: Session) -> list[OutboxMail]:
    """Mails that we gave up on, newest first."""
    return list(
        session.scalars(
            select(OutboxMail)
            .where(OutboxMail.state == MailState.FAILED)
            .order_by(OutboxMail.id.desc())
        )
    )


def try_again(mail: OutboxMail, *, at: datetime) -> None:
    """Give a failed mail another round of tries."""
    if mail.state == MailState.FAILED:
        mail.state = MailState.WAITING
        mail.due_at = at
        mail.tries = 0


def give_up(mail: OutboxMail, *, at: datetime) -> None:
    """Stop showing a failed mail; its address and values are deleted."""
    if mail.state == MailState.FAILED:
        close(mail, MailState.DROPPED, at=at)


def close(mail: OutboxMail, state: MailState, *, at: datetime) -> None:
    """Mark `mail` as done with, and forget to whom and what it was."""
    mail.state = state
    mail.done_at = at
    mail.to = ""
    mail.values = {}


def drop_waiting(session: Session, *, about: str, at: datetime) -> None:
    """Do not send what still waits about something: it is no longer true."""
    for mail in session.scalars(
        select(OutboxMail).where(OutboxMail.about == about, OutboxMail.state == MailState.WAITING)
    ):
        close(mail, MailState.DROPPED, at=at)


def all_queued(session: Session, *, about: str, at: datetime) -> Sequence[OutboxMail]:
    """The mails about something that were queued to go at that moment, whatever became of them."""
    return session.scalars(
        select(OutboxMail).where(OutboxMail.about == about, OutboxMail.created_at == at)
    ).all()


def queued(session: Session, letter: str, *, about: str, at: datetime) -> OutboxMail | None:
    """The one of them with that letter."""
    found = all_queued(session, about=about, at=at)
    return next((one for one in found if one.letter == letter), None)


def withdraw(session: Session, mail: OutboxMail, *, at: datetime) -> bool:
    """Do not send that mail; False if somebody has said so before.

    Raises:
        MailHasGone: the sender has begun to.
    """
    withdrawn = rows_changed(
        session,
        update(OutboxMail)
        .where(
            OutboxMail.id == mail.id,
            OutboxMail.state == MailState.WAITING,
            OutboxMail.tries == 0,
        )
        .values(state=MailState.DROPPED, done_at=at, to="", values={})
        .execution_options(synchronize_session=False),
    )
    session.refresh(mail)
    if mail.state != MailState.DROPPED:
        raise MailHasGone
    return bool(withdrawn)


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete the rows of mails that were sent or dropped long ago, and of old failures."""
    session.execute(
        delete(OutboxMail).where(
            or_(
                OutboxMail.state.in_([MailState.SENT, MailState.DROPPED])
                & (OutboxMail.created_at < at - KEPT_FOR),
                (OutboxMail.state == MailState.FAILED)
                & (OutboxMail.created_at < at - FAILED_KEPT_FOR),
            )
        )
    )
