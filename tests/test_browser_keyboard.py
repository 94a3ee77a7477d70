"""Kith by keyboard alone: what has the focus is seen, in order, and nothing is a trap."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import PHONE
from tests.keyboard import count_stops, tab_to
from tests.site import Site

pytestmark = pytest.mark.browser


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
