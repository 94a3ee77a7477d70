"""Proposing a change: the form holds what is there, and what it does not show stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.entries.text import parse
from directory.submissions.models import Submission
from tests.builders import a_page, a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import Browser
from tests.proposing import change, fill_any, send

Publish = Callable[..., list[Entry]]


def test_a_change_keeps_what_the_form_does_not_show(
    browser: Browser, session: Session, publish: Publish
) -> None:
    easy = [
        {"text": f"We sing number {n}.", "picture": "house", "alt": "A house"} for n in range(4)
    ]
    (entry,) = publish(an_approach(easy_read=easy, assured_date="2026-11-03"))
    new_words = "Sing with your neighbours; nobody has to audition"

    draft = change(browser, "/submit/change/approach/community-choirs", "idea")
    fill_any(browser, draft, "idea", {"strapline": new_words})
    fill_any(browser, draft, "you", {"why": "It said it twice.", "email": "sam@example.org"})
    send(browser, draft)

    kept = session.scalars(select(Submission)).one()
    assert parse(kept.text) == entry.document.model_copy(update={"strapline": new_words})
    assert (kept.what, kept.base_revision, kept.why) == ("change", 1, "It said it twice.")


def test_ticks_keep_their_order_so_that_the_main_part_of_life_stays_first(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(support_area=["whole-community", "home"]))

    draft = change(browser, "/submit/change/approaches/community-choirs", "people")
    fill_any(browser, draft, "people", {"who_for": ["older-people"]})
    fill_any(browser, draft, "you", {"email": "sam@example.org"})
    send(browser, draft)

    document = parse(session.scalars(select(Submission)).one().text)
    assert document.support_area == ["whole-community", "home"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["service", "organization", "place", "page"])
def test_every_kind_can_be_changed_without_changing_anything_else(
    kind: str, browser: Browser, session: Session, publish: Publish
) -> None:
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

    path = f"/submit/change/{kind}/{entry.slug}"
    draft = browser.submit(browser.open(path), path).path
    for task in browser.open(draft).all("li", class_="tasks__task"):
        part = task.find(".//a").get("href", "").rpartition("/")[2]
        fill_any(browser, draft, part, {})
    first = browser.open(draft).all("li", class_="tasks__task")[0].find(".//a").get("href", "")
    fill_any(browser, draft, first.rpartition("/")[2], {"summary": "New words."})
    fill_any(browser, draft, "you", {"email": "sam@example.org"})
    send(browser, draft)

    document = parse(session.scalars(select(Submission)).one().text)
    others = {"id", "organization", "summary"}
    assert document.model_dump(exclude=others) == entry.document.model_dump(exclude=others)
    assert document.summary == "New words."


def test_stories_are_not_changed_by_others(browser: Browser, publish: Publish) -> None:
    publish(an_approach(), a_story())

    page = browser.open("/submit/change/stories/i-found-my-voice")

    assert page.heading == "Report a problem"
