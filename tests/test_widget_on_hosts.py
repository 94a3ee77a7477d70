"""The widget on other people's pages, in a real browser, as those pages really are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from directory.networks import builds, code
from tests.chromium import DESK, NARROW, PHONE, check_no_sideways_scroll, check_with_axe
from tests.hosts import Host, host
from tests.site import Site

pytestmark = pytest.mark.browser

HOSTILE = """<style>
  html { font-size: 62.5% }
  * { color: red; font-family: cursive; letter-spacing: .3em; line-height: 3;
      text-transform: uppercase; visibility: visible }
  a, button, div, form, h2, input, label, li, p, svg, ul { display: none !important }
</style>"""


@pytest.fixture(scope="module")
def dale_valley(site: Site) -> Iterator[Host]:
    with host(site.url) as found:
        yield found


@pytest.fixture
def strict_window(chromium: Browser) -> Iterator[Page]:
    """A window where what the host's policy stops is expected, and listed on the page object."""
    context = chromium.new_context(viewport=DESK, locale="en-GB")
    page = context.new_page()
    yield page
    context.close()


def search(page: Page, q: str, near: str = "") -> None:
    page.get_by_role("searchbox").fill(q)
    if near:
        page.get_by_label("Place").fill(near)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).not_to_have_text("Searching…")


def test_a_search_shows_results_counts_and_the_way_to_all(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget(near="Leeds")))

    search(page, "lift to the doctor")

    expect(page.get_by_role("status")).to_contain_text("found near Leeds. Showing 3.")
    expect(page.get_by_role("listitem")).to_have_count(3)
    everything = page.get_by_role("link", name="on Kith")
    expect(everything).to_have_attribute(
        "href", f"{dale_valley.directory}/search?q=lift+to+the+doctor&near=Leeds"
    )
    check_with_axe(page, "results")


def test_more_results_come_without_losing_ones_place(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))
    search(page, "lonely")

    page.get_by_role("button", name="Show more").click()

    expect(page.get_by_role("listitem")).to_have_count(10)
    expect(page.get_by_role("status")).to_contain_text("Showing 10.")
    expect(page.get_by_role("listitem").nth(3).get_by_role("link")).to_be_focused()


def test_it_works_by_keyboard_alone(dale_valley: Host, new_page: Callable[..., Page]):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))
    expect(page.get_by_role("searchbox")).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("choir")
    page.keyboard.press("Tab")
    page.keyboard.type("Leeds")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("near Leeds")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Easy Read")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listitem").first.get_by_role("link")).to_be_focused()


def test_it_works_under_a_strict_policy_and_trusted_types(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    body = dale_valley.script() + dale_valley.widget(near="Leeds")
    page.goto(dale_valley.page(body, policy=dale_valley.strict()))

    search(page, "spare room")

    expect(page.get_by_role("listitem")).to_have_count(3)
    ground = page.locator("[part=box]").evaluate("box => getComputedStyle(box).backgroundColor")
    assert ground == "rgb(255, 252, 245)"


def test_a_pinned_build_runs_and_any_other_script_in_its_place_does_not(
    dale_valley: Host, strict_window: Page
):
    page = strict_window
    tag = code.pinned(builds.newest(), public_url=dale_valley.directory)
    page.goto(dale_valley.page(tag + dale_valley.widget(), policy=dale_valley.strict()))
    expect(page.get_by_role("searchbox")).to_be_visible()

    other = tag.replace(builds.newest().path, code.WIDGET_PATH).replace("sha384-", "sha384-A")
    with page.expect_event("console", lambda said: "integrity" in said.text.lower()):
        page.goto(dale_valley.page(other + dale_valley.widget(), policy=dale_valley.strict()))

    expect(page.get_by_role("link", name="Search Kith")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_count(0)


def test_where_the_policy_lets_no_script_in_the_link_stays(dale_valley: Host, strict_window: Page):
    page = strict_window
    body = dale_valley.script() + dale_valley.widget()
    page.goto(dale_valley.page(body, policy="default-src 'none'; script-src 'self'"))

    expect(page.get_by_role("link", name="Search Kith")).to_be_visible()
    expect(page.get_by_role("searchbox")).to_have_count(0)


def test_where_the_policy_lets_it_ask_nobody_there_is_a_link_to_the_same_search(
    dale_valley: Host, strict_window: Page
):
    page = strict_window
    body = dale_valley.script() + dale_valley.widget()
    page.goto(dale_valley.page(body, policy=dale_valley.strict(connects=False)))

    search(page, "choir", near="Leeds")

    expect(page.get_by_role("status")).to_have_text("The directory cannot be reached just now.")
    expect(page.get_by_role("link", name="Search on")).to_have_attribute(
        "href", f"{dale_valley.directory}/search?q=choir&near=Leeds"
    )


def test_without_scripts_the_link_stays(dale_valley: Host, new_page: Callable[..., Page]):
    page = new_page(java_script_enabled=False)
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))

    expect(page.get_by_role("link", name="Search Kith")).to_be_visible()


def test_a_host_that_hides_and_paints_everything_does_not_reach_in(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget(), head=HOSTILE))

    search(page, "choir")

    expect(page.get_by_role("listitem").first).to_be_visible()
    button = page.get_by_role("button", name="Search")
    assert button.evaluate("one => getComputedStyle(one).fontSize") == "17px"
    assert button.evaluate("one => getComputedStyle(one).textTransform") == "none"
    assert button.evaluate("one => getComputedStyle(one).letterSpacing") == "normal"
    name = page.get_by_role("listitem").first.get_by_role("link")
    assert name.evaluate("one => getComputedStyle(one).color") == "rgb(30, 25, 21)"


def test_it_leaves_the_page_around_it_alone(dale_valley: Host, new_page: Callable[..., Page]):
    page = new_page()
    url = dale_valley.page(dale_valley.script() + dale_valley.widget())
    page.goto(url)
    expect(page.get_by_role("searchbox")).to_be_visible()
    search(page, "choir")

    made = page.evaluate("() => Object.keys(window).filter(name => /kith/i.test(name))")
    assert made == []
    assert (
        page.evaluate("() => document.styleSheets.length + document.adoptedStyleSheets.length") == 0
    )
    assert page.context.cookies() == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0


def test_two_of_them_and_a_list_and_a_button_stand_on_one_page(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    widgets = [
        dale_valley.widget(near="Leeds"),
        dale_valley.widget(heading="For carers", level="3", theme="dark"),
        dale_valley.widget(show="list", kind="approach", support_area="home", heading="At home"),
        dale_valley.widget(entry="approaches/homeshare"),
        dale_valley.widget(show="propose"),
    ]
    page.goto(dale_valley.page(dale_valley.script() + "".join(widgets)))
    widget = page.locator("kith-search")

    widget.nth(1).get_by_role("searchbox").fill("respite")
    widget.nth(1).get_by_role("button", name="Search").click()

    expect(widget.nth(1).get_by_role("listitem")).to_have_count(3)
    expect(widget.nth(0).get_by_role("listitem")).to_have_count(0)
    expect(widget.nth(2).get_by_role("listitem")).to_have_count(3)
    expect(widget.nth(3).get_by_role("link", name="Homeshare")).to_be_visible()
    expect(widget.nth(4).get_by_role("link", name="Share what you do")).to_have_attribute(
        "href", f"{dale_valley.directory}/submit/"
    )
    check_with_axe(page, "five widgets")


def test_a_list_far_down_the_page_asks_only_when_it_comes_near(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "search.json" in sent.url else None)
    pushed = "<p>…</p>" * 200
    page.goto(dale_valley.page(dale_valley.script() + pushed + dale_valley.widget(show="list")))
    expect(page.locator("[part=box]")).to_be_attached()
    page.wait_for_timeout(300)
    assert asked == []

    page.locator("kith-search").scroll_into_view_if_needed()

    expect(page.get_by_role("listitem")).to_have_count(3)


def test_words_of_distress_bring_help_before_the_results(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))

    search(page, "i want to end it all")

    help_first = page.locator("[part=help]")
    expect(help_first.get_by_role("link", name="Samaritans: 116 123")).to_have_attribute(
        "href", "tel:116123"
    )
    first_result = page.get_by_role("listitem").first.bounding_box()
    box = help_first.bounding_box()
    assert first_result
    assert box
    assert box["y"] < first_result["y"]
    check_with_axe(page, "help first")


def test_easy_read_is_a_switch_that_leads_to_the_easy_read_pages(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget(kind="approach")))
    search(page, "homeshare")
    result = page.get_by_role("link", name="Homeshare", exact=True)
    expect(result).to_have_attribute("href", f"{dale_valley.directory}/approaches/homeshare")

    page.get_by_role("button", name="Easy Read").click()

    expect(page.get_by_role("button", name="Easy Read")).to_have_attribute("aria-pressed", "true")
    easy = f"{dale_valley.directory}/approaches/homeshare/easy-read"
    expect(result).to_have_attribute("href", easy)
    check_with_axe(page, "Easy Read")


def test_a_place_that_could_be_several_is_asked_back(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))
    search(page, "choir", near="Newport")
    expect(page.get_by_text("Which Newport do you mean?")).to_be_visible()

    page.get_by_role("button", name="Newport, Isle of Wight").click()

    expect(page.get_by_role("status")).to_contain_text("near Newport, Isle of Wight")


def test_a_network_that_is_not_there_keeps_the_hosts_own_link(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget(network="nobody")))

    search(page, "choir")

    expect(page.get_by_role("status")).to_have_text("This cannot be shown just now.")
    expect(page.get_by_role("listitem")).to_have_count(0)
    expect(page.get_by_role("link", name="Search Kith")).to_be_visible()


def test_when_we_are_down_it_says_so_and_keeps_a_link(dale_valley: Host, strict_window: Page):
    page = strict_window
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))
    page.route("**/embed/v1/search.json*", lambda route: route.abort())

    search(page, "choir")

    expect(page.get_by_role("status")).to_have_text("The directory cannot be reached just now.")
    expect(page.get_by_role("link", name="Search on")).to_be_visible()


def test_when_we_were_down_from_the_start_the_hosts_link_is_there(
    dale_valley: Host, strict_window: Page
):
    page = strict_window
    page.route("**/embed/v1/widget.js", lambda route: route.abort())
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))

    expect(page.get_by_role("link", name="Search Kith")).to_be_visible()


def test_a_slow_answer_to_an_earlier_question_does_not_replace_a_later_one(
    dale_valley: Host, strict_window: Page
):
    page = strict_window
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))
    page.evaluate(
        """() => { const ask = window.fetch; window.fetch = async (url, options) => {
          if (String(url).includes('q=choir')) await new Promise(done => setTimeout(done, 800));
          return ask(url, options); } }"""
    )
    page.get_by_role("searchbox").fill("choir")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Searching…")

    search(page, "homeshare")
    page.wait_for_timeout(1200)

    expect(page.get_by_role("link", name="on Kith")).to_have_attribute(
        "href", f"{dale_valley.directory}/search?q=homeshare"
    )


def test_on_a_welsh_page_it_speaks_welsh_and_says_what_is_english(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page()
    body = dale_valley.script() + dale_valley.widget(near="Cardiff")
    page.goto(dale_valley.page(body, language="cy"))

    page.get_by_role("searchbox").fill("choir")
    page.get_by_role("button", name="Chwilio").click()

    expect(page.get_by_role("status")).to_contain_text("ger Cardiff")
    expect(page.get_by_role("list")).to_have_attribute("lang", "en")
    check_with_axe(page, "Welsh")


def test_on_a_page_from_right_to_left_its_own_words_read_from_left_to_right(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(viewport=NARROW)
    body = f'<div dir="rtl" lang="ar">{dale_valley.widget(heading="ابحث")}</div>'
    page.goto(dale_valley.page(dale_valley.script() + body))

    search(page, "choir")

    title = page.get_by_role("heading", name="ابحث")
    assert title.evaluate("one => getComputedStyle(one).direction") == "rtl"
    status = page.get_by_role("status")
    assert status.evaluate("one => getComputedStyle(one).direction") == "ltr"
    check_no_sideways_scroll(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_window_of_320_pixels_nothing_scrolls_sideways(
    scheme: str, dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(viewport=NARROW, color_scheme=scheme)
    page.goto(dale_valley.page(dale_valley.script() + dale_valley.widget()))

    search(page, "choir", near="Leeds")

    check_no_sideways_scroll(page)
    check_with_axe(page, f"320 px, {scheme}")


def test_a_host_that_chose_a_ground_never_gets_our_dark_letters_on_it(
    dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(color_scheme="dark")
    page.goto(
        dale_valley.page(
            dale_valley.script() + dale_valley.widget(),
            head="<style>kith-search { --kith-bg: #ffffff }</style>",
        )
    )
    expect(page.get_by_role("searchbox")).to_be_visible()

    words = page.locator("[part=box]").evaluate("box => getComputedStyle(box).color")
    assert words == "rgb(30, 25, 21)"


def test_in_a_float_or_a_row_it_keeps_a_width(dale_valley: Host, new_page: Callable[..., Page]):
    page = new_page()
    head = "<style>.row { display: flex } .left { float: left }</style>"
    row = f'<div class="row">{dale_valley.widget()}</div>'
    left = f'<div class="left">{dale_valley.widget()}</div>'
    page.goto(dale_valley.page(dale_valley.script() + row + left, head=head))
    expect(page.get_by_role("searchbox").first).to_be_visible()

    for number in (0, 1):
        box = page.locator("kith-search").nth(number).bounding_box()
        assert box
        assert box["width"] >= 300


@pytest.mark.parametrize(("window", "near"), [(DESK, ""), (DESK, "Leeds"), (PHONE, "")])
def test_it_shifts_nothing_on_a_page_that_keeps_its_place(
    window: ViewportSize, near: str, dale_valley: Host, new_page: Callable[..., Page]
):
    page = new_page(viewport=window)
    head = f"<style>{code.reserve(code.Choice(near=near))}</style>"
    body = dale_valley.script() + dale_valley.widget(near=near) + "<p>What stands below.</p>"
    page.add_init_script(
        """window.shifts = []; new PerformanceObserver(list => {
          for (const one of list.getEntries()) window.shifts.push(one.value);
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(dale_valley.page(body, head=head))
    expect(page.get_by_role("searchbox")).to_be_visible()
    page.wait_for_timeout(300)

    assert sum(page.evaluate("() => window.shifts")) < 0.001
