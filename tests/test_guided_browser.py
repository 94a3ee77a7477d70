"""Guided talks in a real browser: notes stay, the decision prints on one page, a file is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.site import Site

pytestmark = pytest.mark.browser


def test_notes_stay_on_the_device_and_end_in_a_decision(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.method))
    page.goto(small_site.url + "/guided/conversation")
    page.locator("#home-grow").fill("A network in every ward\nand one for carers")
    page.reload()

    expect(page.locator("#home-grow")).to_have_value("A network in every ward\nand one for carers")
    expect(page.locator("[data-shows=home-grow]")).to_contain_text("and one for carers")
    assert set(sent) == {"GET"}
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    assert "A network in every ward" in Path(download.value.path()).read_text(encoding="utf-8")
    page.emulate_media(media="print")
    expect(page.locator("#home-good")).to_be_hidden()
    expect(page.locator("[data-shows=home-grow]")).to_be_visible()
    page.emulate_media(media="screen")
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Delete what is written here").click()
    expect(page.locator("#home-grow")).to_have_value("")


def test_answers_become_a_picture_and_next_steps(
    small_site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(small_site.url + "/guided/area-check")
    expect(page.get_by_text("Answer the questions above")).to_be_visible()

    page.locator("#know-yes").check()
    page.locator("#power-no").check()

    expect(page.locator("[data-pictures=know]")).to_contain_text("Yes, mostly")
    expect(page.locator("[data-pictures=power]")).to_contain_text("Not yet")
    expect(page.locator("[data-step=know]")).to_be_hidden()
    expect(page.locator("[data-step=power]")).to_be_visible()
    expect(page.get_by_text("Answer the questions above")).to_be_hidden()
