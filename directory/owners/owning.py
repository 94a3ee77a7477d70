"""Who owns an entry: granted by a moderator, confirmed by mail, handed over, left, taken back.

Owners have no password. Their mails bring a private link to the page of all that is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts import people
from directory.accounts.models import User
from directory.db import rows_changed
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow, EntryState
from directory.errors import DeadLink, DirectoryError, WayOn
from directory.mail import outbox
from directory.mail.models import OutboxMail
from directory.moderation import audit, upkeep
from directory.moderation.deciding import UNDO_FOR
from directory.owners.models import Owner, OwnerLink, Ownership, Question

GRANTED = "owner-granted"
NEW_LINK = "owner-link"
JOINED = "owner-joined"
OFFLINE = "owner-offline"
LINK_GOOD_FOR = timedelta(days=180)
# Who did not press the button by then did not mean it, or it was somebody else's address.
CONFIRM_WITHIN = timedelta(days=30)
MOST_OWNERS = 5  # of one entry, so that no owner can mail the world
AN_OWNER = "an owner"  # who acted, in the log: a role, never an address


class LinkUnknown(DeadLink):
    """This private link is not right, or too old. Ask for a new one: it comes by mail."""

    status = 404
    way_on = WayOn.LINK_TO_ENTRY


class NotYours(DirectoryError):
    """This is not among the entries that you look after any more."""

    status = 404


class TooManyOwners(DirectoryError):
    """This entry has as many owners as it may have. Somebody has to leave first."""

    status = 409


class AlreadyOwns(DirectoryError):
    """Somebody with this address looks after it already."""

    status = 409


def hand_over(
    session: Session, ownership: Ownership, email: str, *, stays: bool, at: datetime
) -> None:
    """Let somebody else own it too, or (`stays` is false) instead, once they press the button.

    Trust is not handed over: moderators give it again.

    Raises:
        NotAnAddress, TooManyOwners
        AlreadyOwns: they do already.
    """
    row = ownership.entry
    held = hold(session, row, email, at=at)
    if held.confirmed_at is not None:
        raise AlreadyOwns
    held.hands_over = None if stays else ownership.owner_id
    mail_grant(session, held, row, at=at)
    did = "asked another owner in" if stays else "began to hand over"
    audit.record(session, AN_OWNER, did, row.name, url=url_to(row), at=at)


def confirm(session: Session, ownership: Ownership, *, at: datetime) -> None:
    """They pressed the button: it is theirs from now on. A second press changes nothing."""
    won = rows_changed(
        session,
        update(Ownership)
        .where(Ownership.id == ownership.id, Ownership.confirmed_at.is_(None))
        .values(confirmed_at=at)
        .execution_options(synchronize_session="fetch"),
    )
    if not won:
        return
    row = ownership.entry
    audit.record(session, AN_OWNER, "owns it now", row.name, url=url_to(row), at=at)
    if ownership.hands_over is not None:
        former = session.scalar(
            select(Ownership).where(
                Ownership.entry_id == ownership.entry_id,
                Ownership.owner_id == ownership.hands_over,
            )
        )
        ownership.hands_over = None
        if former is not None:
            _end(session, former, at=at)
    _note(session, ownership.entry_id)


def leave(session: Session, ownership: Ownership, *, at: datetime) -> None:
    """They look after it no more; who owns nothing any more is forgotten."""
    row = ownership.entry
    _end(session, ownership, at=at)
    audit.record(session, AN_OWNER, "owns it no more", row.name, url=url_to(row), at=at)


def take_back(
    session: Session, ownership: Ownership, *, moderator: User, why: str = "", at: datetime
) -> None:
    """A moderator takes the entry from this owner."""
    row = ownership.entry
    _end(session, ownership, at=at)
    audit.record(
        session, moderator, "took from an owner", row.name, url=url_to(row), why=why, at=at
    )


def go_along(session: Session, row: EntryRow, into: EntryRow, *, at: datetime) -> None:
    """`row` was joined to `into`: its owners look after that one too, and are told by mail.

    Trust does not go along: moderators give it again. What they own of `row` stays, in case the
    two are made two again. Who is being handed `into` presses the button still: it ends what its
    owner has.
    """
    for one in _confirmed(session, row):
        try:
            held = hold(session, into, one.owner.email, at=at)
        except TooManyOwners:
            pass  # the mail tells them where it is now
        else:
            if held.hands_over is None:
                held.confirmed_at = held.confirmed_at or at
        _tell(session, one, JOINED, at=at)
    _note(session, into.id)


def tell_offline(session: Session, row: EntryRow, *, at: datetime) -> None:
    """`row` was taken offline: its owners learn it, and why, by mail."""
    for one in _confirmed(session, row):
        _tell(session, one, OFFLINE, at=at)


def trust(
    session: Session, ownership: Ownership, *, trusted: bool, moderator: User, at: datetime
) -> None:
    """Small edits of this owner to this entry go live at once, or no more."""
    if ownership.is_trusted == trusted:
        return
    ownership.is_trusted = trusted
    row = ownership.entry
    did = "trusts an owner" if trusted else "trusts an owner no more"
    audit.record(session, moderator, did, row.name, url=url_to(row), at=at)


def silence(session: Session, owner: Owner, *, at: datetime) -> None:
    """No more questions by mail; the entries stay theirs. Pressing it twice does no harm."""
    owner.quiet_since = owner.quiet_since or at
    session.flush()
    outbox.drop_waiting(session, about=f"owners/{owner.id}/questions", at=at)
    _note_all(session, owner)


def hear_again(session: Session, owner: Owner) -> None:
    """Questions come again."""
    owner.quiet_since = None
    session.flush()
    _note_all(session, owner)


def make_link(session: Session, owner: Owner, *, at: datetime) -> str:
    """The secret of a new link to the page of `owner`."""
    token = tokens.mint()
    session.add(
        OwnerLink(token_hash=tokens.hashed(token), owner_id=owner.id, expires_at=at + LINK_GOOD_FOR)
    )
    return token


def mail_link(session: Session, email: str, *, at: datetime) -> None:
    """Mail a new link if that address owns something. Nobody is told whether it does."""
    owner = session.scalar(select(Owner).where(Owner.email == email))
    if owner is not None:
        mail.queue(
            session,
            NEW_LINK,
            to=owner.email,
            values={"owner": owner.id},
            about=f"owners/{owner.id}",
            at=at,
        )


def of_link(session: Session, token: str, *, at: datetime) -> Owner:
    """Whose page the link opens.

    Raises:
        LinkUnknown: nobody's, or it is too old.
    """
    link = session.get(OwnerLink, tokens.hashed(token))
    if link is None or link.expires_at <= at:
        raise LinkUnknown
    return link.owner


def owned(session: Session, owner: Owner, number: int) -> Ownership:
    """One of the owner's entries, confirmed or not.

    Raises:
        NotYours: it is not, or not any more.
    """
    found = session.get(Ownership, number)
    if found is None or found.owner_id != owner.id:
        raise NotYours
    return found


def all_of(session: Session, owner: Owner) -> list[Ownership]:
    """All that `owner` looks after or was asked to, by name; not what was joined to another."""
    return list(
        session.scalars(
            select(Ownership)
            .join(EntryRow, EntryRow.id == Ownership.entry_id)
            .where(Ownership.owner_id == owner.id, EntryRow.state != EntryState.MERGED)
            .order_by(func.lower(EntryRow.name))
        )
    )


def of_entry(session: Session, entry_id: UUID) -> Sequence[Ownership]:
    """Who owns an entry, the first one first; also who was asked and has not confirmed."""
    return session.scalars(
        select(Ownership).where(Ownership.entry_id == entry_id).order_by(Ownership.id)
    ).all()


def holds(session: Session, email: str, entry_id: UUID) -> bool:
    """Whether that address owns the entry, or was asked to."""
    found = (
        select(Ownership.id)
        .join(Owner, Owner.id == Ownership.owner_id)
        .where(Owner.email == email, Ownership.entry_id == entry_id)
    )
    return session.scalar(found) is not None


def trusted_for(session: Session, email: str, entry_id: UUID) -> Ownership | None:
    """The confirmed ownership of that address whose small edits go live at once."""
    return session.scalar(
        select(Ownership)
        .join(Owner, Owner.id == Ownership.owner_id)
        .where(
            Owner.email == email,
            Ownership.entry_id == entry_id,
            Ownership.confirmed_at.is_not(None),
            Ownership.is_trusted,
        )
    )


def instead_of(session: Session, ownership: Ownership) -> Ownership | None:
    """What the owner has of the entry that theirs was joined to; None if it was not."""
    into = ownership.entry.merged_into
    return _held(session, ownership.owner, into) if into else None


def entry_of(session: Session, ownership: Ownership) -> Entry | None:
    """The entry as it is live; None if it is offline just now."""
    return catalogue.by_id(session, ownership.entry_id)


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete what nobody confirmed, links that are too old, and people who own nothing."""
    session.execute(delete(OwnerLink).where(OwnerLink.expires_at < at))
    session.execute(
        delete(Ownership).where(
            Ownership.confirmed_at.is_(None), Ownership.created_at < at - CONFIRM_WITHIN
        )
    )
    owns = select(Ownership.owner_id).where(Ownership.owner_id == Owner.id).exists()
    session.execute(delete(Owner).where(~owns, Owner.created_at < at - CONFIRM_WITHIN))


def hold(session: Session, row: EntryRow, email: str, *, at: datetime) -> Ownership:
    """The ownership of that address, made unconfirmed if need be."""
    email = people.tidy(email)
    owner = _owner(session, email, at=at)
    held = _held(session, owner, row.id)
    if held is not None:
        return held
    if len(of_entry(session, row.id)) >= MOST_OWNERS:
        raise TooManyOwners
    held = Ownership(owner_id=owner.id, entry_id=row.id, is_trusted=False, created_at=at)
    try:
        with session.begin_nested():
            session.add(held)
    except IntegrityError:  # granted twice at the same moment
        found = _held(session, owner, row.id)
        assert found is not None
        return found
    return held


def _held(session: Session, owner: Owner, entry_id: UUID) -> Ownership | None:
    return session.scalar(
        select(Ownership).where(Ownership.owner_id == owner.id, Ownership.entry_id == entry_id)
    )


def _owner(session: Session, email: str, *, at: datetime) -> Owner:
    found = lock(session, Owner.email == email)
    if found is not None:
        return found
    made = Owner(email=email, created_at=at)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # two at the same moment
        return session.scalars(select(Owner).where(Owner.email == email)).one()
    return made


def lock(session: Session, which: ColumnElement[bool]) -> Owner | None:
    """The owner, for whom nobody else grants or takes back anything until the caller commits."""
    return session.scalar(select(Owner).where(which).with_for_update(key_share=True))


def mail_grant(session: Session, held: Ownership, row: EntryRow, *, at: datetime) -> OutboxMail:
    session.flush()
    return mail.queue(
        session,
        GRANTED,
        to=session.get_one(Owner, held.owner_id).email,
        values={"ownership": held.id, "name": row.name},
        about=about(held.owner_id, row.id),
        at=at,
    )


def about(owner_id: int, entry_id: UUID | str = "") -> str:
    """What mails about an entry of an owner are about; without an entry, how that begins."""
    return f"owners/{owner_id}/entries/{entry_id}"


def _confirmed(session: Session, row: EntryRow) -> list[Ownership]:
    return [one for one in of_entry(session, row.id) if one.confirmed_at is not None]


def _tell(session: Session, ownership: Ownership, letter: str, *, at: datetime) -> None:
    """Mail the owner once nobody has undone it meanwhile."""
    mail.queue(
        session,
        letter,
        to=ownership.owner.email,
        values={"ownership": ownership.id},
        about=about(ownership.owner_id, ownership.entry_id),
        at=at + UNDO_FOR,
    )


def _end(session: Session, ownership: Ownership, *, at: datetime) -> None:
    entry_id, owner_id = ownership.entry_id, ownership.owner_id
    session.delete(ownership)
    joined = select(EntryRow.id).where(EntryRow.merged_into == entry_id)
    session.execute(
        delete(Ownership).where(Ownership.owner_id == owner_id, Ownership.entry_id.in_(joined))
    )
    session.execute(
        delete(Question).where(Question.owner_id == owner_id, Question.entry_id == entry_id)
    )
    outbox.drop_waiting(session, about=about(owner_id, entry_id), at=at)
    session.flush()
    forget_if_idle(session, owner_id, at=at)
    _note(session, entry_id)


def forget_if_idle(session: Session, owner_id: int, *, at: datetime) -> None:
    """Delete an owner with nothing left, and drop what we were about to mail them."""
    if session.scalar(select(Ownership.id).where(Ownership.owner_id == owner_id).limit(1)):
        return
    for theirs in (f"owners/{owner_id}", f"owners/{owner_id}/questions"):
        outbox.drop_waiting(session, about=theirs, at=at)
    session.flush()
    session.execute(delete(Owner).where(Owner.id == owner_id))


def _note_all(session: Session, owner: Owner) -> None:
    for ownership in all_of(session, owner):
        _note(session, ownership.entry_id)


def _note(session: Session, entry_id: UUID) -> None:
    """Moderators are asked about an entry later while an owner is asked first."""
    session.flush()
    entry = catalogue.by_id(session, entry_id)
    if entry is not None:
        upkeep.note(session, entry)


def url_to(row: EntryRow) -> str:
    return catalogue.url_of(row.kind, row.slug)
