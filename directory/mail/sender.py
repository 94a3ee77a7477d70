"""The sender: takes due mails from the outbox, one after the other, and sends them.

Nothing is sent inside a transaction. A mail is first marked as tried and its next try is set, and
that is committed together with the hashes of its links; then it goes; then the row is closed. Who
kills the sender in between gets the mail at most once more.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.mail import letters
from directory.mail.delivery import Refused, deliver
from directory.mail.models import MailState, OutboxMail
from directory.mail.outbox import close

logger = logging.getLogger(__name__)

# Waits before the second, third… try. After the last one the mail has failed.
WAITS = (
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)


def send_due(
    session: Session, config: Config, *, at: datetime | None = None, limit: int = 50
) -> int:
    """Send the mails whose time has come, at most `limit`; returns how many went.

    Commits `session` before and after each mail: call it from the worker, not inside a view.
    """
    sent = 0
    for _turn in range(limit):
        moment = at or datetime.now(UTC)
        mail = _take(session, moment)
        if mail is None:
            session.rollback()
            break
        mail_id = mail.id
        try:
            message = _write(session, mail, config, moment)
            session.commit()
        except Exception as bug:  # one letter with a bug in it must not stop all others
            logger.exception("mail %s could not be written", mail_id)
            session.rollback()
            _fail(session.get_one(OutboxMail, mail_id), type(bug).__name__, moment)
            session.commit()
            continue
        if message is None:
            continue
        try:
            deliver(message, config, name=f"{mail.id}-{mail.letter}")
        except Refused as refusal:
            _fail(mail, str(refusal), moment)
        except OSError as error:
            if mail.tries >= len(WAITS):
                _fail(mail, _plain(error, mail), moment)
            else:
                mail.fault = _plain(error, mail)
        else:
            close(mail, MailState.SENT, at=moment)
            mail.fault = None
            sent += 1
        session.commit()
    return sent


def _take(session: Session, at: datetime) -> OutboxMail | None:
    """The next due mail, locked for us, with its next try already set."""
    mail = session.scalar(
        select(OutboxMail)
        .where(OutboxMail.state == MailState.WAITING, OutboxMail.due_at <= at)
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if mail is not None:
        mail.due_at = at + WAITS[min(mail.tries, len(WAITS) - 1)]
        mail.tries += 1
    return mail


def _write(session: Session, mail: OutboxMail, config: Config, at: datetime) -> EmailMessage | None:
    """The message with fresh links; None if it is not needed or cannot be written."""
    prepare = letters.known().get(mail.letter)
    if prepare is None:
        _fail(mail, f"no letter is called {mail.letter}", at)
        return None
    prepared = prepare(session, mail, config, at)
    if prepared is None:
        close(mail, MailState.DROPPED, at=at)
        return None
    return letters.write(mail, prepared, config, at=at)


def _fail(mail: OutboxMail, fault: str, at: datetime) -> None:
    mail.state = MailState.FAILED
    mail.done_at = at
    mail.fault = fault


def _plain(error: OSError, mail: OutboxMail) -> str:
    """What went wrong, without whom the mail is for."""
    return f"{type(error).__name__}: {error}".replace(mail.to, mail.hidden_address)[:300]
