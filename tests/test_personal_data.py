"""Personal data: kept for its period and no longer; given, or erased, when a person asks."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import String, Text, cast, func, select
from sqlalchemy.orm import Session

from directory import errands, mail
from directory.accounts import people, sign_in
from directory.accounts.models import SignInLink
from directory.alerts import alerting
from directory.alerts.models import Often
from directory.config import Config, current
from directory.db import Base
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.mail.models import OutboxMail
from directory.moderation import deciding
from directory.moderation.cases import case_of
from directory.moderation.models import AuditLine, Decision
from directory.owners.models import Owner
from directory.personal import persons, retention
from directory.search.query import Query
from directory.submissions import drafts, links, proposing, stories
from directory.submissions.models import (
    Concern,
    Draft,
    Message,
    Purpose,
    Report,
    StoryConsent,
    Submission,
    SubmissionLink,
)
from directory.submissions.proposing import Author, Proposal
from directory.submissions.reports import report
from directory.vocabulary.terms import Kind
from directory.wishes import wishing
from directory.wishes.models import Wish
from tests.builders import a_service, a_story, an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import moderator, signed_in
from tests.test_owners import owns

__all__ = ["moderator"]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SAM = "sam@example.org"
SECRET = "only for tests"
Publish = Callable[..., list[Entry]]
PERSON = "/moderation/person/"


def decided(session: Session, document: object, outcome: str, *, at: datetime) -> Submission:
    """Something Sam sent that was decided then, with letters and a private link."""
    priya = people.appoint(session, "priya@example.org", name="Priya S.", at=at)
    made = proposing.propose(
        session,
        Proposal(document, Author(SAM, "Sam Z.", "I run it"), "1", why="Ask sam@example.org."),  # type: ignore[arg-type]
        at=at,
    )
    if made.kind == Kind.STORY:
        stories.record_consent(session, made, whose="own", at=at)
    token = links.make(session, made, Purpose.CONFIRM, at=at)
    session.flush()
    proposing.confirm(session, token, at=at)
    made.messages.append(Message(from_author=True, words="My address: SAM@example.org", at=at))
    links.make(session, made, Purpose.PAGE, at=at)
    session.flush()
    case = case_of(session, made)
    if outcome == "published":
        deciding.publish(session, case, moderator=priya, at=at)
    elif outcome == "declined":
        deciding.decline(session, case, moderator=priya, reason="Write to Sam@Example.org", at=at)
    elif outcome == "asked":
        deciding.ask_for_changes(session, case, moderator=priya, note="Where?", at=at)
    session.commit()
    return made


def keep(session: Session, config: Config, at: datetime) -> dict[str, int]:
    found = {one.what: one.number for one in retention.keep_periods(session, config, at=at)}
    session.commit()
    return {what: number for what, number in found.items() if number}


def test_who_sent_what_is_forgotten_a_year_after_the_decision(
    session: Session, config: Config
) -> None:
    number = decided(session, an_approach(), "published", at=NOW).id
    assert keep(session, config, NOW + timedelta(days=364)) == {}

    gone = keep(session, config, NOW + timedelta(days=366))

    assert gone == {"senders of decided suggestions": 1}
    kept = session.get_one(Submission, number)
    assert (kept.author_email, kept.author_name, kept.why, kept.messages) == ("", "", "", [])
    assert session.scalars(select(SubmissionLink)).all() == []
    assert catalogue.by_id(session, kept.entry_id), "what is published stays"
    assert session.scalars(select(Decision.outcome)).all() == ["published"]
    assert keep(session, config, NOW + timedelta(days=366)) == {}, "a second time: nothing"


def test_a_published_story_keeps_what_takes_it_back(session: Session, config: Config) -> None:
    made = decided(session, a_story(), "published", at=NOW)
    token = links.make(session, made, Purpose.PAGE, at=NOW + timedelta(days=3000))
    session.commit()

    assert keep(session, config, NOW + timedelta(days=3000)) == {}

    late = NOW + timedelta(days=3001)
    story = links.submission_of(session, token, at=late)
    assert (story.author_email, story.author_name) == (SAM, "Sam Z.")
    assert session.scalars(select(StoryConsent.contact)).all() == [SAM]
    stories.take_back(session, story, at=late)
    proposing.forget_old(session, at=late + timedelta(days=2))
    session.commit()
    assert session.scalars(select(Submission)).all() == []
    assert session.scalars(select(StoryConsent.contact)).all() == [""]


def test_what_was_declined_or_never_answered_goes(session: Session, config: Config) -> None:
    decided(session, an_approach(), "declined", at=NOW)
    decided(session, a_story(), "declined", at=NOW)
    decided(session, an_approach(name="Repair cafes"), "asked", at=NOW)
    open_one = decided(session, an_approach(name="Seed swap"), "waits", at=NOW).id

    gone = keep(session, config, NOW + timedelta(days=731))
    proposing.forget_old(session, at=NOW + timedelta(days=733))
    session.commit()

    assert gone == {
        "suggestions whose author never answered": 1,
        "declined suggestions": 2,
        "who agreed to unpublished stories": 1,
    }
    assert session.scalars(select(Submission.id)).all() == [open_one], "what waits stays"
    assert session.scalars(select(Submission.author_email)).all() == [SAM]


def test_reports_and_wishes_go_after_their_time(
    session: Session, config: Config, publish: Publish
) -> None:
    (choir,) = publish(an_approach())
    closed = report(session, choir, concern=Concern.WRONG, words="Moved.", email=SAM, at=NOW)
    closed.closed_at, closed.email = NOW, ""
    report(session, choir, concern=Concern.WRONG, words="Still here.", email=SAM, at=NOW)
    a_wish(session, choir)
    session.commit()

    assert keep(session, config, NOW + timedelta(days=366)) == {"words of reports": 1}
    assert keep(session, config, NOW + timedelta(days=1096)) == {"wishes": 1}
    words = session.scalars(select(Report.words).order_by(Report.id)).all()
    assert words == ["", "Still here."], "what is open stays"


def test_a_trial_deletes_nothing_and_the_worker_does(app: Flask, session: Session) -> None:
    decided(session, an_approach(), "published", at=datetime.now(UTC) - timedelta(days=400))
    session.rollback()

    said = app.test_cli_runner().invoke(args=["retention", "--dry-run"]).output

    assert "1  senders of decided suggestions (kept for 365 days)" in said
    assert session.scalars(select(Submission.author_email)).one() == SAM
    session.rollback()
    with app.app_context():
        errands.keep_periods(session, current())
    assert session.scalars(select(Submission.author_email)).one() == ""


def test_a_draft_is_warned_about_in_one_mail_before_it_goes(
    session: Session, config: Config, mailbox: Mailbox, browser: Browser
) -> None:
    began = datetime.now(UTC) - timedelta(days=23, hours=1)
    answers = {"name": [["name", "Bread"]], "email": [["email", "Sam@Example.org"]]}
    for _each in range(2):
        drafts.start(session, Kind.APPROACH, answers, at=began)
    drafts.start(session, Kind.APPROACH, {}, at=began)
    session.commit()

    for hours in range(3):
        drafts.forget_old(session, at=began + timedelta(days=23, hours=1 + hours))
        session.commit()

    letter = mailbox.fetch(SAM)
    assert letter.subject == "2 of your drafts are deleted soon"
    assert mailbox.addresses() == [SAM]
    page = browser.open(letter.link("/submit/drafts/"))
    assert "Bread" in page.text
    first, second, _nameless = session.scalars(select(Draft).order_by(Draft.id)).all()
    drafts.save(first, "idea", {"name": [["name", "Bread and roses"]]}, at=datetime.now(UTC))
    session.commit()
    drafts.forget_old(session, at=began + timedelta(days=31))
    session.commit()
    assert session.scalars(select(Draft.id)).all() == [first.id], "taken up again, so it stays"
    assert second.id != first.id


def test_after_a_long_stop_nothing_goes_without_a_warning(session: Session) -> None:
    answers = {"email": [["email", SAM]]}
    kept = drafts.start(session, Kind.APPROACH, answers, at=NOW)
    token = drafts.link(session, kept, at=NOW)
    late = NOW + timedelta(days=60)

    drafts.forget_old(session, at=late)

    assert session.scalars(select(OutboxMail.letter)).all() == ["draft-goes"]
    assert drafts.find(session, token, at=late + timedelta(days=6)) == kept
    drafts.forget_old(session, at=late + timedelta(days=8))
    session.expunge_all()
    assert session.scalars(select(Draft)).all() == []


def a_wish(session: Session, approach: Entry, email: str = SAM) -> None:
    wishing.wish(session, approach, "E08000035", email=email, district="LS7", secret=SECRET, at=NOW)
    session.flush()
    newest = session.scalars(select(Wish).order_by(Wish.id.desc())).first()
    assert newest
    newest.confirmed_at = NOW


@pytest.fixture
def everywhere(session: Session, publish: Publish) -> Entry:
    """Sam has left something in every corner, in small letters and large; so has Ann."""
    (choir,) = publish(an_approach())
    for outcome, name in (("published", "A"), ("declined", "B"), ("asked", "C"), ("waits", "D")):
        decided(session, an_approach(name=name), outcome, at=NOW)
    decided(session, a_story(), "published", at=NOW)
    drafts.start(session, Kind.APPROACH, {"email": [["email", "Sam@example.org"]]}, at=NOW)
    report(session, choir, concern=Concern.MINE, words="I am sam@example.org", email=SAM, at=NOW)
    report(session, choir, concern=Concern.WRONG, words="Ask Sam@Example.org", email="", at=NOW)
    for email in (SAM, "ann@example.org"):
        a_wish(session, choir, email)
        alerting.ask(session, email, Query(q="choir"), Often.WEEKLY, at=NOW)
        owns(session, choir, email)
        mail.queue(session, "sign-in", to=email, values={"said": email}, at=NOW)
        user = people.welcome(session, email, at=NOW)
        sign_in.make_link(session, user, at=NOW)
    session.commit()
    return choir


def places_of(session: Session, email: str) -> set[str]:
    """Every column of every table that holds the address: looked for apart from the program."""
    found = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            words = func.lower(cast(column, Text))
            kept = isinstance(column.type, String) or column.type.__class__.__name__ == "JSON"
            if kept and session.scalar(
                select(func.count()).select_from(table).where(words.like(f"%{email}%"))
            ):
                found.add(f"{table.name}.{column.name}")
    return found


def test_after_erasing_the_address_is_nowhere(session: Session, everywhere: Entry) -> None:
    before = places_of(session, SAM)
    assert len(before) >= 12, before
    anns = places_of(session, "ann@example.org")
    lines = session.execute(select(AuditLine.id, AuditLine.did, AuditLine.who)).all()
    published = {str(one.id): one.document for one in catalogue.live(session)}

    left = persons.erase(session, SAM, secret=SECRET, at=NOW)
    session.commit()

    assert places_of(session, SAM) == set()
    assert left == persons.Erased((), ())
    assert "Write to [address]" in session.scalars(select(AuditLine.why)).all()
    wished = session.scalars(select(Wish.person)).all()
    code = wishing.hashed(SECRET, SAM, everywhere, "E08000035")
    assert len(wished) == 1
    assert code not in wished
    assert places_of(session, "ann@example.org") == anns, "nobody else is touched"
    assert {str(one.id): one.document for one in catalogue.live(session)} == published
    assert session.execute(select(AuditLine.id, AuditLine.did, AuditLine.who)).all() == lines
    assert session.scalars(select(Owner.email)).all() == ["ann@example.org"]
    assert len(session.scalars(select(SignInLink)).all()) == 1, "nobody signs in as Sam"
    states = session.scalars(select(Submission.state).order_by(Submission.id)).all()
    assert states == ["published", "published"]
    persons.erase(session, SAM, secret=SECRET, at=NOW)  # a second time does no harm


def test_a_story_can_still_be_taken_back_after_its_teller_is_erased(session: Session) -> None:
    made = decided(session, a_story(), "published", at=NOW)
    token = links.make(session, made, Purpose.PAGE, at=NOW)
    session.commit()
    persons.erase(session, SAM, secret=SECRET, at=NOW)
    session.commit()

    story = links.submission_of(session, token, at=NOW + timedelta(days=1))

    assert story.author_email == ""
    stories.take_back(session, story, at=NOW + timedelta(days=1))
    assert catalogue.by_id(session, story.entry_id) is None


def test_a_public_contact_is_reported_and_not_changed(session: Session, publish: Publish) -> None:
    publish(an_approach())
    (choir,) = publish(a_service(contact={"email": SAM}))

    left = persons.erase(session, SAM, secret=SECRET, at=NOW)

    assert left == persons.Erased((choir.url,), ())


def test_who_still_moderates_is_not_erased(session: Session) -> None:
    people.appoint(session, SAM, at=NOW)

    with pytest.raises(persons.StillHasWork):
        persons.erase(session, SAM, secret=SECRET, at=NOW)


def test_the_command_gives_and_erases(
    app: Flask, session: Session, everywhere: Entry, config: Config
) -> None:
    path = config.instance_dir / "sam.zip"
    session.rollback()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["person", "export", SAM, "--to", str(path)]).exit_code == 0
    with zipfile.ZipFile(path) as file:
        held = json.loads(file.read("data.json"))["held"]
    assert {name: len(rows) for name, rows in held.items()} == {
        "account": 1, "submissions": 5, "messages": 7, "drafts": 1, "reports": 1,
        "story_consents": 1, "alerts": 1, "wishes": 1, "mails": held["mails"].__len__(),
        "owner": 1, "owned_entries": 1,
    }  # fmt: skip
    assert held["account"][0]["email"] == SAM
    assert "token" not in json.dumps(held)
    assert path.stat().st_mode & 0o077 == 0

    refused = runner.invoke(args=["person", "erase", SAM], input="n\n")
    assert refused.exit_code == 1
    assert people.find(session, SAM)
    session.rollback()
    said = runner.invoke(args=["person", "erase", SAM], input="y\n").output

    assert "Erased." in said
    assert people.find(session, SAM) is None
    (line,) = session.scalars(select(AuditLine).where(AuditLine.did.contains("erased")))
    assert (line.who, line.subject) == ("an operator", "one person")


def test_what_is_given_says_the_day_that_it_is_in_london(session: Session) -> None:
    given = persons.export(
        session, SAM, secret=SECRET, at=datetime(2027, 7, 14, 23, 30, tzinfo=UTC)
    )

    with zipfile.ZipFile(io.BytesIO(given)) as file:
        assert f"{SAM} on 2027-07-15" in file.read("README.txt").decode()


def test_an_admin_gives_and_erases_after_typing_the_address_twice(
    app: Flask, moderator: Browser, session: Session, publish: Publish
) -> None:
    decided(session, an_approach(), "published", at=NOW)
    session.rollback()
    page = moderator.open(PERSON)
    page = moderator.submit(page, PERSON, email="sam", status=422)
    assert "not a whole e-mail address" in page.text
    page = moderator.submit(page, PERSON, email="Sam@example.org")
    assert "Suggestions 1" in page.text

    given = moderator.submit(page, f"{PERSON}export")
    with zipfile.ZipFile(io.BytesIO(given.response.get_data())) as file:
        assert file.namelist() == ["data.json", "README.txt"]
    wrong = moderator.submit(
        page, f"{PERSON}erasure", again="pam@example.org", why="asked", status=422
    )
    assert "Type the same address again" in wrong.text
    assert wrong.find("input", name="why").get("value") == "asked"

    done = moderator.submit(
        wrong, f"{PERSON}erasure", again="Sam@example.org ", why="Sam@example.org asked"
    )

    assert "Erased." in done.text
    assert places_of(session, SAM) == set()
    did = session.scalars(select(AuditLine.did).order_by(AuditLine.id)).all()
    assert did[-2:] == ["gave a person their data", "erased a person's data"]
    bea = signed_in(app, session, "bea@example.org", "Bea")
    bea.open(PERSON, status=403)
