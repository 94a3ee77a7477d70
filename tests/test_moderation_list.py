"""The list of what waits: one order for everything, and counts that are what the list holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.config import current
from directory.entries.catalogue import Entry
from directory.entries.models import ContentFault, EntryRow, EntryState
from directory.entries.sync import Conflict
from directory.mail.models import MailState, OutboxMail
from directory.moderation import charges, queue
from directory.moderation.sorts import Sort
from directory.submissions import conflicts, conversation
from directory.submissions.models import Concern, Message, Submission
from directory.submissions.reports import report
from directory.vocabulary.terms import Kind
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import Browser, Page, words
from tests.moderating import SendIn, decide, let_claims_lapse, moderator, send_in, signed_in

__all__ = ["moderator", "send_in"]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Publish = Callable[..., list[Entry]]


@pytest.fixture
def everything(app: Flask, session: Session, publish: Publish, send_in: SendIn) -> None:
    """One of all that can wait. Within a sort the order of the days says which came first."""
    today = datetime.now(UTC).date()
    publish(a_place(), an_approach(assured_date=today))
    (choir,) = publish(a_service())  # never checked
    (repair,) = publish(an_approach(name="Repair cafes", assured_date=today))
    send_in(an_approach(name="Bike library"))
    waited = session.get_one(Submission, send_in(an_approach(name="Seed swap")))
    waited.waiting_since = NOW - timedelta(days=9)
    answered = session.get_one(Submission, send_in(a_service(name="Calder Voices")))
    answered.messages.append(Message(from_author=True, words="In the hall.", at=NOW))
    report(session, choir, concern=Concern.WRONG, words="Moved.", email="", at=NOW)
    report(session, repair, concern=Concern.WORRYING, words="Not safe.", email="", at=NOW)
    clash = Conflict("approaches/repair-cafes.md", repair.slug, repair.document, repair.id, 1)
    conflicts.hand_over(session, [clash], at=NOW + timedelta(hours=1))
    session.add_all([
        ContentFault(path="approaches/x.md", line=3, field="moment", what="it is missing",
                     remedy="Add it.", found_at=NOW),
        OutboxMail(letter="confirm", to="ann@example.org", values={}, state=MailState.FAILED,
                   created_at=NOW, due_at=NOW, fault="no such address"),
    ])  # fmt: skip
    session.commit()
    with app.app_context():
        errands.look_over(session, current())


def test_where_nothing_waits_nothing_is_counted(session: Session) -> None:
    found = queue.to_do(session, at=NOW)

    assert set(found.counts.values()) == {0}
    assert (found.answers_awaited, found.set_for_later) == (0, 0)


def test_one_list_the_most_urgent_first(everything: None, moderator: Browser) -> None:
    page = moderator.open("/moderation/")

    assert page.heading == "6 things to read"
    assert names(page) == [
        "Repair cafes",  # a worrying report
        "Calder Voices",  # answered
        "The link that confirms a proposal, to a…@example.org, did not arrive",
        "Seed swap",  # waits longest
        "Harehills Singers",  # a report
        "Bike library",
        "Repair cafes",  # a conflict of files
        "approaches/x.md , line 3, moment",
        "Harehills Singers",  # due a check
    ]


def test_every_count_is_what_the_list_holds(
    everything: None, moderator: Browser, session: Session
) -> None:
    page = moderator.open("/moderation/")
    counted = {name: number for name, number in counts(page).items() if name != "All"}
    assert counts(page)["All"] == sum(counted.values()) == len(names(page)) == 9

    for name, number in counted.items():
        shown = moderator.open(page.links()[f"{name} ({number})"])
        assert len(names(shown)) == number, name
    for sort in Sort:
        found = queue.lines(session, at=datetime.now(UTC), sort=sort, per_page=1)
        assert len(found) == min(1, queue.to_do(session, at=datetime.now(UTC)).counts[sort])

    number = queue.waiting(session)[0].id
    session.rollback()
    path = f"/moderation/submissions/{number}"
    after = decide(moderator, moderator.open(path), number, "decline", note="No.")
    assert counts(after)["All"] == 8


def test_pages_of_the_list_hold_each_line_once(everything: None, session: Session) -> None:
    at = datetime.now(UTC)
    whole = [(line.sort, line.number) for line in queue.lines(session, at=at)]
    pieces = [
        (line.sort, line.number)
        for page in range(1, 6)
        for line in queue.lines(session, at=at, page=page, per_page=2)
    ]

    assert pieces == whole
    assert len(set(whole)) == 9


def test_moderators_look_after_places_and_subjects(
    everything: None, app: Flask, moderator: Browser, session: Session
) -> None:
    page = moderator.open("/moderation/charges")
    page = moderator.submit(page, "/moderation/charges", places="Leeds\nAtlantis", status=422)
    assert "We do not know Atlantis" in page.text
    page = moderator.submit(page, "/moderation/charges", places="leeds", area=[])
    assert "Saved." in page.text
    assert "Leeds" in page.text

    page = moderator.open("/moderation/?mine=yes")
    assert sorted(names(page)) == ["Calder Voices", "Harehills Singers", "Harehills Singers"]
    assert counts(page)["All"] == 3
    assert "For Priya S." in page.text
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    assert "For Priya S." in other.open("/moderation/").text
    assert names(other.open("/moderation/?mine=yes")) == []
    sam = next(one.user for one in charges.everybodys(session))
    charges.choose(session, sam, places=[], areas=["whole-community"])
    session.commit()
    assert len(names(moderator.open("/moderation/?mine=yes"))) == 7


def test_who_works_on_what_stands_in_the_list(
    everything: None, app: Flask, moderator: Browser, session: Session
) -> None:
    page = moderator.open("/moderation/?sort=suggestions")
    moderator.open(page.links()["Seed swap"])

    other = signed_in(app, session, "sam@example.net", "Sam M.")

    assert "Priya S. has it" in other.open("/moderation/").text
    assert "You have it" in moderator.open("/moderation/").text
    assert "You have it" not in other.open("/moderation/").text
    following = moderator.open(page.links()["Bike library"]).links()
    assert not [words for words in following if words == "Next: Seed swap"]
    let_claims_lapse(session)
    assert " has it" not in other.open("/moderation/").text


def test_a_line_written_for_somebody_else_has_my_own_token(
    everything: None, app: Flask, moderator: Browser, session: Session
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    (due,) = session.scalars(
        select(EntryRow).where(EntryRow.kind == Kind.SERVICE, EntryRow.state == EntryState.LIVE)
    )
    action = f"/moderation/due/service/{due.slug}/check"
    session.rollback()

    page, others = moderator.open("/moderation/"), other.open("/moderation/")

    assert page.form(action)["csrf_token"] != others.form(action)["csrf_token"]
    other.send(action, page.form(action), status=400)
    assert "Harehills Singers" in other.open("/moderation/?sort=checks").text
    other.submit(others, action)
    assert "Nothing waits." in other.open("/moderation/?sort=checks").text


def test_a_button_of_a_list_comes_back_to_it_and_says_what_it_did(
    everything: None, moderator: Browser, session: Session
) -> None:
    page = moderator.open("/moderation/?sort=checks")
    page = moderator.submit(page, "/moderation/due/service/harehills-singers/check")
    assert "Due a check (0)" in chosen(page)
    assert "It counts as checked today." in page.text

    page = moderator.open("/moderation/?sort=mails")
    failed = select(OutboxMail.id).where(OutboxMail.state == MailState.FAILED)
    path = f"/moderation/mails/{session.scalar(failed)}/decision"
    session.rollback()
    page = moderator.send(path, page.form(path) | {"action": "again"})
    assert "Failed mails (0)" in chosen(page)
    assert "We try that mail again." in page.text
    page = moderator.send(path, page_form(moderator) | {"back": "list:https://kith.example:"})
    assert page.path == "/moderation/"
    assert "That mail is given up." in page.text
    assert moderator.open(f"/moderation/?done={'9' * 30}&said=nonsense").heading


def test_after_a_decision_the_next_is_one_that_i_may_decide(
    everything: None, app: Flask, moderator: Browser, session: Session
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    numbers = {one.name: one.id for one in queue.waiting(session)}
    session.rollback()

    def declined(browser: Browser, name: str) -> Page:
        number = numbers[name]
        page = browser.open(f"/moderation/submissions/{number}")
        return decide(browser, page, number, "decline", note="No.")

    declined(moderator, "Calder Voices")
    appealed = session.get_one(Submission, numbers["Calder Voices"])
    conversation.appeal(session, appealed, "Look again.", at=datetime.now(UTC))
    session.commit()

    assert "Next: Repair cafes" in declined(moderator, "Seed swap").links()
    assert "Next: Calder Voices" in declined(other, "Bike library").links()


def test_the_keys_are_listed(moderator: Browser) -> None:
    page = moderator.open("/moderation/keys")

    assert page.heading == "Keys"
    assert len(page.all("kbd")) == 20  # on the page, and in the dialog that ? opens


def page_form(browser: Browser) -> dict[str, str]:
    """What every form of the moderators' pages sends."""
    return browser.open("/moderation/keys").form("/accounts/sign-out")


def chosen(page: Page) -> list[str]:
    """Which filters are on."""
    return [words(one) for one in page.all("a") if one.get("aria-current") == "page"]


def names(page: Page) -> list[str]:
    return [
        words(one)
        for line in page.all("li", class_="work__line")
        for one in line.iter()
        if "work__name" in one.get("class", "")
    ]


def counts(page: Page) -> dict[str, int]:
    """The filters with their numbers."""
    nav = page.find("nav", aria_label="What to show")
    return {
        name: int(number.rstrip(")"))
        for link in nav.iter("a")
        for name, _, number in [words(link).rpartition(" (")]
    }
