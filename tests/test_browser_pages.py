"""Every kind of page, in every state, in a real browser: no violation, no sideways scrolling."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.chromium import DESK, NARROW, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

PAGES = {
    "home": "/",
    "results": "/search?q=lonely+since+my+husband+died&near=Leeds",
    "results of all": "/search",
    "results filtered": "/search?kind=approach&support_area=home&who_for=older-people",
    "results for crisis words": "/search?q=i+want+to+end+it+all",
    "results with an ambiguous place": "/search?q=choir&near=Newport",
    "no results": "/search?q=zzyzx+qwxv",
    "approaches": "/approaches/",
    "approach": "/approaches/homeshare",
    "approach in a crisis": "/approaches/crisis-cafes",
    "proposal": "/approaches/independence-board",
    "easy read": "/approaches/homeshare/easy-read",
    "postcard": "/approaches/homeshare/easy-read/postcard",
    "larger postcard": "/approaches/homeshare/easy-read/postcard?paper=a5",
    "ideas in easy read": "/approaches/easy-read",
    "history": "/approaches/homeshare/history",
    "services": "/services/",
    "organisations": "/organizations/",
    "organisation": "/organizations/certitude",
    "places": "/places/",
    "place": "/places/camden",
    "sheet of a place": "/places/camden/sheet",
    "place with little": "/places/surrey",
    "place that nobody wrote about": "/places/hartlepool",
    "places side by side": "/places/camden/gaps?with=leeds",
    "talk": "/guided/conversation?place=camden",
    "check of an area": "/guided/area-check",
    "stories": "/stories/",
    "about": "/pages/about",
    "how moderation works": "/pages/how-moderation-works",
    "how we decide": "/how-we-decide",
    "accessibility": "/pages/accessibility",
    "privacy": "/pages/privacy",
    "contact": "/pages/contact",
    "credits": "/pages/credits",
    "help now": "/help-now",
    "share what you do": "/submit/",
    "new approach": "/submit/approach",
    "new service": "/submit/service",
    "new story": "/submit/story",
    "find what to change": "/submit/find/change?q=choir",
    "lost link": "/submissions/lost",
    "suggest a change": "/submit/change/approaches/homeshare",
    "report a problem": "/submit/report/approaches/homeshare",
    "sign in": "/accounts/sign-in",
    "widgets": "/widgets/",
    "networks": "/networks/",
    "ask to be a network": "/networks/ask",
    "hear of news": "/alerts/new?q=choir&near=Leeds",
    "for programmers": "/developers/",
    "not found": "/approaches/no-such-thing",
}


@pytest.mark.parametrize("state", PAGES)
def test_a_page_has_no_violation_wide_narrow_and_dark(
    state: str, site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=DESK, reduced_motion="reduce")  # colours do not fade while axe looks
    page.goto(site.url + PAGES[state])
    check_with_axe(page, state)

    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)
    check_with_axe(page, f"{state}, 320 px")

    page.emulate_media(color_scheme="dark")
    check_with_axe(page, f"{state}, dark")


@pytest.mark.parametrize("state", PAGES)
def test_a_page_reads_the_same_without_scripts(
    state: str, site: Site, new_page: Callable[..., Page]
):
    page = new_page(java_script_enabled=False)
    answer = page.goto(site.url + PAGES[state])

    assert answer is not None
    assert answer.status in {200, 404}
    assert page.locator("h1").count() == 1
    assert page.locator("main").inner_text().strip()


@pytest.mark.parametrize("state", PAGES)
def test_a_page_at_400_percent_does_not_scroll_sideways(
    state: str, site: Site, new_page: Callable[..., Page]
):
    # 1280 px at 400 % is a window of 320 CSS px with four device pixels each.
    page = new_page(viewport={"width": 320, "height": 256}, device_scale_factor=4)
    page.goto(site.url + PAGES[state])
    check_no_sideways_scroll(page)

    # WCAG 1.4.12: text may be spaced out without losing anything.
    page.evaluate(
        """() => { const sheet = new CSSStyleSheet();
          sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
            word-spacing: .16em !important } p { margin-block-end: 2em !important }`);
          document.adoptedStyleSheets = [sheet]; }"""
    )
    check_no_sideways_scroll(page)
