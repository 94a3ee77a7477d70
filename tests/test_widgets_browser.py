"""/widgets/ in a real browser: what is chosen is shown and copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.site import Site

pytestmark = pytest.mark.browser


def test_an_entry_is_chosen_its_line_follows_and_is_copied(
    site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.url}/widgets/")
    expect(page.get_by_label("Which entry")).to_be_hidden()

    page.get_by_label("What it is").select_option(label="One entry")
    expect(page.get_by_label("Words to begin with")).to_be_hidden()
    expect(page.get_by_text("Say which entry")).to_be_visible()
    page.get_by_label("Which entry").fill("Homeshare")

    line = page.locator("#line-script")
    expect(line).to_contain_text('entry="approaches/homeshare"')
    page.get_by_role("button", name="Copy: The widget", exact=True).press("Enter")
    expect(page.get_by_role("status").get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == line.text_content()


def test_where_copying_is_not_allowed_the_line_is_selected(
    site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    page.goto(f"{site.url}/widgets/")

    page.get_by_role("button", name="Copy: Only a link", exact=True).click()

    expect(page.get_by_role("status").get_by_text("It is selected")).to_be_visible()
    selected = page.evaluate("getSelection().toString()")
    assert selected == page.locator("#line-link").text_content()


def test_without_scripts_there_is_nothing_to_press_that_does_nothing(
    site: Site, new_page: Callable[..., Page]
):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site.url}/widgets/?show=list&near=Leeds")

    expect(page.locator("#line-script")).to_contain_text('near="Leeds"')
    expect(page.locator("[data-copies]").first).to_be_hidden()
