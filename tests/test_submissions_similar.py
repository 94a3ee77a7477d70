"""Is it here already? Told while somebody writes, with enough to judge and three answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import search
from directory.entries.catalogue import Entry
from directory.search.similar import Wanted, Why, similar
from directory.submissions.models import Draft, Report, Submission
from directory.vocabulary.terms import Kind
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.house_rules import HOST, Browser
from tests.proposing import SERVICE, fill_any, send

Publish = Callable[..., list[Entry]]
CHOIR = {"name": "Harehills Singers", "place": "Leeds"}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (Wanted(Kind.SERVICE, "Harehills Singers"), Why.NAME),
        (Wanted(Kind.SERVICE, "harehils singrs"), Why.NAME),
        (Wanted(Kind.SERVICE, "The Singers of Harehills"), Why.NAME),
        (Wanted(Kind.SERVICE, "Chapeltown voices", "Hum along with your neighbours"), Why.WORDS),
        (Wanted(Kind.SERVICE, "Leeds Singers", place="leeds"), Why.NEAR),
        (Wanted(Kind.SERVICE, "Bristol Menders", place="bristol"), None),
        (Wanted(Kind.SERVICE, "Bowls for beginners", "Roll a ball on a green"), None),
        (Wanted(Kind.APPROACH, "Harehills Singers"), None),
        (Wanted(Kind.SERVICE, "Ha"), None),
    ],
)
def test_same_names_same_words_and_near(
    typed: Wanted, why: Why | None, app: Flask, publish: Publish
) -> None:
    publish(
        an_approach(),
        a_service(strapline="Hum along with neighbours"),
        a_service(name="Bristol Bowls", place="bristol", strapline="Indoor bowls on Mondays"),
    )

    with app.app_context():
        found = similar(search.current(), typed)

    assert [one.name for one in found] == (["Harehills Singers"] if why else [])
    assert why is None or why in found[0].why


def test_without_scripts_it_is_asked_before_a_draft_begins(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(), a_place(), an_organization(), a_service(organization="singing-together"))
    page = browser.open("/submit/service")

    page = browser.submit(page, "/submit/service", **CHOIR)

    assert "Something much like it is here already" in page.text
    assert "A choir that meets in a hall each week." in page.text
    assert "Leeds · singing together · almost the same name, near there" in page.text
    links = page.links()
    assert links["It’s this one: add to it"] == "/submit/change/service/harehills-singers"
    assert links["It’s this one, and it’s mine"].endswith("concern=mine")
    assert session.scalars(select(Draft)).all() == []
    session.rollback()

    draft = browser.submit(page, "/submit/service", different="yes").path
    assert draft.startswith("/submit/drafts/")
    assert "Is it here already?" not in browser.open(f"{draft}/what").text, "answered once for all"
    for part, values in SERVICE.items():
        fill_any(browser, draft, part, values)
    send(browser, draft)
    kept = session.scalars(select(Submission)).one()
    assert len(kept.asides["different"]) == 1, "moderators know that it was asked"


def test_it_is_told_while_somebody_types_and_answered_one_by_one(
    app: Flask, browser: Browser, publish: Publish
) -> None:
    publish(an_approach(), a_place(), a_service())
    typing = {"HX-Request": "true", "HX-Request-Type": "partial"}

    answer = app.test_client().get(
        "/submit/service?name=Harehills+Singrs", base_url=HOST, headers=typing
    )

    text = answer.get_data(as_text=True)
    assert "<html" not in text
    assert "Harehills Singers" in text
    page = browser.open("/submit/service")
    draft = browser.submit(page, "/submit/service", name="Bowls for beginners").path
    path = f"{draft}/what"
    page = browser.submit(browser.open(path), path, name="Harehills Singers", go="on", status=422)
    (answer_button,) = page.all("button", name="different")
    page = browser.submit(page, path, different=answer_button.get("value"))
    assert "Is it here already?" not in page.text
    assert page.find("input", name="name").get("value") == "Harehills Singers"


@pytest.mark.parametrize(
    ("way", "act", "leads_to"),
    [
        ("A change to a page", "Suggest a change", "/submit/change/service/harehills-singers"),
        ("This has moved, ended or is wrong", "Tell us what is wrong", "/submit/report/"),
        ("This is mine", "This is mine", "/submit/report/"),
    ],
)
def test_the_first_page_leads_to_what_can_be_done_about_a_page(
    way: str, act: str, leads_to: str, browser: Browser, publish: Publish
) -> None:
    publish(an_approach(), a_service())
    page = browser.open(browser.open("/submit/").links()[way])
    assert page.all("form", method="get")

    assert "Nothing for “falconry” yet" in browser.open(f"{page.path}?q=falconry").text
    page = browser.open(f"{page.path}?q=harehills")

    (link,) = [one for one in page.all("a") if one.get("aria-label") == f"{act}: Harehills Singers"]
    assert link.get("href", "").startswith(leads_to)
    browser.open(link.get("href", ""))


def test_whoever_looks_for_their_page_finds_it_among_many(
    browser: Browser, publish: Publish
) -> None:
    publish(an_approach(), *(a_service(name=f"Harehills Singers {one}") for one in range(14)))
    page = browser.open("/submit/find/mine?q=harehills+singers")
    assert "15 pages for “harehills singers”" in page.text  # what they do is found, too

    (on,) = page.all("a", rel="next")
    following = browser.open(page.path + on.get("href", ""))

    named = [one.get("aria-label", "") for one in (*page.all("a"), *following.all("a"))]
    assert len({one for one in named if one.startswith("This is mine: H")}) == 14


def test_who_says_that_it_is_theirs_leaves_an_address(
    browser: Browser, session: Session, publish: Publish
) -> None:
    publish(an_approach(), a_service())
    path = "/submit/report/service/harehills-singers"
    page = browser.open(f"{path}?concern=mine")
    assert page.heading == "This is mine"

    page = browser.submit(page, path, words="I lead it.", status=422)
    told = "Your e-mail address: Write your address: the link to look after it goes there."
    assert page.links()[told] == "#email", "as the box is called on this page"
    assert page.all("input", type="radio") == [], "only what this is about is asked"
    page = browser.submit(page, path, email="sam@example.org")
    assert "A moderator checks that it is yours" in page.text

    kept = session.scalars(select(Report)).one()
    assert (kept.concern, kept.email) == ("mine", "sam@example.org")
