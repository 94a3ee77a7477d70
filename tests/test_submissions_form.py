"""Proposing through the form: made from the schema, nothing typed is lost, no account is needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.entries.text import parse
from directory.submissions import licence
from directory.submissions.forms import form_for
from directory.submissions.models import Concern, Submission
from directory.submissions.reports import open_reports, report
from directory.vocabulary.terms import Kind
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox

Publish = Callable[..., list[Entry]]

AN_APPROACH: dict[str, Any] = {
    "name": "Bread and roses",
    "strapline": "Bake with your neighbours and share the loaves",
    "summary": "People bake together each week, and give away what they do not eat.",
    "support_area": ["day-and-employment", "whole-community"],
    "who_for": ["anyone"],
    "moment": "staying-well",
    "builds_on": ["skills", "local-places"],
    "body_2": "We meet on Tuesdays.\n\n- flour\n- songs",
    "everyday_words": "baking\nlearn to bake",
    "email": "sam@example.org",
    "author_role": "I run it",
    "agree": "y",
}


def test_somebody_proposes_an_approach_without_an_account(
    browser: Browser, session: Session, mailbox: Mailbox
) -> None:
    page = browser.open("/submit/approach")

    page = browser.submit(page, "/submit/approach", **AN_APPROACH)

    assert page.heading == "Bread and roses"
    assert "We have sent a link to sam@example.org" in page.text
    kept = session.scalars(select(Submission)).one()
    document = parse(kept.text)
    assert document.name == "Bread and roses"
    assert document.everyday_words == ["baking", "learn to bake"]  # type: ignore[attr-defined]
    assert document.body == "## How it works\n\nWe meet on Tuesdays.\n\n- flour\n- songs"
    assert document.id is not None
    assert kept.state == "unconfirmed"
    session.rollback()
    assert "Please confirm: Bread and roses" in mailbox.fetch("sam@example.org").subject


def test_the_agreement_is_kept_with_its_version(browser: Browser, session: Session) -> None:
    browser.submit(browser.open("/submit/approach"), "/submit/approach", **AN_APPROACH)

    kept = session.scalars(select(Submission)).one()
    assert kept.licence_version == licence.VERSION
    assert kept.agreed_at is not None


def test_nobody_can_send_without_agreeing(browser: Browser, session: Session) -> None:
    page = send(browser, agree=[], status=422)

    assert "Tick this, or we may not publish your words." in page.text
    assert session.scalars(select(Submission)).all() == []


def test_what_is_wrong_stands_at_the_field_and_everything_typed_is_kept(browser: Browser) -> None:
    page = send(
        browser,
        status=422,
        strapline="x" * 91,
        summary="",
        started="long ago",
        **{"evidence-0-claim": "People felt better.", "evidence-0-source_url": "not a link"},
        email="sam at example",
    )

    assert page.title.startswith("Error:")
    summary = page.find("div", class_="error-summary")
    links = [link.get("href") for link in summary.iter("a")]
    assert links == [
        "#field-strapline",
        "#field-summary",
        "#field-evidence-0-source_title",
        "#field-evidence-0-source_url",
        "#field-evidence-0-strength",
        "#field-started",
        "#email",
    ]
    assert len(page.find("input", name="strapline").get("value", "")) == 91
    assert page.find("input", name="started").get("value") == "long ago"
    assert page.find("input", name="evidence-0-source_url").get("value") == "not a link"
    assert page.find("input", name="email").get("value") == "sam at example"
    ticked = [box.get("value") for box in page.all("input", name="support_area", checked="")]
    assert ticked == ["day-and-employment", "whole-community"]
    about = page.find("input", name="started").get("aria-describedby", "")
    assert "field-started-error" in about.split()


def test_an_empty_form_says_all_that_is_needed_at_once(browser: Browser) -> None:
    page = browser.open("/submit/service")

    page = browser.submit(page, "/submit/service", status=422)

    wrong = [link.get("href") for link in page.find("div", class_="error-summary").iter("a")]
    assert wrong == [
        "#field-name",
        "#field-approach",
        "#field-summary",
        "#field-place",
        "#email",
        "#agree",
    ]


def test_a_service_names_its_approach_place_and_organisation(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(), a_place(), an_organization())

    send_service(browser, organization="singing together")

    document = parse(session.scalars(select(Submission)).one().text)
    assert document.approach == ["community-choirs"]  # type: ignore[attr-defined]
    assert document.place == "leeds"  # type: ignore[attr-defined]
    assert document.organization == "singing-together"  # type: ignore[attr-defined]


def test_a_place_and_an_organisation_we_do_not_know_are_no_obstacle(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach())

    send_service(browser, place="Mytholmroyd", organization="Calder Voices CIC")

    kept = session.scalars(select(Submission)).one()
    document = parse(kept.text)
    assert document.service_area == ["Mytholmroyd"]  # type: ignore[attr-defined]
    assert kept.asides == {"organization": "Calder Voices CIC"}


def test_an_approach_we_do_not_know_is_said_at_its_row(browser: Browser, publish: Publish) -> None:
    publish(an_approach())

    page = send_service(browser, status=422, **{"approach-0": "Community chiors"})

    assert "We have no approach called “Community chiors”" in page.text
    assert page.find("input", name="approach-0").get("aria-describedby") == "field-approach-0-error"


def test_a_row_can_be_added_and_taken_away_without_scripts(browser: Browser) -> None:
    page = browser.open("/submit/approach")

    page = browser.submit(
        page, "/submit/approach", add="evidence", **{"evidence-0-claim": "First finding"}
    )
    page = browser.submit(
        page, "/submit/approach", add="evidence", **{"evidence-1-claim": "Second finding"}
    )
    assert len(claims(page)) == 3
    page = browser.submit(page, "/submit/approach", remove="evidence-0")

    assert claims(page) == ["Second finding", ""]
    assert not page.all("div", class_="error-summary")


def test_the_preview_is_the_page_that_readers_will_see(browser: Browser, publish: Publish) -> None:
    page = send(browser, preview="1")
    shown = inside(page, "preview__page")

    (entry,) = publish(an_approach(**document_of(AN_APPROACH)))
    published = browser.open(entry.url)

    assert "Bake with your neighbours and share the loaves" in shown
    assert "We meet on Tuesdays. flour songs" in shown
    assert "How it works" in published.headings
    assert "How it works" in shown
    assert page.find("textarea", name="body_2").text.strip().startswith("We meet on Tuesdays.")


def test_the_preview_of_an_unfinished_form_says_what_is_missing(
    browser: Browser, session: Session
) -> None:
    page = send(browser, preview="1", summary="")

    assert "A few things are missing before it can be shown as a page" in page.text
    assert session.scalars(select(Submission)).all() == []


@pytest.mark.parametrize(("asked", "start"), [("page", "<section"), ("card", "<aside")])
def test_with_htmx_only_what_was_asked_for_comes_back(app: Flask, asked: str, start: str) -> None:
    response = app.test_client().post(
        "/submit/approach",
        base_url="http://kith.test",
        data={**AN_APPROACH, "preview": asked},
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )

    text = response.get_data(as_text=True)
    assert text.strip().startswith(start)
    assert "<html" not in text
    assert "Bread and roses" in text


def test_the_card_shows_what_is_typed_so_far_however_little(app: Flask, session: Session) -> None:
    response = app.test_client().post(
        "/submit/service",
        base_url="http://kith.test",
        data={"name": "Harehills", "draft_id": "none of ours", "preview": "card"},
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )

    assert response.status_code == 200
    assert "Harehills" in response.get_data(as_text=True)
    assert session.scalars(select(Submission)).all() == []


def test_scripts_in_the_text_come_to_nothing(browser: Browser) -> None:
    page = send(
        browser, preview="1", body_2="<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    )

    assert "javascript:" not in page.html.split('class="preview__page"')[1]
    assert not [one for one in page.all("script") if not one.get("src")]


def test_a_page_that_was_open_too_long_keeps_the_words(browser: Browser, session: Session) -> None:
    page = send(browser, csrf_token="too old", status=422)

    assert "Please send it once more" in page.text
    assert page.find("input", name="name").get("value") == "Bread and roses"
    browser.submit(page, "/submit/approach")
    assert session.scalars(select(Submission)).one().name == "Bread and roses"


def test_a_machine_that_fills_in_every_box_is_held_but_loses_nothing(browser: Browser) -> None:
    page = send(browser, leave_empty="http://spam.example", status=422)

    assert "Please clear this box" in page.text
    browser.submit(page, "/submit/approach", leave_empty="")


@pytest.mark.parametrize("limit", ["2 per minute"])
def test_too_many_at_once_keeps_the_words(
    app: Flask, browser: Browser, config: Any, limit: str
) -> None:
    from dataclasses import replace

    from directory import config as settings

    settings.attach(app, replace(config, limit_writing=limit))
    for number in range(2):
        send(browser, email=f"sam{number}@example.org")

    page = send(browser, email="sam9@example.org", status=429)

    assert "Wait a minute, then send it again" in page.text
    assert page.find("input", name="name").get("value") == "Bread and roses"


def test_nobody_can_be_sent_a_heap_of_mails(browser: Browser, mailbox: Mailbox) -> None:
    for _number in range(5):
        send(browser)

    page = send(browser, status=429)

    assert "Please open the mails we sent you first" in page.text
    mailbox.send()
    assert len(mailbox.letters()) == 5


def test_a_change_keeps_what_the_form_does_not_show(
    browser: Browser, session: Session, publish: Publish
) -> None:
    easy = [
        {"text": f"We sing number {n}.", "picture": "house", "alt": "A house"} for n in range(4)
    ]
    (entry,) = publish(an_approach(easy_read=easy, assured_date="2026-11-03"))
    page = browser.open("/submit/change/approach/community-choirs")

    browser.submit(
        page,
        "/submit/change/approach/community-choirs",
        strapline="Sing with your neighbours; nobody has to audition",
        why="It said it twice.",
        email="sam@example.org",
        agree="y",
    )

    kept = session.scalars(select(Submission)).one()
    changed = parse(kept.text)
    expected = entry.document.model_copy(
        update={"strapline": "Sing with your neighbours; nobody has to audition"}
    )
    assert changed == expected
    assert (kept.what, kept.base_revision, kept.why) == ("change", 1, "It said it twice.")


def test_ticks_keep_their_order_so_that_the_main_part_of_life_stays_first(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(support_area=["whole-community", "home"]))
    page = browser.open("/submit/change/approaches/community-choirs")

    browser.submit(
        page, "/submit/change/approaches/community-choirs", email="sam@example.org", agree="y"
    )

    document = parse(session.scalars(select(Submission)).one().text)
    assert document.support_area == ["whole-community", "home"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["service", "organization", "place", "page"])
def test_every_kind_can_be_changed_without_changing_anything(
    kind: str, browser: Browser, session: Session, publish: Publish
) -> None:
    from tests.builders import a_page

    made = {
        "service": a_service(
            schedule=[{"day": "monday", "start": "10:00", "end": "11:30"}],
            cost_option=[{"option": "Each time", "amount": 2.5}],
            contact={"phone": "0113 496 0000"},
            languages=["English", "Urdu"],
            organization="singing-together",
            location={"lat": 53.81, "lon": -1.52, "label": "Hall"},
        ),
        "organization": an_organization(
            legal_ids={"charity": "123456"}, url="https://example.org/"
        ),
        "place": a_place(body="A city."),
        "page": a_page(body="Words.\n\n## More\n\nWords."),
    }[kind]
    publish(an_approach(), a_place(summary="Once a mill town."), an_organization(name="X"))
    (entry,) = publish(made)
    page = browser.open(f"/submit/change/{kind}/{entry.slug}")

    browser.submit(page, f"/submit/change/{kind}/{entry.slug}", email="sam@example.org", agree="y")

    document = parse(session.scalars(select(Submission)).one().text)
    assert document.model_dump(exclude={"id", "organization"}) == entry.document.model_dump(
        exclude={"id", "organization"}
    )


def test_stories_are_not_changed_by_others(browser: Browser, publish: Publish) -> None:
    from tests.builders import a_story

    publish(an_approach(), a_story())

    page = browser.open("/submit/change/stories/i-found-my-voice")

    assert page.heading == "Report a problem"


def test_a_link_can_bring_what_is_known_already(browser: Browser, publish: Publish) -> None:
    publish(an_approach(), a_place())

    page = browser.open("/submit/service?place=leeds&approach=community-choirs")

    assert page.find("input", name="place").get("value") == "Leeds"
    assert page.find("input", name="approach-0").get("value") == "Community choirs"


def test_a_draft_cannot_take_the_id_of_an_entry(
    browser: Browser, session: Session, publish: Publish
) -> None:
    (entry,) = publish(an_approach())

    send(browser, draft_id=str(entry.id))

    assert session.scalars(select(Submission)).one().entry_id != entry.id


def test_what_was_sent_is_not_for_caches(browser: Browser) -> None:
    page = send(browser, follow=False, status=303)

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
    assert Kind.STORY not in wording.SECTIONS


def test_the_words_of_the_licence_change_only_with_its_version() -> None:
    """An agreement is to what somebody has read. New words: set a new date in licence.py."""
    import hashlib

    from directory.config import ROOT

    words = (ROOT / "templates/submissions/_agreement.html").read_bytes()

    assert (licence.VERSION, hashlib.sha256(words).hexdigest()[:12]) == AGREEMENT


AGREEMENT = ("CC BY 4.0, 22 November 2026", "edde8e16fbe7")


def test_a_report_needs_no_address(browser: Browser, session: Session, publish: Publish) -> None:
    from directory.submissions.models import Report

    publish(an_approach())
    page = browser.open("/submit/report/approach/community-choirs")

    page = browser.submit(
        page, "/submit/report/approach/community-choirs", concern="wrong", words="It has moved."
    )

    assert page.heading == "Thank you for telling us"
    kept = session.scalars(select(Report)).one()
    assert (kept.concern, kept.words, kept.email) == ("wrong", "It has moved.", "")


def test_a_report_without_words_keeps_the_rest(browser: Browser, publish: Publish) -> None:
    publish(an_approach())
    path = "/submit/report/approach/community-choirs"

    page = browser.submit(browser.open(path), path, concern="ended", email="x", status=422)

    assert page.find("input", name="concern", checked="").get("value") == "ended"
    assert page.find("input", name="email").get("value") == "x"
    assert "Write a few words" in page.text


def test_a_worry_is_told_at_once_and_the_reader_where_to_get_help(
    app: Flask, browser: Browser, publish: Publish, mailbox: Mailbox
) -> None:
    app.test_cli_runner().invoke(args=["moderator", "priya@example.org"])
    publish(an_approach())
    path = "/submit/report/approach/community-choirs"

    page = browser.submit(
        browser.open(path), path, concern="worrying", words="Somebody shouted at my mother."
    )

    assert "999" in page.text
    letter = mailbox.fetch("priya@example.org")
    assert letter.subject.startswith("Read this first")
    assert "> Somebody shouted at my mother." in letter.text


def test_many_worries_do_not_flood_the_moderators(
    app: Flask, session: Session, publish: Publish, mailbox: Mailbox
) -> None:
    app.test_cli_runner().invoke(args=["moderator", "priya@example.org"])
    (entry,) = publish(an_approach())
    at = datetime.now(UTC)

    for number in range(9):
        report(session, entry, concern=Concern.WORRYING, words=f"Worry {number}", email="", at=at)
    session.commit()

    mailbox.send()
    assert len(mailbox.letters()) == 5
    assert len(open_reports(session)) == 9


def send(browser: Browser, *, status: int = 200, follow: bool = True, **changes: Any) -> Page:
    """Send the form for a new approach, right but for `changes`."""
    page = browser.open("/submit/approach")
    values = page.form("/submit/approach") | AN_APPROACH | changes
    return browser.send("/submit/approach", values, status=status, follow=follow)


def send_service(browser: Browser, *, status: int = 200, **changes: Any) -> Page:
    """Send the form for a choir in Leeds."""
    page = browser.open("/submit/service")
    values = page.form("/submit/service") | {
        "name": "Harehills Singers",
        "approach-0": "Community Choirs",
        "summary": "A choir that meets in a hall each week.",
        "place": "Leeds",
        "status": "running",
        "email": "sam@example.org",
        "agree": "y",
    }
    return browser.send("/submit/service", values | changes, status=status)


def claims(page: Page) -> list[str]:
    """What stands in the boxes for findings."""
    boxes = [box for box in page.all("textarea") if box.get("name", "").endswith("-claim")]
    return [(box.text or "").strip() for box in boxes]


def inside(page: Page, class_: str) -> str:
    from tests.house_rules import words

    return words(page.find("div", class_=class_))


def document_of(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of the document that `values` make."""
    names = ("name", "strapline", "summary", "support_area", "who_for", "moment", "builds_on")
    return {name: values[name] for name in names} | {
        "body": f"## How it works\n\n{values['body_2']}"
    }
