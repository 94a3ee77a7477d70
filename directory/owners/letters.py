"""The mails to owners, and to moderators about what nobody owns: is this still true?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts.models import RoleName, User
from directory.config import Config
from directory.entries import catalogue
from directory.entries.models import EntryRow, EntryState
from directory.mail.models import OutboxMail
from directory.moderation.digest import STOP_GOOD_FOR
from directory.moderation.models import StopLink, Upkeep
from directory.owners import asking, owning
from directory.owners.models import Owner, Ownership


@dataclass(frozen=True)
class Asked:
    """An entry in a mail: where to answer, and when it was last checked."""

    name: str
    checked: date | None
    link: str


@mail.letter(owning.GRANTED)
def granted(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link to the page with the button that confirms; nothing if it was taken back."""
    ownership = _theirs(session, letter)
    if ownership is None:
        return None
    home = home_url(config, owning.make_link(session, ownership.owner, at=at))
    link = home if ownership.confirmed_at else f"{home}/{ownership.id}"
    days = owning.CONFIRM_WITHIN.days
    confirmed = ownership.confirmed_at is not None
    return mail.Prepared({"link": link, "days": days, "is_confirmed": confirmed})


@mail.letter(owning.NEW_LINK)
def new_link(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """A new link to the page of all that is theirs."""
    owner = session.get(Owner, letter.values["owner"])
    if owner is None:
        return None
    return mail.Prepared({"link": home_url(config, owning.make_link(session, owner, at=at))})


@mail.letter(owning.JOINED)
def joined(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """Where what they look after is now; nothing if it is by itself again."""
    ownership = _theirs(session, letter)
    if ownership is None or ownership.entry.merged_into is None:
        return None
    into = session.get_one(EntryRow, ownership.entry.merged_into)
    held = owning.instead_of(session, ownership)
    home = home_url(config, owning.make_link(session, ownership.owner, at=at))
    return mail.Prepared(
        {
            "name": ownership.entry.name,
            "into": into.name,
            "address": f"{config.public_url}{catalogue.url_of(into.kind, into.slug)}",
            "link": f"{home}/{held.id}" if held else "",
            "is_confirmed": held is not None and held.confirmed_at is not None,
            "contact": f"{config.public_url}/pages/contact",
        }
    )


@mail.letter(owning.OFFLINE)
def offline(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """That what they look after is offline, and why; nothing if it is back."""
    ownership = _theirs(session, letter)
    if ownership is None or ownership.entry.state != EntryState.ENDED:
        return None
    row = ownership.entry
    return mail.Prepared(
        {"name": row.name, "reason": row.reason, "contact": f"{config.public_url}/pages/contact"}
    )


@mail.letter(asking.ASK_OWNER)
def still_true(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """What is still due and still theirs; nothing if all was answered meanwhile."""
    owner = session.get(Owner, letter.values["owner"])
    if owner is None or owner.quiet_since is not None:
        return None
    theirs = select(Ownership).where(
        Ownership.owner_id == owner.id, Ownership.confirmed_at.is_not(None)
    )
    numbers = {one.entry_id: one.id for one in session.scalars(theirs)}
    due = [one for one in _still_due(session, letter, at) if one in numbers]
    if not due:
        return None
    home = home_url(config, owning.make_link(session, owner, at=at))
    entries = [
        Asked(one.document.name, one.document.assured_date, f"{home}/{numbers[one.id]}")
        for one in catalogue.by_ids(session, due)
    ]
    return mail.Prepared({"entries": entries, "stop": f"{home}/stop"}, unsubscribe=f"{home}/stop")


@mail.letter(asking.ASK_MODERATOR)
def still_true_moderator(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """What is still due; nothing if others have looked into all of it."""
    user = session.get(User, letter.values["user"])
    due = _still_due(session, letter, at)
    if user is None or not user.active or not user.has_role(RoleName.MODERATOR) or not due:
        return None
    token = tokens.mint()
    session.add(
        StopLink(user_id=user.id, token_hash=tokens.hashed(token), expires_at=at + STOP_GOOD_FOR)
    )
    stop = f"{config.public_url}/moderation/digest/stop/{token}"
    entries = [
        Asked(
            one.document.name,
            one.document.assured_date,
            f"{config.public_url}/moderation/due/{one.kind}/{one.slug}",
        )
        for one in catalogue.by_ids(session, due)
    ]
    return mail.Prepared({"name": user.name, "entries": entries, "stop": stop}, unsubscribe=stop)


def home_url(config: Config, token: str) -> str:
    """Whole address of an owner's page."""
    return f"{config.public_url}/yours/{token}"


def _theirs(session: Session, letter: OutboxMail) -> Ownership | None:
    """What the mail is about, if it still is theirs: a database may give a number out again."""
    found = session.get(Ownership, letter.values["ownership"])
    return found if found is not None and found.owner.email == letter.to else None


def _still_due(session: Session, letter: OutboxMail, at: datetime) -> list[UUID]:
    """Those of the entries in the mail that nobody has checked since, in their order."""
    wanted = [UUID(one) for one in letter.values["entries"]]
    found = set(
        session.scalars(
            select(Upkeep.entry_id).where(Upkeep.entry_id.in_(wanted), Upkeep.due_at <= at)
        )
    )
    return [one for one in wanted if one in found]
