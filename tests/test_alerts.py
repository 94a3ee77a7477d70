"""Alerts: a mail when something new comes up for a search, and an end to it by one press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import mail, search
from directory.alerts import alerting
from directory.alerts.models import Alert, AlertLink
from directory.config import Config
from directory.entries import publishing
from directory.networks import slices
from tests import services
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import Browser
from tests.machines import Machine
from tests.mailbox import Letter, Mailbox
from tests.places import a_gazetteer
from tests.test_networks import Publish

SAM = "sam@example.org"


def ask(browser: Browser, query: str, **values: str) -> None:
    page = browser.open(f"/alerts/new?{query}")
    browser.send(f"/alerts/new?{query}", page.form() | {"email": SAM, "often": "daily"} | values)


def what_comes(
    app: Flask, session: Session, config: Config, at: datetime, to: str = SAM
) -> list[Letter]:
    """The mails of alerts after what the worker does at that moment."""
    session.rollback()
    with app.app_context():
        for number in alerting.due(session, at=at):
            among = partial(slices.news_among, session)
            alerting.queue_one(session, search.current(), number, among, at=at)
            session.commit()
    mail.send_due(session, config, at=at)
    return [one for one in Mailbox(session, config).letters() if "new thing" in one.subject]


def test_somebody_confirms_hears_what_is_new_and_stops_by_one_press(
    app: Flask, session: Session, config: Config, publish: Publish, browser: Browser,
    mailbox: Mailbox,
) -> None:  # fmt: skip
    publish(an_approach())
    page = browser.open("/search?q=choir")
    page = browser.open(page.links()["Tell me what is new"])
    assert "For your search: choir" in page.text
    page = browser.send("/alerts/new?q=choir", page.form() | {"email": "sam@"}, status=422)
    assert page.form()["email"] == "sam@"
    ask(browser, "q=choir")
    link = mailbox.fetch(SAM, subject="confirm").link("/alerts/")
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    new(session, app, "Choir before")
    assert what_comes(app, session, config, tomorrow) == []

    browser.open(link)
    page = browser.send(f"{link}/confirmation", browser.open(link).form())
    assert page.heading == "You will hear of news"
    assert what_comes(app, session, config, tomorrow) == []
    later = tomorrow + timedelta(hours=1)
    new(session, app, "Choir after", at=later)
    new(session, app, "Repair café", at=later)
    day_after = tomorrow + timedelta(days=1)
    [letter] = what_comes(app, session, config, day_after)
    assert letter.subject == "1 new thing for your search: choir"
    assert "Choir after" in letter.text
    assert "/approaches/choir-after" in letter.text
    assert what_comes(app, session, config, day_after + timedelta(days=1)) == [letter]

    stop = f"{letter.link('/alerts/')}/stop"
    head = letter.path.read_text(encoding="utf-8")
    assert f"List-Unsubscribe: <http://kith.test{stop}>" in head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    machine = Browser(app)
    for _turn in range(2):
        assert machine.send(stop, {"List-Unsubscribe": "One-Click"}).heading == "Stopped"
    assert session.scalar(select(func.count()).select_from(Alert)) == 0
    assert session.scalar(select(func.count()).select_from(AlertLink)) == 0
    session.rollback()
    browser.open(link, status=410)


def new(session: Session, app: Flask, name: str, *, at: datetime | None = None) -> UUID:
    """Something is published at that moment."""
    document = an_approach(name=name, strapline="With neighbours", summary="Come along.", body="")
    slug = name.lower().replace(" ", "-").replace("é", "e")
    revision = publishing.publish(
        session, document, slug=slug, origin="file", author="", at=at or datetime.now(UTC)
    )
    entry_id = revision.entry_id
    session.commit()
    services.follow(app)
    return entry_id


def test_nobody_is_told_whether_an_address_has_an_alert(
    session: Session, browser: Browser, mailbox: Mailbox
) -> None:
    ask(browser, "q=choir")
    first = mailbox.fetch(SAM)
    browser.send(
        f"{first.link('/alerts/')}/confirmation", browser.open(first.link("/alerts/")).form()
    )

    ask(browser, "q=choir")

    assert "already" in mailbox.fetch(SAM, subject="already").text
    assert session.scalar(select(func.count()).select_from(Alert)) == 1
    session.rollback()
    for number in range(alerting.ALERTS_MAX + 5):
        ask(browser, f"q=choir+{number}")
    assert session.scalar(select(func.count()).select_from(Alert)) == alerting.ALERTS_MAX
    session.rollback()
    alerting.forget_old(session, at=datetime.now(UTC) + timedelta(days=8))
    assert session.scalar(select(func.count()).select_from(Alert)) == 1


def test_news_of_a_place_are_what_is_there(
    config: Config, publish: Publish, machine: Machine
) -> None:
    a_gazetteer(config.geo_path)
    publish(
        an_approach(),
        an_approach(name="Homeshare"),
        a_place(),
        a_place(name="Bristol", lat=51.45, lon=-2.59, gss_code="E06000023"),
        a_service(),
        a_service(name="Bedminster Singers", place="bristol", approach=["homeshare"]),
    )

    feed = machine.ask("/feeds/search.atom?near=LS7").text

    for name, is_there in {
        "Harehills Singers": True, "Community choirs": True, "Bedminster Singers": False,
        "Homeshare": False,
    }.items():  # fmt: skip
        assert (f">{name}</" in feed) is is_there, name


@pytest.mark.parametrize(
    ("often", "told", "now", "is_due"),
    [
        ("daily", "2026-11-20T08:00", "2026-11-21T07:59", False),
        ("daily", "2026-11-20T08:00", "2026-11-21T08:01", True),
        ("weekly", "2026-11-16T08:00", "2026-11-22T20:00", False),
        ("weekly", "2026-11-16T08:00", "2026-11-23T08:01", True),
    ],
)
def test_mails_come_in_the_morning_as_often_as_was_chosen(
    often: str, told: str, now: str, is_due: bool
) -> None:
    from directory.alerts.models import Often

    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    assert alerting._is_time(Often(often), at(told), at(now)) is is_due
