"""The booklet on screens and on paper, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from tests.chromium import NARROW, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

QUERY = "name=For+mum&e=approaches/homeshare&e=services/leeds-homeshare&e=approaches/crisis-cafes"


@pytest.mark.parametrize("edition", ["standard", "large", "easy-read"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_booklet_has_no_violation(
    edition: str, scheme: str, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page(color_scheme=scheme)
    page.goto(f"{small_site.url}/saved/booklet?{QUERY}&edition={edition}&near=Leeds")
    check_with_axe(page, f"{edition}, {scheme}")
    page.set_viewport_size(NARROW)
    check_no_sideways_scroll(page)


@pytest.mark.parametrize(("paper", "height"), [("a5", 595), ("a4", 842)])
def test_each_entry_is_printed_on_a_sheet_of_its_own(
    paper: str, height: int, small_site: Site, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(f"{small_site.url}/saved/booklet?{QUERY}&paper={paper}")
    page.evaluate("document.fonts.ready")

    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))

    assert len(printed.pages) == 5  # cover, three entries, help
    assert {round(float(one.mediabox.height)) for one in printed.pages} == {height}
    assert "Help now" not in printed.pages[0].extract_text()
