"""Searching in a real browser: answers while typing, suggestions, filters, the way back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import PHONE
from tests.site import Site

pytestmark = pytest.mark.browser


def test_answers_come_while_typing_and_the_address_follows(
    site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(f"{site.url}/search?q=choir")
    page.locator("#q").fill("spare room")
    expect(page).to_have_url(f"{site.url}/search?q=spare+room")
    expect(page).to_have_title(re.compile(r"^\d+ results for spare room"))
    expect(page.locator("#status")).to_have_text(re.compile(r"^\d+ results$"))
    expect(page.locator("#q")).to_be_focused()


def test_back_shows_the_results_as_they_were(site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(f"{site.url}/search?q=choir")
    page.locator("#q").fill("spare room")
    expect(page).to_have_url(f"{site.url}/search?q=spare+room")
    first = page.locator(".entry-card__name a").first
    name = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(name)
    page.go_back()
    expect(page.locator("#q")).to_have_value("spare room")
    expect(page.locator(".entry-card__name a").first).to_have_text(name)


def test_a_ticked_filter_answers_at_once_and_keeps_the_focus(
    site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(f"{site.url}/search?q=choir")
    box = page.locator("#who_for-older-people")
    box.focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(f"{site.url}/search?q=choir&who_for=older-people")
    expect(box).to_be_checked()
    expect(box).to_be_focused()


def test_suggestions_are_a_combobox(site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(f"{site.url}/search")
    field = page.get_by_role("combobox", name="What would make life better?")
    field.press_sequentially("community cho")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "suggestion-1")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("community cho")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/approaches/community-choirs")


def test_where_i_am_is_asked_on_a_click_and_rounded(site: Site, new_page: Callable[..., Page]):
    brixton = {"latitude": 51.461311, "longitude": -0.115612}
    page = new_page(viewport=PHONE, geolocation=brixton, permissions=["geolocation"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site.url}/search?q=choir")
    button = page.get_by_role("button", name="Use where I am")
    expect(button).to_be_visible()
    assert not [url for url in asked if "/search/here" in url]
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#near")).to_have_value("SW2")
    expect(page).to_have_url(f"{site.url}/search?q=choir&near=SW2")
    expect(page.locator("h1")).to_contain_text("near SW2")
    assert [url for url in asked if "lat=" in url] == [
        f"{site.url}/search/here?lat=51.46&lon=-0.12"
    ]

    refused = new_page(permissions=[])
    refused.goto(f"{site.url}/search?q=choir")
    refused.get_by_role("button", name="Use where I am").click()
    expect(refused.locator(".search-bar__here [role=status]")).to_contain_text("Type your town")

    plain = new_page(java_script_enabled=False)
    plain.goto(f"{site.url}/search?q=choir")
    expect(plain.locator(".search-bar__here")).to_be_hidden()


def test_enter_without_a_choice_searches(site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(site.url)
    page.locator("#q").press_sequentially("choir")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=choir"))


def test_without_scripts_the_form_and_its_filters_work(site: Site, new_page: Callable[..., Page]):
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto(f"{site.url}/search?q=choir")
    page.get_by_text("Filters", exact=True).click()
    page.locator("label[for=who_for-older-people]").click()
    page.get_by_role("button", name="Show these").click()
    expect(page).to_have_url(re.compile(r"q=choir.*who_for=older-people"))
    expect(page.locator("#who_for-older-people")).to_be_checked()
    expect(page.get_by_text("Filters (1)")).to_be_visible()
