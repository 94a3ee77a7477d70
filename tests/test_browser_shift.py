"""Nothing moves under a reader's eyes while a page arrives over a slow line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.chromium import DESK
from tests.site import Site

pytestmark = pytest.mark.browser

# What Lighthouse calls good is 0.1; a few pixels of a heading's width are allowed here.
MOST = 0.02
BIG_PHONE = {"width": 412, "height": 823}
PAGES = {
    "home": "/",
    "results": "/search?q=lonely&near=Leeds",
    "entry": "/approaches/homeshare",
    "place": "/places/leeds",
    "booklet": "/saved/booklet?e=approaches/homeshare&e=approaches/community-choirs",
}
WATCH = """window.moved = [];
new PerformanceObserver((list) => window.moved.push(...list.getEntries().map((one) => [
  one.value, ...one.sources.map((source) => source.node?.outerHTML?.slice(0, 100)),
]))).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("window", [BIG_PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_stands_still_when_its_letters_come_late(
    name: str, window: dict[str, int], small_site: Site, new_page: Callable[..., Page]
):
    late: list[Route] = []
    page = new_page(viewport=window)
    page.add_init_script(WATCH)
    page.route("**/*.woff2", lambda route: late.append(route))
    page.goto(small_site.url + PAGES[name], wait_until="domcontentloaded")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-scripts", "")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert late, "the page asks for its letters at once"
    for route in late:
        route.continue_()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    moved = page.evaluate("window.moved")
    assert sum(one[0] for one in moved) < MOST, moved
