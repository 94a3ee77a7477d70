"""Words twice as large, as a browser makes them: all of them can be read, on a phone and a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.chromium import PHONE
from tests.large_text import check_large_text
from tests.site import Site

pytestmark = pytest.mark.browser

LIST = "e=approaches/homeshare&e=approaches/community-choirs"
PAGES = {
    "home": "/",
    "results": "/search?q=lonely&near=Leeds",
    "entry": "/approaches/homeshare",
    "easy read": "/approaches/homeshare/easy-read",
    "place": "/places/leeds",
    "gaps": "/places/leeds/gaps",
    "saved": f"/saved?{LIST}",
    "booklet": f"/saved/booklet?{LIST}",
    "share what you do": "/submit/",
    "new approach": "/submit/approach",
    "text and colours": "/reading-comfort",
    "widgets": "/widgets/",
    "sign in": "/accounts/sign-in",
}


@pytest.mark.parametrize("name", PAGES)
def test_words_twice_as_large_are_all_there(
    name: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(viewport=PHONE)
    page.goto(small_site.url + PAGES[name])

    check_large_text(page)
