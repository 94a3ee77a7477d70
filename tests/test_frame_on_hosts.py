"""Frames of the directory on other people's pages, in a real browser."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import DESK, check_with_axe
from tests.hosts import Host, host
from tests.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def dale_valley(site: Site) -> Iterator[Host]:
    with host(site.url) as found:
        yield found


@pytest.mark.parametrize("scripts", [True, False])
def test_a_search_inside_the_frame_leaves_the_page_around_it_where_it_is(
    scripts: bool, dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(java_script_enabled=scripts)
    url = dale_valley.page(dale_valley.frame("near=Leeds"))
    page.goto(url)
    frame = page.frame_locator("iframe")

    frame.get_by_role("searchbox").fill("spare room")
    frame.get_by_role("button", name="Search").click()

    expect(frame.get_by_role("listitem")).to_have_count(3)
    expect(frame.get_by_text("found near Leeds")).to_be_visible()
    assert page.url == url


def test_a_result_opens_on_the_whole_window(dale_valley: Host, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.frame("entry=approaches/homeshare")))

    page.frame_locator("iframe").get_by_role("link", name="Homeshare").click()

    page.wait_for_url(f"{dale_valley.directory}/approaches/homeshare")


def test_a_frame_grows_with_what_is_in_it_where_the_page_takes_our_script(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    script = f'<script type="module" src="{dale_valley.directory}/embed/v1/height.js"></script>'
    page.goto(dale_valley.page(script + dale_valley.frame("show=list&kind=approach&limit=10")))

    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("listitem")).to_have_count(10)

    page.wait_for_function("document.querySelector('iframe').clientHeight > 800")
    inside = page.frames[1].evaluate("document.documentElement.scrollHeight")
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") >= inside


def test_a_frame_is_no_higher_than_what_is_in_it_however_often_that_changes(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(viewport=DESK)
    script = f'<script type="module" src="{dale_valley.directory}/embed/v1/height.js"></script>'
    page.goto(dale_valley.page(script + dale_valley.frame("heading=Near+you")))
    fits = """() => {
      const end = document.querySelector("iframe");
      return end.height !== "480" && end.clientHeight < 400;
    }"""
    page.wait_for_function(fits)

    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.frame_locator("iframe").get_by_role("searchbox").focus()
    page.wait_for_function(fits)

    inside = page.frames[1].evaluate("document.querySelector('main').clientHeight")
    assert page.locator("iframe").evaluate("frame => frame.clientHeight") - inside < 40


def test_that_a_result_was_opened_is_counted_for_a_saved_widget(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.frame("show=list&q=homeshare&limit=1&widget=abc")))
    result = page.frame_locator("iframe").locator("a.frame__name")

    with page.expect_request("**/embed/v1/widgets/abc/clicks") as told:
        result.click()

    assert told.value.method == "POST"
    assert not told.value.post_data


def test_a_frame_of_somebody_else_cannot_change_the_page(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    says = "<script>parent.postMessage({ type: 'kith-height', height: 4000 }, '*')</script>"
    other = dale_valley.page(says)
    script = f'<script type="module" src="{dale_valley.directory}/embed/v1/height.js"></script>'
    page.goto(
        dale_valley.page(f'{script}<iframe src="{other}" height="200" title="Other"></iframe>')
    )
    page.wait_for_timeout(500)

    assert page.locator("iframe").evaluate("frame => frame.clientHeight") == 200


def test_what_wordpress_makes_of_a_pasted_address_is_readable(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    address = f"{dale_valley.directory}/approaches/homeshare"
    with urllib.request.urlopen(
        f"{dale_valley.directory}/oembed?url={quote(address, safe='')}", timeout=10
    ) as answer:
        html = json.load(answer)["html"]
    before, _, after = html.partition(' sandbox="')
    sandboxed = f'{before} sandbox="allow-scripts"{after.partition(chr(34))[2]}'

    page.goto(dale_valley.page(sandboxed))

    expect(page.get_by_role("link", name="Homeshare").first).to_have_attribute("href", address)
    expect(page.frame_locator("iframe").get_by_role("link", name="Homeshare")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "q=i+want+to+end+it+all&asked=1",
        "show=list&q=choir",
        "entry=approaches/homeshare",
        "q=i+want+to+end+it+all&asked=1&text=%23ffffff&ground=%23102040&accent=%23ffd24a"
        "&on_accent=%23102040",
    ],
)
def test_a_frame_has_no_violation(
    query: str, scheme: str, dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(viewport=DESK, color_scheme=scheme)
    page.goto(f"{dale_valley.directory}/embed/v1/frame?{query}")
    check_with_axe(page, query)

    page.set_viewport_size({"width": 320, "height": 600})
    check_with_axe(page, f"{query}, 320 px")
