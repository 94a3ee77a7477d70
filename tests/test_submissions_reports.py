"""Readers report what is wrong with an entry: a few words, no address, and a worry comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.submissions.models import Concern, Report
from directory.submissions.reports import open_reports, report
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox

Publish = Callable[..., list[Entry]]


def test_a_report_needs_no_address(browser: Browser, session: Session, publish: Publish) -> None:
    publish(an_approach())
    page = browser.open("/submit/report/approach/community-choirs")

    page = browser.submit(
        page, "/submit/report/approach/community-choirs", concern="wrong", words="It has moved."
    )

    assert page.heading == "Thank you for telling us"
    kept = session.scalars(select(Report)).one()
    assert (kept.concern, kept.words, kept.email) == ("wrong", "It has moved.", "")


def test_a_report_without_words_keeps_the_rest(browser: Browser, publish: Publish) -> None:
    publish(an_approach())
    path = "/submit/report/approach/community-choirs"

    page = browser.submit(browser.open(path), path, concern="ended", email="x", status=422)

    assert page.find("input", name="concern", checked="").get("value") == "ended"
    assert page.find("input", name="email").get("value") == "x"
    assert "Write a few words" in page.text


def test_a_worry_is_told_at_once_and_the_reader_where_to_get_help(
    app: Flask, browser: Browser, publish: Publish, mailbox: Mailbox
) -> None:
    app.test_cli_runner().invoke(args=["moderator", "priya@example.org"])
    publish(an_approach())
    path = "/submit/report/approach/community-choirs"

    page = browser.submit(
        browser.open(path), path, concern="worrying", words="Somebody shouted at my mother."
    )

    assert "999" in page.text
    letter = mailbox.fetch("priya@example.org")
    assert letter.subject.startswith("Read this first")
    assert "> Somebody shouted at my mother." in letter.text


def test_many_worries_do_not_flood_the_moderators(
    app: Flask, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    app.test_cli_runner().invoke(args=["moderator", "priya@example.org"])
    (entry,) = publish(an_approach())
    at = datetime.now(UTC)

    for number in range(9):
        report(session, entry, concern=Concern.WORRYING, words=f"Worry {number}", email="", at=at)
    session.commit()

    mailbox.send()
    assert len(mailbox.letters()) == 5
    assert len(open_reports(session)) == 9
