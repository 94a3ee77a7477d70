"""Stories: told under any name, with a recorded consent, and taken back at once."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.entries.catalogue import Entry
from directory.entries.models import Revision
from directory.entries.text import parse
from directory.moderation import deciding
from directory.submissions import licence
from directory.submissions.models import StoryConsent, Submission
from tests import services
from tests.builders import an_approach
from tests.conftest import NOW
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.proposing import begin, change, fill, fill_any, send

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


def test_a_published_story_is_taken_back_at_once_by_its_private_link(
    app: Flask, browser: Browser, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    publish(an_approach())
    private = send(browser, told(browser), whose="own").path
    confirm = mailbox.fetch("rosa@example.org").link("/submissions/confirm/")
    browser.submit(browser.open(confirm), confirm)
    priya = people.appoint(session, "priya@example.org", at=NOW)
    kept = session.scalars(select(Submission)).one()
    deciding.publish(session, deciding.case_of(session, kept), moderator=priya, at=NOW)
    session.commit()
    services.follow(app)
    assert WORDS in browser.open("/stories/i-found-my-voice").text

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
