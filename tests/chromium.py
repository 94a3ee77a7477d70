"""Fixtures for tests in a real Chromium: the site, the browser, and what holds on every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from deploy.screenshots import QUIET
from tests import services
from tests.leaving_out import leave_out
from tests.site import Site, running

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds; only what fails waits so long

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as it runs for a county: PostgreSQL, Redis, two web processes."""
    try:
        services.chromium()
        with (
            services.postgresql() as server,
            services.redis() as redis_url,
            services.database(server, "kith_site") as database_url,
            running(
                tmp_path_factory.mktemp("site"),
                database_url=database_url,
                redis_url=redis_url,
                web_processes=2,
            ) as found,
        ):
            yield found
    except services.Missing as missing:
        leave_out(str(missing))


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site as `make run` starts it: SQLite, one web process, nothing else."""
    try:
        services.chromium()
    except services.Missing as missing:
        leave_out(str(missing))
    with running(tmp_path_factory.mktemp("small-site")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    try:
        path = services.chromium()
    except services.Missing as missing:
        leave_out(str(missing))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens windows: `new_page(viewport=PHONE, java_script_enabled=False)`.

    Whatever the browser complains about (a script's error, a blocked file) fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(**options: Any) -> Page:
        context = chromium.new_context(**({"viewport": DESK, "locale": "en-GB"} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(said.text) if _is_bad(said) else None)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _is_bad(said: Any) -> bool:
    expected = (f"status of {code}" for code in (401, 404, 409, 410, 422, 429))
    return said.type == "error" and not any(words in said.text for words in expected)


def check_with_axe(page: Page, state: str = "") -> None:
    """Fail when axe finds anything against WCAG 2.2 AA or its own best practice."""
    options = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    assert not found, f"{page.url} {state}\n" + "\n".join(
        f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} "
        f"({one['nodes'][0].get('failureSummary', '')[:300]})"
        for one in found
    )


def check_narrow_and_wide(page: Page, state: str) -> None:
    """Fail when the page is too wide for a narrow window, or axe finds anything there or in a wide
    one. The window stays wide."""
    for size in (NARROW, DESK):
        page.set_viewport_size(size)
        check_no_sideways_scroll(page)
        check_with_axe(page, f"{state}, {size['width']} px")


def check_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its window, and say what sticks out."""
    wide = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > width + 1)
            .slice(0, 5).map(one => one.outerHTML.slice(0, 120));
        }"""
    )
    assert not wide, f"{page.url} scrolls sideways: {wide}"
