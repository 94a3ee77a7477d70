"""A list on its way in a real Chromium, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.chromium import check_narrow_and_wide
from tests.keyboard import press_enter_on, tab_to
from tests.site import Site

ROWS = 300  # long enough to look on while they are checked


def test_a_list_is_brought_and_deleted_without_a_mouse(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(reduced_motion="reduce")  # colours do not fade while axe looks

    page.goto(small_site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
    press_enter_on(page, page.get_by_role("button", name="Sign in"))
    page.goto(f"{small_site.url}/moderation/lists")
    box = page.get_by_label("Your list")
    tab_to(page, box)
    rows = "".join(
        f"Valley choir {number},We sing.,Homeshare,Valley {number}\n" for number in range(ROWS)
    )
    content = f"Group,Summary,Sort of,Area covered\nOdd one,We hum.,No such thing,Dale\n{rows}"
    # What opens there is the system's own window.
    box.set_input_files({"name": "v.csv", "mimeType": "text/csv", "buffer": content.encode()})
    tab_to(page, page.locator("#agree"))
    page.keyboard.press("Space")
    press_enter_on(page, page.get_by_role("button", name="Go on to the columns"))

    sort_of = page.get_by_label("Sort of")
    expect(sort_of).to_have_value("approach")
    expect(sort_of).to_have_accessible_description(
        "Such as: No such thing · Homeshare · Homeshare "
        "Guessed because names of approaches stand in it."
    )
    check_narrow_and_wide(page, "columns")
    tab_to(page, sort_of)
    page.keyboard.type("Leave")
    press_enter_on(page, page.get_by_role("button", name="Check the rows"))
    expect(page.locator("#errors")).to_be_focused()
    check_narrow_and_wide(page, "columns, to put right")
    tab_to(page, sort_of)
    page.keyboard.type("Which approach")
    press_enter_on(page, page.get_by_role("button", name="Check the rows"))

    on = page.locator("#go-on")
    tab_to(page, on)
    expect(on).to_have_text("Go on")
    expect(on).to_be_focused()  # however often the page looked meanwhile
    check_narrow_and_wide(page, "checked")
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text(f"{ROWS} rows are ready. 1 must be put right")
    check_narrow_and_wide(page, "review")
    press_enter_on(page, page.get_by_role("link", name=f"New ({ROWS})"))
    press_enter_on(page, page.get_by_role("link", name="Next 50"))
    check_narrow_and_wide(page, "second page")
    press_enter_on(page, page.get_by_role("link", name="Delete this list"))
    check_narrow_and_wide(page, "sure?")
    press_enter_on(page, page.get_by_role("button", name="Delete it"))
    expect(page.get_by_role("main")).to_contain_text("Deleted.")
