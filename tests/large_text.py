"""Words twice as large, as a browser makes them: all of them can be read, on a phone and a desk."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.chromium import DESK, PHONE, check_no_sideways_scroll

# Words that lie outside the window, or outside a box that cuts them off. What scrolls by itself
# (wide tables, previews) may hold more than it shows.
CUT_OFF = """() => {
  const width = document.documentElement.clientWidth;
  const unseen = ".visually-hidden, .skip-link, svg, option, script, template";
  const scrolls = (how) => how === "auto" || how === "scroll";
  const isCut = (box, element) => {
    for (let holder = element; holder && holder !== document.body; holder = holder.parentElement) {
      const style = getComputedStyle(holder);
      const edge = holder.getBoundingClientRect();
      if (scrolls(style.overflowX) || scrolls(style.overflowY)) return false;
      const isOut = box.right > edge.right + 2 || box.left < edge.left - 2
        || box.bottom > edge.bottom + 3 || box.top < edge.top - 3;
      if (style.overflowX !== "visible" && edge.width > 2 && isOut) return true;
    }
    return box.right > width + 1 || box.left < -1;
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim();
    const element = walker.currentNode.parentElement;
    if (!words || element.closest(unseen) || !element.checkVisibility({ visibilityProperty: true }))
      continue;
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    for (const box of range.getClientRects())
      if (box.width > 2 && isCut(box, element))
        found.add(`${words.slice(0, 40)}: ${element.className}`);
  }
  return [...found];
}"""


def check_large_text(page: Page) -> None:
    """Make the words twice as large for a moment: nothing is cut off, nothing scrolls sideways."""
    before = page.viewport_size
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for window in (PHONE, DESK):
        page.set_viewport_size(window)
        check_no_sideways_scroll(page)
        cut_off = page.evaluate(CUT_OFF)
        assert not cut_off, f"{page.url}, {window['width']} px: {cut_off}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    if before:
        page.set_viewport_size(before)
