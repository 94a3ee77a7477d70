"""Stories: told under any name, with a recorded consent, and taken back at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.entries.catalogue import Entry
from directory.entries.models import Revision
from directory.entries.text import parse
from directory.moderation import deciding
from directory.moderation.cases import case_of
from directory.submissions import licence, stories
from directory.submissions.models import StoryConsent, Submission
from tests import services
from tests.builders import a_story, an_approach
from tests.conftest import NOW
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import SendIn, decide, moderator, send_in
from tests.proposing import begin, change, fill, fill_any, send

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]
WORDS = "I was on my own a lot. Now I sing on Tuesdays."


def told(browser: Browser) -> str:
    """Address of a whole draft of a story about Community choirs."""
    draft = begin(browser, "story", "I found my voice", about="community choirs")
    fill_any(browser, draft, "story", {"summary": "Singing helped after a move.", "body": WORDS})
    fill_any(browser, draft, "teller", {"told_by": "R."})
    fill_any(browser, draft, "you", {"email": "rosa@example.org", "author_name": "Rosa Hill"})
    return draft


def test_a_story_is_sent_with_a_consent_that_is_kept_apart(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach())
    draft = told(browser)
    page = browser.open(f"{draft}/check")
    assert "You can take it back at any time" in page.text
    assert "who agreed to have it here" not in page.text, "they have not yet"
    assert "It cannot be taken back later" not in page.text

    page = send(browser, draft, status=422)
    assert "Choose one." in page.text
    send(browser, draft, whose="own")

    kept = session.scalars(select(Submission)).one()
    document = parse(kept.text)
    assert document.about == "approaches/community-choirs"  # type: ignore[attr-defined]
    assert document.told_by == "R."  # type: ignore[attr-defined]
    assert "Rosa" not in kept.text
    consent = session.scalars(select(StoryConsent)).one()
    assert (consent.whose, consent.who, consent.contact) == ("own", "Rosa Hill", "rosa@example.org")
    assert (consent.agreed_to, consent.entry_id) == (licence.CONSENT, kept.entry_id)
    assert kept.licence_version == licence.CONSENT


def test_what_is_in_the_way_of_a_story_is_told_in_the_order_of_the_page(
    browser: Browser, publish: Publish
) -> None:
    publish(an_approach())
    draft = told(browser)
    fill_any(browser, draft, "story", {"summary": "Ring me on 07700 900123."})
    path = f"{draft}/check"

    page = browser.submit(browser.open(path), path, status=422)

    told_wrong = [
        one for one, to in page.links().items() if to in {"#not_private", "#whose", "#agree"}
    ]
    assert told_wrong == [
        "None of this is private, or the person agreed that it is published: "
        "Change it, or tick this if it may be read by everybody.",
        "Whose story is it? Choose one.",
        "Yes, this story may be on the site: Tick this, or we may not publish the story.",
    ]


def test_a_published_story_is_taken_back_at_once_by_its_private_link(
    app: Flask, browser: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    publish(an_approach())
    private = send(browser, told(browser), whose="own").path
    confirm = mailbox.fetch("rosa@example.org").link("/submissions/confirm/")
    browser.submit(browser.open(confirm), confirm)
    priya = people.appoint(session, "priya@example.org", at=NOW)
    kept = session.scalars(select(Submission)).one()
    deciding.publish(session, case_of(session, kept), moderator=priya, at=NOW)
    session.commit()
    services.follow(app)
    story = browser.open("/stories/i-found-my-voice")
    assert WORDS in story.text
    assert "Suggest a change" not in story.text, "its teller alone says what it says"
    assert "Whoever has it can take your story off the site." in browser.open(private).text

    page = browser.submit(browser.open(private), f"{private}/withdrawal")

    assert "Taken back." in page.text
    browser.open("/stories/i-found-my-voice", status=410)
    services.follow(app)
    assert "I found my voice" not in browser.open("/search?q=voice").text
    session.rollback()
    revisions = session.scalars(select(Revision).where(Revision.entry_id == kept.entry_id)).all()
    assert [one.text for one in revisions] == [""]
    consent = session.scalars(select(StoryConsent)).one()
    assert consent.withdrawn_at is not None
    assert (consent.who, consent.contact) == ("", "")


def test_a_story_without_a_recorded_consent_is_not_published_and_claims_none(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach())
    number = send_in(a_story(body=WORDS))
    path = f"/moderation/submissions/{number}"
    page = moderator.open(path)
    assert "No consent is recorded" in page.text
    assert ("Told by R." in page.text, "who agreed to have it here" in page.text) == (True, False)

    soon = (datetime.now(UTC).date() + timedelta(days=2)).isoformat()
    for outcome in ("publish", "later"):
        page = decide(moderator, page, number, outcome, day=soon, status=409)
        assert "No consent to this story is recorded, so it cannot be published." in page.text
    page = moderator.submit(moderator.open(f"{path}/words"), f"{path}/words", status=409)
    assert "No consent to this story is recorded" in page.text
    moderator.open("/stories/i-found-my-voice", status=404)

    kept = session.get_one(Submission, number)
    consent = stories.record_consent(session, kept, whose="own", at=NOW)
    session.commit()
    page = moderator.open(path)
    assert "Told by R., who agreed to have it here" in page.text
    consent.withdrawn_at = NOW
    session.commit()
    decide(moderator, page, number, "publish", status=409)
    consent.withdrawn_at = None
    session.commit()
    decide(moderator, moderator.open(path), number, "publish")
    assert "who agreed to have it here" in moderator.open("/stories/i-found-my-voice").text


def test_only_stories_are_taken_back_after_they_are_published(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach())
    draft = change(browser, "/submit/change/approach/community-choirs", "idea")
    fill_any(browser, draft, "idea", {"strapline": "Sing together"})
    fill_any(browser, draft, "you", {"email": "sam@example.org"})
    private = send(browser, draft).path
    kept = session.scalars(select(Submission)).one()
    page = browser.open(private)
    kept.state, kept.decided_at = "published", NOW
    session.commit()

    browser.submit(page, f"{private}/withdrawal", status=409)

    assert "Take it back" not in browser.open(private).text


def test_a_story_is_about_something_that_is_here(browser: Browser, publish: Publish) -> None:
    publish(an_approach())
    draft = begin(browser, "story", "I found my voice", about="falconry")

    page = fill(browser, draft, "teller", {"told_by": "R."}, status=422)

    assert "We have no entry called “falconry”." in page.text
    assert "It is not text" not in page.text
    press = page.all("button", name="swap")
    assert press == [], "nothing here has to do with falconry"
    draft = begin(browser, "story", "I found my voice in a choir")
    (press,) = browser.open(f"{draft}/teller").all("button", name="swap")
    assert press.get("value") == "about||Community choirs"
