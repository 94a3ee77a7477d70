"""The worker: one process beside the web that follows the change log and sends what is due.

Run it with `python -m directory.worker`. Each follower is a plain function that does what there is
to do now; the worker calls it over and over, each in a thread of its own, so that a slow mail
server delays no search. A follower can fail or be killed at any moment: what it had not committed
it does again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from types import FrameType
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory import search
from directory.accounts import passkeys, sessions, sign_in
from directory.alerts import alerting
from directory.config import ROOT, BadSetting, Config, current
from directory.db import db, reading
from directory.entries import catalogue, mirror, photos
from directory.imports import checking, feeds, lists, taking
from directory.imports import telling as list_telling
from directory.mail import outbox, sender
from directory.moderation import answering, claims, digest, later, looking_over, upkeep
from directory.networks import hooks, joining, slices, slicing, telling
from directory.operations import heartbeat
from directory.oruk import following as open_referral
from directory.oruk.mapping import Site
from directory.owners import asking, owning
from directory.personal import retention
from directory.places import gazetteer
from directory.submissions import proposing
from directory.submissions.photos import YOUNG, remove_unused_pictures
from directory.wishes import wishing

logger = logging.getLogger("kith.worker")

LONDON = ZoneInfo("Europe/London")
LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Follower:
    """Something to do again and again, in its own time."""

    name: str
    follow: Callable[[Session, Config], None]
    every: timedelta


def write_index(session: Session, config: Config) -> None:
    """Bring the search index on to the end of the change log; build it anew if it is broken."""
    with reading():
        while search.follow(session, search.current()):
            session.rollback()
        session.rollback()


def place_approaches(session: Session, config: Config) -> None:
    """Place new and changed approaches by what they mean, where the model for it is installed.

    In a process of its own: what computes for seconds would hold up the other followers.
    """
    if not config.meaning:
        return
    with reading():
        is_due = search.has_to_place(session, config.meaning_path)
        session.rollback()
    if is_due:
        subprocess.run(
            [sys.executable, "-m", "flask", "place-approaches", "--gently"], cwd=ROOT, check=True
        )


def write_mirror(session: Session, config: Config) -> None:
    """Write changed entries to the Markdown mirror."""
    folder = config.mirror_dir
    if folder is None:
        return
    with reading():
        changes = mirror.read_ahead(session)
        old_slugs = mirror.paths_of(session, changes) if changes else {}
        session.rollback()
    if changes:
        store = config.instance_dir / photos.STORE
        mirror.write(changes, folder, old_slugs=old_slugs, store=store)
        into_content = folder == config.content_dir
        mirror.record(session, changes, into_content=into_content, at=datetime.now(UTC))
        session.commit()


def write_open_referral(session: Session, config: Config) -> None:
    """Bring the rows of the Open Referral UK feed on to the end of the change log."""
    site = Site(config.public_url, config.site_name, config.contact_email)
    while True:
        with reading():
            batch = open_referral.read_ahead(session, site)
            session.rollback()
        if batch is None:
            return
        open_referral.write(session, site, batch)
        session.commit()


def write_slices(session: Session, config: Config) -> None:
    """Bring the slices of networks after the search index, their rules and the day."""
    today = datetime.now(LONDON).date()
    with reading():
        found = slicing.due(session, search.current(), today=today)
        session.rollback()
    for one in found:
        slicing.write(session, one, at=datetime.now(UTC))
        session.commit()


def keep_up(session: Session, config: Config) -> None:
    """Note of each changed entry when it is due a check."""
    while True:
        with reading():
            is_behind = catalogue.position(session, upkeep.FOLLOWER) < catalogue.head(session)
            session.rollback()
        if not is_behind:
            return
        upkeep.follow(session)
        session.commit()


def publish_later(session: Session, config: Config) -> None:
    """Publish what was set for a day that has come."""
    with reading():
        has_come = later.is_due(session, at=datetime.now(UTC))
        session.rollback()
    while has_come:
        has_come = later.publish_next(session, at=datetime.now(UTC))
        session.commit()


def look_over(session: Session, config: Config) -> None:
    """Look over what waits for moderators, before they do."""
    with reading():
        is_new = looking_over.is_due(session)
        session.rollback()
    if is_new:
        looking_over.look_over(session, at=datetime.now(UTC))
        session.commit()


def ask_addresses(session: Session, config: Config) -> None:
    """Ask the web addresses in what waits whether they answer. Nothing is asked inside a
    transaction."""
    with reading():
        due = answering.take_due(session, at=datetime.now(UTC))
        session.rollback()
    if due:
        asked = answering.ask(due, public_url=config.public_url, reachable=config.reachable)
        answering.record(session, asked, at=datetime.now(UTC))
        session.commit()


def tell_news(session: Session, config: Config) -> None:
    """Queue a mail for each search that has something new and whose time has come."""
    at = datetime.now(UTC)
    with reading():
        numbers = alerting.due(session, at=at)
        session.rollback()
    for number in numbers:
        among = partial(slices.news_among, session)
        alerting.queue_one(session, search.current(), number, among, at=at)
        session.commit()


def tell_networks(session: Session, config: Config) -> None:
    """Tell networks' own programs what happened in their slices. Nothing is sent inside a
    transaction."""
    at = datetime.now(UTC)
    with reading():
        is_due = hooks.is_due(session, at=at)
        session.rollback()
    if not is_due:
        return
    due = hooks.take_due(session, public_url=config.public_url, at=at)
    session.commit()
    for one in due:
        now = datetime.now(UTC)
        fault = hooks.send(one, public_url=config.public_url, at=now, reachable=config.reachable)
        hooks.record(session, one, fault, at=now)
        session.commit()


def check_lists(session: Session, config: Config) -> None:
    """Check the rows of lists that networks bring."""
    while True:
        with reading():
            places = gazetteer.at(config.geo_path)
            batch = checking.read_ahead(session, search.current(), places)
            session.rollback()
        if batch is None:
            return
        checking.write(session, batch, at=datetime.now(UTC))
        session.commit()


def take_in_lists(session: Session, config: Config) -> None:
    """Take in the lists that their editors have looked over."""
    while True:
        with reading():
            batch = taking.read_ahead(session)
            session.rollback()
        if batch is None:
            return
        taking.write(session, batch, at=datetime.now(UTC))
        session.commit()


def harvest_feeds(session: Session, config: Config) -> None:
    """Begin the harvests that are due, and read feeds on. Nothing is asked inside a transaction."""
    with reading():
        is_due = feeds.is_due(session, at=datetime.now(UTC))
        session.rollback()
    if is_due:
        feeds.begin_due(session, at=datetime.now(UTC))
        session.commit()
    while True:
        with reading():
            ask = feeds.next_ask(session, at=datetime.now(UTC))
            session.rollback()
        if ask is None:
            return
        page = feeds.ask(ask, who=config.public_url, reachable=config.reachable)
        feeds.keep(session, ask, page, at=datetime.now(UTC))
        session.commit()


def send_mail(session: Session, config: Config) -> None:
    """Send the mails that are due."""
    with reading():
        is_due = outbox.is_due(session, at=datetime.now(UTC))
        session.rollback()
    if is_due:
        sender.send_due(session, config)


def tell_moderators(session: Session, config: Config) -> None:
    """Queue the digests whose time has come."""
    digest.queue_due(session, at=datetime.now(UTC))
    session.commit()


def tell_editors(session: Session, config: Config) -> None:
    """Queue mails to editors of networks whose time has come."""
    at = datetime.now(UTC)
    with reading():
        is_due = bool(telling.due(session, at=at))
        session.rollback()
    if is_due:
        telling.queue_due(session, at=at)
        session.commit()


def tell_of_lists(session: Session, config: Config) -> None:
    """Queue a mail for each list of which all is decided."""
    at = datetime.now(UTC)
    with reading():
        numbers = list_telling.due(session, at=at)
        session.rollback()
    for number in numbers:
        list_telling.queue_one(session, number, at=at)
        session.commit()


def ask_if_true(session: Session, config: Config) -> None:
    """Ask owners, then moderators, whether what is due a check is still true: a mail to each."""
    at = datetime.now(UTC)
    with reading():
        owners, moderators = (
            asking.owners_due(session, at=at),
            asking.moderators_due(session, at=at),
        )
        session.rollback()
    for ask, numbers in ((asking.ask_owner, owners), (asking.ask_moderator, moderators)):
        for number in numbers:
            ask(session, number, at=at)
            session.commit()


def tidy_up(session: Session, config: Config) -> None:
    """Forget what need not be kept."""
    for forget in (
        outbox.forget_old,
        sign_in.forget_old,
        sessions.forget_old,
        passkeys.forget_old,
        proposing.forget_old,
        wishing.forget_old,
        digest.forget_old,
        joining.forget_old,
        telling.forget_old,
        alerting.forget_old,
        claims.forget_old,
        owning.forget_old,
        lists.forget_old,
    ):
        forget(session, at=datetime.now(UTC))
        session.commit()


def remove_pictures(session: Session, config: Config) -> None:
    """Delete pictures that nothing names any more."""
    store, at = config.instance_dir / photos.STORE, datetime.now(UTC)
    unused = remove_unused_pictures(session, at=at)
    session.commit()
    photos.discard(store, unused)
    with reading():
        photos.sweep(session, store, before=at - YOUNG)
        session.rollback()


def keep_periods(session: Session, config: Config) -> None:
    """Delete personal data that was kept for its period."""
    retention.keep_periods(session, config, at=datetime.now(UTC))
    session.commit()


def beat(session: Session, config: Config) -> None:
    """Leave a sign of life, which /readyz looks for."""
    heartbeat.beat(session, at=datetime.now(UTC))
    session.commit()


EACH_SECOND = timedelta(seconds=1)

# What follows the change log. What is published is found, and in the mirror, within a second; each
# look costs some milliseconds, so that nothing looks more often than its readers need.
PROJECTIONS = [
    Follower("search index", write_index, timedelta(milliseconds=200)),
    Follower("mirror", write_mirror, timedelta(milliseconds=500)),
    Follower("Open Referral feed", write_open_referral, EACH_SECOND),
    Follower("upkeep", keep_up, EACH_SECOND),
    Follower("slices of networks", write_slices, EACH_SECOND),
]
FOLLOWERS = [
    *PROJECTIONS,
    Follower("meaning", place_approaches, timedelta(seconds=5)),
    Follower("mail", send_mail, EACH_SECOND),
    Follower("publishing later", publish_later, timedelta(minutes=1)),
    Follower("alerts", tell_news, timedelta(minutes=1)),
    Follower("web hooks", tell_networks, timedelta(seconds=5)),
    Follower("looking over", look_over, EACH_SECOND),
    Follower("lists: checking", check_lists, EACH_SECOND),
    Follower("lists: taking in", take_in_lists, EACH_SECOND),
    Follower("feeds of others", harvest_feeds, timedelta(seconds=5)),
    Follower("asking addresses", ask_addresses, timedelta(seconds=10)),
    Follower("digests", tell_moderators, timedelta(minutes=1)),
    Follower("mails to networks", tell_editors, timedelta(minutes=1)),
    Follower("mails about lists", tell_of_lists, timedelta(minutes=1)),
    Follower("questions", ask_if_true, timedelta(minutes=10)),
    Follower("tidying", tidy_up, timedelta(hours=1)),
    Follower("pictures", remove_pictures, timedelta(hours=1)),
    Follower("retention", keep_periods, timedelta(hours=24)),
    Follower("heartbeat", beat, heartbeat.EVERY),
]


def catch_up(app: Flask) -> None:
    """Let every projection follow the change log to its end, now and here."""
    with app.app_context():
        for follower in PROJECTIONS:
            follower.follow(db.session(), current())
        db.session.remove()


def run(app: Flask, stop: threading.Event, followers: list[Follower] = FOLLOWERS) -> None:
    """Follow until `stop` is set."""
    threads = [
        threading.Thread(target=_keep_following, args=(app, follower, stop), daemon=True)
        for follower in followers
    ]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:  # what is under way may end
        thread.join(timeout=8)


def _keep_following(app: Flask, follower: Follower, stop: threading.Event) -> None:
    pause = follower.every
    while not stop.is_set():
        try:
            with app.app_context():
                follower.follow(db.session(), current())
            if pause > follower.every:
                logger.warning("%s works again", follower.name)
            pause = follower.every
        except Exception as error:
            # Whatever it was must not stop the others, nor fill the log: wait longer each time.
            pause = min(max(pause * 2, timedelta(seconds=1)), LONGEST_PAUSE)
            # A database that is busy or away is no fault in the program: one line tells it.
            why = f" ({error.orig})" if isinstance(error, OperationalError) else ""
            logger.error(
                "%s failed%s; next try in %d s",
                follower.name, why, pause.total_seconds(), exc_info=not why,
            )  # fmt: skip
        stop.wait(pause.total_seconds())


@contextmanager
def alone(config: Config, stop: threading.Event) -> Iterator[None]:
    """Wait until no other worker uses this instance folder, then keep others waiting."""
    config.instance_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(config.instance_dir / "worker.lock", "w", opener=_owner_only) as lock:
        told = False
        while not stop.is_set():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not told:
                    logger.warning("another worker uses %s; waiting for it", config.instance_dir)
                told = True
                stop.wait(1)
        yield


def is_running(config: Config) -> bool:
    """A worker of this machine uses the instance folder now."""
    with suppress(FileNotFoundError), open(config.instance_dir / "worker.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def main() -> None:
    """Follow until told to stop, or until whoever started us is gone."""
    from directory import create_app

    logging.basicConfig(format="%(asctime)s %(name)s: %(message)s", level=logging.INFO)
    stop = threading.Event()

    def finish(signal_number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, finish)
    try:
        config = Config.from_env()
    except BadSetting as error:
        sys.exit(str(error))
    # Who writes waits a millisecond for its turn among the threads, not five.
    sys.setswitchinterval(0.001)
    threading.Thread(target=_stop_with_parent, args=(os.getppid(), stop), daemon=True).start()
    app = create_app(config)
    with alone(config, stop):
        run(app, stop)


def _stop_with_parent(parent: int, stop: threading.Event) -> None:
    # A killed supervisor cannot tell us; a new parent says that it is gone.
    while not stop.wait(1):
        if os.getppid() != parent:
            stop.set()


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


if __name__ == "__main__":
    main()
