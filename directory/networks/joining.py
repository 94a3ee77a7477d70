"""Becoming a network: anyone may ask, whoever asked confirms by mail, an admin decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts import people
from directory.accounts.models import User
from directory.db import rows_changed
from directory.entries.documents import is_slug
from directory.errors import DeadLink, DirectoryError, WayOn
from directory.networks.models import Editor, Network, NetworkLink, Role, State

CONFIRM_WITHIN = timedelta(days=7)
UNCONFIRMED_KEPT_FOR = timedelta(days=30)
# Words that addresses below /networks/ use themselves.
RESERVED = frozenset({"ask", "asked", "confirm", "mails", "mine", "waiting"})


class LinkUsed(DeadLink):
    """This link was used before, or it is older than a week. Ask again if you still want to."""

    way_on = WayOn.NETWORK


class NotWaiting(DirectoryError):
    """Somebody else has decided about this network already."""

    status = 409


class NotOpen(DirectoryError):
    """That was done already, by you or by somebody else."""

    status = 409


class AddressTaken(DirectoryError):
    """Another network has that address. Choose other words for it."""

    status = 422


class BadAddress(DirectoryError):
    """Use a to z, 0 to 9 and single hyphens for the address: leeds-carers."""

    status = 422


@dataclass(frozen=True)
class Asked:
    """What somebody who asks says."""

    name: str
    web_page: str
    email: str
    role: str
    why: str


def ask(session: Session, asked: Asked, *, at: datetime) -> Network:
    """Keep the request, and mail a link to confirm it. Nothing is shown to anyone yet."""
    network = Network(
        id=uuid4(),
        name=asked.name,
        web_page=asked.web_page,
        state=State.UNCONFIRMED,
        asked_by=asked.email,
        asked_role=asked.role,
        asked_why=asked.why,
        created_at=at,
    )
    session.add(network)
    mail.queue(
        session,
        "network-confirm",
        to=asked.email,
        values={"network": str(network.id), "name": asked.name},
        about=f"networks/{network.id}",
        at=at,
    )
    return network


def link_for(session: Session, network: Network, *, at: datetime) -> str:
    """The secret of a new link that confirms who asked."""
    token = tokens.mint()
    session.add(
        NetworkLink(
            network_id=network.id,
            token_hash=tokens.hashed(token),
            expires_at=at + CONFIRM_WITHIN,
        )
    )
    return token


def to_confirm(session: Session, token: str, *, at: datetime) -> Network:
    """The network that a link is about; the link stays unused.

    Raises:
        LinkUsed: it was used, or is too old or unknown.
    """
    link = session.scalar(select(NetworkLink).where(NetworkLink.token_hash == tokens.hashed(token)))
    network = session.get(Network, link.network_id) if link else None
    if link is None or network is None or link.used_at is not None or link.expires_at <= at:
        raise LinkUsed
    return network


def confirm(session: Session, token: str, *, at: datetime) -> Network:
    """The address is theirs: the request waits for an admin, who gets a mail.

    Raises:
        LinkUsed: it was used, or is too old or unknown.
    """
    network = to_confirm(session, token, at=at)
    won = rows_changed(
        session,
        update(NetworkLink)
        .where(NetworkLink.token_hash == tokens.hashed(token), NetworkLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False),
    )
    if not won:
        raise LinkUsed
    if network.state == State.UNCONFIRMED:
        network.state = State.WAITING
        for admin in people.admins(session):
            mail.queue(
                session,
                "network-waits",
                to=admin.email,
                values={"name": network.name, "web_page": network.web_page},
                about=f"networks/{network.id}",
                at=at,
            )
    return network


def waiting(session: Session) -> list[Network]:
    """Requests that nobody has decided on, the oldest first."""
    return list(
        session.scalars(
            select(Network).where(Network.state == State.WAITING).order_by(Network.created_at)
        )
    )


def mail_is_theirs(network: Network) -> bool:
    """Whether the address of who asked belongs to the site that they named, by its domain."""
    host = (urlsplit(network.web_page).hostname or "").removeprefix("www.")
    domain = network.asked_by.rpartition("@")[2].lower().rstrip(".")
    if "." not in host or "." not in domain:
        return False
    return host == domain or host.endswith(f".{domain}") or domain.endswith(f".{host}")


def approve(session: Session, network: Network, *, slug: str, admin: User, at: datetime) -> None:
    """Open the network under `slug`; whoever asked becomes its owner and gets a mail.

    Raises:
        NotWaiting: somebody has decided already.
        BadAddress, AddressTaken: `slug` cannot be used.
    """
    if not is_slug(slug) or slug in RESERVED:
        raise BadAddress
    _decide(network, State.OPEN, admin, at)
    network.slug = slug
    try:
        session.flush()
    except IntegrityError as error:
        raise AddressTaken from error
    owner = people.welcome(session, network.asked_by, at=at)
    session.add(Editor(network_id=network.id, user_id=owner.id, role=Role.OWNER, added_at=at))
    mail.queue(
        session,
        "network-opened",
        to=owner.email,
        values={"name": network.name, "slug": slug},
        about=f"networks/{network.id}",
        at=at,
    )


def decline(session: Session, network: Network, *, reason: str, admin: User, at: datetime) -> None:
    """Say no, with the reason, to whoever asked. Their address is forgotten once it is sent.

    Raises:
        NotWaiting: somebody has decided already.
    """
    _decide(network, State.DECLINED, admin, at)
    network.reason = reason
    mail.queue(
        session,
        "network-declined",
        to=network.asked_by,
        values={"name": network.name, "reason": reason},
        about=f"networks/{network.id}",
        at=at,
    )
    network.asked_by = ""


def close(network: Network, *, reason: str, at: datetime) -> None:
    """Take the network off the site. Its widgets keep the link that their host wrote.

    Raises:
        NotOpen: it shows nothing anyway.
    """
    if network.state != State.OPEN:
        raise NotOpen
    network.state = State.CLOSED
    network.reason = reason
    network.decided_at = at


def open_again(network: Network, *, at: datetime) -> None:
    """Put a closed network back as it was; it is brought after what changed meanwhile.

    Raises:
        NotOpen: it was never open.
    """
    if network.state != State.CLOSED:
        raise NotOpen
    network.state = State.OPEN
    network.reason = ""
    network.decided_at = at


def closed(session: Session) -> list[Network]:
    """Networks that were closed, the last one first."""
    return list(
        session.scalars(
            select(Network).where(Network.state == State.CLOSED).order_by(Network.decided_at.desc())
        )
    )


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete requests that nobody confirmed, and links that are too old."""
    session.execute(delete(NetworkLink).where(NetworkLink.expires_at < at))
    session.execute(
        delete(Network).where(
            Network.state == State.UNCONFIRMED, Network.created_at < at - UNCONFIRMED_KEPT_FOR
        )
    )


def _decide(network: Network, state: State, admin: User, at: datetime) -> None:
    if network.state != State.WAITING:
        raise NotWaiting
    network.state = state
    network.decided_by = admin.id
    network.decided_at = at
