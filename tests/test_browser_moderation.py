"""Proposing and deciding by keyboard alone, looked at closely on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import (
    NARROW,
    check_narrow_and_wide,
    check_no_sideways_scroll,
    check_with_axe,
)
from tests.keyboard import press_enter_on, tab_to, type_into
from tests.large_text import check_large_text
from tests.site import Site
from tests.test_browser_loop import find_in_lists

pytestmark = pytest.mark.browser

NAME = "Puppet makers of the mill"
SUMMARY = "Grandparents and children carve puppets on Saturdays and play with them."


def look(page: Page, state: str) -> None:
    check_with_axe(page, state)
    check_large_text(page)


def test_from_the_first_word_to_the_decision_without_a_mouse(
    small_site: Site, new_page: Callable[..., Page]
):
    page, email = new_page(), f"{uuid4().hex[:8]}@example.org"
    button = page.get_by_role

    page.goto(f"{small_site.url}/submit/service")
    type_into(page, page.locator("#field-name"), NAME)
    type_into(page, page.locator("#field-place"), "Leeds")
    press_enter_on(page, button("button", name="Carry on"))
    look(page, "tasks")
    press_enter_on(page, button("link", name="What it is"))
    look(page, "a part")
    type_into(page, page.locator("#field-approach-0"), "Community choirs")
    page.keyboard.press("Escape")  # what the list offers
    type_into(page, page.locator("#field-summary"), SUMMARY)
    press_enter_on(page, button("button", name="Carry on"))
    type_into(page, page.get_by_label("Your e-mail address"), email)
    press_enter_on(page, button("button", name="Carry on"))
    tab_to(page, button("checkbox", name=re.compile("I agree")))
    page.keyboard.press("Space")
    press_enter_on(page, button("button", name="Send it to the moderators"))
    expect(page).to_have_url(re.compile("/submissions/"))
    look(page, "private page")
    page.goto(small_site.link_in(small_site.mail_to(email)))
    press_enter_on(page, button("button", name="Yes, send it"))

    moderator = new_page()
    moderator.goto(small_site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
    press_enter_on(moderator, moderator.get_by_role("button", name="Sign in"))
    moderator.goto(f"{small_site.url}/moderation/")
    look(moderator, "to-do")
    press_enter_on(moderator, find_in_lists(moderator, small_site, NAME))
    look(moderator, "review")
    tab_to(moderator, moderator.get_by_role("radio", name="Publish", exact=True))
    moderator.keyboard.press("Space")
    press_enter_on(moderator, moderator.get_by_role("button", name="Decide"))
    expect(moderator.get_by_role("main")).to_contain_text(f"Published. {NAME}")
    look(moderator, "decided")

    moderator.set_viewport_size(NARROW)
    moderator.goto(f"{small_site.url}/moderation/decisions")
    check_no_sideways_scroll(moderator)
    look(moderator, "log, narrow")


def test_whoever_leaves_a_page_has_put_it_back(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    one, other = new_page(), new_page()
    for page in (one, other):
        page.goto(small_site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
        press_enter_on(page, page.get_by_role("button", name="Sign in"))
        expect(page).to_have_url(re.compile("/moderation/"))
    reader = new_page()
    reader.goto(f"{small_site.url}/submit/report/approaches/homeshare")
    reader.get_by_role("radio").first.check()
    reader.locator("#words").fill("It has moved.")
    reader.get_by_role("button", name="Send the report").click()
    expect(reader.locator("#words")).to_have_count(0)
    one.goto(f"{small_site.url}/moderation/?sort=reports")
    one.locator("#work a").first.click()
    expect(one.get_by_text("so nobody else will")).to_be_visible()
    report = one.url

    other.goto(report)
    expect(other.get_by_text(" took this at ")).to_be_visible()
    one.goto(f"{small_site.url}/moderation/due")

    def is_free() -> None:
        other.goto(report)
        expect(other.get_by_text("so nobody else will")).to_be_visible(timeout=2_000)

    try_until(is_free)


def test_what_was_closed_is_opened_again_by_keyboard_and_without_scripts(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    reader = new_page()
    reader.goto(f"{small_site.url}/submit/report/approaches/community-choirs")
    reader.get_by_role("radio").first.check()
    reader.locator("#words").fill("The web address leads nowhere.")
    reader.locator("input[name=email]").fill(f"{uuid4().hex[:8]}@example.org")
    reader.get_by_role("button", name="Send the report").click()
    expect(reader.locator("#words")).to_have_count(0)
    page = new_page(java_script_enabled=False)
    button = page.get_by_role
    page.goto(small_site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
    button("button", name="Sign in").click()
    page.goto(f"{small_site.url}/moderation/?sort=reports")
    page.locator("#work a", has_text="Community choirs").click()
    page.locator("#answer").fill("It leads there agian.")
    button("button", name="It is dealt with").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("The report is dealt with. Community choirs")

    press_enter_on(page, button("button", name="Undo"))

    expect(page.get_by_role("main")).to_contain_text("Undone. It waits again.")
    page.locator("#answer").fill("It leads there again.")
    button("button", name="It is dealt with").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("The reader hears of it after that.")


def try_until(done: Callable[[], None]) -> None:
    """Leaving a page is told beside what happens next: it may take some tries to see it."""
    for _again in range(10):
        try:
            done()
        except AssertionError:
            continue
        return
    done()


def test_joining_and_splitting_entries_has_no_violation_wide_or_narrow(
    small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(reduced_motion="reduce")  # colours do not fade while axe looks
    entry = f"{small_site.url}/moderation/entries/approach/homeshare"

    page.goto(small_site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
    press_enter_on(page, page.get_by_role("button", name="Sign in"))
    page.goto(entry)
    for fold in page.locator("main details").all():
        fold.evaluate("fold => { fold.open = true }")
    check_narrow_and_wide(page, "entry, all open")
    page.get_by_label("Name of the entry that stays").fill("Nothing of that name")
    page.get_by_role("button", name="Join them").click()
    expect(page).to_have_title(re.compile("^Error:"))
    check_narrow_and_wide(page, "joined to nothing")

    page.goto(f"{entry}/split")
    check_narrow_and_wide(page, "split")
    page.get_by_label("Name of the new entry").fill("Homeshare for two")
    page.get_by_role("button", name="Make two of it").click()
    expect(page).to_have_title(re.compile("^Error:"))  # no part goes there
    check_narrow_and_wide(page, "split into nothing")
