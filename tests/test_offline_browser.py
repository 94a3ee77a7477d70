"""Saved entries without a connection, in a real browser."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.chromium import PHONE
from tests.site import Site

PATIENCE_SECONDS = 20

pytestmark = pytest.mark.browser

KEPT = """async () => {
  if (!(await caches.has("kith-saved"))) return [];
  const found = await (await caches.open("kith-saved")).keys();
  const paths = found.map((one) => new URL(one.url).pathname);
  return paths.filter((path) => !path.startsWith("/assets/"));
}"""


@pytest.fixture
def page(chromium: Browser) -> Any:
    """A window whose console may speak of lost connections."""
    context = chromium.new_context(viewport=PHONE, locale="en-GB")
    page = context.new_page()
    yield page
    context.close()


def save(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)
    page.locator(".tools button.save").first.click()


def until(page: Page, script: str) -> None:
    """Wait for `script` to be true. Playwright's own way needs eval, which our CSP bars."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not page.evaluate(script):
        assert time.monotonic() < deadline, script
        time.sleep(0.1)


def wait_until_kept(page: Page, paths: set[str]) -> None:
    """Wait for exactly these pages, and for the files that they need."""
    until(
        page,
        f"""async () => {{
          const kept = await ({KEPT})();
          const wanted = {json.dumps(sorted(paths))};
          const all = await (await caches.open("kith-saved")).keys();
          return wanted.length === kept.length && wanted.every((one) => kept.includes(one))
            && all.filter((one) => one.url.endsWith(".woff2")).length === 4;
        }}""",
    )


def homeshare_kept(page: Page, site: Site) -> None:
    save(page, site, "/approaches/homeshare")
    wait_until_kept(
        page,
        {"/saved", "/help-now", "/approaches/homeshare", "/approaches/homeshare/easy-read"},
    )
    until(page, "navigator.serviceWorker.controller !== null")


def test_a_saved_entry_is_read_without_a_connection(page: Page, small_site: Site):
    homeshare_kept(page, small_site)
    page.context.set_offline(True)

    page.goto(small_site.url + "/approaches/homeshare?offline")

    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    expect(page.locator(".kept-notice")).to_contain_text("You seem to be offline.")
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily").startswith(
        '"Bricolage Grotesque"'
    )


def test_with_a_connection_the_page_is_always_the_one_of_now(page: Page, small_site: Site):
    homeshare_kept(page, small_site)
    page.evaluate(
        """async () => (await caches.open("kith-saved"))
          .put("/approaches/homeshare", new Response("<html >an old copy"))"""
    )

    page.goto(small_site.url + "/approaches/homeshare?now")

    expect(page.get_by_role("heading", name="How it works")).to_be_visible()
    expect(page.locator(".kept-notice")).to_have_count(0)


def test_the_list_shows_its_names_without_a_connection(page: Page, small_site: Site):
    homeshare_kept(page, small_site)
    page.context.set_offline(True)
    page.goto(small_site.url + "/approaches/befriending?not-kept")

    expect(page).to_have_url(small_site.url + "/saved")
    expect(page.locator("#own-lists")).to_contain_text("You seem to be offline.")
    expect(page.locator("#own-lists").get_by_role("link", name="Homeshare")).to_be_visible()


@pytest.mark.parametrize("path", ["/moderation/", "/submit/approach", "/search?q=choir"])
def test_nothing_else_is_served_from_the_device(path: str, page: Page, small_site: Site):
    homeshare_kept(page, small_site)
    page.goto(small_site.url + path)
    page.context.set_offline(True)

    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto(small_site.url + path + ("&" if "?" in path else "?") + "again")


def test_taking_the_last_one_off_clears_the_device(page: Page, small_site: Site):
    homeshare_kept(page, small_site)
    page.goto(small_site.url + "/approaches/homeshare")
    page.get_by_role("button", name="Saved Homeshare").click()

    until(page, "async () => !(await caches.has('kith-saved'))")
    until(page, "async () => (await navigator.serviceWorker.getRegistrations()).length === 0")


def test_who_saves_nothing_gets_no_worker(small_site: Site, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(small_site.url + "/approaches/homeshare")

    assert (
        page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )
