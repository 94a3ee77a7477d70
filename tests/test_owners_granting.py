"""Making somebody an owner, and undoing it: each mail goes to whom it is about, or to nobody."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from directory import mail
from directory.accounts.models import User
from directory.config import Config
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow
from directory.mail.models import OutboxMail
from directory.owners import granting, owning
from directory.owners.models import Owner, Ownership
from tests.builders import a_service
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import moderator, priya, signed_in, undo_of
from tests.test_owners import ANN, choir, of, owns

__all__ = ["choir", "moderator", "priya"]

Publish = Callable[..., list[Entry]]
BOB = "bob@example.org"
THEN = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def other(choir: Entry, publish: Publish) -> Entry:
    """An entry besides the choir."""
    return publish(a_service(name="Other choir"))[0]


def row_of(session: Session, entry: Entry) -> EntryRow:
    return session.get_one(EntryRow, entry.id)


def grants(entry: Entry) -> str:
    """Where the form goes that makes somebody an owner."""
    return f"/moderation/entries/{entry.id}/owners"


def held(session: Session) -> list[tuple[str, str, bool]]:
    """Who owns what, and whether they have confirmed it."""
    session.rollback()
    all_of_them = session.scalars(select(Ownership).order_by(Ownership.id))
    found = [(one.owner.email, one.entry.name, one.confirmed_at is not None) for one in all_of_them]
    session.rollback()
    return found


def test_who_lost_it_again_gets_no_link_to_the_page_of_who_has_it_now(
    moderator: Browser, session: Session, choir: Entry, other: Entry, mailbox: Mailbox
) -> None:
    owns(session, other)  # so that Ann is not forgotten
    page = moderator.submit(moderator.open(of(choir)), grants(choir), email=ANN)
    number = session.scalars(select(Ownership.id).order_by(Ownership.id.desc())).first()
    session.rollback()
    path = f"/moderation/owners/{number}"
    page = moderator.send(path, page.form(path) | {"action": "take"})

    moderator.submit(page, grants(choir), email=BOB)
    mailbox.send()

    assert mailbox.addresses() == [BOB]
    assert held(session)[-1] == (BOB, "Harehills Singers", False)


def test_a_number_that_the_database_gave_out_again_is_nobody_elses_mail(
    session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    bobs = owns(session, choir, BOB)
    for letter in (owning.GRANTED, owning.JOINED, owning.OFFLINE):
        mail.queue(session, letter, to=ANN, values={"ownership": bobs.id, "name": "x"}, at=THEN)
    row = row_of(session, choir)
    row.state, row.reason = "ended", "It closed."
    session.commit()

    mailbox.send()

    assert mailbox.letters() == []


def test_undoing_one_grant_leaves_that_of_another_entry_alone(
    session: Session, choir: Entry, other: Entry, priya: User, config: Config
) -> None:
    granting.grant(session, row_of(session, other), ANN, moderator=priya, at=THEN)
    ten = THEN + 10 * SECOND
    grant = granting.grant(session, row_of(session, choir), ANN, moderator=priya, at=ten)
    session.commit()
    assert mail.send_due(session, config, at=THEN + 31 * SECOND) == 1

    granting.undo_grant(session, grant, moderator=priya, at=THEN + 35 * SECOND)
    session.commit()

    assert held(session) == [(ANN, "Other choir", False)]


def test_what_two_granted_goes_when_both_undo_it(
    app: Flask, moderator: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    mine = moderator.submit(moderator.open(of(choir)), grants(choir), email=ANN)
    theirs = sam.submit(sam.open(of(choir)), grants(choir), email=ANN)

    moderator.submit(mine, undo_of(mine))
    assert held(session) == [(ANN, "Harehills Singers", False)], "Sam has asked Ann too"
    sam.submit(theirs, undo_of(theirs))

    assert held(session) == []
    assert session.scalars(select(Owner)).all() == []
    session.rollback()
    mailbox.send()
    assert mailbox.letters() == []


def test_whom_an_owner_asked_in_as_well_is_still_asked(
    session: Session, choir: Entry, priya: User
) -> None:
    bobs = owns(session, choir, BOB)
    grant = granting.grant(session, row_of(session, choir), ANN, moderator=priya, at=THEN)
    owning.hand_over(session, bobs, ANN, stays=True, at=THEN)

    granting.undo_grant(session, grant, moderator=priya, at=THEN + SECOND)
    session.commit()

    assert held(session)[-1] == (ANN, "Harehills Singers", False)


def test_who_owned_it_before_still_does(session: Session, choir: Entry, priya: User) -> None:
    owns(session, choir)
    grant = granting.grant(session, row_of(session, choir), ANN, moderator=priya, at=THEN)

    granting.undo_grant(session, grant, moderator=priya, at=THEN + SECOND)
    session.commit()

    assert held(session) == [(ANN, "Harehills Singers", True)]


def test_what_is_granted_while_another_grant_is_undone_is_not_lost(
    session: Session, choir: Entry, priya: User, config: Config
) -> None:
    first = granting.grant(session, row_of(session, choir), ANN, moderator=priya, at=THEN)
    session.commit()
    number, who = first.id, priya.id
    session.rollback()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    granted = Event()

    def grant() -> None:
        with Session(engine) as own:
            by = own.get_one(User, who)
            granting.grant(own, row_of(own, choir), ANN, moderator=by, at=THEN + 5 * SECOND)
            own.flush()
            granted.set()
            time.sleep(0.5)  # the other one looks, and waits for us or does not
            own.commit()

    def undo() -> None:
        granted.wait(10)
        with Session(engine) as own:
            by, letter = own.get_one(User, who), own.get_one(OutboxMail, number)
            granting.undo_grant(own, letter, moderator=by, at=THEN + 6 * SECOND)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(grant), pool.submit(undo)]:
            one.result(30)

    assert held(session) == [(ANN, "Harehills Singers", False)]
    assert mail.send_due(session, config, at=THEN + timedelta(minutes=1)) == 1


def test_undo_is_offered_only_on_the_page_of_its_own_entry(
    moderator: Browser, session: Session, choir: Entry, other: Entry
) -> None:
    page = moderator.submit(moderator.open(of(choir)), grants(choir), email=ANN)
    number = page.find("input", name="grant").get("value")

    wrong = moderator.open(f"{of(other)}?done=grant&grant={number}")

    assert not wrong.all("input", name="grant")
    values = {"csrf_token": page.form(undo_of(page))["csrf_token"], "grant": number}
    moderator.send(f"{grants(other)}/reversal", values, status=404)
    assert held(session) == [(ANN, "Harehills Singers", False)]
