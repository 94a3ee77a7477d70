"""The mails of alerts: one to confirm, and one whenever something is new."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from directory import mail
from directory.alerts import alerting
from directory.alerts.models import Alert
from directory.config import Config
from directory.entries import catalogue
from directory.mail.models import OutboxMail
from directory.networks import team, versions
from directory.search.query import Query


@mail.letter(alerting.CONFIRM)
def confirm(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link that confirms; for an alert that is on already, the link that stops it."""
    alert = session.get(Alert, letter.values["alert"])
    if alert is None:
        return None
    token = alerting.link_for(session, alert, at=at)
    return mail.Prepared(
        {
            "words": in_words(alert),
            "is_confirmed": alert.confirmed_at is not None,
            "days": alerting.CONFIRM_WITHIN.days,
            "link": f"{config.public_url}/alerts/{token}",
        }
    )


@mail.letter(alerting.LETTER)
def news(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """What is new, as far as it is still there, and how to stop."""
    alert = session.get(Alert, letter.values["alert"])
    ids = [UUID(one) for one in letter.values["entries"]]
    entries = catalogue.by_ids(session, ids)
    if alert is None:
        return None
    if slug := Query.from_string(alert.query).network:
        entries = versions.of_entries(session, team.open_network(session, slug), entries)
    if not entries:
        return None
    link = f"{config.public_url}/alerts/{alerting.link_for(session, alert, at=at)}"
    return mail.Prepared(
        {
            "words": in_words(alert),
            "number": len(entries),
            "entries": [
                (one.document.name, one.document.tagline, config.public_url + one.url)
                for one in entries
            ],
            "search": f"{config.public_url}/search?{alert.query}",
            "link": link,
        },
        unsubscribe=f"{link}/stop",
    )


def in_words(alert: Alert) -> str:
    """The search as its reader knows it: what they typed; "" where it was only filters."""
    query = Query.from_string(alert.query)
    return " · ".join(filter(None, (query.q, query.near)))
