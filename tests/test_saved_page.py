"""The page of saved entries, as a browser without scripts sees it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from directory.entries.catalogue import Entry
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import Browser, Page, words


def names(page: Page) -> list[str]:
    return [words(heading) for heading in page.all("h2", class_="entry-card__name")]


def test_save_is_a_link_that_carries_the_entry(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))

    page = browser.open("/approaches/homeshare")

    assert page.links()["Save Homeshare"] == "/saved?e=approaches/homeshare"


def test_a_list_in_an_address_shows_its_entries_in_order(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(
        an_approach(name="Homeshare"),
        a_place(),
        a_service(name="Leeds Homeshare", approach=["homeshare"]),
        an_organization(name="Homeshare UK"),
        a_story(name="A room", about="approaches/homeshare"),
    )

    page = browser.open(
        "/saved?name=For+mum&e=services/leeds-homeshare&e=approaches/homeshare"
        "&e=places/leeds&e=organizations/homeshare-uk&e=stories/a-room"
    )

    assert page.heading == "For mum"
    assert names(page) == ["Leeds Homeshare", "Homeshare", "Leeds", "Homeshare UK", "A room"]


def test_remove_leads_to_the_list_without_it(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"), an_approach(name="Choirs"))
    page = browser.open("/saved?name=Mine&e=approaches/homeshare&e=approaches/choirs")

    left = browser.open(page.links()["Remove Homeshare"])

    assert left.heading == "Mine"
    assert names(left) == ["Choirs"]


def test_a_list_grows_without_a_script(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"), an_approach(name="Community choirs"))
    page = browser.open("/saved?e=approaches/homeshare")

    form = page.form("/saved")
    found = browser.open(f"/saved?e={form['e']}&q=choir")
    longer = browser.open(found.links()["Add Community choirs"])

    assert names(longer) == ["Homeshare", "Community choirs"]


def test_an_entry_that_was_renamed_is_still_on_the_list(
    publish: Callable[..., list[Entry]], browser: Browser
):
    [entry] = publish(an_approach(name="Homeshare"))
    publish(entry.document.model_copy(update={"id": entry.id}), slug="home-share")

    assert names(browser.open("/saved?e=approaches/homeshare")) == ["Homeshare"]


def test_what_is_no_longer_here_is_said(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"))

    page = browser.open("/saved?e=approaches/homeshare&e=approaches/gone")

    assert "1 entry of this list is no longer in the directory." in page.text


def test_nothing_saved_says_how_it_works(browser: Browser):
    page = browser.open("/saved")

    assert "You have saved nothing yet" in page.text
    assert "It stays on this device" in page.text


def test_a_mail_holds_every_entry_and_the_whole_list(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))

    page = browser.open("/saved?name=For+mum&e=approaches/homeshare")
    mail = unquote(page.links()["Send by e-mail"])

    assert mail.startswith("mailto:?subject=For mum&body=Homeshare\nhttp://kith.test/approaches/")
    assert mail.endswith("http://kith.test/saved?name=For%20mum&e=approaches/homeshare")


def test_the_code_of_a_list_is_made_here(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"))
    page = browser.open("/saved?e=approaches/homeshare")
    picture = page.find("img", alt="QR code of this list's address").get("src", "")

    code = browser.open(picture)

    assert code.headers["Content-Type"] == "image/svg+xml"
    assert code.html.startswith("<svg")


def test_a_code_of_nothing_is_not_made(browser: Browser):
    browser.open("/saved/qr.svg", status=404)


def test_lists_are_kept_out_of_search_engines(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))
    page = browser.open("/saved?e=approaches/homeshare")

    assert page.find("meta", name="robots").get("content") == "noindex"
    assert "Disallow: /saved" in browser.open("/robots.txt").html


def test_a_part_for_the_script_holds_the_entries_alone(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))

    part = browser.open("/saved?e=approaches/homeshare", HX_Request_Type="partial")

    assert "<html" not in part.html
    assert [words(heading) for heading in part.all("h3")] == ["Homeshare"]
