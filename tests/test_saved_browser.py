"""Saving, in a real browser: kept on the device, by mouse and by keyboard, and nothing sent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NARROW, PHONE, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser


def save(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)
    page.get_by_role("button", name=re.compile("^Save ")).click()


def test_what_is_saved_is_counted_and_found_again(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    save(page, small_site, "/approaches/homeshare")
    expect(page.get_by_role("link", name="Saved (1)")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Homeshare is saved on this device.")
    save(page, small_site, "/approaches/befriending")

    page.get_by_role("link", name="Saved (2)").click()

    expect(page.locator(".entry-card__name")).to_have_text(["Homeshare", "Befriending"])
    assert page.context.cookies() == []


def test_pressing_again_takes_it_off(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    save(page, small_site, "/approaches/homeshare")

    page.get_by_role("button", name="Saved Homeshare").press("Enter")

    expect(page.get_by_role("button", name="Save Homeshare")).to_be_focused()
    expect(page.get_by_role("link", name="Saved", exact=True).first).to_be_visible()


def test_results_that_came_later_can_be_saved_too(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(small_site.url + "/search?q=choir")
    page.locator("#q").fill("choir lunch")
    page.wait_for_url("**q=choir+lunch*")
    page.keyboard.press("Escape")  # the suggestions lie over the first card

    page.locator(".entry-card button.save").first.click()

    expect(page.get_by_role("link", name="Saved (1)")).to_be_visible()


def test_lists_have_names_and_entries_move_between_them(
    small_site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    save(page, small_site, "/approaches/homeshare")
    save(page, small_site, "/approaches/befriending")
    page.goto(small_site.url + "/saved")
    page.get_by_label("Name of the list").last.fill("For mum")
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", name="For mum")).to_be_focused()

    page.locator("summary", has_text="Move Befriending").click()
    page.get_by_role("button", name="For mum", exact=True).click()

    mum = page.locator(".saved-own", has=page.get_by_role("heading", name="For mum"))
    expect(mum.locator(".entry-card__name")).to_have_text(["Befriending"])
    check_with_axe(page, "two lists")


def test_removing_can_be_undone(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    save(page, small_site, "/approaches/homeshare")
    page.goto(small_site.url + "/saved")

    page.get_by_role("button", name="Remove Homeshare").click()
    expect(page.locator(".saved-undo")).to_be_focused()
    page.get_by_role("button", name="Put it back").click()

    expect(page.locator(".entry-card__name")).to_have_text(["Homeshare"])


def test_a_list_that_came_by_link_can_be_kept(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(small_site.url + "/saved?name=For+mum&e=approaches/homeshare")

    page.get_by_role("button", name="Keep this list on my device").click()
    page.wait_for_url("**/saved")

    expect(page.get_by_role("heading", name="For mum")).to_be_visible()
    expect(page.locator(".entry-card__name")).to_have_text(["Homeshare"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/saved", "/saved?name=For+mum&e=approaches/homeshare&e=places/leeds&q=choir"]
)
def test_saved_pages_have_no_violation(
    path: str, scheme: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(small_site.url + path)
    for fold in page.locator("summary", has_text="Send this list").all():
        fold.click()
    check_with_axe(page, f"{scheme}, phone")
    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)


def test_a_device_that_keeps_nothing_still_gathers_a_list(
    small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(java_script_enabled=False)
    page.goto(small_site.url + "/approaches/homeshare")
    page.get_by_role("link", name="Save Homeshare").click()
    page.get_by_label("In your own words").fill("choir")
    page.get_by_role("button", name="Look").click()
    page.get_by_role("link", name="Add Community choirs").click()

    expect(page.locator(".entry-card__name")).to_have_text(["Homeshare", "Community choirs"])
