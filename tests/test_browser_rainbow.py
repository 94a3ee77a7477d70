"""The rainbow in a real browser: pointer, keyboard, narrow screens; and how much a page weighs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import DESK, PHONE
from tests.site import Site

pytestmark = pytest.mark.browser

NewPage = Callable[..., Page]
FIRST_VISIT_BYTES = 100_000
LATER_VISIT_BYTES = 20_000


def in_focus(page: Page) -> str:
    """Name and arc of the patch that has the focus."""
    name: str = page.evaluate("document.activeElement.getAttribute('aria-label') ?? ''")
    return name


def test_a_patch_under_the_pointer_is_told_in_the_reading_place(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)
    patch = page.locator(".rainbow__patch").nth(3)

    patch.hover()

    assert page.locator(".rainbow__reading-name").inner_text() == patch.get_attribute("aria-label")
    assert page.locator(".rainbow__ring").is_visible()

    page.mouse.move(5, 5)
    assert "Point at one" in page.locator("#reading").inner_text()
    assert not page.locator(".rainbow__ring").is_visible()


def test_each_arc_is_one_tab_stop_and_arrows_walk_it(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)
    arcs = page.locator(".rainbow__arc")
    names = [
        [one.get_attribute("aria-label") for one in arcs.nth(k).locator(".rainbow__patch").all()]
        for k in range(5)
    ]
    page.locator(".rainbow__labels a").last.focus()

    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(in_focus(page))
    assert stops == [row[0] for row in names]

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    assert in_focus(page) == names[3][1]
    page.keyboard.press("ArrowUp")
    assert in_focus(page) in names[2]
    page.keyboard.press("End")
    assert in_focus(page) == names[2][-1]
    page.keyboard.press("Home")
    assert in_focus(page) == names[2][0]
    assert page.locator(".rainbow__patch[tabindex='0']").count() == 5
    assert page.locator(".rainbow__ring-gold").is_visible()

    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == names[2][0]


def test_the_list_can_be_reached_without_passing_the_picture(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)
    page.get_by_role("button", name="Search", exact=True).focus()

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the same as a list"
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("#list$"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#moments') !== null")


def test_no_words_of_an_approach_cover_the_labels_or_the_question(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)

    covered = page.evaluate(
        """() => {
          const label = [...document.querySelectorAll(".rainbow__labels a")].at(-1);
          const low = label.getClientRects()[0].bottom - 12;  // its padding
          const covered = [];
          for (const patch of document.querySelectorAll(".rainbow__patch")) {
            patch.focus();
            const name = document.querySelector(".rainbow__reading-name");
            if (name.getBoundingClientRect().top < low) covered.push(name.textContent);
          }
          return covered;
        }"""
    )

    assert covered == []


def test_on_a_phone_the_crown_is_a_picture_and_the_first_moment_is_open(
    site: Site, new_page: NewPage
):
    page = new_page(viewport=PHONE)
    page.goto(site.url)

    assert page.locator(".rainbow__crown").is_visible()
    assert not page.locator(".rainbow__arcs").is_visible()
    assert page.locator(".rainbow__patch[tabindex='0']").count() == 0
    assert page.locator("#moments > details[open]").count() == 1
    page.locator("#crisis > summary").click()
    assert page.locator("#crisis a").first.inner_text() == "In crisis now? Help first"


def test_patches_are_big_enough_to_press(site: Site, new_page: NewPage):
    page = new_page(viewport={"width": 1228, "height": 900})
    page.goto(site.url)

    scale = page.evaluate(
        "document.querySelector('.rainbow__arcs').getBoundingClientRect().width / 1216"
    )

    assert scale * 46 >= 44


def test_the_ring_stands_round_whatever_has_the_focus(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)
    page.locator("#q").focus()

    ring = page.evaluate(
        """() => {
          const style = getComputedStyle(document.activeElement);
          return [style.outlineStyle, style.outlineWidth, style.outlineOffset, style.boxShadow];
        }"""
    )

    assert ring == ["solid", "3px", "3px", "rgb(255, 201, 74) 0px 0px 0px 9px"]


def test_it_prints_the_list_and_not_the_picture(site: Site, new_page: NewPage):
    page = new_page(viewport=DESK)
    page.goto(site.url)
    page.emulate_media(media="print")

    assert not page.locator(".rainbow__arcs").is_visible()
    assert page.get_by_role("heading", name="Every approach, as a list").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("path", ["/", "/search?q=choir"])
def test_a_page_is_light_on_the_first_visit_and_lighter_after(
    path: str, site: Site, new_page: NewPage
):
    page = new_page(viewport=DESK)
    page.goto(site.url + path, wait_until="networkidle")
    first = bytes_over_the_wire(page)
    page.goto(site.url + "/help-now", wait_until="networkidle")
    page.goto(site.url + path, wait_until="networkidle")
    later = bytes_over_the_wire(page)

    assert 0 < first <= FIRST_VISIT_BYTES
    assert later <= LATER_VISIT_BYTES


def bytes_over_the_wire(page: Page) -> int:
    """What the network carried for this page; what came from the cache counts nothing."""
    total: int = page.evaluate(
        """() => [...performance.getEntriesByType("navigation"),
                 ...performance.getEntriesByType("resource")]
                .reduce((sum, one) => sum + one.transferSize, 0)"""
    )
    return total
