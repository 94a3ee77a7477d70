"""Text and colours in a real browser: chosen once, kept, and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import DESK, NARROW, PHONE, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

PAGES = ["/", "/search?q=lonely&near=Leeds", "/approaches/homeshare", "/places/camden", "/help-now"]


def choose(page: Page, site: Site, **choices: str) -> None:
    page.goto(site.url + "/reading-comfort")
    page.evaluate(f"localStorage.setItem('kith.comfort', {json.dumps(json.dumps(choices))})")


def test_a_choice_holds_at_once_and_on_every_page(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(small_site.url + "/approaches/homeshare")
    page.get_by_role("link", name="Text and colours").first.click()
    expect(page.get_by_role("heading", name="Text and colours")).to_be_focused()
    check_with_axe(page, "panel open")

    page.get_by_label("Dark", exact=True).check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Text and colours").first).to_be_focused()
    page.goto(small_site.url + "/places/camden")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(25, 21, 18)"


def test_it_can_all_be_taken_back(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    choose(page, small_site, text="huge", theme="dark", letters="serif")
    page.reload()
    expect(page.get_by_label("Very large")).to_be_checked()

    page.get_by_role("button", name="Back to how it was made").click()
    page.reload()

    assert page.evaluate("JSON.stringify({...document.documentElement.dataset})") == (
        '{"scripts":"","keeps":""}'
    )


def test_on_a_phone_it_opens_from_the_menu(small_site: Site, new_page: Callable[..., Page]):
    page = new_page(viewport=PHONE)
    page.goto(small_site.url + "/")
    page.locator(".menu > summary").click()
    page.locator(".menu a[data-comfort]").click()

    expect(page.get_by_label("Larger", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator(".menu > summary")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_very_large_words_with_more_room_fit_every_window(
    path: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=DESK)
    choose(page, small_site, text="huge", space="more")
    page.goto(small_site.url + path)
    check_no_sideways_scroll(page)

    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_strongest_contrast_has_no_violation(
    path: str, theme: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    choose(page, small_site, contrast="more", theme=theme, letters="device")
    page.goto(small_site.url + path)
    check_with_axe(page, f"strongest contrast, {theme}")
