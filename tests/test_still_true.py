"""Is this still true? Owners are asked, then moderators; what nobody answers fades, and stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import errands, mail
from directory.accounts import people
from directory.clock import day_of
from directory.config import Config, current
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.mail.models import OutboxMail
from directory.moderation import charges, digest, queue
from directory.moderation.models import AuditLine, Often, Upkeep
from directory.moderation.sorts import Sort
from directory.owners import asking, views
from directory.owners.models import Owner, Question
from directory.submissions.models import Draft, Report
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import moderator
from tests.test_owners import ANN, owns, page_of

__all__ = ["moderator"]

Publish = Callable[..., list[Entry]]
Ask = Callable[[datetime], list[str]]


@pytest.fixture
def now() -> datetime:
    """The moment at which a test begins."""
    return datetime.now(UTC)


@pytest.fixture
def due(now: datetime) -> date:
    """A day on which services were checked that are due a check by now."""
    return day_of(now) - timedelta(days=184)


@pytest.fixture
def choir(publish: Publish, now: datetime, due: date) -> Entry:
    """A service that is due a check since today."""
    publish(a_place(), an_approach(assured_date=day_of(now)))
    return publish(
        a_service(
            assured_date=due,
            schedule=[{"day": "monday", "start": "19:00", "end": "21:00"}],
            cost_option=[
                {"option": "Adults", "amount": 2.5},
                {"option": "Children", "amount": 0},
            ],
        )
    )[0]


@pytest.fixture
def ask(session: Session, config: Config) -> Iterator[Ask]:
    """What the worker does at a moment; the subjects of all questions so far, with to whom."""

    def at(moment: datetime) -> list[str]:
        for owner in asking.owners_due(session, at=moment):
            asking.ask_owner(session, owner, at=moment)
            session.commit()
        for user in asking.moderators_due(session, at=moment):
            asking.ask_moderator(session, user, at=moment)
            session.commit()
        mail.send_due(session, config, at=moment)
        return [f"{one.to}: {one.subject}" for one in Mailbox(session, config).letters()]

    yield at
    session.rollback()


def in_list(session: Session, moment: datetime) -> int:
    found = queue.to_do(session, at=moment).counts[Sort.CHECK]
    session.rollback()
    return found


def test_the_owner_is_asked_and_reminded_twice_then_the_moderators_and_it_fades(
    session: Session, choir: Entry, ask: Ask, browser: Browser, now: datetime
) -> None:
    owns(session, choir)
    note(session, choir)
    people.appoint(session, "priya@example.org", name="Priya S.", at=now)
    session.commit()
    question = f"{ANN}: Is this still true? Harehills Singers"

    assert ask(now) == [question]
    assert ask(now + timedelta(days=13)) == [question]
    assert ask(now + timedelta(days=14)) == [question] * 2
    assert ask(now + timedelta(days=28)) == [question] * 3
    assert in_list(session, now + timedelta(days=40)) == 0, "its owner is asked first"

    after = ask(now + timedelta(days=43))

    assert after[3:] == ["priya@example.org: 1 entry to check this week (Kith)"]
    assert in_list(session, now + timedelta(days=43)) == 1
    for days in range(50, 150, 7):
        after = ask(now + timedelta(days=days))
    assert len(after) == 6, "Ann three times, Priya three times, then nobody"
    assert catalogue.by_id(session, choir.id), "nothing is deleted by a timer"


def test_what_faded_says_so_on_its_page_and_card(
    publish: Publish, browser: Browser, now: datetime
) -> None:
    faded = day_of(now) - timedelta(days=183 + 43)
    publish(a_place(), an_approach(), a_service(assured_date=faded, status="running"))

    assert (
        "It is a long time since anyone checked" in browser.open("/services/harehills-singers").text
    )
    assert "Overdue a check, last checked" in browser.open("/services/").text
    assert "Overdue a check, last checked" in browser.open("/search?q=harehills").text


def test_yes_is_a_check_of_two_clicks(
    session: Session,
    choir: Entry,
    ask: Ask,
    browser: Browser,
    mailbox: Mailbox,
    now: datetime,
    due: date,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(views, "now", lambda: now)  # a press on the next day is a check again
    owns(session, choir)
    ask(now)
    (letter,) = mailbox.letters()
    path = letter.link("/yours/")
    page = browser.open(path)
    assert checked(session, choir) == due, "opening the link answers nothing"
    session.rollback()

    page = browser.submit(page, f"{path}/true")

    assert "Thank you: checked today." in page.text
    assert checked(session, choir) == day_of(now)
    entry = catalogue.by_id(session, choir.id)
    assert entry
    assert catalogue.history(session, choir.id)[0].origin == "owner"
    lines = session.execute(select(AuditLine.who, AuditLine.did)).all()
    assert [tuple(one) for one in lines] == [("an owner", "checked")]
    assert ask(now + timedelta(days=20)) == [f"{ANN}: Is this still true? Harehills Singers"]
    # Pressed a second time, from a page that was open: nothing more.
    session.rollback()
    browser.send(f"{path}/true", page.form(f"{path}/ended"))
    assert len(catalogue.history(session, choir.id)) == 2


def test_something_has_changed_leads_into_a_change_that_is_filled_in(
    session: Session, choir: Entry, browser: Browser
) -> None:
    path = page_of(session, owns(session, choir))
    page = browser.open(path)
    assert "Place Leeds" in page.text
    assert "When Monday 19:00 to 21:00, every week" in page.text
    assert "Adults: £2.50" in page.text
    assert "Children: free" in page.text

    page = browser.submit(page, f"{path}/change")

    assert page.path.startswith("/submit/drafts/")
    draft = session.scalars(select(Draft)).one()
    assert draft.base_revision == choir.revision
    assert draft.answers["name"] == [["name", "Harehills Singers"]]
    assert draft.answers["email"] == [["email", ANN]]


def test_it_has_ended_shows_at_once_and_is_looked_at(
    session: Session, choir: Entry, browser: Browser, moderator: Browser, now: datetime
) -> None:
    path = page_of(session, owns(session, choir))

    page = browser.submit(browser.open(path), f"{path}/ended")

    assert "The moderators will look at it." in page.text
    assert "This has ended" in browser.open(choir.url).text
    assert session.scalars(select(Report.concern)).all() == ["ended"]
    session.rollback()
    assert "Harehills Singers" in moderator.open("/moderation/?sort=reports").text
    assert in_list(session, now + timedelta(days=300)) == 0, "nobody is asked about it again"


def test_many_entries_come_in_one_mail_and_never_two_in_a_week(
    session: Session, publish: Publish, ask: Ask, mailbox: Mailbox, now: datetime, due: date
) -> None:
    publish(an_approach(assured_date=day_of(now)))
    for number in range(20):
        (one,) = publish(a_service(name=f"Choir {number}", assured_date=due))
        owns(session, one)

    assert ask(now) == [f"{ANN}: Are these still true? 15 of your entries"]
    assert len(ask(now + timedelta(days=6))) == 1
    assert ask(now + timedelta(days=7))[1:] == [f"{ANN}: Are these still true? 5 of your entries"]
    assert session.scalar(select(func.count()).select_from(Question)) == 20


def test_whoever_is_killed_between_asks_nobody_twice(
    session: Session, choir: Entry, ask: Ask, now: datetime
) -> None:
    owns(session, choir)
    number = session.scalars(select(Owner.id)).one()

    asking.ask_owner(session, number, at=now)
    session.rollback()  # killed before the commit
    assert session.scalars(select(OutboxMail)).all() == []
    assert asking.ask_owner(session, number, at=now) == 1
    session.commit()

    assert asking.ask_owner(session, number, at=now) == 0, "killed after it, and started again"
    assert session.scalar(select(func.count()).select_from(OutboxMail)) == 1


def test_one_press_in_the_mail_program_stops_the_questions(
    app: Flask,
    session: Session,
    choir: Entry,
    ask: Ask,
    mailbox: Mailbox,
    browser: Browser,
    now: datetime,
) -> None:
    owns(session, choir)
    ask(now)
    (letter,) = mailbox.letters()
    head = letter.path.read_text()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    stop = next(one for one in letter.text.split() if one.endswith("/stop"))
    stop = stop.removeprefix("http://kith.test")
    browser.open(stop)
    assert session.scalars(select(Owner.quiet_since)).one() is None, "a scanner opened it"
    session.rollback()

    answer = app.test_client().post(
        stop, base_url="http://kith.test", data={"List-Unsubscribe": "One-Click"}
    )

    assert answer.status_code == 200
    assert len(ask(now + timedelta(days=30))) == 1
    assert in_list(session, now) == 1, "moderators look after it now"
    home = stop.removesuffix("/stop")
    browser.submit(browser.open(home), f"{home}/start")
    assert len(ask(now + timedelta(days=30))) == 2


def test_moderators_get_what_they_look_after_and_never_the_same(
    session: Session, publish: Publish, ask: Ask, mailbox: Mailbox, now: datetime, due: date
) -> None:
    publish(an_approach(assured_date=day_of(now)))
    for number in range(8):
        publish(a_service(name=f"York {number}", place="york", assured_date=due))
    publish(a_service(name="Leeds choir", place="leeds", assured_date=due))
    for name in ("ama", "bea", "cat"):
        people.appoint(session, f"{name}@example.org", name=name, at=now)
    bea, cat = (people.find(session, f"{name}@example.org") for name in ("bea", "cat"))
    assert bea
    assert cat
    charges.choose(session, bea, places=["leeds"], areas=[])
    digest.choose(session, cat, Often.NEVER, at=now)
    session.commit()

    ask(now)

    texts = {one.to: one.text for one in mailbox.letters()}
    assert texts.keys() == {"ama@example.org", "bea@example.org"}
    assert "Leeds choir" in texts["bea@example.org"]
    assert "Leeds choir" not in texts["ama@example.org"]
    assert texts["ama@example.org"].count("York") == 5
    assert texts["bea@example.org"].count("York") == 3
    names = [line for text in texts.values() for line in text.splitlines() if "(last" in line]
    assert len(names) == len(set(names)) == 9


def test_a_moderator_answers_on_the_page_that_the_mail_leads_to(
    moderator: Browser, session: Session, choir: Entry, now: datetime
) -> None:
    path = f"/moderation/due/service/{choir.slug}"
    page = moderator.open(path)
    assert page.heading == "Is this still true?"

    page = moderator.submit(page, f"{path}/check")

    assert "Checked today." in page.text
    assert in_list(session, now) == 0
    moderator.submit(page, f"{path}/end")
    entry = catalogue.by_id(session, choir.id)
    assert entry
    assert entry.document.status == "ended"  # type: ignore[attr-defined]


def test_the_page_of_what_is_due_tells_who_was_asked(
    moderator: Browser,
    session: Session,
    choir: Entry,
    publish: Publish,
    ask: Ask,
    now: datetime,
    due: date,
) -> None:
    publish(a_service(name="Bare choir", assured_date=due))
    owns(session, choir)
    note(session, choir)

    ask(now)

    page = moderator.open("/moderation/due")
    assert page.heading == "1 entry is due a check"
    assert "A moderator was asked" in page.text
    assert "1 more is due, and its owner is being asked" in page.text
    assert "Harehills Singers" in page.text


def test_the_worker_asks(app: Flask, session: Session, choir: Entry) -> None:
    owns(session, choir)
    session.rollback()

    with app.app_context():
        for _twice in range(2):
            errands.ask_if_true(session, current())

    assert session.scalars(select(OutboxMail.letter)).all() == [asking.ASK_OWNER]


def checked(session: Session, entry: Entry) -> object:
    session.rollback()
    live = catalogue.by_id(session, entry.id)
    assert live
    return live.document.assured_date


def note(session: Session, entry: Entry) -> None:
    """As a confirmation does: moderators leave it to its owner first."""
    from directory.moderation import upkeep

    upkeep.note(session, entry)
    row = session.get_one(Upkeep, entry.id)
    assert row.desk_at
    session.commit()
