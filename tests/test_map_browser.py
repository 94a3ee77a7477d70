"""The map in a real browser: opened, walked by keyboard, kept like the list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NARROW, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser


def test_a_map_is_fetched_when_opened_walked_by_keyboard_and_follows_the_search(
    small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(reduced_motion="reduce")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{small_site.url}/search?q=choir&kind=service")
    assert not [url for url in asked if "leaflet" in url or "map.json" in url]

    opener = page.get_by_text("Show on a map")
    opener.focus()
    page.keyboard.press("Enter")
    marks = page.locator(".map__mark")
    expect(page.locator(".map-fold__says")).to_have_text(re.compile(r"^Marks on .*: [1-9]"))
    check_with_axe(page, "map")

    # Look closer until a mark stands for what can be named, as somebody without a mouse would.
    told = page.locator(".map-told")
    while not told.is_visible():
        mark = marks.first
        name = mark.get_attribute("aria-label") or ""
        mark.focus()
        page.keyboard.press("Enter")
        if name.endswith("Look closer"):
            expect(page.locator(f'.map__mark[aria-label="{name}"]')).to_have_count(0)
            expect(page.locator(".map")).to_be_focused()
        else:
            expect(told).to_be_focused()
    assert told.locator("a").first.get_attribute("href", timeout=5000)
    check_with_axe(page, "a mark told")

    page.locator("#q").fill("homeshare")
    expect(page).to_have_url(re.compile("q=homeshare"))
    expect(page.locator("#map")).to_have_attribute("data-query", "q=homeshare&kind=service")
    expect(told).to_be_hidden()
    expect(opener).to_be_visible()
    expect(page.locator(".map__land")).to_have_count(1)  # still open, still the same map

    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark")
    check_no_sideways_scroll(page)
    check_with_axe(page, "map, 320 px, dark")


def test_without_scripts_no_map_is_offered(small_site: Site, new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False)
    page.goto(f"{small_site.url}/search?q=choir")
    expect(page.locator(".entry-card").first).to_be_visible()
    expect(page.get_by_text("Show on a map")).to_be_hidden()


def test_a_place_is_chosen_on_a_map_by_keyboard(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=NARROW, reduced_motion="reduce")
    page.goto(f"{small_site.url}/submit/service")
    page.get_by_label("What it is called").fill("Kites on the hill")
    page.get_by_label("What it is called").press("Enter")
    page.wait_for_url("**/drafts/**")
    page.goto(f"{page.url}/where")
    page.get_by_text("Choose on a map").press("Enter")
    expect(page.locator(".map__land")).to_have_count(1)
    says = page.locator(".map-fold__says")
    expect(says).not_to_be_empty()
    check_with_axe(page, "a map to choose on")
    check_no_sideways_scroll(page)

    use = page.locator("[data-use]")
    box = page.get_by_label("Where it happens")
    page.locator(".map").focus()
    expect(use).to_be_visible()
    chosen = use.get_attribute("value") or ""
    assert chosen in says.inner_text()
    use.press("Enter")

    expect(box).to_be_focused()
    expect(box).to_have_value(chosen)
    expect(page.locator("#near-place")).to_contain_text(chosen)
