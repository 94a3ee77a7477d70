"""Easy Read pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.chromium import NARROW, PHONE, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "path",
    [
        "/easy-read",
        "/search/easy-read",
        "/search/easy-read?q=lonely",
        "/search/easy-read?q=i+want+to+end+it+all",
        "/help-now/easy-read",
        "/submit/easy-read",
        "/approaches/homeshare/easy-read",
    ],
)
def test_easy_read_pages_have_no_violation(
    path: str, scheme: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=PHONE, color_scheme=scheme)
    page.goto(small_site.url + path)
    check_with_axe(page, scheme)
    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)
