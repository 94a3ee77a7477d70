"""For tests of feeds: a feed, and what the worker does about it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.config import Config
from directory.db import db
from directory.entries import catalogue, publishing
from directory.entries.catalogue import Entry
from directory.imports import feeds, lists
from directory.imports.models import Feed, Import, Stage
from directory.submissions.models import Submission
from directory.submissions.proposing import document_of
from directory.submissions.states import State
from directory.vocabulary.terms import Kind

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class Harvest:
    """A feed, and what the worker does about it at a time of our choice."""

    def __init__(self, app: Flask, session: Session, config: Config, feed: Feed) -> None:
        self.app, self.session, self.config = app, session, config
        self.feed_id = feed.id

    @property
    def feed(self) -> Feed:
        return self.session.get_one(Feed, self.feed_id)

    def read(self, at: datetime = NOW) -> Import:
        """Begin what is due, and read until there is nothing to ask for now."""
        self.session.rollback()
        feeds.begin_due(self.session, at=at)
        self.session.commit()
        while ask := feeds.next_ask(self.session, at=at):
            self.session.rollback()
            page = feeds.ask(ask, who="", reachable=self.config.reachable)
            feeds.keep(self.session, ask, page, at=at)
            self.session.commit()
        self.work()
        return feeds.harvests(self.session, self.feed)[0]

    def work(self) -> None:
        self.session.commit()
        with self.app.app_context():
            for follow in (errands.check_lists, errands.take_in_lists):
                follow(db.session(), self.config)
            db.session.remove()
        self.session.expire_all()

    def accept(self) -> Import:
        """What an editor does with the first harvest: the columns as guessed, then send it."""
        one = self.read()
        assert one.stage == Stage.MAPPING
        assert lists.faults(self.session, Kind.SERVICE, one.mapping, one.same) == {}
        lists.choose_columns(self.session, one, one.mapping, one.same, at=NOW)
        self.work()
        lists.take_in(self.session, one, at=NOW)
        self.work()
        assert one.stage == Stage.DONE
        return one

    def publish_all(self) -> list[Entry]:
        """A moderator publishes all that waits."""
        found = []
        for one in self.waiting():
            document = document_of(one)
            publishing.publish(
                self.session, document, slug=document.name.lower().replace(" ", "-"),
                origin="submission", author="", at=NOW,
            )  # fmt: skip
            one.state = State.PUBLISHED
            self.session.flush()
            entry = catalogue.by_id(self.session, one.entry_id)
            assert entry is not None
            found.append(entry)
        self.session.commit()
        return found

    def waiting(self) -> list[Submission]:
        return list(
            self.session.scalars(
                select(Submission).where(Submission.state == State.WAITING).order_by(Submission.id)
            )
        )

    def entry(self, name: str) -> Entry:
        found = [one for one in catalogue.live(self.session, Kind.SERVICE)
                 if one.document.name == name]  # fmt: skip
        assert len(found) == 1
        return found[0]
