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
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType

from flask import Flask
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from directory import errands, projecting
from directory.config import BadSetting, Config, current
from directory.db import db
from directory.operations import heartbeat

logger = logging.getLogger("kith.worker")

LONGEST_PAUSE = timedelta(seconds=30)


@dataclass(frozen=True)
class Follower:
    """Something to do again and again, in its own time."""

    name: str
    follow: Callable[[Session, Config], None]
    every: timedelta


EACH_SECOND = timedelta(seconds=1)

# What follows the change log. What is published is found, and in the mirror, within a second; each
# look costs some milliseconds, so that nothing looks more often than its readers need.
PROJECTIONS = [
    Follower("search index", projecting.write_index, timedelta(milliseconds=200)),
    Follower("mirror", projecting.write_mirror, timedelta(milliseconds=500)),
    Follower("Open Referral feed", projecting.write_open_referral, EACH_SECOND),
    Follower("upkeep", projecting.keep_up, EACH_SECOND),
    Follower("slices of networks", projecting.write_slices, EACH_SECOND),
]
FOLLOWERS = [
    *PROJECTIONS,
    Follower("meaning", projecting.place_approaches, timedelta(seconds=5)),
    Follower("mail", errands.send_mail, EACH_SECOND),
    Follower("publishing later", errands.publish_later, timedelta(minutes=1)),
    Follower("alerts", errands.tell_news, timedelta(minutes=1)),
    Follower("web hooks", errands.tell_networks, timedelta(seconds=5)),
    Follower("looking over", errands.look_over, EACH_SECOND),
    Follower("lists: checking", errands.check_lists, EACH_SECOND),
    Follower("lists: taking in", errands.take_in_lists, EACH_SECOND),
    Follower("feeds of others", errands.harvest_feeds, timedelta(seconds=5)),
    Follower("asking addresses", errands.ask_addresses, timedelta(seconds=10)),
    Follower("digests", errands.tell_moderators, timedelta(minutes=1)),
    Follower("mails to networks", errands.tell_editors, timedelta(minutes=1)),
    Follower("mails about lists", errands.tell_of_lists, timedelta(minutes=1)),
    Follower("questions", errands.ask_if_true, timedelta(minutes=10)),
    Follower("addresses of reports", errands.forget_reporters, timedelta(minutes=1)),
    Follower("tidying", errands.tidy_up, timedelta(hours=1)),
    Follower("pictures", errands.remove_pictures, timedelta(hours=1)),
    Follower("retention", errands.keep_periods, timedelta(hours=24)),
    Follower("heartbeat", errands.beat, heartbeat.EVERY),
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
