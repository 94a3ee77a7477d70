"""Who edits a network, and finding networks by who may edit them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import people
from directory.accounts.models import RoleName, User
from directory.entries.documents import is_slug
from directory.errors import DirectoryError
from directory.networks.models import Editor, Network, Role, State
from directory.submissions import links


class LastOwner(DirectoryError):
    """A network needs an owner. Make somebody else an owner first."""

    status = 409


def open_network(session: Session, slug: str) -> Network | None:
    """The network at that address, if it is open."""
    if not is_slug(slug):
        return None
    return session.scalar(select(Network).where(Network.slug == slug, Network.state == State.OPEN))


def all_open(session: Session) -> list[Network]:
    """Every network that is open, by name."""
    return list(
        session.scalars(
            select(Network)
            .where(Network.state == State.OPEN)
            .order_by(func.lower(Network.name), Network.slug)
        )
    )


def networks_of(session: Session, user: User) -> list[Network]:
    """The open networks that `user` edits, by name."""
    return list(
        session.scalars(
            select(Network)
            .join(Editor, Editor.network_id == Network.id)
            .where(Editor.user_id == user.id, Network.state == State.OPEN)
            .order_by(func.lower(Network.name))
        )
    )


def role_of(session: Session, network: Network, user: User) -> Role | None:
    """What `user` may do for `network`; an admin may do all. None: nothing."""
    if user.has_role(RoleName.ADMIN):
        return Role.OWNER
    found = editor(session, network, user)
    return Role(found.role) if found else None


def editor(session: Session, network: Network, user: User) -> Editor | None:
    """`user` as an editor of `network`; None for an admin who only looks in."""
    return session.get(Editor, (network.id, user.id))


def editors(session: Session, network: Network) -> list[tuple[Editor, User]]:
    """Everyone who edits `network`, owners first."""
    rows = session.execute(
        select(Editor, User)
        .join(User, User.id == Editor.user_id)
        .where(Editor.network_id == network.id)
        .order_by(Editor.role.desc(), func.lower(User.name))
    )
    return [(one, user) for one, user in rows]


def invite(session: Session, network: Network, email: str, role: Role, *, at: datetime) -> None:
    """Let whoever has that address edit `network`, and tell them. Again: only the role changes.

    Raises:
        NotAnAddress: `email` is not an address.
        LastOwner: it would leave the network without an owner.
    """
    user = people.welcome(session, email, at=at)
    known = editor(session, network, user)
    if known is not None:
        if known.role == Role.OWNER and role is not Role.OWNER:
            _keep_an_owner(session, network)
        known.role = role
        return
    session.add(Editor(network_id=network.id, user_id=user.id, role=role, added_at=at))
    mail.queue(
        session,
        "network-invited",
        to=user.email,
        values={"name": network.name, "slug": network.slug},
        about=f"networks/{network.id}",
        at=at,
    )


def remove(session: Session, network: Network, user_id: int, *, at: datetime) -> None:
    """That person no longer edits `network`; private links to rows of its lists end.

    Raises:
        LastOwner: it would leave the network without an owner.
    """
    known = session.get(Editor, (network.id, user_id))
    if known is None:
        return
    if known.role == Role.OWNER:
        _keep_an_owner(session, network)
    session.delete(known)
    links.end_of_network(session, network.id, at=at)


def is_last_owner(session: Session, network: Network, user: User) -> bool:
    """Whether `network` would have no owner without `user`."""
    known = editor(session, network, user)
    return known is not None and known.role == Role.OWNER and _owners(session, network) < 2


def _keep_an_owner(session: Session, network: Network) -> None:
    # The row is locked, so that two owners cannot leave at the same moment.
    session.execute(select(Network.id).where(Network.id == network.id).with_for_update())
    if _owners(session, network) < 2:
        raise LastOwner


def _owners(session: Session, network: Network) -> int:
    owners = session.scalar(
        select(func.count())
        .select_from(Editor)
        .where(Editor.network_id == network.id, Editor.role == Role.OWNER)
    )
    return owners or 0
