"""Going through a page with the keyboard alone, and what must hold at each stop."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

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


def press_enter_on(page: Page, wanted: Locator) -> None:
    """Go to a link or button and press it; the page that it leads to has loaded then."""
    tab_to(page, wanted)
    with page.expect_event("load"):
        page.keyboard.press("Enter")


def type_into(page: Page, box: Locator, words: str) -> None:
    """Go to `box` and write there."""
    tab_to(page, box)
    page.keyboard.type(words)
