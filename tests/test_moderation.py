"""Moderating: reading what waits beside what is live, deciding once, and undoing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from directory import worker
from directory.accounts import people, sign_in
from directory.config import current
from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import ContentFault, EntryRow
from directory.mail.models import MailState, OutboxMail
from directory.moderation import later, reasons
from directory.moderation.models import AuditLine, Claim, Decision
from directory.submissions import conversation, links, proposing
from directory.submissions.models import Concern, Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.submissions.reports import report
from directory.vocabulary.terms import Kind
from tests.builders import a_body, a_service, an_approach, an_organization
from tests.house_rules import Browser, Page, words
from tests.mailbox import Mailbox
from tests.proposing import fill_any, send

Publish = Callable[..., list[Entry]]
SendIn = Callable[..., int]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def send_in(session: Session) -> SendIn:
    """Put a confirmed submission into the queue; returns its number."""

    def propose(document: Document, *, change_of: Entry | None = None, **fields: Any) -> int:
        made = proposing.propose(
            session,
            Proposal(
                document,
                Author(fields.pop("email", "sam@example.org"), role="I run it"),
                licence_version="1",
                why=fields.pop("why", ""),
                asides=fields.pop("asides", {}),
            ),
            change_of=change_of,
            at=NOW,
        )
        token = links.make(session, made, Purpose.CONFIRM, at=NOW)
        session.flush()
        proposing.confirm(session, token, at=NOW)
        session.commit()
        number = made.id
        session.rollback()
        return number

    return propose


@pytest.fixture
def moderator(app: Flask, session: Session) -> Browser:
    """A browser in which Priya has signed in."""
    return signed_in(app, session, "priya@example.org", "Priya S.")


def test_a_new_approach_is_published_and_on_the_site_at_once(
    moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    queue = moderator.open("/moderation/")
    assert queue.heading == "1 thing to read"
    page = moderator.open(queue.links()["Community choirs"])

    queue = decide(moderator, page, number, "publish", note="Thank you!")

    assert "Published. Community choirs" in queue.text
    assert browser.open("/approaches/community-choirs").heading == "Community choirs"
    letter = mailbox.fetch("sam@example.org", subject="Published")
    assert "http://kith.test/approaches/community-choirs" in letter.text
    assert "> Thank you!" in letter.text


def test_the_page_shows_word_by_word_what_would_change(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach(strapline="Sing with others, no audition needed"))
    changed = entry.document.model_copy(
        update={
            "strapline": "Sing with neighbours, no audition needed",
            "body": a_body(how_it_works="We meet in a library."),
        }
    )
    number = send_in(changed, change_of=entry, why="It is about neighbours.")

    page = moderator.open(f"/moderation/submissions/{number}")

    assert page.heading == "Community choirs: a change"
    assert "It is about neighbours." in page.text
    assert "2 things would change" in page.text
    labels = [one.text for one in page.all("div", class_="diff__field")]
    assert labels == ["In a few words", "How it works"]
    assert words(page.find("del")) == "[taken out: others ]"
    assert words(page.find("ins")) == "[put in: neighbours ]"


def test_publishing_a_change_keeps_the_address_and_appends_a_revision(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)

    decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish")

    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.slug, now.revision, now.document.name) == ("community-choirs", 2, "Choirs for all")
    assert catalogue.history(session, entry.id)[0].author == ""


def test_i_checked_it_is_true_counts_as_checked_today(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")

    decide(moderator, page, number, "publish", assured="y")

    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.assured_date == datetime.now(UTC).date()


def test_asking_for_changes_sends_the_note_and_a_private_link(
    moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")

    decide(moderator, page, number, "ask", note="Where do you meet?")

    letter = mailbox.fetch("sam@example.org", subject="A question")
    assert "> Where do you meet?" in letter.text
    path = letter.link("/submissions/")
    assert "Where do you meet?" in browser.open(path).text
    draft = browser.submit(browser.open(path), f"{path}/words").path
    fill_any(browser, draft, "you", {"answer-": "In the library."})
    send(browser, draft)
    queue = moderator.open("/moderation/")
    assert "New approach, answered" in queue.text
    assert "In the library." in moderator.open(f"/moderation/submissions/{number}").text


def test_declining_needs_a_reason_which_the_author_reads(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")

    page = decide(moderator, page, number, "decline", status=422)
    assert "Write a reason" in page.text
    assert page.find("input", name="outcome", checked="").get("value") == "decline"
    decide(moderator, page, number, "decline", note="It is an advert.")

    assert "> It is an advert." in mailbox.fetch("sam@example.org", subject="Not published").text
    assert session.get_one(Submission, number).state == "declined"


def test_changes_are_asked_part_by_part(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    page = decide(moderator, page, number, "ask", status=422)

    decide(moderator, page, number, "ask", note="Lovely.", ask__strapline="Say where.")

    letter = mailbox.fetch("sam@example.org", subject="A question")
    assert "> Lovely." in letter.text
    assert "> In a few words: Say where." in letter.text
    kept = session.get_one(Submission, number)
    assert conversation.asked(kept) == {"": "Lovely.", "strapline": "Say where."}
    session.rollback()
    assert "1 waits for its author" in moderator.open("/moderation/").text
    assert "Community choirs" in moderator.open("/moderation/asked").text


def test_declining_with_prepared_reasons_that_admins_write(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    page = moderator.open("/moderation/reasons")
    page = moderator.submit(page, page.path, title="A tune", words="", status=422)
    assert "Write a short title" in page.text
    moderator.submit(page, page.path, title="A tune", words="It is only a tune.")
    tune = next(one.id for one in reasons.offered(session) if one.title == "A tune")
    others = [str(one.id) for one in reasons.offered(session)][:3]
    session.rollback()
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    page = decide(moderator, page, number, "decline", reasons=[*others, str(tune)], status=422)
    assert "Choose at most three reasons" in page.text

    decide(moderator, page, number, "decline", reasons=[str(tune), others[0]], note="Sorry.")

    text = mailbox.fetch("sam@example.org", subject="Not published").text
    assert "> It is only a tune." in text
    assert "> Sorry." in text
    (decision,) = session.scalars(select(Decision)).all()
    assert {one.id for one in decision.reasons} == {tune, int(others[0])}
    session.rollback()
    page = moderator.open("/moderation/reasons")
    moderator.send(page.path, page.form(page.path) | {"reason": str(tune), "action": "retire"})
    session.rollback()
    assert "A tune" not in [one.title for one in reasons.offered(session)]
    assert "It is only a tune." in moderator.open("/moderation/decisions").text


def test_only_admins_write_reasons(app: Flask, moderator: Browser, session: Session) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")

    other.open("/moderation/reasons", status=403)
    assert "Reasons" not in other.open("/moderation/").links()


def test_spam_is_closed_without_a_mail_and_can_be_taken_up_again(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    mailbox.send()
    before = len(mailbox.letters())

    queue = decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "spam")

    assert "Marked as spam." in queue.text
    mailbox.send()
    assert len(mailbox.letters()) == before
    decision = session.scalars(select(Decision)).one()
    assert (decision.outcome, decision.is_spam) == ("declined", True)
    decision.decided_at -= timedelta(days=3)
    session.commit()
    page = moderator.open(f"/moderation/submissions/{number}")
    page = moderator.submit(page, undo_of(page))
    assert "Your decision" in page.text


def test_published_later_on_its_day_unless_it_changes(
    app: Flask, moderator: Browser, browser: Browser, session: Session, send_in: SendIn
) -> None:
    stays, changes = send_in(an_approach()), send_in(an_approach(name="Repair cafes"))
    tomorrow = datetime.now(UTC).date() + timedelta(days=2)
    for number in (stays, changes):
        page = moderator.open(f"/moderation/submissions/{number}")
        page = decide(moderator, page, number, "later", day="", note="Soon!", status=422)
        assert "Choose a day after today" in page.text
        page = decide(moderator, page, number, "later", day=tomorrow.isoformat())
        assert "Comes out later" in page.heading
    assert moderator.open("/moderation/").heading == "Nothing waits"
    proposing.revise(
        session.get_one(Submission, changes),
        an_approach(name="Buy gold"), why="", asides={}, at=NOW,
    )  # fmt: skip
    session.commit()
    with app.app_context():
        worker.publish_later(session, current())
    browser.open("/approaches/community-choirs", status=404)

    at = datetime.now(UTC) + timedelta(days=3)
    while later.publish_next(session, at=at):
        session.commit()

    assert browser.open("/approaches/community-choirs").heading == "Community choirs"
    browser.open("/approaches/buy-gold", status=404)
    assert session.get_one(Submission, changes).state == "waiting"
    session.rollback()
    assert "not published: it changed meanwhile" in moderator.open("/moderation/decisions").text
    assert moderator.open("/moderation/").heading == "1 thing to read"


def test_the_first_decision_stands_and_the_second_is_told_so_with_its_words(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    number = send_in(an_approach())
    theirs = other.open(f"/moderation/submissions/{number}")
    let_claims_lapse(session)
    mine = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, mine, number, "publish")

    page = decide(other, theirs, number, "decline", note="Not for us, sadly.", status=409)

    assert "This suggestion has been decided meanwhile." in page.text
    assert page.find("textarea", name="note").text.strip() == "Not for us, sadly."
    assert "By Priya S." in page.text
    assert len(session.scalars(select(Decision)).all()) == 1


def test_words_that_changed_while_reading_are_not_published_unseen(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    kept = session.get_one(Submission, number)
    proposing.revise(kept, an_approach(name="Buy gold"), why="", asides={}, at=NOW)
    session.commit()

    page = decide(moderator, page, number, "publish", note="Lovely.", status=409)

    assert "changed while you were reading" in page.text
    assert page.heading == "Buy gold: new"
    assert page.find("textarea", name="note").text.strip() == "Lovely."
    decide(moderator, page, number, "decline", note="An advert.")


def test_an_edit_of_the_live_entry_meanwhile_is_neither_lost_nor_hidden(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    page = moderator.open(f"/moderation/submissions/{number}")
    publish(entry.document.model_copy(update={"strapline": "Sing together"}))

    page = decide(moderator, page, number, "publish", status=409)
    assert "The entry changed since this was written" in page.text
    assert "1 thing would change" in page.text
    decide(moderator, page, number, "publish")

    now = catalogue.by_id(session, entry.id)
    assert now
    assert now.document.name == "Choirs for all"
    assert now.document.tagline == "Sing together"


def test_when_both_changed_the_same_words_the_moderator_is_told(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    publish(renamed(entry, "Singing circles"), slug="community-choirs")

    page = moderator.open(f"/moderation/submissions/{number}")

    assert "Others changed the same words meanwhile" in page.text
    assert "Name: publishing puts these words in place of theirs." in page.text
    assert "They started from" in page.text


def test_a_moderator_corrects_the_words_before_publishing(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach(strapline="Sing wiht your neighbours"))
    page = moderator.open(f"/moderation/submissions/{number}")
    words = f"/moderation/submissions/{number}/words"
    page = decide(moderator, page, number, "edit", note="Just a typo.")
    assert page.find("textarea", name="note").text.strip() == "Just a typo."

    page = moderator.submit(page, words, strapline="", status=422)
    assert "Write a few words here" in page.text
    moderator.submit(page, words, strapline="Sing with your neighbours")

    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.tagline == "Sing with your neighbours"
    line = catalogue.history(session, entry.id)[0]
    assert line.origin == "moderation"
    session.rollback()
    assert "corrected a few words" in mailbox.fetch("sam@example.org", subject="Published").text


def test_undoing_a_change_publishes_the_earlier_words_again(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )

    page = moderator.submit(queue, undo_of(queue))

    assert "Your decision" in page.text
    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.revision, now.document) == (3, entry.document)
    assert session.get_one(Submission, number).state == "waiting"


def test_undoing_a_new_entry_ends_it_and_publishing_again_brings_it_back(
    moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )

    page = moderator.submit(queue, undo_of(queue))

    assert browser.open("/approaches/community-choirs", status=410)
    mailbox.send()
    assert not [one for one in mailbox.letters() if one.subject.startswith("Published")]
    decide(moderator, page, number, "publish")
    browser.open("/approaches/community-choirs")


def test_the_author_hears_of_it_only_when_it_cannot_be_undone_any_more(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")
    queue = decide(moderator, page, number, "ask", note="Where do you meet?")
    mailbox.send(later=timedelta())
    assert not [one for one in mailbox.letters() if one.subject.startswith("A question")]

    page = moderator.submit(queue, undo_of(queue))
    assert "Where do you meet?" not in page.text
    queue = decide(moderator, page, number, "publish")
    decision = session.scalars(select(Decision).order_by(Decision.id.desc())).first()
    assert decision
    decision.decided_at -= timedelta(seconds=31)
    session.commit()

    page = moderator.submit(queue, undo_of(queue), status=409)
    assert "its author has been told" in page.text
    assert not moderator.open(f"/moderation/submissions/{number}").all("form", class_="stack")
    mailbox.send()
    subjects = [one.subject for one in mailbox.letters()]
    assert [one for one in subjects if one.startswith("Published")]
    assert not [one for one in subjects if one.startswith("A question")]


def test_what_changed_since_cannot_be_undone(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    queue = decide(
        moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish"
    )
    publish(renamed(entry, "Singing circles"), slug="community-choirs")

    page = moderator.submit(queue, undo_of(queue), status=409)

    assert "cannot be undone any more" in page.text
    assert session.get_one(Submission, number).state == "published"


def test_every_decision_is_in_the_log_with_its_reason_and_without_the_author(
    moderator: Browser, send_in: SendIn
) -> None:
    first, second = send_in(an_approach()), send_in(an_approach(name="Repair cafes"))
    decide(moderator, moderator.open(f"/moderation/submissions/{first}"), first, "publish")
    page = moderator.open(f"/moderation/submissions/{second}")
    decide(moderator, page, second, "decline", note="We have it already.")

    page = moderator.open("/moderation/decisions")

    rows = [[cell.text or "" for cell in row.iter("td")][1:3] for row in page.all("tr")][1:]
    assert rows == [["Priya S.", "declined"], ["Priya S.", "published"]]
    assert "We have it already." in page.text
    assert "sam@example.org" not in page.html


def test_the_log_cannot_be_changed(moderator: Browser, session: Session, send_in: SendIn) -> None:
    number = send_in(an_approach())
    decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish")
    line = session.scalars(select(AuditLine)).one()

    line.why = "something else"

    with pytest.raises(TypeError):
        session.flush()
    session.rollback()
    for change in ("UPDATE audit_lines SET why = 'x'", "DELETE FROM audit_lines"):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(change))
        session.rollback()


def test_an_authors_address_is_nowhere_but_in_the_tables_for_it(
    moderator: Browser, browser: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    number = send_in(an_approach(), email="private@example.org")
    page = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, page, number, "publish", note="Thanks.")
    mailbox.send()

    assert "private@example.org" not in page.html
    for path in ("", ".md", "/history"):
        response = browser.client.get(
            f"/approaches/community-choirs{path}", base_url="http://kith.test"
        )
        assert "private@example.org" not in response.get_data(as_text=True)
    holders = [
        table.name
        for table in EntryRow.metadata.sorted_tables
        for row in session.execute(table.select()).all()
        if "private@example.org" in repr(row)
    ]
    assert holders == ["submissions"]


def test_an_organisation_that_was_only_named_gets_an_entry_if_the_moderator_likes(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach())
    number = send_in(
        a_service(place=None, service_area=["Calderdale"]),
        asides={"organization": "Calder Voices"},
    )
    page = moderator.open(f"/moderation/submissions/{number}")
    assert "“Calder Voices” has no entry yet" in page.text

    decide(moderator, page, number, "publish", with_organization="y")

    service = catalogue.find(session, Kind.SERVICE, "harehills-singers")
    assert service
    assert service.document.organization == "calder-voices"  # type: ignore[attr-defined]
    assert catalogue.find(session, Kind.ORGANIZATION, "calder-voices")


def test_the_checks_say_what_to_look_at(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach())
    body = a_body(
        how_it_works="Ring Mrs Jones on 07700 900123. See https://new.example/ for service users."
    ).replace("## Start one here\n\nA short, plain paragraph.", "")
    number = send_in(an_approach(body=body))

    page = moderator.open(f"/moderation/submissions/{number}")

    looks = " ".join("".join(one.itertext()) for one in page.all("li", class_="check-row--look"))
    assert "Start one here" in looks
    assert "new.example: see that it says so" in looks
    assert "a phone number" in looks
    assert "Perhaps a copy" in looks
    assert "“service users”" in looks


def test_reports_stand_first_and_are_answered(
    moderator: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    choirs, cafes = publish(an_approach(), an_approach(name="Repair cafes"))
    report(session, choirs, concern=Concern.WRONG, words="Moved.", email="ann@example.org", at=NOW)
    report(session, cafes, concern=Concern.WORRYING, words="Not safe.", email="", at=NOW)
    session.commit()
    queue = moderator.open("/moderation/?sort=reports")
    assert [one.text for one in queue.all("a", class_="work__name")] == [
        "Repair cafes",
        "Community choirs",
    ]
    page = moderator.open(queue.links()["Community choirs"])

    moderator.submit(page, f"{page.path}/decision", answer="We have put it right.")

    assert "> We have put it right." in mailbox.fetch("ann@example.org").text
    assert moderator.open("/moderation/").heading == "1 thing to read"


def test_two_cannot_close_the_same_report(
    app: Flask, moderator: Browser, session: Session, publish: Publish
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    (choirs,) = publish(an_approach())
    report(session, choirs, concern=Concern.OTHER, words="Hm.", email="", at=NOW)
    session.commit()
    path = "/moderation/reports/1"
    theirs = other.open(path)
    let_claims_lapse(session)
    mine = moderator.open(path)
    moderator.submit(mine, f"{path}/decision", answer="Done.")

    page = other.submit(theirs, f"{path}/decision", answer="My long answer.", status=409)

    assert page.find("textarea", name="answer").text.strip() == "My long answer."
    assert "Dealt with by Priya S." in page.text


def test_broken_files_and_failed_mails_are_told(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    session.add(
        ContentFault(
            path="approaches/x.md", line=3, field="moment", what="it is missing",
            remedy="Add it.", found_at=NOW,
        )
    )  # fmt: skip
    session.add(
        OutboxMail(
            letter="confirm", to="ann@example.org", values={}, state=MailState.FAILED,
            created_at=NOW, due_at=NOW, fault="the server refused the address (550)",
        )
    )  # fmt: skip
    session.commit()

    page = moderator.open("/moderation/")

    assert "approaches/x.md" in page.text
    assert "it is missing. Add it." in page.text
    assert "“confirm” to a…@example.org" in page.text
    assert "Nobody gets our mails. They lie in instance/mail/" in page.text
    path = "/moderation/mails/1/decision"
    moderator.send(path, page.form(path) | {"action": "again"})
    session.rollback()
    assert session.get_one(OutboxMail, 1).state == MailState.WAITING


def test_what_nobody_has_checked_is_listed_and_checked(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(), an_approach(name="Fresh", assured_date=datetime.now(UTC).date()))
    publish(an_organization())
    page = moderator.open("/moderation/due")
    assert page.heading == "1 entry is due a check"

    path = "/moderation/due/approach/community-choirs/check"
    page = moderator.submit(page, path)

    assert page.heading == "0 entries are due a check"
    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.assured_date == datetime.now(UTC).date()


def test_a_conflict_of_a_file_shows_its_path_and_has_nobody_to_ask(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    from directory.entries.sync import Conflict
    from directory.submissions import conflicts

    (entry,) = publish(an_approach())
    clash = Conflict(
        "approaches/community-choirs.md", entry.slug, renamed(entry, "From a file"), entry.id, 1
    )
    conflicts.hand_over(session, [clash], at=NOW)
    session.commit()

    page = moderator.open("/moderation/submissions/1")

    assert "approaches/community-choirs.md" in page.text
    choices = [one.get("value") for one in page.all("input", name="outcome")]
    assert choices == ["publish", "edit", "decline", "later"]
    decide(moderator, page, 1, "decline", note="The site is newer.")


def test_what_is_not_confirmed_is_not_for_moderators(moderator: Browser, session: Session) -> None:
    proposing.propose(
        session, Proposal(an_approach(), Author("sam@example.org"), licence_version="1"), at=NOW
    )
    session.commit()

    moderator.open("/moderation/submissions/1", status=404)
    assert moderator.open("/moderation/").heading == "Nothing waits"


def test_readers_cannot_moderate(browser: Browser, send_in: SendIn, session: Session) -> None:
    number = send_in(an_approach())

    browser.open(f"/moderation/submissions/{number}", follow=False, status=303)
    token = browser.open("/accounts/sign-in").form("/accounts/sign-in")["csrf_token"]
    values = {"csrf_token": token, "outcome": "publish"}
    browser.send(f"/moderation/submissions/{number}/decision", values, status=401)

    assert session.get_one(Submission, number).state == "waiting"


def test_a_decision_from_another_site_is_refused_and_its_words_are_shown(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach())
    path = f"/moderation/submissions/{number}/decision"

    page = moderator.send(path, {"outcome": "publish", "note": "Hello"}, status=400)

    assert "Nothing was decided." in page.text
    assert page.find("textarea", name="typed").text.strip() == "Hello"
    assert session.get_one(Submission, number).state == "waiting"


def signed_in(app: Flask, session: Session, email: str, name: str) -> Browser:
    """A browser in which a moderator has signed in."""
    at = datetime.now(UTC)
    user = people.appoint(session, email, name=name, at=at)
    token = sign_in.make_link(session, user, at=at)
    session.commit()
    browser = Browser(app)
    path = f"/accounts/sign-in/{token}"
    browser.submit(browser.open(path), path)
    return browser


def let_claims_lapse(session: Session) -> None:
    """Twenty minutes pass in which nobody touches anything."""
    session.execute(update(Claim).values(until=NOW))
    session.commit()


def decide(
    browser: Browser, page: Page, number: int, outcome: str, *, status: int = 200, **values: Any
) -> Page:
    """Press the button in the decision panel."""
    path = f"/moderation/submissions/{number}/decision"
    return browser.submit(page, path, outcome=outcome, status=status, **values)


def undo_of(page: Page) -> str:
    """Where the form with the undo button goes."""
    actions = [form.get("action", "") for form in page.all("form")]
    return next(action for action in actions if action.endswith("/reversal"))


def renamed(entry: Entry, name: str) -> Document:
    return entry.document.model_copy(update={"name": name})
