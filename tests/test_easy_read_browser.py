"""Easy Read pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import NARROW, PHONE, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

# A screen reader says a line again whose words are put in place of the same words.
WATCH_MORE = """() => {
  const line = document.getElementById("easy-read-more");
  const watch = { childList: true, characterData: true, subtree: true };
  new MutationObserver(() => (line.dataset.touched = "yes")).observe(line, watch);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/easy-read",
        "/search/easy-read",
        "/search/easy-read?q=lonely",
        "/search/easy-read?q=i+want+to+end+it+all",
        "/help-now/easy-read",
        "/submit/easy-read",
        "/approaches/homeshare/easy-read",
    ],
)
def test_easy_read_pages_have_no_violation(
    path: str, scheme: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(small_site.url + path)
    check_with_axe(page, scheme)
    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)


def test_pictures_come_as_the_author_types_and_move_nothing(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=PHONE)
    page.goto(site.url + "/submit/approach")
    page.locator("#field-name").fill(f"Bread and roses {uuid4().hex[:6]}")
    page.locator("#field-name").press("Enter")
    page.wait_for_url("**/drafts/**")
    page.goto(f"{page.url.partition('?')[0]}/easy-read")
    sentence = page.get_by_role("textbox", name="Sentence 1")
    below = page.get_by_role("searchbox", name="Or look by another word")
    stood_at = below.bounding_box()

    sentence.fill("We drink tea.")
    count = page.locator("#pictures-easy_read-0").get_by_role("status")
    expect(count).to_contain_text("for your words")
    expect(sentence).to_be_focused()
    assert below.bounding_box() == stood_at
    check_with_axe(page, "pictures that came")
    check_no_sideways_scroll(page)

    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    first = page.locator("#pictures-easy_read-0 input[type=radio]").first
    expect(page.locator("#easy-read-more")).to_contain_text("3 more sentences make it whole")
    expect(first).to_be_focused()
    expect(first).to_be_checked()
    name = first.get_attribute("value")
    page.evaluate(WATCH_MORE)
    sentence.fill("We drink tea in the garden.")
    expect(page.locator("#pictures-easy_read-0 input:checked")).to_have_value(name or "")
    expect(page.locator("#pictures-easy_read-0")).to_contain_text("garden")
    expect(page.locator("#easy-read-more")).not_to_have_attribute("data-touched", "yes")
    expect(page.locator("#pictures-easy_read-0 input:checked")).to_have_value(name or "")
    expect(page.locator(".easy-line")).to_have_text("We drink tea in the garden.")

    below.fill("lonely")
    below.press("Enter")  # finds pictures, and does not carry on to the next part
    expect(page.locator("#pictures-easy_read-0")).to_be_focused()
    expect(page.get_by_role("radio", name="Pensive face")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Easy Read")
