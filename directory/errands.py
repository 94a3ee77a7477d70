"""What is due from time to time: publishing, asking, telling, sending, tidying.

Each is called by the worker over and over, with a session of its own, and does what there is to do
now. Whether there is anything is looked up without locking the database against writers.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from directory import search
from directory.accounts import passkeys, sessions, sign_in
from directory.alerts import alerting
from directory.config import Config
from directory.db import look_up, reading
from directory.entries import photos
from directory.imports import checking, feeds, lists, taking
from directory.imports import telling as list_telling
from directory.mail import outbox, sender
from directory.moderation import answering, claims, closing, digest, later, looking_over
from directory.networks import hooks, joining, slices, telling
from directory.operations import heartbeat
from directory.owners import asking, owning
from directory.personal import retention
from directory.places import gazetteer
from directory.submissions import proposing
from directory.submissions.photos import YOUNG, remove_unused_pictures
from directory.wishes import wishing


def publish_later(session: Session, config: Config) -> None:
    """Publish what was set for a day that has come; let wait again what changed before."""
    has_come = look_up(session, later.is_due, at=datetime.now(UTC))
    if look_up(session, later.has_changed):
        later.let_wait_again(session, at=datetime.now(UTC))
        session.commit()
    while has_come:
        has_come = later.publish_next(session, at=datetime.now(UTC))
        session.commit()


def look_over(session: Session, config: Config) -> None:
    """Look over what waits for moderators, before they do."""
    if look_up(session, looking_over.is_due):
        looking_over.look_over(session, at=datetime.now(UTC))
        session.commit()


def ask_addresses(session: Session, config: Config) -> None:
    """Ask the web addresses in what waits whether they answer. Nothing is asked inside a
    transaction."""
    if due := look_up(session, answering.take_due, at=datetime.now(UTC)):
        asked = answering.ask(due, public_url=config.public_url, reachable=config.reachable)
        answering.record(session, asked, at=datetime.now(UTC))
        session.commit()


def tell_news(session: Session, config: Config) -> None:
    """Queue a mail for each search that has something new and whose time has come."""
    at = datetime.now(UTC)
    for number in look_up(session, alerting.due, at=at):
        among = partial(slices.news_among, session)
        alerting.queue_one(session, search.current(), number, among, at=at)
        session.commit()


def tell_networks(session: Session, config: Config) -> None:
    """Tell networks' own programs what happened in their slices. Nothing is sent inside a
    transaction."""
    at = datetime.now(UTC)
    if not look_up(session, hooks.is_due, at=at):
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
    while batch := look_up(
        session, checking.read_ahead, search.current(), gazetteer.at(config.geo_path)
    ):
        checking.write(session, batch, at=datetime.now(UTC))
        session.commit()


def take_in_lists(session: Session, config: Config) -> None:
    """Take in the lists that their editors have looked over."""
    while batch := look_up(session, taking.read_ahead):
        taking.write(session, batch, at=datetime.now(UTC))
        session.commit()


def harvest_feeds(session: Session, config: Config) -> None:
    """Begin the harvests that are due, and read feeds on. Nothing is asked inside a transaction."""
    if look_up(session, feeds.is_due, at=datetime.now(UTC)):
        feeds.begin_due(session, at=datetime.now(UTC))
        session.commit()
    while ask := look_up(session, feeds.next_ask, at=datetime.now(UTC)):
        page = feeds.ask(ask, who=config.public_url, reachable=config.reachable)
        feeds.keep(session, ask, page, at=datetime.now(UTC))
        session.commit()


def send_mail(session: Session, config: Config) -> None:
    """Send the mails that are due."""
    if look_up(session, outbox.is_due, at=datetime.now(UTC)):
        sender.send_due(session, config)


def tell_moderators(session: Session, config: Config) -> None:
    """Queue the digests whose time has come."""
    digest.queue_due(session, at=datetime.now(UTC))
    session.commit()


def tell_editors(session: Session, config: Config) -> None:
    """Queue mails to editors of networks whose time has come."""
    at = datetime.now(UTC)
    if look_up(session, telling.due, at=at):
        telling.queue_due(session, at=at)
        session.commit()


def tell_of_lists(session: Session, config: Config) -> None:
    """Queue a mail for each list of which all is decided."""
    at = datetime.now(UTC)
    for number in look_up(session, list_telling.due, at=at):
        list_telling.queue_one(session, number, at=at)
        session.commit()


def ask_if_true(session: Session, config: Config) -> None:
    """Ask owners, then moderators, whether what is due a check is still true: a mail to each."""
    at = datetime.now(UTC)
    owners = look_up(session, asking.owners_due, at=at)
    moderators = look_up(session, asking.moderators_due, at=at)
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


def forget_reporters(session: Session, config: Config) -> None:
    """Delete addresses of readers whose reports are dealt with for good."""
    at = datetime.now(UTC)
    if look_up(session, closing.has_addresses_to_forget, at=at):
        closing.forget_addresses(session, at=at)
        session.commit()


def keep_periods(session: Session, config: Config) -> None:
    """Delete personal data that was kept for its period."""
    retention.keep_periods(session, config, at=datetime.now(UTC))
    session.commit()


def beat(session: Session, config: Config) -> None:
    """Leave a sign of life, which /readyz looks for."""
    heartbeat.beat(session, at=datetime.now(UTC))
    session.commit()
