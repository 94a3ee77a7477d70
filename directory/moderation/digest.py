"""The digest: moderators are told of new work at once, each day or each week, as they like."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts import people
from directory.accounts.models import User
from directory.clock import LONDON
from directory.config import Config
from directory.mail.models import OutboxMail
from directory.moderation import queue
from directory.moderation.models import DigestChoice, Often, StopLink
from directory.submissions.states import NotNow

MORNING = time(8)
MONDAY = 0
MOST_NAMED = 12
STOP_GOOD_FOR = timedelta(days=60)


class StopLinkUnknown(NotNow):
    """This link is too old. Sign in to choose how often these mails come."""

    status = 410


def choose(session: Session, user: User, often: Often, *, at: datetime) -> None:
    """Remember how often `user` wants a digest."""
    choice = choice_of(session, user, at=at)
    choice.often = often


def choice_of(session: Session, user: User, *, at: datetime) -> DigestChoice:
    """The choice of `user`; daily until they choose."""
    choice = session.get(DigestChoice, user.id)
    if choice is None:
        choice = DigestChoice(user_id=user.id, often=Often.DAILY, told_until=at)
        session.add(choice)
        session.flush()
    return choice


def often_of(session: Session, user: User) -> Often:
    """How often `user` gets a digest."""
    choice = session.get(DigestChoice, user.id)
    return Often(choice.often) if choice else Often.DAILY


def queue_due(session: Session, *, at: datetime) -> int:
    """Queue a digest for each moderator whose time has come and who has something new to read.

    The caller commits. Returns how many were queued.
    """
    queued = 0
    for user in people.moderators(session):
        choice = choice_of(session, user, at=at)
        if not is_time(Often(choice.often), told_until=choice.told_until, now=at):
            continue
        news = new_since(session, choice.told_until)
        if news:
            mail.queue(
                session,
                "digest",
                to=user.email,
                values={"user": user.id, "since": choice.told_until.isoformat()},
                about="digest",
                at=at,
            )
            queued += 1
        if news or choice.often != Often.AT_ONCE:
            choice.told_until = at
    return queued


def is_time(often: Often, *, told_until: datetime, now: datetime) -> bool:
    """Whether a digest is due: each morning, each Monday morning, or whenever there is news."""
    if often is Often.NEVER:
        return False
    if often is Often.AT_ONCE:
        return True
    local = now.astimezone(LONDON)
    due = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    if local < due:
        due -= timedelta(days=1)
    if often is Often.WEEKLY:
        due -= timedelta(days=(due.weekday() - MONDAY) % 7)
    return told_until < due


def new_since(session: Session, since: datetime) -> list[str]:
    """Names of what came in after `since` and still waits, in a few words each."""
    found = [
        (line.report.created_at, f"{line.name} (report)")
        for line in queue.report_lines(session)
        if line.report.created_at > since
    ]
    found += [
        (one.waiting_since, f"{one.name} ({one.what} {one.kind})")
        for one in queue.waiting(session)
        if one.waiting_since and one.waiting_since > since
    ]
    return [words for _at, words in sorted(found)]


def stop(session: Session, token: str, *, at: datetime) -> User:
    """No more digests for whom the link was made. Pressing it twice does no harm.

    Raises:
        StopLinkUnknown: there is no such link, or it is too old.
    """
    user = whose(session, token, at=at)
    choose(session, user, Often.NEVER, at=at)
    return user


def whose(session: Session, token: str, *, at: datetime) -> User:
    """Whose digest the link stops.

    Raises:
        StopLinkUnknown: there is no such link, or it is too old.
    """
    link = session.scalar(select(StopLink).where(StopLink.token_hash == tokens.hashed(token)))
    user = session.get(User, link.user_id) if link and link.expires_at > at else None
    if user is None:
        raise StopLinkUnknown
    return user


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete links that are too old."""
    session.execute(delete(StopLink).where(StopLink.expires_at < at))


@mail.letter("digest")
def prepare(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """What is new and still waits; nothing if others have read it all meanwhile."""
    user = session.get(User, letter.values["user"])
    fresh = new_since(session, datetime.fromisoformat(letter.values["since"]))
    if user is None or not user.active or not fresh:
        return None
    token = tokens.mint()
    session.add(
        StopLink(user_id=user.id, token_hash=tokens.hashed(token), expires_at=at + STOP_GOOD_FOR)
    )
    to_do = queue.to_do(session, at=at)
    address = f"{config.public_url}/moderation/digest/stop/{token}"
    return mail.Prepared(
        {
            "name": user.name,
            "fresh": fresh[:MOST_NAMED],
            "count": len(fresh),
            "waiting": to_do.waiting,
            "oldest": queue.oldest(session),
            "stop": address,
        },
        unsubscribe=address,
    )
