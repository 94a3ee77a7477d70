"""The mails about networks: confirming, what an admin decided, and being invited."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from directory import mail
from directory.config import Config
from directory.mail.models import OutboxMail
from directory.networks import joining, telling
from directory.networks.models import Action, Editor, Network, Often, State


@mail.letter("network-confirm")
def confirm(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link that confirms who asked, while that is still to be done."""
    network = session.get(Network, UUID(letter.values["network"]))
    if network is None or network.state != State.UNCONFIRMED:
        return None
    token = joining.link_for(session, network, at=at)
    return mail.Prepared(
        {
            "link": f"{config.public_url}/networks/confirm/{token}",
            "days": joining.CONFIRM_WITHIN.days,
        }
    )


@mail.letter("network-waits")
def waits(session: Session, letter: OutboxMail, config: Config, at: datetime) -> mail.Prepared:
    """To each admin: somebody asks to be a network."""
    return mail.Prepared({"link": f"{config.public_url}/networks/waiting"})


@mail.letter("network-opened")
def opened(session: Session, letter: OutboxMail, config: Config, at: datetime) -> mail.Prepared:
    """To whoever asked: it is open, and this is how to begin."""
    return _with_desk(letter, config)


@mail.letter("network-invited")
def invited(session: Session, letter: OutboxMail, config: Config, at: datetime) -> mail.Prepared:
    """To somebody who may edit a network from now on."""
    return _with_desk(letter, config)


@mail.letter(telling.LETTER)
def news(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """To an editor: what entered, left or waits; nothing if it was put right meanwhile."""
    network = session.get(Network, UUID(letter.values["network"]))
    if network is None or network.state != State.OPEN:
        return None
    user_id, since = letter.values["user"], datetime.fromisoformat(letter.values["since"])
    editor = session.get(Editor, (network.id, user_id))
    told = telling.new_since(session, network, since)
    if editor is None or editor.often == Often.NEVER or told.is_empty:
        return None
    desk = f"{config.public_url}/networks/{network.slug}/desk"
    stop = telling.link_for(session, network, user_id, at=at)
    address = f"{config.public_url}/networks/mails/{stop}"
    return mail.Prepared(
        {
            "name": network.name,
            "entered": [one.name for one in told.news if one.line.action == Action.ENTERED],
            "left": [one.name for one in told.news if one.line.action == Action.LEFT],
            "waiting": told.waiting,
            "all_waiting": told.all_waiting,
            "asked": told.asked,
            "lists": f"{desk}/lists",
            "desk": f"{desk}/versions" if told.waiting else desk,
            "stop": address,
        },
        unsubscribe=address,
    )


@mail.letter("network-declined")
def declined(session: Session, letter: OutboxMail, config: Config, at: datetime) -> mail.Prepared:
    """To whoever asked: no, and why."""
    return mail.Prepared()


def _with_desk(letter: OutboxMail, config: Config) -> mail.Prepared:
    desk = f"/networks/{letter.values['slug']}/desk"
    return mail.Prepared({"link": f"{config.public_url}/accounts/sign-in?next={desk}"})
