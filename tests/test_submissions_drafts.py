"""Drafts: parts in any order, saved field by field, opened elsewhere by a mailed link."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.submissions import drafts
from directory.submissions.forms_tasks import Progress, Task
from directory.submissions.models import Draft, DraftLink, Submission
from directory.submissions.wording import Section
from directory.vocabulary.terms import Kind
from tests.builders import an_approach
from tests.house_rules import HOST, Browser, Page, words
from tests.mailbox import Mailbox
from tests.proposing import APPROACH, begin, change, draft_of, fill, fill_any, propose, send

Publish = Callable[..., list[Entry]]
TYPING = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_the_parts_are_tasks_in_any_order_each_with_how_far_it_is(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    page = browser.open(draft)
    assert page.heading == "Bread and roses"
    assert states(page) == {
        "The idea": "Something is missing",
        "Who and when": "Not started yet",
        "The whole story": "Not started yet",
        "How we know": "Can wait",
        "Easy Read": "Can wait",
        "Finding it": "Can wait",
        "Pictures": "Can wait",
        "About you": "Not started yet",
    }

    page = fill(browser, draft, "people", APPROACH["people"])
    assert page.heading == "The whole story"
    page = fill(browser, draft, "finding", {"everyday_words": "baking"})
    assert page.heading == "About you", "the next part that is not settled"
    fill(browser, draft, "story", APPROACH["story"])
    fill(browser, draft, "you", APPROACH["you"])
    page = fill(browser, draft, "idea", APPROACH["idea"])

    assert page.heading == "Check and send"
    assert set(states(browser.open(draft)).values()) == {"Done", "Can wait"}


def test_what_is_wrong_is_saved_all_the_same_and_told_at_its_field(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")

    page = fill(browser, draft, "idea", {"strapline": "x" * 91, "summary": ""}, status=422)

    assert page.title.startswith("Error:")
    links = [link.get("href") for link in page.find("div", class_="error-summary").iter("a")]
    assert links == ["#field-strapline", "#field-summary"]
    again = browser.open(f"{draft}/idea")
    assert len(again.find("input", name="strapline").get("value", "")) == 91
    assert not again.all("div", class_="error-summary"), "opened anew, it scolds nobody"


def test_scripts_save_each_field_while_somebody_types(app: Flask, browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")

    answer = app.test_client().post(
        f"{draft}/idea",
        base_url=HOST,
        data={"name": "Bread and tulips", "save": "typing", "window": "a"},
        headers=TYPING,
    )

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<html" not in text
    assert "Saved at" in text
    assert "Bread and tulips" in text
    assert "Set-Cookie" not in answer.headers
    page = browser.open(f"{draft}/idea")
    assert page.find("input", name="name").get("value") == "Bread and tulips"


def test_two_windows_do_not_undo_each_other_and_none_loses_words(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    path = f"{draft}/story"
    one, other = browser.open(path), browser.open(path)
    browser.submit(one, path, body_2="From the first window", go="later")

    page = browser.submit(other, path, body_2="From the second", go="on", status=409)

    assert "changed in another window" in page.text
    assert page.find("textarea", name="body_2").text.strip() == "From the second"
    browser.submit(page, path, go="later")
    kept = browser.open(path).find("textarea", name="body_2").text
    assert kept.strip() == "From the second"
    assert page.all("button", type="submit")[0].get("name") == "go", "what Enter presses"
    # A page whose answer was lost does not stand in its own way.
    page = browser.open(path)
    browser.submit(page, path, body_2="Once", go="later")
    browser.submit(page, path, body_2="Twice", go="later")


def test_a_clash_is_told_to_who_types_what_a_story_is_about(app: Flask, browser: Browser) -> None:
    part = f"{begin(browser, 'story', 'Bread for all')}/teller"
    one, other = browser.open(part).form(part), browser.open(part).form(part)
    browser.send(part, one | {"about": "Choirs", "go": "later"})

    answer = app.test_client().post(
        part, base_url=HOST, data=other | {"about": "Bakeries", "save": "typing"}, headers=TYPING
    )

    assert answer.status_code == 409
    assert "changed in another window" in answer.get_data(as_text=True)


def test_rows_are_added_and_taken_away_without_scripts(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    path = f"{draft}/evidence"
    page = browser.submit(
        browser.open(path), path, add="evidence", **{"evidence-0-claim": "First finding"}
    )
    page = browser.submit(page, path, add="evidence", **{"evidence-1-claim": "Second finding"})
    assert len(claims(page)) == 3

    page = browser.submit(page, path, remove="evidence-0")

    assert claims(page) == ["Second finding", ""]
    browser.submit(page, path, go="later")
    assert claims(browser.open(path)) == ["Second finding"]


def test_a_mailed_link_opens_the_draft_elsewhere(
    browser: Browser, app: Flask, session: Session, mailbox: Mailbox
) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    page = browser.open(draft)
    page = browser.submit(page, f"{draft}/link", email="sam at home", status=422)
    assert page.find("input", name="email").get("value") == "sam at home"

    page = browser.submit(page, f"{draft}/link", email="sam@example.org")
    assert "The link is on its way." in page.text
    link = mailbox.fetch("sam@example.org", subject="Your draft: Bread and roses").link("/submit/")

    assert link != draft
    elsewhere = Browser(app)
    assert elsewhere.open(link).heading == "Bread and roses"
    assert elsewhere.open(f"{link}/you").find("input", name="email").get("value") == (
        "sam@example.org"
    )
    rows = session.scalars(select(DraftLink)).all()
    secrets = draft.rpartition("/")[2], link.rpartition("/")[2]
    assert not any(secret in repr(vars(row)) for row in rows for secret in secrets)
    for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag"):
        assert page.headers[name] in {"no-store", "no-referrer", "noindex"}


def test_a_draft_is_deleted_by_its_author_or_after_a_month(
    browser: Browser, session: Session
) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    page = browser.submit(browser.open(draft), f"{draft}/deletion")
    assert page.heading == "Your draft is deleted"
    browser.open(draft, status=410)

    kept = drafts.start(session, Kind.APPROACH, {}, at=datetime.now(UTC))
    token = drafts.link(session, kept, at=datetime.now(UTC))
    session.flush()
    soon, late = (datetime.now(UTC) + timedelta(days=days) for days in (29, 31))
    assert drafts.find(session, token, at=soon) == kept
    with pytest.raises(drafts.DraftGone):
        drafts.find(session, token, at=late)
    drafts.forget_old(session, at=soon)
    assert session.scalars(select(Draft)).all() == [kept]
    drafts.forget_old(session, at=late)
    session.expunge_all()
    assert session.scalars(select(Draft)).all() == []
    assert session.scalars(select(DraftLink)).all() == []


def test_a_draft_is_sent_once(browser: Browser, session: Session) -> None:
    draft = draft_of(browser, "approach", APPROACH)
    values = browser.open(f"{draft}/check").form(f"{draft}/check") | {"agree": "y"}

    page = browser.send(f"{draft}/check", values)
    assert page.heading == "Bread and roses"
    again = browser.send(f"{draft}/check", values, status=410)

    assert "it was sent" in again.text
    assert len(session.scalars(select(Submission)).all()) == 1
    assert session.scalars(select(Draft)).all() == []


def test_an_unfinished_draft_says_where_something_is_missing(
    browser: Browser, session: Session
) -> None:
    draft = begin(browser, "approach", "Bread and roses")

    page = browser.open(f"{draft}/check")

    links = [link.get("href", "").removeprefix(draft) for link in page.find("main").iter("a")]
    assert "/idea#field-summary" in links
    assert "/people#field-moment" in links
    assert "/story#field-body_2" in links
    assert "/you#email" in links
    browser.send(f"{draft}/check", {"agree": "y"}, status=422)
    assert session.scalars(select(Submission)).all() == []


def test_a_change_says_which_parts_it_changes_and_is_not_sent_empty(
    browser: Browser, publish: Publish
) -> None:
    publish(an_approach())
    draft = change(browser, "/submit/change/approach/community-choirs", "story")
    fill_any(browser, draft, "you", {"email": "sam@example.org"})
    page = send(browser, draft, status=422)
    assert "You have not changed anything yet." in page.text

    fill_any(browser, draft, "idea", {"strapline": "Sing together"})

    assert states(browser.open(draft)) == {
        "The idea": "Changed",
        "Who and when": "As before",
        "The whole story": "As before",
        "How we know": "Can wait",
        "Easy Read": "Can wait",
        "Finding it": "Can wait",
        "Pictures": "Can wait",
        "About you": "Changed",
    }
    check = browser.open(f"{draft}/check")
    assert "What you change" in check.headings
    (changed,) = check.all("div", role="rowheader")
    assert words(changed) == "In a few words"


def test_a_draft_can_hold_much_but_not_everything(browser: Browser, session: Session) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    page = browser.open(f"{draft}/story")

    page = browser.submit(page, f"{draft}/story", body_2="x" * 400_001, go="on", status=422)

    assert "more than a draft can hold" in page.text
    assert len(page.find("textarea", name="body_2").text) > 400_000


def test_nothing_of_a_draft_reaches_the_moderators(browser: Browser, session: Session) -> None:
    draft_of(browser, "approach", APPROACH)
    assert session.scalars(select(Submission)).all() == []
    session.rollback()

    propose(browser)

    assert session.scalars(select(Submission)).one().state == "unconfirmed"


def states(page: Page) -> dict[str, str]:
    """What each task on the page is called and how far it is."""
    return {
        words(task.find(".//a")): words(task.findall("span")[1])
        for task in page.all("li", class_="tasks__task")
    }


def claims(page: Page) -> list[str]:
    """What stands in the boxes for findings."""
    boxes = [box for box in page.all("textarea") if box.get("name", "").endswith("-claim")]
    return [(box.text or "").strip() for box in boxes]


def test_a_part_that_is_empty_still_needs_its_author_when_something_is_asked_there() -> None:
    section = Section("contact", "Getting in touch", ("contact",), can_wait=True)

    assert Task(section, Progress.CAN_WAIT).is_settled
    assert not Task(section, Progress.CAN_WAIT, asked=True).is_settled
    assert Task(section, Progress.DONE, asked=True).is_settled
