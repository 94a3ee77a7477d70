"""Asking for alerts, confirming and stopping them, and queueing the mails that are due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.alerts import news
from directory.alerts.models import Alert, AlertLink, Often
from directory.clock import LONDON
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.errors import DeadLink
from directory.mail import outbox
from directory.search.index import SearchIndex
from directory.search.query import Query

LETTER = "alert"
CONFIRM = "alert-confirm"
MORNING = time(8)
MONDAY = 0
ALERTS_MAX = 20  # for one address
CONFIRM_WITHIN = timedelta(days=7)
STOP_WITHIN = timedelta(days=120)
NAMED_MAX = 15

Among = Callable[[Query], frozenset[UUID] | None]


class LinkUnknown(DeadLink):
    """This link is too old, or the alert was stopped: no mail will come of it."""


def ask(session: Session, email: str, query: Query, often: Often, *, at: datetime) -> None:
    """Mail a link that confirms. Whether there was such an alert before, nobody is told."""
    text = query.with_(page=1).to_string()
    alert = session.scalar(select(Alert).where(Alert.email == email, Alert.query == text))
    if alert is None:
        number = session.scalar(select(func.count()).select_from(Alert).where(Alert.email == email))
        if (number or 0) >= ALERTS_MAX:
            return
        alert = Alert(email=email, query=text, often=often, told_until=at, created_at=at)
        session.add(alert)
        session.flush()
    if alert.confirmed_at is None:
        alert.often = often
    mail.queue(
        session,
        CONFIRM,
        to=email,
        values={"alert": alert.id},
        about=f"alerts/{alert.id}",
        at=at,
    )


def link_for(session: Session, alert: Alert, *, at: datetime) -> str:
    """The secret of a new link that confirms the alert, and stops it."""
    token = tokens.mint()
    good_for = STOP_WITHIN if alert.confirmed_at else CONFIRM_WITHIN
    session.add(
        AlertLink(alert_id=alert.id, token_hash=tokens.hashed(token), expires_at=at + good_for)
    )
    return token


def of_link(session: Session, token: str, *, at: datetime) -> Alert:
    """The alert of a link.

    Raises:
        LinkUnknown: there is none, or it is too old.
    """
    link = session.scalar(select(AlertLink).where(AlertLink.token_hash == tokens.hashed(token)))
    if link is None or link.expires_at <= at:
        raise LinkUnknown
    return link.alert


def confirm(session: Session, token: str, *, at: datetime) -> Alert:
    """From now on they hear of news. Pressing it twice does no harm.

    Raises:
        LinkUnknown: there is no such link, or it is too old.
    """
    alert = of_link(session, token, at=at)
    if alert.confirmed_at is None:
        alert.confirmed_at = alert.told_until = at
        # The same link stops it as long as other mails' do.
        session.execute(
            update(AlertLink)
            .where(AlertLink.token_hash == tokens.hashed(token))
            .values(expires_at=at + STOP_WITHIN)
        )
    return alert


def stop(session: Session, token: str, *, at: datetime) -> None:
    """Forget the alert and the address. Pressing it again does no harm."""
    try:
        alert = of_link(session, token, at=at)
    except LinkUnknown:
        return
    outbox.drop_waiting(session, about=f"alerts/{alert.id}", at=at)
    session.execute(delete(AlertLink).where(AlertLink.alert_id == alert.id))
    session.delete(alert)


def due(session: Session, *, at: datetime) -> list[int]:
    """The alerts whose time has come, by number."""
    rows = session.execute(
        select(Alert.id, Alert.often, Alert.told_until).where(Alert.confirmed_at.is_not(None))
    )
    return [number for number, often, until in rows if _is_time(Often(often), until, at)]


def queue_one(
    session: Session, index: SearchIndex, number: int, among: Among, *, at: datetime
) -> bool:
    """Queue a mail if something is new for that alert; either way they are told until now.

    Raises:
        NotReady: the search has nothing to read yet.
    """
    alert = session.get(Alert, number)
    if alert is None or not _is_time(Often(alert.often), alert.told_until, at):
        return False
    found = new_for(session, index, alert, among)
    if found:
        mail.queue(
            session,
            LETTER,
            to=alert.email,
            values={"alert": alert.id, "entries": [str(one.id) for one in found]},
            about=f"alerts/{alert.id}",
            at=at,
        )
    alert.told_until = at
    return bool(found)


def new_for(session: Session, index: SearchIndex, alert: Alert, among: Among) -> list[Entry]:
    """What was published since they were last told, and is found by their search."""
    query = Query.from_string(alert.query)
    since = alert.told_until
    hits = news.latest(
        index, query, among=among(query), until=lambda hit: hit.updated < since.date()
    )
    entries = catalogue.by_ids(session, [hit.id for hit in hits])
    return [one for one in entries if one.created_at > since][:NAMED_MAX]


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete what nobody confirmed, and links that are too old."""
    session.execute(delete(AlertLink).where(AlertLink.expires_at < at))
    stale = select(Alert.id).where(
        Alert.confirmed_at.is_(None), Alert.created_at < at - CONFIRM_WITHIN
    )
    session.execute(delete(AlertLink).where(AlertLink.alert_id.in_(stale)))
    session.execute(
        delete(Alert).where(Alert.confirmed_at.is_(None), Alert.created_at < at - CONFIRM_WITHIN)
    )


def _is_time(often: Often, told_until: datetime, now: datetime) -> bool:
    """Each morning at eight, or each Monday morning."""
    local = now.astimezone(LONDON)
    moment = local.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    if local < moment:
        moment -= timedelta(days=1)
    if often is Often.WEEKLY:
        moment -= timedelta(days=(moment.weekday() - MONDAY) % 7)
    return told_until < moment
