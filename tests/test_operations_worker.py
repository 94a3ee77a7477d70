"""The worker: it follows, goes on after failures, and there is one."""

from __future__ import annotations

import inspect
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from directory import errands, projecting, worker
from directory.config import ROOT, Config
from directory.db import db
from directory.entries import publishing
from directory.operations import heartbeat
from directory.worker import Follower
from tests.builders import an_approach

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AT_ONCE = timedelta(milliseconds=10)


def run_until(app: Flask, done: Callable[[], bool], followers: list[Follower]) -> None:
    """Let the worker run in this process until `done`, for at most ten seconds."""
    stop = threading.Event()
    runs = threading.Thread(target=worker.run, args=(app, stop, followers))
    runs.start()
    deadline = time.monotonic() + 30
    while not done() and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    runs.join()
    assert done()


def test_what_is_published_is_in_the_mirror_within_a_second(
    app: Flask, session: Session, config: Config
):
    publishing.publish(
        session, an_approach(), slug="choirs", origin="file", author="", at=datetime.now(UTC)
    )
    session.commit()
    file = config.instance_dir / "content" / "approaches" / "choirs.md"
    started = time.monotonic()

    run_until(app, file.exists, worker.PROJECTIONS)

    assert time.monotonic() - started < 1


def test_the_worker_shows_that_it_lives(app: Flask, session: Session):
    def is_alive() -> bool:
        alive = heartbeat.is_alive(session, at=datetime.now(UTC))
        session.rollback()  # an open transaction would keep the worker from writing
        return alive

    assert not is_alive()

    run_until(app, is_alive, worker.FOLLOWERS)


def test_one_that_fails_delays_no_other(app: Flask):
    worked = []

    def fail(session: Session, config: Config) -> None:
        raise RuntimeError("on purpose")

    def hang(session: Session, config: Config) -> None:
        time.sleep(1)

    def work(session: Session, config: Config) -> None:
        worked.append(time.monotonic())

    followers = [Follower(f.__name__, f, AT_ONCE) for f in (fail, hang, work)]
    run_until(app, lambda: len(worked) > 20, followers)


def test_one_that_failed_is_tried_again(app: Flask):
    tries = []

    def fail_once(session: Session, config: Config) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise RuntimeError("on purpose")

    run_until(app, lambda: len(tries) > 2, [Follower("fails once", fail_once, AT_ONCE)])


def test_a_second_worker_waits_for_the_first(config: Config):
    stop = threading.Event()
    with worker.alone(config, stop):
        assert worker.is_running(config)
        entered = threading.Event()

        def second() -> None:
            with worker.alone(config, stop):
                entered.set()

        waiting = threading.Thread(target=second)
        waiting.start()
        assert not entered.wait(0.3)
    assert entered.wait(5)
    stop.set()
    waiting.join()
    assert not worker.is_running(config)


def test_a_worker_ends_when_told_and_when_its_starter_is_gone(app: Flask, config: Config):
    env = os.environ | {
        "INSTANCE_DIR": str(config.instance_dir),
        "DATABASE_URL": config.database_url,
        "MEANING": "no",
    }
    command = [sys.executable, "-m", "directory.worker"]
    told = subprocess.Popen(command, cwd=ROOT, env=env)
    wait_for(lambda: worker.is_running(config))
    told.send_signal(signal.SIGTERM)
    assert told.wait(10) == 0

    starter = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess; subprocess.run({command!r})"], cwd=ROOT, env=env
    )
    wait_for(lambda: worker.is_running(config))
    starter.kill()
    starter.wait()
    wait_for(lambda: not worker.is_running(config))


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_every_follower_has_its_turn(app: Flask, session: Session, config: Config):
    turns: set[str] = set()

    def counted(follower: Follower) -> Follower:
        def follow(session: Session, config: Config) -> None:
            follower.follow(session, config)
            turns.add(follower.name)  # only if it did not fail

        return Follower(follower.name, follow, AT_ONCE)

    names = {follower.name for follower in worker.FOLLOWERS}
    run_until(app, lambda: turns == names, [counted(follower) for follower in worker.FOLLOWERS])


def test_every_errand_and_every_projection_has_a_follower():
    ours = {
        one
        for module in (errands, projecting)
        for name, one in inspect.getmembers(module, inspect.isfunction)
        if one.__module__ == module.__name__ and not name.startswith("_")
    }

    assert {follower.follow for follower in worker.FOLLOWERS} == ours


def test_the_mirror_can_be_switched_off(app: Flask, publish: Callable[..., object], tmp_path: Path):
    off = Config(instance_dir=tmp_path / "instance", mirror_enabled=False)
    with app.app_context():
        projecting.write_mirror(db.session(), off)
    assert not (tmp_path / "instance" / "content").exists()
