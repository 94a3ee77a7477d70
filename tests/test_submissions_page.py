"""The private page: confirmed by mail, followed, changed and taken back by a link alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.entries.sync import Conflict
from directory.entries.text import parse
from directory.submissions import conflicts, conversation, links, proposing
from directory.submissions.models import Purpose, Submission, SubmissionLink, What
from directory.submissions.proposing import Author, Proposal
from directory.submissions.states import Act, AlreadyDecided, NotNow, State, after, possible
from tests.builders import an_approach, an_id
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.proposing import fill_any, send

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def sent_in(session: Session) -> Submission:
    """An unconfirmed proposal of a choir, from Sam."""
    made = proposing.propose(
        session,
        Proposal(an_approach(), Author("sam@example.org"), licence_version="1"),
        at=datetime.now(UTC),
    )
    session.commit()
    session.expunge_all()
    return made


def test_the_mailed_link_opens_a_page_and_its_button_confirms(
    sent_in: Submission, browser: Browser, session: Session, mailbox: Mailbox
) -> None:
    path = mailbox.fetch("sam@example.org").link("/submissions/confirm/")

    page = browser.open(path)
    assert state(session) == "unconfirmed"
    page = browser.submit(page, path)

    assert "It has been waiting for a moderator" in page.text
    assert state(session) == "waiting"
    received = mailbox.fetch("sam@example.org", subject="We have it")
    assert browser.open(received.link("/submissions/")).heading == "Community choirs"


def test_a_confirmation_works_once(sent_in: Submission, browser: Browser, mailbox: Mailbox) -> None:
    path = mailbox.fetch("sam@example.org").link("/submissions/confirm/")
    browser.submit(browser.open(path), path)

    browser.open(path, status=410)


def test_a_confirmation_is_too_old_after_a_week(sent_in: Submission, session: Session) -> None:
    kept = session.scalars(select(Submission)).one()
    token = links.make(session, kept, Purpose.CONFIRM, at=NOW)
    session.flush()

    assert links.to_confirm(session, token, at=NOW + timedelta(days=6)) == kept
    with pytest.raises(links.LinkUsed):
        proposing.confirm(session, token, at=NOW + timedelta(days=7))


def test_one_kind_of_link_is_no_good_for_the_other(sent_in: Submission, session: Session) -> None:
    kept = session.scalars(select(Submission)).one()
    page = links.make(session, kept, Purpose.PAGE, at=NOW)
    confirm = links.make(session, kept, Purpose.CONFIRM, at=NOW)
    session.flush()

    with pytest.raises(links.LinkUsed):
        links.to_confirm(session, page, at=NOW)
    with pytest.raises(links.LinkUnknown):
        links.submission_of(session, confirm, at=NOW)


def test_the_database_holds_no_secret(sent_in: Submission, session: Session) -> None:
    kept = session.scalars(select(Submission)).one()
    token = links.make(session, kept, Purpose.PAGE, at=NOW)
    session.flush()

    rows = session.scalars(select(SubmissionLink)).all()
    assert token not in "".join(repr(vars(row)) for row in rows)


def test_the_private_page_is_kept_private(
    sent_in: Submission, browser: Browser, session: Session
) -> None:
    page = browser.open(private_page(session))

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"


def test_a_guessed_link_finds_nothing(browser: Browser) -> None:
    browser.open("/submissions/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", status=404)


def test_words_can_be_changed_until_somebody_decides(
    sent_in: Submission, browser: Browser, session: Session
) -> None:
    path = private_page(session)
    draft = browser.submit(browser.open(path), f"{path}/words").path
    fill_any(browser, draft, "idea", {"strapline": "Sing together"})
    private = browser.open(path)
    again = browser.submit(private, f"{path}/words").path
    idea = browser.open(f"{again}/idea")
    assert idea.find("input", name="strapline").get("value") == "Sing together", "carried on"

    page = send(browser, draft)

    assert page.heading == "Community choirs"
    kept = session.scalars(select(Submission)).one()
    assert parse(kept.text).strapline == "Sing together"  # type: ignore[attr-defined]
    kept.state = State.PUBLISHED
    kept.decided_at = NOW
    session.commit()
    late = browser.submit(private, f"{path}/words", follow=False, status=303)
    assert late.headers["Location"] == path


def test_new_words_never_replace_what_was_changed_since(
    sent_in: Submission, browser: Browser, session: Session
) -> None:
    path = private_page(session)
    draft = browser.submit(browser.open(path), f"{path}/words").path
    fill_any(browser, draft, "idea", {"strapline": "From this draft"})
    kept = session.scalars(select(Submission)).one()
    kept.why = "changed elsewhere"
    session.commit()

    page = send(browser, draft, status=409)

    assert "changed elsewhere since you began" in page.text
    kept = session.scalars(select(Submission)).one()
    assert "From this draft" not in kept.text


def test_what_was_asked_is_answered_and_waits_again(
    sent_in: Submission, browser: Browser, session: Session
) -> None:
    path = private_page(session)
    priya = people.appoint(session, "priya@example.org", at=NOW)
    kept = session.scalars(select(Submission)).one()
    kept.state = State.CHANGES_ASKED
    wanted = {"strapline": "Say where you meet.", "": "Who are you?"}
    conversation.ask(kept, wanted, moderator=priya, at=NOW)
    session.commit()
    page = browser.open(path)
    assert "In a few words Say where you meet." in page.text
    page = browser.submit(page, f"{path}/words")
    assert "As before · the moderator asks" in page.text
    draft = page.path
    assert "Say where you meet." in browser.open(f"{draft}/idea").text

    answer = {"answer-strapline": "In the library.", "answer-": "A choir."}
    fill_any(browser, draft, "you", answer)
    page = send(browser, draft)

    assert "It has been waiting for a moderator" in page.text
    assert "In the library." in page.text
    assert "A choir." in page.text
    assert state(session) == "waiting"


def test_it_can_be_taken_back(sent_in: Submission, browser: Browser, session: Session) -> None:
    path = private_page(session)

    page = browser.submit(browser.open(path), f"{path}/withdrawal")

    assert "Taken back." in page.text
    assert state(session) == "withdrawn"
    proposing.forget_old(session, at=datetime.now(UTC) + timedelta(days=2))
    assert session.scalars(select(Submission)).all() == []
    assert session.scalars(select(SubmissionLink)).all() == []


def test_a_mistyped_address_can_be_put_right(
    sent_in: Submission, browser: Browser, session: Session, mailbox: Mailbox
) -> None:
    wrong = mailbox.fetch("sam@example.org").link("/submissions/confirm/")
    path = private_page(session)

    page = browser.submit(browser.open(path), f"{path}/address", email="sam@example.net")

    assert "We have sent a link to sam@example.net" in page.text
    assert mailbox.fetch("sam@example.net").subject.startswith("Please confirm")
    browser.open(wrong, status=410)


def test_what_nobody_confirms_is_deleted_after_a_month(
    sent_in: Submission, session: Session
) -> None:
    proposing.forget_old(session, at=datetime.now(UTC) + timedelta(days=29))
    assert len(session.scalars(select(Submission)).all()) == 1

    proposing.forget_old(session, at=datetime.now(UTC) + timedelta(days=31))

    assert session.scalars(select(Submission)).all() == []


def test_a_file_that_clashed_with_an_edit_waits_once(session: Session) -> None:
    clash = Conflict(
        path="approaches/community-choirs.md",
        slug="community-choirs",
        document=an_approach(id=an_id("choirs")),
        entry_id=an_id("choirs"),
        head_number=3,
    )

    first = conflicts.hand_over(session, [clash], at=NOW)
    again = conflicts.hand_over(session, [clash], at=NOW)

    assert [(one.what, one.state, one.base_revision) for one in first] == [
        (What.CONFLICT, State.WAITING, 3)
    ]
    assert again == []


def test_nothing_happens_to_a_submission_outside_the_table() -> None:
    assert after(State.WAITING, Act.PUBLISH) is State.PUBLISHED
    with pytest.raises(AlreadyDecided):
        after(State.DECLINED, Act.PUBLISH)
    with pytest.raises(NotNow):
        after(State.UNCONFIRMED, Act.PUBLISH)
    decided = {State.PUBLISHED, State.DECLINED, State.WITHDRAWN}
    for one in State:
        assert one.is_open is (one not in decided)
        assert possible(one, Act.REVISE) is one.is_open
        assert possible(one, Act.WITHDRAW) is one.is_open


def test_the_first_page_asks_what_somebody_wants_to_tell(app: Flask, browser: Browser) -> None:
    page = browser.open("/submit/")

    assert page.heading == "What do you want to tell us?"
    assert page.links()["A new approach"] == "/submit/approach"
    assert page.links()["A place where it happens"] == "/submit/service"


def private_page(session: Session) -> str:
    """Path of the private page of the only submission."""
    kept = session.scalars(select(Submission)).one()
    token = links.make(session, kept, Purpose.PAGE, at=datetime.now(UTC))
    session.commit()
    return f"/submissions/{token}"


def state(session: Session) -> str:
    """Where the only submission stands."""
    session.rollback()
    found = session.scalars(select(Submission.state)).one()
    session.rollback()
    return found
