"""Making somebody an owner, which a moderator does, and undoing it while the mail waits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.db import rows_changed
from directory.entries.models import EntryRow
from directory.mail import outbox
from directory.mail.models import MailState, OutboxMail
from directory.mail.outbox import MailHasGone
from directory.moderation import audit
from directory.moderation.deciding import UNDO_FOR, CannotUndo
from directory.owners import owning
from directory.owners.models import Owner, Ownership

GRANTED_ONE = "granted an owner"  # in the log


class TheirsAlready(CannotUndo):
    """It has become theirs meanwhile. Take it back where the page of the entry lists its owners."""


def grant(
    session: Session, row: EntryRow, email: str, *, moderator: User, at: datetime
) -> OutboxMail:
    """A moderator is sure that the entry is theirs: mail them the link that confirms it.

    The mail waits as long as this can be undone. Granting twice only mails again.

    Raises:
        NotAnAddress: `email` is not an address.
        TooManyOwners
    """
    held = owning.hold(session, row, email, at=at)
    letter = owning.mail_grant(session, held, row, at=at + UNDO_FOR)
    audit.record(session, moderator, GRANTED_ONE, row.name, url=owning.url_to(row), at=at)
    return letter


def grant_to(session: Session, email: str, *, at: datetime) -> OutboxMail | None:
    """The mail of what was granted to that address at that moment; None if nothing was."""
    owner = session.scalar(select(Owner).where(Owner.email == email))
    if owner is None:
        return None
    return session.scalar(
        select(OutboxMail)
        .where(
            OutboxMail.letter == owning.GRANTED,
            OutboxMail.about.startswith(owning.about(owner.id), autoescape=True),
            OutboxMail.created_at == at + UNDO_FOR,
        )
        .limit(1)
    )


def undo_grant(session: Session, grant: OutboxMail, *, moderator: User, at: datetime) -> None:
    """Take back what was granted with that mail, which does not go. A second press changes nothing.

    Who owned the entry before, or was asked by others too, still is.

    Raises:
        MailHasGone: it is too late.
        TheirsAlready: they have found the button without it.
    """
    number, granted_at = grant.values.get("ownership"), grant.created_at - UNDO_FOR
    if at > grant.created_at and grant.state != MailState.DROPPED:
        raise MailHasGone
    if not outbox.withdraw(session, grant, at=at):
        return
    owner_id = session.scalar(select(Ownership.owner_id).where(Ownership.id == number))
    owning.lock(session, Owner.id == owner_id)
    held = session.get(Ownership, number, populate_existing=True)
    if held is None:  # they have left it meanwhile
        return
    row = held.entry
    if held.confirmed_at is not None and held.confirmed_at > granted_at:
        raise TheirsAlready
    if held.confirmed_at is None and not _is_asked(session, held):
        removed = rows_changed(
            session,
            delete(Ownership).where(Ownership.id == held.id, Ownership.confirmed_at.is_(None)),
        )
        if not removed:
            raise TheirsAlready
        owning.forget_if_idle(session, held.owner_id, at=at)
    audit.record(
        session, moderator, "undid: " + GRANTED_ONE, row.name, url=owning.url_to(row), at=at
    )


def grants(mail: OutboxMail, row: EntryRow) -> bool:
    """Whether that mail makes somebody an owner of that entry; or did, before it was withdrawn."""
    return mail.letter == owning.GRANTED and mail.about.endswith(f"/entries/{row.id}")


def can_undo_grant(grant: OutboxMail, *, at: datetime) -> bool:
    """Whether pressing Undo would do something: for 30 seconds, before the mail goes."""
    return grant.state == MailState.WAITING and grant.tries == 0 and at <= grant.created_at


def _is_asked(session: Session, held: Ownership) -> bool:
    """Whether a mail that has gone, or still is to go, asks them if the entry is theirs."""
    asked = select(OutboxMail.id).where(
        OutboxMail.letter == owning.GRANTED,
        OutboxMail.about == owning.about(held.owner_id, held.entry_id),
        OutboxMail.created_at >= held.created_at,
        OutboxMail.state != MailState.DROPPED,
    )
    return session.scalar(asked.limit(1)) is not None
