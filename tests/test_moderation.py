"""Moderating: reading what waits beside what is live, and deciding about it once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Story
from directory.submissions import conversation, proposing
from directory.submissions.models import Submission
from directory.submissions.proposing import Author, Proposal
from directory.vocabulary.terms import Kind
from tests import days
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser, words
from tests.mailbox import Mailbox
from tests.moderating import (
    NOW,
    SendIn,
    decide,
    let_claims_lapse,
    moderator,
    renamed,
    send_in,
    signed_in,
)
from tests.proposing import fill_any, send

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


@pytest.fixture
def by_calder_voices(send_in: SendIn, publish: Publish) -> int:
    """A service that waits, of an organisation that has no entry; its number."""
    publish(an_approach())
    return send_in(
        a_service(place=None, service_area=["Calderdale"]),
        asides={"organization": "Calder Voices"},
    )


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
    assert labels == ["In a few words", "How it works", "How it works"]  # as readers see it, too
    assert words(page.find("del")) == "[taken out: others ]"
    assert words(page.find("ins")) == "[put in: neighbours ]"


def test_numbers_that_no_row_can_have_are_not_found(moderator: Browser) -> None:
    for what in ("submissions", "reports"):
        moderator.open(f"/moderation/{what}/99999999999999999999", status=404)


def test_the_page_names_the_entries_that_a_proposal_names(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach(), a_place())
    page = moderator.open(f"/moderation/submissions/{send_in(a_service())}")

    told = words(page.find("dl", class_="told"))

    assert "Community choirs" in told
    assert "Leeds" in told
    assert "community-choirs" not in told

    story = Story(
        name="My voice", summary="I sing now.", told_by="R.", body="Now I sing.",
        about="approaches/community-choirs",
    )  # fmt: skip
    page = moderator.open(f"/moderation/submissions/{send_in(story)}")
    assert "What the story is about Community choirs" in words(page.find("dl", class_="told"))


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
    began = days.today()
    number = send_in(an_approach())
    page = moderator.open(f"/moderation/submissions/{number}")

    decide(moderator, page, number, "publish", assured="y")

    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert entry
    assert entry.document.assured_date in days.since(began)


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
    assert len(kept.messages) == 2, "each thing that is asked is said once"
    session.rollback()
    assert "1 waits for its author" in moderator.open("/moderation/").text
    assert "Community choirs" in moderator.open("/moderation/asked").text


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


def test_an_organisation_that_was_only_named_gets_an_entry_if_the_moderator_likes(
    moderator: Browser, session: Session, by_calder_voices: int
) -> None:
    page = moderator.open(f"/moderation/submissions/{by_calder_voices}")
    assert "“Calder Voices” has no entry yet" in page.text

    decide(moderator, page, by_calder_voices, "publish", with_organization="y")

    service = catalogue.find(session, Kind.SERVICE, "harehills-singers")
    assert service
    assert service.document.organization == "calder-voices"  # type: ignore[attr-defined]
    assert catalogue.find(session, Kind.ORGANIZATION, "calder-voices")


def test_an_organisation_without_an_entry_is_not_lost_when_the_words_are_corrected(
    moderator: Browser, session: Session, by_calder_voices: int
) -> None:
    words = f"/moderation/submissions/{by_calder_voices}/words"
    page = moderator.open(words)
    assert page.find("input", name="organization").get("value") == "Calder Voices"

    page = moderator.submit(page, words, organization="Calder Valley Voices", status=422)
    assert "We have no entry of that name. Tick below" in page.text
    moderator.submit(page, words, with_organization="y")

    service = catalogue.find(session, Kind.SERVICE, "harehills-singers")
    assert service
    assert service.document.organization == "calder-valley-voices"  # type: ignore[attr-defined]
    made = catalogue.find(session, Kind.ORGANIZATION, "calder-valley-voices")
    assert made
    assert made.document.name == "Calder Valley Voices"


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
    assert "1 new address to open" in looks
    assert "new.example" in looks
    assert "a phone number" in looks
    assert "Perhaps a copy" in looks
    assert "“service users”" in looks


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

    assert "nothing was changed" in page.text
    assert page.find("textarea", name="typed").text.strip() == "Hello"
    assert session.get_one(Submission, number).state == "waiting"


def test_a_moderator_writes_to_the_author_and_decides_nothing(
    moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox, session: Session
) -> None:
    number = send_in(an_approach())
    path = f"/moderation/submissions/{number}"
    say = f"{path}/messages"
    page = moderator.submit(moderator.open(path), say, words=" ", status=422)
    assert page.title.startswith("Error:")
    assert page.find("textarea", id="words").get("aria-describedby")

    page = moderator.submit(page, say, words="Who can come?")

    assert "They get it by mail" in page.text
    assert "Who can come?" in page.text
    letter = mailbox.fetch("sam@example.org", subject="a moderator writes")
    private = letter.link("/submissions/")
    assert "Who can come?" in browser.open(private).text
    browser.submit(browser.open(private), f"{private}/messages", words="All who like to sing.")
    page = moderator.open(path)
    assert "They wrote All who like to sing." in page.text
    assert session.get_one(Submission, number).state == "waiting"


def test_a_second_look_is_somebody_elses(
    app: Flask, moderator: Browser, browser: Browser, send_in: SendIn, mailbox: Mailbox,
    session: Session,
) -> None:  # fmt: skip
    number = send_in(an_approach())
    path = f"/moderation/submissions/{number}"
    decide(moderator, moderator.open(path), number, "decline", note="Too little.")
    private = mailbox.fetch("sam@example.org", subject="Not published").link("/submissions/")
    page = browser.submit(browser.open(private), f"{private}/appeal", reason="It is whole.")
    assert "It will be read again from the start." in page.text
    alone = moderator.open(path)
    tom = signed_in(app, session, "tom@example.org", "Tom")
    assert "Somebody else will decide this time." in browser.open(private).text

    refused = decide(moderator, alone, number, "publish", note="Hm.", status=409)

    assert "somebody else decides now" in refused.text
    assert "Somebody else decides this" in refused.text
    assert refused.find("textarea", name="note").text.strip() == "Hm."
    let_claims_lapse(session)
    assert moderator.open(path).all("input", name="outcome") == []
    decide(tom, tom.open(path), number, "publish")
    assert session.get_one(Submission, number).state == "published"
