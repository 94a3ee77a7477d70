"""Proposing: forms made from the schema, nothing typed is lost, no account is needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import config as settings
from directory.config import Config
from directory.entries.catalogue import Entry
from directory.entries.text import parse
from directory.submissions import licence, proposing
from directory.submissions.forms import form_for
from directory.submissions.models import Arrival, Draft, Submission
from directory.submissions.proposing import Author, Proposal
from tests.builders import a_place, an_approach, an_organization
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.proposing import (
    APPROACH,
    SERVICE,
    begin,
    draft_of,
    fill,
    fill_any,
    propose,
    send,
)

Publish = Callable[..., list[Entry]]


def test_somebody_proposes_an_approach_without_an_account(
    browser: Browser, session: Session, mailbox: Mailbox
) -> None:
    page = propose(browser)

    assert page.heading == "Bread and roses"
    assert "We have sent a link to sam@example.org" in page.text
    kept = session.scalars(select(Submission)).one()
    document = parse(kept.text)
    assert document.name == "Bread and roses"
    assert document.everyday_words == ["baking", "learn to bake"]  # type: ignore[attr-defined]
    assert document.body == "## How it works\n\nWe meet on Tuesdays.\n\n- flour\n- songs"
    assert document.id is not None
    assert (kept.state, kept.author_role) == ("unconfirmed", "I run it")
    assert kept.licence_version == licence.VERSION
    assert kept.agreed_at is not None
    session.rollback()
    assert "Please confirm: Bread and roses" in mailbox.fetch("sam@example.org").subject


def test_nobody_can_send_without_agreeing(browser: Browser, session: Session) -> None:
    page = send(browser, draft_of(browser, "approach", APPROACH), agree=[], status=422)

    assert "Tick this, or we may not publish your words." in page.text
    assert session.scalars(select(Submission)).all() == []


def test_what_is_wrong_stands_at_the_field_and_everything_typed_is_kept(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    wrong = {
        "started": "long ago",
        "evidence-0-claim": "People felt better.",
        "evidence-0-source_url": "not a link",
    }

    page = fill(browser, draft, "evidence", wrong, status=422)

    assert page.title.startswith("Error:")
    summary = page.find("div", class_="error-summary")
    assert [link.get("href") for link in summary.iter("a")] == [
        "#field-evidence-0-source_title",
        "#field-evidence-0-source_url",
        "#field-evidence-0-strength",
        "#field-started",
    ]
    assert page.find("input", name="started").get("value") == "long ago"
    assert page.find("input", name="evidence-0-source_url").get("value") == "not a link"
    about = page.find("input", name="started").get("aria-describedby", "")
    assert "field-started-error" in about.split()
    page = fill(browser, draft, "you", {"email": "sam at example"}, status=422)
    assert page.find("input", name="email").get("value") == "sam at example"
    page = fill(browser, draft, "people", {"support_area": ["home"]}, status=422)
    assert [box.get("value") for box in page.all("input", name="support_area", checked="")] == [
        "home"
    ]


def test_a_name_is_asked_before_anything_is_begun(browser: Browser, session: Session) -> None:
    page = browser.open("/submit/service")

    page = browser.submit(page, "/submit/service", name=" ", place="Leeds", status=422)

    assert "Write what it is called" in page.text
    assert page.find("input", name="place").get("value") == "Leeds"
    assert session.scalars(select(Draft)).all() == []


def test_a_service_names_its_approach_place_and_organisation(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(), a_place(), an_organization())

    draft = draft_of(browser, "service", SERVICE)
    fill_any(browser, draft, "what", {"organization": "singing together"})
    send(browser, draft)

    document = parse(session.scalars(select(Submission)).one().text)
    assert document.approach == ["community-choirs"]  # type: ignore[attr-defined]
    assert document.place == "leeds"  # type: ignore[attr-defined]
    assert document.organization == "singing-together"  # type: ignore[attr-defined]


def test_a_place_and_an_organisation_we_do_not_know_are_no_obstacle(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach())

    draft = draft_of(browser, "service", SERVICE, place="Mytholmroyd")
    fill_any(browser, draft, "what", {"organization": "Calder Voices CIC"})
    send(browser, draft)

    kept = session.scalars(select(Submission)).one()
    document = parse(kept.text)
    assert document.service_area == ["Mytholmroyd"]  # type: ignore[attr-defined]
    assert kept.asides == {"organization": "Calder Voices CIC"}


def test_an_approach_we_do_not_know_is_said_at_its_row(browser: Browser, publish: Publish) -> None:
    publish(an_approach())
    draft = begin(browser, "service", "Harehills Singers")

    page = fill(browser, draft, "what", {"approach-0": "Community chiors"}, status=422)

    assert "We have no approach called “Community chiors”" in page.text
    assert page.find("input", name="approach-0").get("aria-describedby") == "field-approach-0-error"
    assert "Needed." not in page.text


def test_approaches_that_may_fit_are_one_press_away(browser: Browser, publish: Publish) -> None:
    publish(an_approach(everyday_words=["somewhere to sing"]), an_approach(name="Bike library"))
    draft = begin(browser, "service", "Sing in Harehills")
    path = f"{draft}/what"
    press = browser.open(path).all("button", name="swap")[0]
    assert press.text.strip() == "Community choirs"

    page = browser.submit(browser.open(path), path, swap=press.get("value"))

    assert page.find("input", name="approach-0").get("value") == "Community choirs"
    assert page.all("button", name="swap") == [], "one is named: no others are offered"


def test_what_shares_a_chance_word_is_not_offered_beside_what_fits(
    browser: Browser, publish: Publish
) -> None:
    publish(
        an_approach(everyday_words=["somewhere to sing"]),
        an_approach(
            name="Recovery colleges",
            strapline="Courses on getting well",
            summary="People teach what they have been through.",
            everyday_words=["evening courses"],
        ),
    )

    def offered(name: str) -> list[str]:
        page = browser.open(f"{begin(browser, 'service', name)}/what")
        return [one.text.strip() for one in page.all("button", name="swap")]

    assert offered("Evening community choir, come and sing") == ["Community choirs"]
    assert set(offered("Evening sing")) == {"Community choirs", "Recovery colleges"}
    draft = begin(browser, "service", "Sing in Harehills")
    page = fill(
        browser, draft, "what", {"summary": "Evening courses, taught on getting well."}, status=422
    )
    assert page.all("button", name="swap")[0].text.strip() == "Community choirs", "its name counts"


def test_the_preview_is_the_page_that_readers_will_see(browser: Browser, publish: Publish) -> None:
    draft = draft_of(browser, "approach", APPROACH)
    shown = inside(browser.open(f"{draft}/check"), "preview__page")

    values = {key: value for part in APPROACH.values() for key, value in part.items()}
    (entry,) = publish(an_approach(**document_of(values)))
    published = browser.open(entry.url)

    assert "Bake with your neighbours and share the loaves" in shown
    assert "We meet on Tuesdays. flour songs" in shown
    assert "How it works" in published.headings
    assert "How it works" in shown


def test_scripts_in_the_text_come_to_nothing(browser: Browser) -> None:
    words = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    draft = draft_of(browser, "approach", APPROACH, body_2=words)

    page = browser.open(f"{draft}/check")

    assert "javascript:" not in page.html.split('class="preview__page"')[1]
    assert not [one for one in page.all("script") if not one.get("src")]


def test_a_page_that_was_open_too_long_keeps_the_words(browser: Browser, session: Session) -> None:
    draft = draft_of(browser, "approach", APPROACH)

    page = send(browser, draft, csrf_token="too old", status=422)

    assert "Please send it once more" in page.text
    browser.submit(page, f"{draft}/check")
    assert session.scalars(select(Submission)).one().name == "Bread and roses"


def test_who_fills_in_every_box_sees_no_difference_but_the_rules_against_spam_do(
    browser: Browser, session: Session
) -> None:
    draft = draft_of(browser, "approach", APPROACH)

    page = send(browser, draft, leave_empty="http://spam.example")

    assert page.path.startswith("/submissions/")
    assert session.scalars(select(Arrival)).one().trapped


def test_too_many_at_once_keeps_the_words(app: Flask, browser: Browser, config: Config) -> None:
    sent = draft_of(browser, "approach", APPROACH)
    waits = draft_of(browser, "approach", APPROACH)
    settings.attach(app, replace(config, limit_writing="1 per minute"))
    send(browser, sent)

    page = send(browser, waits, status=429)

    assert "Wait a minute, then send it again" in page.text
    assert browser.open(f"{waits}/idea").find("input", name="name").get("value") == (
        "Bread and roses"
    )


def test_nobody_can_be_sent_a_heap_of_mails(
    browser: Browser, session: Session, mailbox: Mailbox
) -> None:
    for _number in range(5):
        proposing.propose(
            session,
            Proposal(an_approach(), Author("sam@example.org"), licence_version="1"),
            at=datetime.now(UTC),
        )
    session.commit()

    page = propose(browser, status=429)

    assert "Please open the mails we sent you first" in page.text
    mailbox.send()
    assert len(mailbox.letters()) == 5


def test_a_link_can_bring_what_is_known_already(browser: Browser, publish: Publish) -> None:
    publish(an_approach(), a_place())
    query = "?place=leeds&approach=community-choirs"
    page = browser.open(f"/submit/service{query}")
    assert page.find("input", name="place").get("value") == "Leeds"

    page = browser.send(f"/submit/service{query}", page.form() | {"name": "Harehills"})

    what = browser.open(f"{page.path}/what")
    assert what.find("input", name="approach-0").get("value") == "Community choirs"
    where = browser.open(f"{page.path}/where")
    assert where.find("input", name="place").get("value") == "Leeds"


def test_a_new_entry_never_takes_the_id_of_another(session: Session, publish: Publish) -> None:
    (entry,) = publish(an_approach())

    made = proposing.propose(
        session,
        Proposal(an_approach(id=entry.id), Author("sam@example.org"), licence_version="1"),
        at=datetime.now(UTC),
    )

    assert made.entry_id != entry.id


def test_what_was_sent_is_not_for_caches(browser: Browser) -> None:
    draft = draft_of(browser, "approach", APPROACH)

    page = send(browser, draft, follow=False, status=303)

    assert page.headers["Cache-Control"] == "no-store"


def test_every_field_that_the_form_names_is_in_the_schema(app: Flask) -> None:
    from directory.entries.documents import CLASSES
    from directory.submissions import wording

    for kind, sections in wording.SECTIONS.items():
        for section in sections:
            assert set(section.fields) <= set(CLASSES[kind].model_fields)
        assert form_for(kind).kind is kind
    for kind, name in {**wording._LABELS, **wording._HINTS}:
        assert kind is None or name in CLASSES[kind].model_fields


def test_the_words_of_the_licence_change_only_with_its_version() -> None:
    """An agreement is to what somebody has read. New words: set a new date in licence.py."""
    import hashlib

    from directory.config import ROOT

    words = (ROOT / "templates/submissions/_agreement.html").read_bytes()
    consent = (ROOT / "templates/submissions/_consent.html").read_bytes()

    assert (licence.VERSION, hashlib.sha256(words).hexdigest()[:12]) == AGREEMENT
    assert (licence.CONSENT, hashlib.sha256(consent).hexdigest()[:12]) == CONSENT


CONSENT = ("Story with pictures, 22 November 2026", "dec638577b17")
AGREEMENT = ("CC BY 4.0 with pictures, 22 November 2026", "7f0d6b376624")


def inside(page: Page, class_: str) -> str:
    from tests.house_rules import words

    return words(page.find("div", class_=class_))


def document_of(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of the document that `values` make."""
    names = ("name", "strapline", "summary", "support_area", "who_for", "moment", "builds_on")
    return {name: values[name] for name in names} | {
        "body": f"## How it works\n\n{values['body_2']}"
    }
