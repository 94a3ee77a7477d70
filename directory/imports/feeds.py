"""Feeds of Open Referral UK that others keep: which ones, how often, and reading them page by page.

A feed is asked only through the one safe fetcher, never inside a transaction, and never for more
than so many pages and services. What was read of it is kept page by page, so that a worker that
was killed goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from directory import fetching
from directory.errors import DirectoryError
from directory.fetching import NotAllowed, NotReached
from directory.imports import lists, open_referral
from directory.imports.models import Every, Feed, Import, ImportRow, Stage
from directory.imports.open_referral import NotOpenReferral
from directory.imports.tables import COLUMNS_MAX, Row
from directory.vocabulary.terms import Kind

FEEDS_MAX = 10  # of one network
PAGES_MAX = 200
SERVICES_MAX = 5_000
PER_PAGE = 50
BYTES_MAX = 8_000_000  # of a page
SECONDS = 20.0
PAUSES = {Every.DAY: timedelta(days=1), Every.WEEK: timedelta(days=7)}
# After a failure a page is asked for again so much later; after the last the harvest is given up.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
# What changed may be asked for alone, with some time to spare; everything at least so often.
TO_SPARE = timedelta(days=1)
ALL_AT_LEAST = timedelta(days=7)
UNFINISHED = (Stage.FETCHING, Stage.MAPPING, Stage.CHECKING, Stage.CHECKED, Stage.TAKING)


class NotAFeed(DirectoryError):
    """Write the https address of an Open Referral UK feed on the public internet."""

    status = 422


class TooManyFeeds(DirectoryError):
    """Ten feeds are enough. Delete one first."""

    status = 422


class AlreadyUnderWay(DirectoryError):
    """A harvest of this feed is under way. Finish or delete it first."""

    status = 409


@dataclass(frozen=True)
class Ask:
    """A page that is to be asked for."""

    import_id: int
    url: str
    page: int
    since: str


@dataclass(frozen=True)
class Page:
    """What a feed answered: services, and whether it says that there are more.

    `fault`: why it could not be read; `is_final`: asking again would not help.
    """

    services: Sequence[Mapping[str, Any]] = ()
    has_more: bool = False
    fault: str = ""
    is_final: bool = False


def tidy(url: str, *, reachable: frozenset[str] = frozenset()) -> str:
    """The base address of a feed, however somebody copied it.

    Raises:
        NotAFeed: it may not be asked, or is not https.
    """
    url = url.strip()
    parts = urlsplit(url if "://" in url else f"https://{url}")
    path = parts.path.rstrip("/").removesuffix("/services")
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in {"page", "per_page"}]
    url = f"{parts.scheme}://{parts.netloc}{path}" + (f"?{urlencode(kept)}" if kept else "")
    if parts.scheme != "https" and parts.netloc not in reachable:
        raise NotAFeed
    try:
        fetching.check(url, reachable=reachable)
    except (NotAllowed, NotReached) as error:
        raise NotAFeed(f"We cannot ask that address: {error}.") from error
    return url


def add(
    session: Session,
    *,
    network_id: UUID | None,
    user_id: int,
    name: str,
    url: str,
    every: Every,
    licence_version: str,
    at: datetime,
) -> Feed:
    """A new feed, and its first harvest: its editors look that over before anything is taken in.

    Raises:
        TooManyFeeds: the network has enough.
    """
    if len(of_network(session, network_id)) >= FEEDS_MAX:
        raise TooManyFeeds
    feed = Feed(
        network_id=network_id,
        user_id=user_id,
        name=" ".join(name.split())[: lists.NAME_MAX],
        url=url,
        every=every,
        licence_version=licence_version,
        created_at=at,
    )
    session.add(feed)
    session.flush()
    harvest(session, feed, at=at)
    return feed


def of_network(session: Session, network_id: UUID | None) -> list[Feed]:
    """The feeds of a network, or of moderators, the oldest first."""
    return list(session.scalars(select(Feed).where(_of(network_id)).order_by(Feed.id)))


def find(session: Session, network_id: UUID | None, feed_id: int) -> Feed | None:
    """That feed, if it belongs there."""
    return session.scalar(select(Feed).where(Feed.id == feed_id, _of(network_id)))


def harvests(session: Session, feed: Feed, most: int = 10) -> list[Import]:
    """The last harvests of a feed, the latest first."""
    return list(
        session.scalars(
            select(Import).where(Import.feed_id == feed.id).order_by(Import.id.desc()).limit(most)
        )
    )


def change(feed: Feed, *, name: str, every: Every, is_trusted: bool, at: datetime) -> None:
    """Change how often it is harvested, and whether its words go live without a moderator."""
    feed.name, feed.is_trusted = " ".join(name.split())[: lists.NAME_MAX], is_trusted
    if feed.every != every:
        feed.every = every
        feed.next_at = _next(feed, at)


def harvest(session: Session, feed: Feed, *, at: datetime, by_itself: bool = False) -> Import:
    """Begin to read a feed: all of it, or only what changed since, where the feed can say that.

    Args:
        by_itself: what is clear is taken in without anybody pressing a button.

    Raises:
        AlreadyUnderWay: another harvest of it is not finished.
    """
    session.refresh(feed, with_for_update=True)
    if is_under_way(session, feed):
        raise AlreadyUnderWay
    is_whole = feed.seen_until is None or feed.full_at is None or at - feed.full_at >= ALL_AT_LEAST
    since = "" if is_whole or feed.seen_until is None else _moment(feed.seen_until - TO_SPARE)
    made = Import(
        network_id=feed.network_id,
        feed_id=feed.id,
        user_id=feed.user_id,
        kind=Kind.SERVICE,
        name=feed.name,
        form="feed",
        stage=Stage.FETCHING,
        columns=[open_referral.ID],
        mapping={},
        same=dict(feed.same),
        fetched={
            "page": 1,
            "since": since,
            "is_whole": not since,
            "by_itself": by_itself and feed.mapped_at is not None,
            "began": _moment(at),
            "failures": 0,
        },
        licence_version=feed.licence_version,
        created_at=at,
        changed_at=at,
    )
    session.add(made)
    feed.last_at, feed.next_at = at, _next(feed, at)
    session.flush()
    return made


def is_under_way(session: Session, feed: Feed) -> bool:
    """Whether a harvest of it is not finished."""
    found = session.scalar(
        select(Import.id).where(Import.feed_id == feed.id, Import.stage.in_(UNFINISHED)).limit(1)
    )
    return found is not None


def begin_due(session: Session, *, at: datetime) -> None:
    """Begin the harvests whose time has come. The caller commits."""
    due = session.scalars(_due(at)).all()
    for feed in due:
        if is_under_way(session, feed):
            feed.next_at = _next(feed, at)  # an editor has not looked it over yet
        else:
            harvest(session, feed, at=at, by_itself=True)


def is_due(session: Session, *, at: datetime) -> bool:
    """Whether the time of any harvest has come."""
    return session.scalar(_due(at).limit(1)) is not None


def next_ask(session: Session, *, at: datetime) -> Ask | None:
    """The page that is to be asked for now; None if there is none."""
    waiting = session.scalars(
        select(Import).where(Import.stage == Stage.FETCHING).order_by(Import.changed_at)
    )
    for one in waiting:
        not_before = one.fetched.get("not_before")
        if not_before and datetime.fromisoformat(not_before) > at:
            continue
        feed = session.get_one(Feed, one.feed_id)
        return Ask(one.id, feed.url, int(one.fetched["page"]), str(one.fetched["since"]))
    return None


def ask(ask: Ask, *, who: str, reachable: frozenset[str]) -> Page:
    """Ask for a page, and for each service of which it says too little. No transaction is open."""
    try:
        said = _get(_address(ask), who, reachable)
        services = list(open_referral.services_in(said))
        if len(services) > SERVICES_MAX:
            raise NotOpenReferral(f"One page holds more than {SERVICES_MAX} services.")
        return Page([_whole(ask, one, who, reachable) for one in services], _has_more(said, ask))
    except NotReached as error:
        return Page(fault=f"It did not answer well: {error}.")
    except NotAllowed as error:
        return Page(fault=f"We do not ask that address: {error}.", is_final=True)
    except NotOpenReferral as error:
        return Page(fault=error.message, is_final=True)


def keep(session: Session, ask: Ask, page: Page, *, at: datetime) -> None:
    """Keep a page, and say what comes next. The caller commits."""
    one = session.get(Import, ask.import_id, with_for_update=True)
    if one is None or one.stage != Stage.FETCHING or one.fetched["page"] != ask.page:
        return  # somebody else kept it, or the harvest is not wanted any more
    feed = session.get_one(Feed, one.feed_id)
    one.changed_at = at
    if page.fault:
        _put_off(one, feed, page, at)
        return
    known = set(session.scalars(select(ImportRow.key).where(ImportRow.import_id == one.id)))
    fresh = {}
    for service in page.services:
        row = open_referral.flat(service)
        if row[open_referral.ID] not in known:
            fresh[row[open_referral.ID]] = row
    if len(known) + len(fresh) > SERVICES_MAX or (page.has_more and ask.page >= PAGES_MAX):
        words = f"It holds more than {SERVICES_MAX} services or {PAGES_MAX} pages."
        _give_up(one, feed, words, at)
        return
    if page.has_more and page.services and not fresh:
        _give_up(one, feed, "It says the same page again and again.", at)
        return
    _add(session, one, list(fresh.values()), len(known))
    if page.has_more and page.services:
        one.fetched = {**one.fetched, "page": ask.page + 1, "failures": 0, "not_before": ""}
        return
    _read_to_its_end(session, one, feed, at)


def _add(session: Session, one: Import, rows: Sequence[Mapping[str, str]], already: int) -> None:
    """Add services as rows; columns that are new come after those that are there."""
    names = list(one.columns)
    names += [name for name in open_referral.columns_of(rows) if name not in names]
    one.columns = names[:COLUMNS_MAX]
    lists.add_rows(
        session,
        one,
        [
            Row(number, tuple(row.get(name, "") for name in one.columns))
            for number, row in enumerate(rows, start=already + 1)
        ],
        [row[open_referral.ID] for row in rows],
    )


def _read_to_its_end(session: Session, one: Import, feed: Feed, at: datetime) -> None:
    began = datetime.fromisoformat(one.fetched["began"])
    total = session.scalar(
        select(func.count()).select_from(ImportRow).where(ImportRow.import_id == one.id)
    )
    feed.fault, feed.failures, feed.seen_until = "", 0, began
    if one.fetched["is_whole"]:
        feed.full_at = began
        if not total:
            _give_up(one, feed, "There is no service in it.", at)
            return
    if feed.mapped_at is None:
        guessed = open_referral.guess(one.columns)
        one.mapping = {str(number): key for number, key in guessed.items()}
        one.stage = Stage.MAPPING
        return
    one.mapping = {
        str(number): feed.mapping[name]
        for number, name in enumerate(one.columns)
        if name in feed.mapping
    }
    one.stage, one.round = Stage.CHECKING, one.round + 1
    if not total:  # nothing changed
        one.stage, one.done_at = Stage.DONE, at


def _put_off(one: Import, feed: Feed, page: Page, at: datetime) -> None:
    failures = int(one.fetched.get("failures", 0))
    if page.is_final or failures >= len(WAITS):
        _give_up(one, feed, page.fault, at)
        return
    feed.fault = page.fault
    one.fetched = {
        **one.fetched,
        "failures": failures + 1,
        "not_before": _moment(at + WAITS[failures]),
    }


def _give_up(one: Import, feed: Feed, words: str, at: datetime) -> None:
    """This harvest came to nothing. What was taken in before stays as it is."""
    one.stage, one.fault, one.done_at = Stage.FAILED, words, at
    feed.fault, feed.failures = words, feed.failures + 1
    feed.seen_until = None


def _address(ask: Ask, service_id: str = "") -> str:
    base, _, query = ask.url.partition("?")
    if service_id:
        return f"{base}/services/{quote(service_id, safe='')}" + (f"?{query}" if query else "")
    asked = {"page": str(ask.page), "per_page": str(PER_PAGE), "full": "true"}
    if ask.since:
        asked["modified_after"] = ask.since
    return f"{base}/services?" + "&".join(filter(None, (query, urlencode(asked))))


def _get(url: str, who: str, reachable: frozenset[str]) -> Any:
    answer = fetching.fetch(
        url,
        headers={"Accept": "application/json"},
        who=who,
        bytes_max=BYTES_MAX,
        seconds=SECONDS,
        reachable=reachable,
    )
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.REQUEST_TIMEOUT,
    }:
        raise NotReached(f"it answered {answer.status}")
    if answer.status != HTTPStatus.OK:
        raise NotOpenReferral(f"It answered {answer.status} where a list of services should be.")
    try:
        return json.loads(answer.body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotOpenReferral("What it answered is not JSON.") from error


def _whole(
    ask: Ask, service: Mapping[str, Any], who: str, reachable: frozenset[str]
) -> Mapping[str, Any]:
    """A service with all that belongs to it, asked for by itself where the list only names it."""
    if open_referral.is_whole(service):
        return service
    try:
        said = _get(_address(ask, str(service["id"])), who, reachable)
        return next(iter(open_referral.services_in(said)), service)
    except NotOpenReferral:
        return service  # the list's few words are better than none


def _has_more(said: Any, ask: Ask) -> bool:
    if not isinstance(said, dict):
        return False
    if said.get("empty") is True:
        return False
    for name in ("total_pages", "totalPages"):
        if isinstance(total := said.get(name), int):
            return ask.page < total
    last = said.get("last_page", said.get("last"))
    return last is False


def _next(feed: Feed, at: datetime) -> datetime | None:
    pause = PAUSES.get(Every(feed.every))
    return at + pause if pause else None


def _due(at: datetime) -> Any:
    return select(Feed).where(Feed.next_at <= at).order_by(Feed.next_at)


def _of(network_id: UUID | None) -> ColumnElement[bool]:
    if network_id is None:
        return Feed.network_id.is_(None)
    return Feed.network_id == network_id


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
