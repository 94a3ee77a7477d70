"""Mails to editors of networks: what entered or left by itself, what waits to be cleared, and what
moderators ask about rows of their lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts.models import User
from directory.clock import LONDON
from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.networks import clearing, collection
from directory.networks.collection import News
from directory.networks.models import Editor, Network, Often, State, StopLink, Wait
from directory.submissions.models import Message, Submission
from directory.submissions.states import State as SubmissionState

LETTER = "network-news"
MORNING = time(8)
STOP_WITHIN = timedelta(days=120)


class LinkUnknown(DirectoryError):
    """This link is too old. Sign in to choose how often these mails come."""

    status = 410


@dataclass(frozen=True)
class Told:
    """What a mail tells: entries that entered and left, and names of what newly waits.

    `asked`: names of what moderators wrote about to its editors, who brought it with a list.
    """

    news: tuple[News, ...]
    waiting: tuple[str, ...]
    all_waiting: int
    asked: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.news or self.waiting or self.asked)


def due(session: Session, *, at: datetime) -> list[tuple[Network, Editor, User]]:
    """The editors whose time has come."""
    rows = session.execute(
        select(Network, Editor, User)
        .join(Editor, Editor.network_id == Network.id)
        .join(User, User.id == Editor.user_id)
        .where(Network.state == State.OPEN, Editor.often != Often.NEVER, User.active)
    ).all()
    return [
        (network, editor, user)
        for network, editor, user in rows
        if since(editor) < last_morning(at, weekly=editor.often == Often.WEEKLY)
    ]


def queue_due(session: Session, *, at: datetime) -> int:
    """Queue a mail for each editor whose time has come and who has something new to read.

    The caller commits. Returns how many were queued.
    """
    queued = 0
    for network, editor, user in due(session, at=at):
        if not new_since(session, network, since(editor)).is_empty:
            mail.queue(
                session,
                LETTER,
                to=user.email,
                values={
                    "network": str(network.id),
                    "user": user.id,
                    "since": since(editor).isoformat(),
                },
                about=_about(network, user.id),
                at=at,
            )
            queued += 1
        editor.told_until = at
    return queued


def new_since(session: Session, network: Network, moment: datetime) -> Told:
    """What happened in the slice after `moment`, not by the editors' own hands."""
    waits = session.scalars(
        select(Wait.entry_id)
        .where(Wait.network_id == network.id, Wait.since > moment)
        .order_by(Wait.since)
        .limit(clearing.SHOWN_AT_ONCE)
    ).all()
    return Told(
        news=tuple(collection.news(session, network, since=moment)),
        waiting=tuple(one.document.name for one in catalogue.by_ids(session, waits)),
        all_waiting=clearing.count(session, network),
        asked=tuple(_asked(session, network, moment)),
    )


def count_asked(session: Session, network: Network) -> int:
    """In how many rows of their lists moderators ask the editors for a change."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(
                Submission.network_id == network.id,
                Submission.state == SubmissionState.CHANGES_ASKED,
            )
        )
        or 0
    )


def choose(session: Session, network: Network, user_id: int, often: Often) -> None:
    """How often that editor wants to hear of it."""
    editor = session.get(Editor, (network.id, user_id))
    if editor is not None:
        editor.often = often


def link_for(session: Session, network: Network, user_id: int, *, at: datetime) -> str:
    """The secret of a new link that stops these mails."""
    token = tokens.mint()
    session.add(
        StopLink(
            token_hash=tokens.hashed(token),
            network_id=network.id,
            user_id=user_id,
            expires_at=at + STOP_WITHIN,
        )
    )
    return token


def whose(session: Session, token: str, *, at: datetime) -> tuple[Network, int]:
    """The network and the editor's number that a link is about.

    Raises:
        LinkUnknown: there is no such link, or it is too old.
    """
    link = session.get(StopLink, tokens.hashed(token))
    network = session.get(Network, link.network_id) if link and link.expires_at > at else None
    if link is None or network is None:
        raise LinkUnknown
    return network, link.user_id


def stop(session: Session, token: str, *, at: datetime) -> Network:
    """No more of these mails. Pressing it twice does no harm.

    Raises:
        LinkUnknown: there is no such link, or it is too old.
    """
    network, user_id = whose(session, token, at=at)
    choose(session, network, user_id, Often.NEVER)
    outbox.drop_waiting(session, about=_about(network, user_id), at=at)
    return network


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete links that are too old."""
    session.execute(delete(StopLink).where(StopLink.expires_at < at))


def since(editor: Editor) -> datetime:
    """What came after this they were not told yet."""
    return editor.told_until or editor.added_at


def last_morning(now: datetime, *, weekly: bool) -> datetime:
    """The last time that mails were due: this morning or the one before, or a Monday's."""
    local = now.astimezone(LONDON)
    due = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    if local < due:
        due -= timedelta(days=1)
    return due - timedelta(days=due.weekday() if weekly else 0)


def _asked(session: Session, network: Network, moment: datetime) -> list[str]:
    """Names of what moderators wrote about after `moment`, while it can still be answered."""
    wrote = select(Message.submission_id).where(Message.from_author.is_(False), Message.at > moment)
    return list(
        session.scalars(
            select(Submission.name)
            .where(
                Submission.network_id == network.id,
                Submission.state.in_([SubmissionState.WAITING, SubmissionState.CHANGES_ASKED]),
                Submission.id.in_(wrote),
            )
            .order_by(Submission.id)
            .limit(clearing.SHOWN_AT_ONCE)
        )
    )


def _about(network: Network, user_id: int) -> str:
    return f"networks/{network.id}/editors/{user_id}"
