"""Undoing that a report was closed: it is open as before, and its reader heard nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory import errands
from directory.config import Config
from directory.entries import publishing
from directory.entries.catalogue import Entry
from directory.mail.models import OutboxMail
from directory.moderation import closing
from directory.moderation.models import AuditLine
from directory.owners import owning
from directory.owners.models import Owner, Ownership
from directory.personal import persons
from directory.submissions.models import Concern, Report
from directory.submissions.reports import report
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import HOST, Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import NOW, moderator, signed_in, undo_of
from tests.test_moderation_at_once import meet_after
from tests.test_owners import owns

__all__ = ["moderator"]

Publish = Callable[..., list[Entry]]
PATH = "/moderation/reports/1"
ANN = "ann@example.org"
LONG_AGO = timedelta(seconds=31)


@pytest.fixture
def choirs(publish: Publish) -> Entry:
    return publish(an_approach())[0]


def reported(
    session: Session, entry: Entry, concern: Concern = Concern.WRONG, email: str = ANN
) -> None:
    report(session, entry, concern=concern, words="Moved.", email=email, at=NOW)
    session.commit()


def close(browser: Browser, **values: Any) -> Page:
    """Press the button on the page of the report; the list, which offers to undo it."""
    return browser.submit(browser.open(PATH), f"{PATH}/decision", **values)


def answer_on(page: Page) -> str:
    """What stands in the box for the answer."""
    return (page.find("textarea", name="answer").text or "").strip()


def columns_of(session: Session) -> dict[str, object]:
    """All that is kept of the report, but how often it was written."""
    row = session.execute(select(Report.__table__)).mappings().one()
    session.rollback()
    return {name: value for name, value in row.items() if name not in ("version", "answer")}


def did(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(AuditLine.who, AuditLine.did).order_by(AuditLine.id)).all()
    session.rollback()
    return [(who, what) for who, what in rows]


def pass_half_a_minute(session: Session) -> None:
    """Since the report was closed, or somebody was made an owner."""
    session.rollback()
    for number, closed_at in session.execute(select(Report.id, Report.closed_at)).all():
        kept = update(Report).where(Report.id == number)  # the version stays
        session.execute(kept.values(closed_at=closed_at and closed_at - LONG_AGO))
    for mail in session.scalars(select(OutboxMail)):
        mail.created_at -= LONG_AGO
        mail.due_at -= LONG_AGO
    session.commit()


def test_a_report_that_was_closed_is_opened_again_as_it_was(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    reported(session, choirs)
    before = columns_of(session)
    listed = close(moderator, answer="We have put it wright.")
    assert "The report is dealt with. Community choirs" in listed.text
    assert "For 30 seconds you can undo this. The reader hears of it after that." in listed.text
    assert "Nothing to decide" in listed.text

    page = moderator.submit(listed, undo_of(listed))

    assert page.path == PATH
    assert "Undone. It waits again." in page.text
    assert "You took it at" in page.text
    assert answer_on(page) == "We have put it wright."
    assert columns_of(session) == before
    assert moderator.open("/moderation/").heading == "1 thing to read"
    mailbox.send()
    assert mailbox.letters() == []
    assert did(session) == [
        ("Priya S.", "closed a report"),
        ("Priya S.", "undid: closed a report"),
    ]

    moderator.submit(page, f"{PATH}/decision", answer="We have put it right.")

    assert "> We have put it right." in mailbox.fetch(ANN).text
    assert mailbox.addresses() == [ANN]


def test_it_can_be_undone_on_its_own_page_and_without_an_address_too(
    moderator: Browser, session: Session, choirs: Entry
) -> None:
    reported(session, choirs, Concern.WORRYING, email="")
    listed = close(moderator)
    assert "For 30 seconds you can undo this." in listed.text
    assert "hears of it" not in listed.text
    page = moderator.open(PATH)
    assert "Undo opens it again." in page.text

    page = moderator.submit(page, undo_of(page))

    assert "It is dealt with" in page.text
    assert answer_on(page) == ""
    assert "before it was undone" not in page.text
    told = session.execute(select(OutboxMail.letter, OutboxMail.state)).all()
    assert told == [("worrying-report", "waiting")], "moderators are to hear of it still"


@pytest.mark.parametrize(
    ("concern", "values", "said"),
    [
        (Concern.WRONG, {"answer": "Mended."}, "A moderator has looked at it: > Mended. http"),
        (
            Concern.WRONG,
            {},
            "A moderator has looked at it, and it is dealt with. The entry as it is now: http",
        ),
        (Concern.MINE, {"answer": "Who are you?"}, "A moderator answers: > Who are you? http"),
        (Concern.MINE, {}, "We could not be sure of that, so nothing has changed."),
    ],
)
def test_who_left_an_address_hears_what_became_of_it(
    moderator: Browser,
    session: Session,
    choirs: Entry,
    mailbox: Mailbox,
    concern: Concern,
    values: dict[str, str],
    said: str,
) -> None:
    reported(session, choirs, concern)

    listed = close(moderator, **values)

    assert "The reader hears of it after that." in listed.text
    assert said in " ".join(mailbox.fetch(ANN).text.split())


def test_nobody_is_told_where_the_moderator_says_so(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    reported(session, choirs)

    listed = close(moderator, answer="Spam.", silent="yes")

    assert "The reader hears of it" not in listed.text
    mailbox.send()
    assert mailbox.letters() == []


def test_who_owns_it_already_is_not_told_that_we_could_not_be_sure(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    owns(session, choirs, ANN)
    reported(session, choirs, Concern.MINE)

    close(moderator)
    mailbox.send()

    assert mailbox.letters() == []


def test_the_answer_leads_to_no_page_that_is_offline(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    reported(session, choirs, Concern.WORRYING)
    publishing.end(session, choirs.id, reason="It is not safe.", at=NOW)
    session.commit()

    close(moderator)

    letter = mailbox.fetch(ANN)
    assert "it is dealt with." in " ".join(letter.text.split())
    assert choirs.url not in letter.text


def test_a_reader_who_was_erased_is_told_nothing(
    moderator: Browser, session: Session, choirs: Entry
) -> None:
    reported(session, choirs)
    persons.erase(session, ANN, secret="x", at=NOW)
    session.commit()

    close(moderator, answer="Mended.")

    assert session.scalars(select(OutboxMail)).all() == []


def test_words_that_were_emptied_or_written_anew_are_not_those_of_before(
    moderator: Browser, session: Session, choirs: Entry
) -> None:
    for number in range(owning.MOST_OWNERS):
        owns(session, choirs, f"owner-{number}@example.org")
    reported(session, choirs, Concern.MINE)
    listed = close(moderator, answer="Old words.")
    page = moderator.submit(listed, undo_of(listed))
    assert "These words are from before it was undone." in page.text

    emptied = moderator.submit(page, f"{PATH}/decision", grant="yes", answer="", status=409)
    anew = moderator.submit(page, f"{PATH}/decision", grant="yes", answer="New.", status=409)

    assert answer_on(emptied) == ""
    assert answer_on(anew) == "New."
    assert "from before it was undone" not in anew.text


@pytest.mark.parametrize("version", ["", "x", "9" * 12, "9" * 5000])
def test_a_version_that_is_none_undoes_nothing(
    moderator: Browser, session: Session, choirs: Entry, version: str
) -> None:
    reported(session, choirs)
    listed = close(moderator)

    moderator.submit(listed, undo_of(listed), version=version, status=409)

    assert columns_of(session)["closed_at"] is not None


def test_whoever_is_given_the_entry_gets_one_mail_that_says_so(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    reported(session, choirs, Concern.MINE)

    close(moderator, grant="yes", silent="yes")  # that is about "No"
    mailbox.send(later=LONG_AGO)

    assert [one.subject for one in mailbox.letters()] == ["Is this yours? Community choirs"]


def test_the_reader_hears_of_it_when_it_cannot_be_undone_any_more(
    moderator: Browser, session: Session, choirs: Entry, mailbox: Mailbox
) -> None:
    reported(session, choirs)
    listed = close(moderator, answer="Thank you.")
    mailbox.send(later=timedelta())
    assert mailbox.letters() == []
    pass_half_a_minute(session)
    mailbox.send(later=timedelta())
    assert mailbox.addresses() == [ANN]

    page = moderator.submit(listed, undo_of(listed), status=409)

    assert "Not undone. This was closed more than 30 seconds ago, so it stays closed." in page.text
    assert "Dealt with by Priya S." in page.text
    assert not [one for one in page.all("form") if one.get("action", "").endswith("/reversal")]
    again = moderator.open("/moderation/?closed=1.2")
    assert "The report is dealt with." in again.text
    assert "30 seconds" not in again.text
    assert did(session) == [("Priya S.", "closed a report")]


def test_what_the_sender_has_begun_to_send_cannot_be_undone(
    moderator: Browser, session: Session, choirs: Entry
) -> None:
    reported(session, choirs)
    listed = close(moderator, answer="Thank you.")
    session.scalars(select(OutboxMail)).one().tries = 1
    session.commit()

    page = moderator.submit(listed, undo_of(listed), status=409)

    assert "The mail about this is on its way" in page.text
    assert "Dealt with by Priya S." in page.text
    assert did(session) == [("Priya S.", "closed a report")]


def test_the_address_of_the_reader_is_forgotten_when_it_is_of_no_more_use(
    moderator: Browser, session: Session, choirs: Entry, app: Flask, config: Config
) -> None:
    reported(session, choirs)
    close(moderator)

    def after_the_worker() -> str:
        with app.app_context():
            errands.forget_reporters(session, config)
        session.rollback()
        return session.scalars(select(Report.email)).one()

    assert after_the_worker() == ANN, "it can be undone still"
    pass_half_a_minute(session)
    assert after_the_worker() == ANN, "an undo may be under way"
    pass_half_a_minute(session)
    assert after_the_worker() == ""


def test_pressing_undo_again_changes_nothing_and_not_what_others_decided_since(
    app: Flask, moderator: Browser, session: Session, choirs: Entry
) -> None:
    reported(session, choirs)
    listed = close(moderator, answer="Mine.")
    undo = undo_of(listed)
    moderator.submit(listed, undo)

    again = moderator.submit(listed, undo)

    assert "Undone. It waits again." in again.text
    assert [what for _who, what in did(session)].count("undid: closed a report") == 1
    moderator.submit(again, f"{PATH}/claim/end")
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    close(sam, answer="By Sam.")
    mine = moderator.open("/moderation/?closed=1.2")
    assert "The report is dealt with." not in mine.text, "that was Sam"

    page = moderator.submit(listed, undo, status=409)

    assert "What was decided last stands." in page.text
    assert "Dealt with by Sam M." in page.text


def test_whoever_has_its_page_open_goes_on_with_it(
    app: Flask, moderator: Browser, session: Session, choirs: Entry
) -> None:
    reported(session, choirs)
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    form = moderator.open(PATH).form(f"{PATH}/claim/end")
    listed = close(moderator)
    token = sam.open("/moderation/digest").form("/moderation/digest")["csrf_token"]
    sam.client.post(f"{PATH}/claim", base_url=HOST, data=form | {"csrf_token": token})

    page = moderator.submit(listed, undo_of(listed))

    assert "Undone. It waits again." in page.text
    assert "Sam M. took this" in page.text


@pytest.mark.parametrize("others_act", ["reversal", "decision"])
def test_of_two_who_press_at_once_one_undoes_it_and_both_are_told_what_is_so(
    others_act: str,
    app: Flask,
    moderator: Browser,
    session: Session,
    choirs: Entry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported(session, choirs)
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    token = sam.open("/moderation/digest").form("/moderation/digest")["csrf_token"]
    listed = close(moderator, answer="Thank you.")
    mine = listed.form(undo_of(listed))
    theirs = mine | {"csrf_token": token, "answer": "By Sam."}
    if others_act == "reversal":
        meet_after(monkeypatch, closing, "_grant_of")

    def press(who: tuple[Browser, str, dict[str, object]]) -> int:
        browser, act, form = who
        return browser.client.post(f"{PATH}/{act}", base_url=HOST, data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        both = [(moderator, "reversal", mine), (sam, others_act, theirs)]
        statuses = list(pool.map(press, both))

    # Who closes what is closed, or what the other has just taken, is told so.
    assert statuses == [303, 303 if others_act == "reversal" else 409]
    log = did(session)
    assert log[0] == ("Priya S.", "closed a report")
    assert [what for _who, what in log[1:]] == ["undid: closed a report"]
    assert columns_of(session)["closed_at"] is None
    assert session.scalars(select(OutboxMail.state)).all() == ["dropped"]


def test_undoing_takes_back_what_was_granted_with_it(
    moderator: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    publish(a_place(), an_approach())
    (choir,) = publish(a_service())
    reported(session, choir, Concern.MINE)
    before = columns_of(session)
    listed = close(moderator, grant="yes", answer="Hello!")
    assert "The reader gets both mails after that." in listed.text

    page = moderator.submit(listed, undo_of(listed))

    assert columns_of(session) == before
    assert session.scalars(select(Ownership)).all() == []
    assert session.scalars(select(Owner)).all() == []
    session.rollback()
    mailbox.send()
    assert mailbox.letters() == []
    assert [what for _who, what in did(session)] == [
        "granted an owner",
        "closed a report",
        "undid: granted an owner",
        "undid: closed a report",
    ]

    moderator.submit(page, f"{PATH}/decision", grant="yes", answer="")

    mailbox.fetch(ANN, subject="Is this yours?")
    assert mailbox.addresses() == [ANN]


def test_who_was_asked_before_or_by_others_too_still_is(
    app: Flask, moderator: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    publish(a_place(), an_approach())
    (choir,) = publish(a_service())
    entry = f"/moderation/entries/service/{choir.url.rpartition('/')[2]}"
    sam = signed_in(app, session, "sam@example.net", "Sam M.")
    reported(session, choir, Concern.MINE)

    # By another moderator, after the report was closed.
    listed = close(moderator, grant="yes")
    sam.submit(sam.open(entry), f"/moderation/entries/{choir.id}/owners", email=ANN)
    page = moderator.submit(listed, undo_of(listed))
    assert "somebody says that it is theirs" in page.text
    mailbox.send()
    assert len(mailbox.letters()) == 1

    # Before it was closed.
    listed = moderator.submit(page, f"{PATH}/decision", grant="yes", answer="")
    moderator.submit(listed, undo_of(listed))
    mailbox.send()
    assert len(mailbox.letters()) == 1
    assert len(session.scalars(select(Ownership)).all()) == 1


def test_what_they_have_made_theirs_meanwhile_is_not_taken_by_undo(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    publish(a_place(), an_approach())
    (choir,) = publish(a_service())
    reported(session, choir, Concern.MINE)
    listed = close(moderator, grant="yes")
    owning.confirm(session, session.scalars(select(Ownership)).one(), at=datetime.now(UTC))
    session.commit()

    page = moderator.submit(listed, undo_of(listed), status=409)

    assert "It has become theirs meanwhile." in page.text
    assert "Dealt with by Priya S." in page.text
    assert session.scalars(select(Ownership.confirmed_at)).one() is not None
    session.rollback()
    waiting = session.scalars(select(OutboxMail.state)).all()
    assert waiting == ["waiting"], "nothing was undone by halves"
