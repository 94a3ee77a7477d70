"""Kith by keyboard alone: what has the focus is seen, in order, and nothing is a trap."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PHONE
from tests.site import Site

pytestmark = pytest.mark.browser

MOST_STOPS = 150

# What a reader sees of the element that has the focus; none when nothing has it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const own = [one, at, one.labels?.[0]].filter(Boolean);
  const isRinged = (part) => {
    const style = getComputedStyle(part);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  let holder = one;
  while (holder && !isRinged(holder)) holder = holder.parentElement;
  // The rainbow has one ring for all its patches.
  const ring = one.closest("svg")?.querySelector(".rainbow__ring--on");
  return {
    html: one.outerHTML.slice(0, 160),
    isInWindow: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    isCovered: Boolean(at) && !own.some((part) => part !== at && part.contains(at))
      && at !== one && !at.contains(one),
    isMarked: Boolean(holder ?? ring),
  };
}"""


def press_tab(page: Page) -> bool:
    """Go on to the next stop, which is in sight, uncovered and marked; false at the page's end."""
    page.keyboard.press("Tab")
    stop = page.evaluate(FOCUS)
    if stop is None:
        return False
    assert stop["isInWindow"], f"{page.url}: the focus is out of sight: {stop['html']}"
    assert not stop["isCovered"], f"{page.url}: something covers the focus: {stop['html']}"
    assert stop["isMarked"], f"{page.url}: the focus is not marked: {stop['html']}"
    return True


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    for _stop in range(MOST_STOPS):
        press_tab(page)
        if wanted.evaluate("wanted => wanted === document.activeElement"):
            return
    raise AssertionError(f"{page.url}: no way to {wanted}")


def count_stops(page: Page) -> int:
    """Walk the whole page from its beginning to its end; how many stops it has."""
    for number in range(MOST_STOPS * 2):
        if not press_tab(page):
            return number
    raise AssertionError(f"{page.url}: the focus never comes to the end: a trap")


def test_from_the_first_page_to_an_entry_and_back(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(small_site.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#q"))
    page.keyboard.type("somewhere to sing")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()

    choirs = page.get_by_role("main").get_by_role("link", name="Community choirs", exact=True)
    tab_to(page, choirs.first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Community choirs")
    tab_to(page, page.get_by_role("link", name=re.compile("Suggest a change")).first)
    page.go_back()
    expect(page.locator("#q")).to_have_value("somewhere to sing")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=choir&near=LS7",
        "/approaches/community-choirs",
        "/approaches/homeshare/easy-read",
        "/places/leeds",
        "/places/leeds/gaps",
        "/saved?e=approaches/homeshare",
        "/saved/booklet?e=approaches/homeshare",
        "/submit/",
        "/submit/approach",
    ],
)
@pytest.mark.parametrize("window", [None, PHONE], ids=["desk", "phone"])
def test_every_stop_of_a_page_is_seen(
    small_site: Site, new_page: Callable[..., Page], path: str, window: dict[str, int] | None
):
    page = new_page(**({"viewport": window} if window else {}))
    page.goto(small_site.url + path)

    assert count_stops(page) > 10
