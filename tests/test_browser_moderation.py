"""Proposing and deciding by keyboard alone, looked at closely on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import check_with_axe
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
