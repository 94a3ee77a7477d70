"""Owners: claimed, checked, confirmed by mail; several, handed over, taken back; and trusted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import EntryRow
from directory.mail.models import OutboxMail
from directory.moderation.models import AuditLine
from directory.owners import granting, owning, trust
from directory.owners.models import Owner, OwnerEdit, Ownership
from directory.submissions.models import Concern, Report, Submission
from directory.submissions.reports import report
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import SendIn, moderator, send_in, signed_in, undo_of
from tests.proposing import fill_any, send

__all__ = ["moderator", "send_in"]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ANN = "ann@example.org"
Publish = Callable[..., list[Entry]]
BODY = "We meet on Tuesdays in the hall. Bring a friend."


@pytest.fixture
def choir(publish: Publish) -> Entry:
    publish(a_place(), an_approach())
    return publish(a_service(body=BODY))[0]


def owns(session: Session, entry: Entry, email: str = ANN, *, trusted: bool = False) -> Ownership:
    """A confirmed owner of `entry`."""
    owner = session.scalar(select(Owner).where(Owner.email == email))
    if owner is None:
        owner = Owner(email=email, created_at=NOW)
        session.add(owner)
        session.flush()
    made = Ownership(
        owner_id=owner.id, entry_id=entry.id, created_at=NOW, confirmed_at=NOW, is_trusted=trusted
    )
    session.add(made)
    session.commit()
    return made


def page_of(session: Session, ownership: Ownership) -> str:
    """Address of the owner's page about one entry."""
    token = owning.make_link(session, ownership.owner, at=datetime.now(UTC))
    path = f"/yours/{token}/{ownership.id}"
    session.commit()
    return path


def join(moderator: Browser, entry: Entry, words: str, *, status: int = 200) -> None:
    """Join `entry` to the one that a moderator names so."""
    path = f"/moderation/entries/{entry.id}/merger"
    moderator.submit(moderator.open(of(entry)), path, words=words, status=status)


def did(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.execute(select(AuditLine.who, AuditLine.did).order_by(AuditLine.id))
    return [(who, what) for who, what in rows]


def test_a_claim_is_checked_granted_and_confirmed_by_mail(
    moderator: Browser, browser: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    report(session, choir, concern=Concern.MINE, words="I run it.", email=ANN, at=NOW)
    session.commit()
    number = session.scalars(select(Report.id)).one()
    session.rollback()
    page = moderator.open(f"/moderation/reports/{number}")

    moderator.submit(page, f"/moderation/reports/{number}/decision", grant="yes", answer="Hello!")

    assert owning.trusted_for(session, ANN, choir.id) is None
    session.rollback()
    path = mailbox.fetch(ANN, subject="Is this yours? Harehills Singers").link("/yours/")
    page = browser.open(path)
    assert page.heading == "Is this yours?", "a scanner that opens the link confirms nothing"
    assert "has not pressed the button" in moderator.open(of(choir)).text

    page = browser.submit(page, f"{path}/confirmation")

    assert "It is yours." in page.text
    assert ANN in moderator.open(of(choir)).text
    assert did(session) == [
        ("Priya S.", "granted an owner"),
        ("Priya S.", "closed a report"),
        ("an owner", "owns it now"),
    ]
    assert ANN not in str(session.execute(select(AuditLine.who, AuditLine.subject, AuditLine.why)))


def test_making_somebody_an_owner_can_be_undone_on_the_page_of_the_entry(
    moderator: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    grant = f"/moderation/entries/{choir.id}/owners"
    page = moderator.submit(moderator.open(of(choir)), grant, email=ANN)
    assert "For 30 seconds you can undo this. The mail goes after that." in page.text

    undone = moderator.submit(page, undo_of(page))

    assert "Undone. That mail does not go." in undone.text
    assert ANN not in undone.text
    assert "Undone. That mail does not go." in moderator.submit(page, undo_of(page)).text
    assert did(session) == [
        ("Priya S.", "granted an owner"),
        ("Priya S.", "undid: granted an owner"),
    ]
    session.rollback()
    page = moderator.submit(undone, grant, email=ANN)
    letter = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert letter
    letter.created_at -= timedelta(seconds=31)
    session.commit()
    late = moderator.submit(page, undo_of(page), status=409)
    assert "The mail about this is on its way" in late.text
    assert ANN in late.text
    mailbox.send()
    assert mailbox.addresses() == [ANN]


def test_owners_go_along_when_their_entry_is_joined_and_hear_when_it_goes_offline(
    moderator: Browser,
    browser: Browser,
    session: Session,
    choir: Entry,
    publish: Publish,
    mailbox: Mailbox,
) -> None:
    mine = page_of(session, owns(session, choir, trusted=True))
    owns(session, choir, "undecided@example.org").confirmed_at = None
    session.commit()
    (twin,) = publish(a_service(name="harehills singers", body=BODY))
    join(moderator, choir, choir.url, status=422)
    join(moderator, choir, "Harehills Singers")  # the other of that name

    letter = mailbox.fetch(ANN, subject="is part of")
    assert f"http://kith.test{twin.url}" in letter.text
    assert mailbox.addresses() == [ANN]
    page = browser.open(letter.link("/yours/"))
    assert page.find("a", href=twin.url) is not None
    assert "A moderator reads each change before it shows." in page.text  # trust stays behind
    assert browser.open(mine).find("a", href=twin.url) is not None  # old links lead there
    assert "joined to this entry" in browser.open(f"{twin.url}/history").text
    assert (
        choir.document.name
        in moderator.open("/moderation/entries/service/harehills-singers-2").text
    )

    page = moderator.open("/moderation/entries/service/harehills-singers-2")
    moderator.submit(page, f"/moderation/entries/{twin.id}/end", words="The hall has closed.")
    letter = mailbox.fetch(ANN, subject="is offline")
    assert "The hall has closed." in letter.text
    assert "The hall has closed." in browser.open(mine).text
    page = browser.open(mine.rpartition("/")[0])
    assert page.text.count("Offline just now") == 1  # one entry, not two

    (held,) = session.scalars(select(Ownership).where(Ownership.entry_id == twin.id))
    owning.leave(session, held, at=NOW)
    assert session.scalar(select(Owner).where(Owner.email == ANN)) is None


def test_what_is_being_handed_over_changes_hands_by_the_button_alone_after_a_joining_too(
    moderator: Browser,
    browser: Browser,
    session: Session,
    choir: Entry,
    publish: Publish,
    mailbox: Mailbox,
) -> None:
    (singers,) = publish(a_service(name="Singers", body=BODY))
    owns(session, choir, "bo@example.org")
    theirs = owns(session, singers)
    owning.hand_over(session, theirs, "bo@example.org", stays=False, at=NOW)
    session.commit()
    join(moderator, choir, "Singers")

    letter = mailbox.fetch("bo@example.org", subject="is part of")
    assert "You were asked to look after that page too." in letter.text
    path = letter.link("/yours/")
    browser.submit(browser.open(path), f"{path}/confirmation")

    (left,) = owning.of_entry(session, singers.id)
    assert left.owner.email == "bo@example.org"
    assert left.confirmed_at


def test_no_mail_tells_of_a_joining_that_was_undone(
    moderator: Browser,
    session: Session,
    choir: Entry,
    publish: Publish,
    mailbox: Mailbox,
    recwarn: pytest.WarningsRecorder,
) -> None:
    owns(session, choir)
    publish(a_service(name="Singers", body=BODY))
    join(moderator, choir, "Singers")
    page = moderator.open(of(choir))
    moderator.submit(page, f"/moderation/entries/{choir.id}/restoration", words="1")

    mailbox.send()

    assert mailbox.letters() == []
    assert [one for one in recwarn if one.category is SAWarning] == []


def test_without_the_grant_a_closed_claim_gives_nothing(
    moderator: Browser, session: Session, choir: Entry
) -> None:
    report(session, choir, concern=Concern.MINE, words="I run it.", email=ANN, at=NOW)
    session.commit()
    number = session.scalars(select(Report.id)).one()
    session.rollback()
    page = moderator.open(f"/moderation/reports/{number}")

    moderator.submit(page, f"/moderation/reports/{number}/decision", answer="Sorry, no.")

    assert session.scalars(select(Ownership)).all() == []


def test_it_is_shared_handed_over_and_left(
    browser: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    path = page_of(session, owns(session, choir, trusted=True))
    page = browser.submit(browser.open(path), f"{path}/people", email="bo", status=422)
    assert "not a whole e-mail address" in page.text
    page = browser.submit(page, f"{path}/people", email=ANN, status=409)
    assert "looks after it already" in page.text

    browser.submit(page, f"{path}/people", email="Bo@example.org", how="instead")

    assert "You and 1 other." in browser.open(path).text
    theirs = mailbox.fetch("bo@example.org", subject="Is this yours?").link("/yours/")
    browser.submit(browser.open(theirs), f"{theirs}/confirmation")
    browser.open(path, status=404)
    (left,) = session.scalars(select(Ownership)).all()
    assert left.owner.email == "bo@example.org"
    assert not left.is_trusted, "trust is not handed over"
    assert session.scalars(select(Owner.email)).all() == ["bo@example.org"], "Ann is forgotten"
    session.rollback()

    page = browser.open(theirs)
    assert f"{theirs}/end" not in [form.get("action") for form in page.all("form")], "asked first"
    page = browser.open(page.links()["It is not mine any more"])
    assert page.heading == "Stop looking after “Harehills Singers”?"
    assert "your address is forgotten" in page.text
    assert "Nobody looks after it then." in page.text
    assert page.links()["No, back to it"] == theirs
    assert session.scalars(select(Owner.email)).all() == ["bo@example.org"], "nothing happened yet"
    session.rollback()
    page = browser.submit(page, f"{theirs}/end")

    assert page.heading == "You look after nothing here any more"
    assert session.scalars(select(Owner)).all() == []
    assert [what for _who, what in did(session)] == [
        "began to hand over", "owns it now", "owns it no more"
    ]  # fmt: skip


def test_an_entry_has_at_most_five_owners_and_none_is_there_twice(
    session: Session, choir: Entry, app: Flask
) -> None:
    signed_in(app, session, "priya@example.org", "Priya S.")
    from directory.accounts import people

    priya = people.find(session, "priya@example.org")
    assert priya
    row = session.get_one(EntryRow, choir.id)
    for number in (1, 2, 3, 4, 5, 5):
        granting.grant(session, row, f"Ann{number}@example.org", moderator=priya, at=NOW)
    assert len(owning.of_entry(session, choir.id)) == 5
    with pytest.raises(owning.TooManyOwners):
        granting.grant(session, row, "ann6@example.org", moderator=priya, at=NOW)

    owning.forget_old(session, at=NOW + timedelta(days=31))

    assert owning.of_entry(session, choir.id) == [], "nobody pressed the button"
    assert session.scalars(select(Owner)).all() == []


def test_a_moderator_trusts_and_takes_back(
    moderator: Browser, session: Session, choir: Entry
) -> None:
    ownership = owns(session, choir)
    path = page_of(session, ownership)
    number = ownership.id
    session.rollback()
    act = f"/moderation/owners/{number}"
    moderator.send(act, moderator.open(of(choir)).form(act) | {"action": "trust"})
    assert "Small changes of yours show at once." in moderator.open(path).text

    moderator.send(act, moderator.open(of(choir)).form(act) | {"action": "take"})

    moderator.open(path, status=404)
    assert [what for _who, what in did(session)] == ["trusts an owner", "took from an owner"]


def test_a_lost_link_is_mailed_again_and_nobody_learns_who_owns(
    browser: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    owns(session, choir)
    assert browser.open("/submit/find/mine").links()["We mail it again"] == "/yours/"
    answers = {
        browser.submit(browser.open("/yours/"), "/yours/", email=email).text
        for email in (ANN, "nobody@example.org")
    }
    assert len(answers) == 1
    page = browser.open(mailbox.fetch(ANN, subject="Your page").link("/yours/"))
    assert "Harehills Singers" in page.text
    assert mailbox.addresses() == [ANN]
    browser.open("/yours/wrong", status=404)


def change(browser: Browser, session: Session, ownership: Ownership, **typed: Any) -> Page:
    """The owner changes the body from their own page, and sends it."""
    path = page_of(session, ownership)
    page = browser.submit(browser.open(path), f"{path}/change")
    for part, values in typed.items():
        fill_any(browser, page.path, part, values)
    return send(browser, page.path)


def test_a_small_edit_goes_live_at_once_and_is_undone_with_one_button(
    moderator: Browser, browser: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    ownership = owns(session, choir, trusted=True)

    page = change(browser, session, ownership, what={"summary": "A choir that meets each Monday."})

    assert page.path.startswith("/submissions/")
    assert "meets each Monday" in browser.open(choir.url).text
    assert "By its owner" in browser.open(f"{choir.url}/history").text
    mailbox.fetch(ANN, subject="Published")
    assert [one.subject for one in mailbox.letters()] == ["Published: Harehills Singers"]
    assert did(session) == [("a trusted owner", "changed a little")]
    edits = moderator.open("/moderation/edits")
    assert edits.heading == "1 small edit to look at"
    assert "Harehills Singers" in moderator.open("/moderation/?sort=edits").text
    (number,) = session.scalars(select(OwnerEdit.id))
    session.rollback()

    act = f"/moderation/edits/{number}"
    page = moderator.send(act, edits.form(act) | {"action": "undo"})

    assert page.heading == "No edits to look at"
    assert "meets in a hall" in browser.open(choir.url).text
    assert session.scalars(select(Submission.state)).one() == "waiting", "it waits like anybody's"
    session.rollback()
    page = moderator.send(act, edits.form(act) | {"action": "fine"}, status=409)
    assert "Another moderator has looked" in page.text


def test_what_is_not_small_waits_without_a_mail_to_confirm(
    browser: Browser, session: Session, choir: Entry, mailbox: Mailbox
) -> None:
    ownership = owns(session, choir, trusted=True)

    change(browser, session, ownership, what={"name": "The Best Singers"})

    assert session.scalars(select(Submission.state)).one() == "waiting"
    session.rollback()
    mailbox.send()
    assert [one.subject for one in mailbox.letters()] == ["We have it: The Best Singers"]


def test_another_address_proves_nothing(browser: Browser, session: Session, choir: Entry) -> None:
    ownership = owns(session, choir, trusted=True)

    change(
        browser, session, ownership, what={"summary": "A choir."}, you={"email": "x@example.org"}
    )

    assert session.scalars(select(Submission.state)).one() == "unconfirmed"


@pytest.mark.parametrize(
    "condition", ["not trusted", "another's", "moved meanwhile", "three unseen", "another entry"]
)
def test_only_the_trusted_for_that_entry_and_only_so_often(
    session: Session, choir: Entry, publish: Publish, send_in: SendIn, condition: str
) -> None:
    other = publish(an_approach(name="Repair cafes"))[0]
    ownership = owns(session, other if condition == "another entry" else choir, trusted=True)
    if condition == "not trusted":
        ownership.is_trusted = False
    document = choir.document.model_copy(update={"summary": "A choir in a hall."})
    email = "bo@example.org" if condition == "another's" else ANN
    number = send_in(document, change_of=choir, email=email)
    kept = session.get_one(Submission, number)
    if condition == "moved meanwhile":
        publish(choir.document.model_copy(update={"accessibility": "No steps"}))
    if condition == "three unseen":
        session.add_all(
            OwnerEdit(
                submission_id=number, entry_id=choir.id, revision=1, previous_revision=1, at=NOW
            )
            for _each in range(3)
        )
    session.flush()

    assert not trust.confirmed(session, kept, at=NOW)
    assert kept.state == "waiting"
    assert "A choir in a hall." not in str(catalogue.by_id(session, choir.id))


def words(number: int) -> str:
    return " ".join(f"word{n}" for n in range(number))


@pytest.mark.parametrize(
    ("changes", "small"),
    [
        ({"summary": "A choir that meets each week."}, True),
        ({"schedule": [{"day": "monday", "start": "19:00"}]}, True),
        ({"cost_option": [{"option": "Everyone", "amount": 2}]}, True),
        ({"body": f"{BODY} {words(50)}"}, True),
        ({"body": f"{BODY} {words(51)}"}, False),
        ({"body": ""}, True),
        ({"summary": "See https://example.org"}, False),
        ({"summary": "See example.org/buy"}, False),
        ({"summary": "Write to me@example.org"}, False),
        ({"name": "The Singers"}, False),
        ({"place": "york"}, False),
        ({"status": "ended"}, False),
        ({"url": "https://example.org/"}, False),
        ({"contact": {"phone": "0113 496 0000"}}, False),
        ({"sources": []}, False),
        ({"approach": ["repair-cafes"]}, False),
        ({"summary": "A choir.", "name": "The Singers"}, False),
        ({}, False),
    ],
)
def test_what_a_small_edit_is(changes: dict[str, Any], small: bool) -> None:
    before = a_service(body=BODY)
    after: Document = a_service(**({"body": BODY} | changes))

    assert trust.is_small(before, after) is small


def test_evidence_is_never_a_small_edit() -> None:
    claim = {"claim": "It helps.", "source_title": "A study", "strength": "evaluation"}
    assert not trust.is_small(an_approach(), an_approach(evidence=[claim]))
    assert trust.is_small(an_approach(), an_approach(body=a_body(how_it_works="We sing.")))
    assert not trust.is_small(an_approach(), an_approach(body=a_body(), who_for=["unpaid-carers"]))


def of(entry: Entry) -> str:
    return f"/moderation/entries/{entry.kind}/{entry.slug}"
