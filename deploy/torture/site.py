"""The site as the driver sees it: its processes, its database, its index and its files."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from deploy.a_site import ROOMY, SETTINGS_OF_ANOTHER, an_instance, free_port
from deploy.torture.person import Person
from deploy.torture.processes import Killable
from deploy.trouble import Trouble
from directory import create_app, search
from directory.accounts import people, sign_in
from directory.accounts.models import User
from directory.config import Config
from directory.db import db, reading
from directory.entries import catalogue, mirror
from directory.imports.models import Import, Stage
from directory.mail import outbox
from directory.mail.models import MailState, OutboxMail
from directory.moderation import upkeep
from directory.operations.models import Heartbeat
from directory.oruk import following as open_referral
from directory.oruk.mapping import Site as Feed

PATIENCE_SECONDS = 120
LOOK_EVERY_SECONDS = 0.03  # to look often would slow down what is waited for
WORKING = (Stage.FETCHING, Stage.CHECKING, Stage.TAKING)
MODERATOR = "priya@torture.example"


class Site:
    """A site that runs in `instance`, and can be hurt. Its moderator is signed in."""

    def __init__(self, app: Flask, config: Config) -> None:
        self.config = config
        self.instance = config.instance_dir
        self._app = app
        log = self.instance / "torture.log"
        self.web, self.worker = Killable("web", log), Killable("worker", log)
        self.person = Person(config.port)

    def start(self) -> None:
        """Start what does not run, and wait until it works."""
        began = datetime.now(UTC)
        stopped = [one for one in (self.web, self.worker) if not one.is_running]
        for one in stopped:
            one.start()
        if self.web in stopped:
            self.wait(lambda: self._answers(), "the web server to answer")
        if self.worker in stopped:
            self.wait(lambda: self._lives_since(began), "the worker to live")

    def stop(self) -> None:
        for one in (self.web, self.worker):
            if one.is_running:
                one.kill()

    def sign_in(self) -> None:
        """Make the moderator, and let them sign in as people do."""
        at = datetime.now(UTC)
        with self.writing() as session:
            user = people.appoint(session, MODERATOR, name="Priya S.", at=at)
            path = f"/accounts/sign-in/{sign_in.make_link(session, user, at=at)}"
        self.person.send(path, self.person.open(path).form(path))

    def moderator(self, session: Session) -> User:
        found = people.find(session, MODERATOR)
        assert found is not None
        return found

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A session that only reads, and sees what is committed now."""
        with self._app.app_context(), reading(), Session(db.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is committed at its end."""
        with self._app.app_context(), Session(db.engine) as session:
            yield session
            session.commit()

    def index(self) -> search.SearchIndex:
        """The search index as a web process of this site reads it. To be asked while `looking`: in
        PostgreSQL it lies beside the entries."""
        with self._app.app_context():
            return search.current()

    def wait(
        self, true: Callable[[], bool], what: str, *, every: float = LOOK_EVERY_SECONDS
    ) -> None:
        """Look until it is so, `every` so many seconds.

        Raises:
            Trouble: it takes too long.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not true():
            died = [one.name for one in (self.web, self.worker) if one.has_ended]
            if died or time.monotonic() > deadline:
                log = self.instance / "torture.log"
                end = log.read_text(errors="replace")[-3000:] if log.exists() else ""
                why = f"{died} ended by itself" if died else f"{PATIENCE_SECONDS} seconds passed"
                raise Trouble(f"{why} while waiting for {what}. {end}")
            time.sleep(every)

    def settle(self) -> None:
        """Wait until the worker has nothing left to do."""
        self.wait(self.is_quiet, "the worker to catch up")

    def is_quiet(self) -> bool:
        """What follows the change log has reached its end, no list is under way, no mail due."""
        return self.has_caught_up() and not self.imports_go_on() and not self.mail_is_due()

    def has_caught_up(self) -> bool:
        with self.looking() as session:
            head = catalogue.head(session)
            feed = Feed(self.config.public_url, self.config.site_name, self.config.contact_email)
            names = (mirror.NAME, upkeep.FOLLOWER, open_referral.follower(feed))
            reached = {catalogue.position(session, name) for name in names}
            return reached == {head} and self.index().position() == head

    def imports_go_on(self) -> bool:
        with self.looking() as session:
            going = select(func.count()).select_from(Import).where(Import.stage.in_(WORKING))
            return bool(session.scalar(going))

    def mail_is_due(self) -> bool:
        with self.looking() as session:
            return outbox.is_due(session, at=datetime.now(UTC))

    def put_the_clock_forward(self, session: Session) -> None:
        """Every mail that waits for its time, or for its next try, is due now."""
        session.execute(
            update(OutboxMail)
            .where(OutboxMail.state == MailState.WAITING)
            .values(due_at=datetime.now(UTC) - timedelta(seconds=1))
        )

    def _answers(self) -> bool:
        try:
            return self.person.open("/healthz").status == 200
        except OSError:
            return False

    def _lives_since(self, began: datetime) -> bool:
        with self.looking() as session:
            row = session.scalar(select(Heartbeat))
            return row is not None and row.seen_at >= began


def make(folder: Path, *, content: Path, database_url: str = "") -> Site:
    """A new site in `folder`, with the documents of `content` in it; nothing of it runs yet.

    Sets this process's environment, which the site's processes are given too.

    Raises:
        Trouble: the database is not empty, or cannot be made ready.
    """
    instance = an_instance(folder)
    port = free_port()
    for name in SETTINGS_OF_ANOTHER:
        os.environ.pop(name, None)
    os.environ |= {
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "INSTANCE_DIR": str(instance),
        "CONTENT_DIR": str(content),
        "DATABASE_URL": database_url,
        "MEANING": "no",  # its model is no part of what is tried here
    }
    os.environ |= dict.fromkeys(("LIMIT_READING", "LIMIT_SEARCHING", "LIMIT_WRITING"), ROOMY)
    config = Config.from_env()
    app = create_app(config)
    for command in (["db", "upgrade"], ["sync"], ["index-rebuild"]):
        with app.app_context():
            done = app.test_cli_runner().invoke(args=command)
        if done.exit_code:
            raise Trouble(f"flask {' '.join(command)}: {done.output or done.exception!r}")
    return Site(app, config)
