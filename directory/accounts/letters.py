"""Mails about an account: with a sign-in link, about its passkeys and its second factor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import passkeys, people, second_factor, sign_in
from directory.config import Config
from directory.mail.models import OutboxMail


def link_url(config: Config, token: str) -> str:
    """The whole address of a sign-in link."""
    return f"{config.public_url}/accounts/sign-in/{token}"


@mail.letter("sign-in")
def sign_in_letter(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """A fresh link, or nothing if the address has no account or asks too often.

    Whether there is an account is looked up only here, long after the web page answered: so
    neither the page's words nor its speed tell who has one.
    """
    user = people.find(session, letter.to)
    if user is None or not sign_in.may_have_link(session, user, at=at):
        return None
    goes_to = str(letter.values.get("goes_to") or sign_in.HOME)
    token = sign_in.make_link(session, user, goes_to=goes_to, at=at)
    return mail.Prepared({"name": user.name, "link": link_url(config, token)})


@mail.letter(passkeys.ADDED)
@mail.letter(passkeys.REMOVED)
@mail.letter(second_factor.LETTER)
def account_changed(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """What was changed, and where to put it right. It holds no secret."""
    user = people.find(session, letter.to)
    if user is None:
        return None
    return mail.Prepared({"name": user.name, "account": f"{config.public_url}/accounts/mine"})
