"""Web hooks: a network's own program is told what entered, left and changed in its slice.

Lines of the slice's log go in order, some at a time, signed. A hook goes on only after the other
side answered 2xx, so nothing is lost and some may come twice; each line has its number. Who does
not answer is asked again, later each time, and after some days no more until an editor says so.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory import fetching
from directory.db import rows_changed
from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.fetching import NotAllowed, NotReached
from directory.networks import collection
from directory.networks.models import Hook, Network, State

HOOKS_MAX = 5
LINES_AT_ONCE = 100
# While one is under way nobody else takes it.
TAKEN_FOR = timedelta(minutes=2)
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=24),
    timedelta(hours=24),
)


class NotAHook(DirectoryError):
    """Write the https address of a program of yours on the public internet."""

    status = 422


class TooManyHooks(DirectoryError):
    """Five are enough. Take one away first."""

    status = 422


@dataclass(frozen=True)
class Delivery:
    """What is to be sent, worked out and ready."""

    hook_id: int
    url: str
    secret: str
    after: int
    until: int
    body: bytes


def add(
    session: Session, network: Network, url: str, *, at: datetime, reachable: frozenset[str]
) -> Hook:
    """A new hook, told of what happens from now on.

    Raises:
        NotAHook: `url` may not be asked, or is not https.
        TooManyHooks: the network has enough.
    """
    is_for_tests = any(f"//{one}/" in f"{url}/" for one in reachable)
    if not url.startswith("https://") and not is_for_tests:
        raise NotAHook
    try:
        fetching.check(url, reachable=reachable)
    except (NotAllowed, NotReached) as error:
        raise NotAHook from error
    if len(of_network(session, network)) >= HOOKS_MAX:
        raise TooManyHooks
    hook = Hook(
        network_id=network.id,
        url=url,
        secret=secrets.token_urlsafe(32),
        state="on",
        sent_n=network.slice_n,
        next_at=at,
        created_at=at,
    )
    session.add(hook)
    return hook


def of_network(session: Session, network: Network) -> list[Hook]:
    """The hooks of `network`, the oldest first."""
    return list(
        session.scalars(select(Hook).where(Hook.network_id == network.id).order_by(Hook.id))
    )


def replay(hook: Hook, *, after: int, at: datetime) -> None:
    """Tell all after line `after` again; a hook that was given up is tried again."""
    hook.sent_n = max(0, min(after, hook.sent_n))
    hook.state, hook.failures, hook.fault, hook.next_at = "on", 0, "", at


def take_due(session: Session, *, public_url: str, at: datetime) -> list[Delivery]:
    """What is due now, taken so that nobody else sends it. The caller commits, then sends."""
    rows = session.execute(
        select(Hook, Network)
        .join(Network, Network.id == Hook.network_id)
        .where(
            Hook.state == "on",
            Hook.next_at <= at,
            Hook.sent_n < Network.slice_n,
            Network.state == State.OPEN,
        )
        .order_by(Hook.next_at)
        .limit(20)
    ).all()
    found = []
    for hook, network in rows:
        won = rows_changed(
            session,
            update(Hook)
            .where(Hook.id == hook.id, Hook.next_at == hook.next_at)
            .values(next_at=at + TAKEN_FOR)
            .execution_options(synchronize_session=False),
        )
        if won:
            found.append(_delivery(session, hook, network, public_url))
    return found


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether anything is to be sent."""
    waiting = (
        select(Hook.id)
        .join(Network, Network.id == Hook.network_id)
        .where(Hook.state == "on", Hook.next_at <= at, Hook.sent_n < Network.slice_n)
    )
    return session.scalar(waiting.limit(1)) is not None


def send(delivery: Delivery, *, public_url: str, at: datetime, reachable: frozenset[str]) -> str:
    """Send it; what went wrong in words, "" if the other side has it. No transaction is open."""
    try:
        answer = fetching.fetch(
            delivery.url,
            method="POST",
            body=delivery.body,
            headers={
                "Content-Type": "application/json",
                "Kith-Signature": signature(delivery.secret, delivery.body, at=at),
            },
            who=public_url,
            redirects=0,
            reachable=reachable,
        )
    except (NotAllowed, NotReached) as error:
        return str(error)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return ""
    return f"it answered {answer.status}"


def record(session: Session, delivery: Delivery, fault: str, *, at: datetime) -> None:
    """Go on, or try again later; after the last try give up."""
    hook = session.get(Hook, delivery.hook_id)
    if hook is None:
        return
    hook.last_at, hook.fault = at, fault
    if not fault:
        if hook.sent_n == delivery.after:  # else an editor set it back meanwhile
            hook.sent_n = delivery.until
        hook.failures, hook.next_at = 0, at
    elif hook.failures >= len(WAITS):
        hook.state = "given-up"
    else:
        hook.next_at = at + WAITS[hook.failures]
        hook.failures += 1


def signature(secret: str, body: bytes, *, at: datetime) -> str:
    """What shows that it is from us and whole: `t=…,v1=…`, of the time and the body."""
    moment = str(int(at.timestamp()))
    said = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={said}"


def _delivery(session: Session, hook: Hook, network: Network, public_url: str) -> Delivery:
    lines = collection.log(session, network, after=hook.sent_n, limit=LINES_AT_ONCE)
    known = {one.id: one for one in catalogue.by_ids(session, [line.entry_id for line in lines])}
    events: Sequence[dict[str, Any]] = [
        {
            "n": line.n,
            "action": line.action,
            "at": line.at.isoformat(),
            "entry_id": str(line.entry_id),
            "url": public_url + entry.url if (entry := known.get(line.entry_id)) else None,
            "api_url": f"{public_url}/api/v1/entries/{entry.kind}/{entry.slug}" if entry else None,
        }
        for line in lines
    ]
    body = {"network": network.slug, "after": hook.sent_n, "events": events}
    return Delivery(
        hook_id=hook.id,
        url=hook.url,
        secret=hook.secret,
        after=hook.sent_n,
        until=lines[-1].n if lines else hook.sent_n,
        body=json.dumps(body, ensure_ascii=False).encode(),
    )
