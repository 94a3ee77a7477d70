"""Errors as pages that help: what happened, what to do, and a way on."""

from __future__ import annotations

import pytest
from flask import Flask, abort

from directory.errors import DirectoryError
from tests.house_rules import Browser


class ShedIsShut(DirectoryError):
    """The shed is shut on Sundays."""

    status = 409


@pytest.fixture
def failing(app: Flask) -> Flask:
    """An app with addresses that fail."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    @app.get("/fails/<int:status>")
    def fails(status: int) -> str:
        abort(status)

    @app.get("/shed")
    def shed() -> str:
        raise ShedIsShut

    @app.get("/bug")
    def bug() -> str:
        raise RuntimeError("secret words of the program")

    return app


@pytest.mark.parametrize(
    ("status", "heading", "remedy"),
    [
        (400, "We could not read that request", "Go back and try once more."),
        (403, "You cannot see this page", "It may be for people who log in"),
        (404, "We cannot find that page", "The address may have a slip in it"),
        (409, "Someone else was quicker", "Nothing was overwritten."),
        (410, "This has ended", "others may do the same somewhere else"),
        (413, "That is too large to send", "send a shorter text"),
        (429, "Too many requests", "Wait a minute, then try again."),
        (503, "We will be back in a moment", "Try again in a minute or two."),
    ],
)
def test_an_error_page_says_what_to_do(
    failing: Flask, browser: Browser, status: int, heading: str, remedy: str
):
    page = browser.open(f"/fails/{status}", status=status)

    assert page.heading == heading
    assert page.title.startswith(heading)
    assert remedy in page.text
    assert page.links()["Start at the front page"] == "/"
    assert page.headers["Cache-Control"] == "no-store"


def test_a_page_that_is_not_there_offers_to_search(browser: Browser):
    page = browser.open("/nothing-here", status=404)

    assert page.form("/search") == {"q": ""}


def test_an_error_of_our_own_says_its_own_words(failing: Flask, browser: Browser):
    assert "The shed is shut on Sundays." in browser.open("/shed", status=409).text


def test_a_bug_tells_the_reader_nothing_of_the_program(failing: Flask, browser: Browser):
    page = browser.open("/bug", status=500)

    assert page.heading == "Something went wrong at our end"
    assert "secret words" not in page.html
    assert "RuntimeError" not in page.html


def test_a_wrong_address_comes_back_as_words(browser: Browser):
    page = browser.open("/<script>alert(1)</script>", status=404)

    assert "<script>alert" not in page.html


@pytest.mark.parametrize(
    ("path", "status", "way_on"),
    [
        ("/submissions/gone", 404, "/submissions/lost"),
        ("/submissions/confirm/gone", 410, "/submissions/lost"),
        ("/submit/drafts/gone", 410, "/submit/"),
        ("/accounts/sign-in/gone", 410, "/accounts/sign-in"),
        ("/yours/gone", 404, "/yours/"),
        ("/alerts/gone", 410, None),
    ],
)
def test_a_dead_link_leads_to_where_one_can_go_on(
    browser: Browser, path: str, status: int, way_on: str | None
) -> None:
    page = browser.open(path, status=status)

    assert page.heading == "This link does not work any more"
    assert "others may do the same" not in page.text
    assert page.all("input", name="q") == [], "there is nothing to look for"
    buttons = [one.get("href") for one in page.all("a", class_="button")]
    assert way_on is None or way_on in buttons
