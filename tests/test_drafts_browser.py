"""What is typed in a draft, in a real browser: kept on the device while no server is in reach."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.chromium import PHONE, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser


def test_a_lost_connection_and_a_closed_tab_lose_no_words(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page().context
    page = context.new_page()  # a window of its own: a lost connection is an error on its console
    page.goto(site.url + "/submit/story")
    page.get_by_label("A title").fill(f"I found my voice {uuid4().hex[:6]}")
    page.get_by_label("A title").press("Enter")
    page.wait_for_url("**/drafts/**")
    draft = page.url
    page.goto(f"{draft}/story")
    body = page.get_by_label("Your story")
    body.fill("Before, I sat at home.")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    page.route("**/submit/drafts/**", lambda route: route.abort())
    body.fill("Before, I sat at home. Now I sing.")
    expect(page.locator("#saved")).to_contain_text("Your words are kept on this device.")

    page.close()
    page = context.new_page()
    page.goto(f"{draft}/story")

    body = page.get_by_label("Your story")
    expect(body).to_have_value("Before, I sat at home.")
    offer = page.get_by_role("button", name="Put them back")
    expect(offer).to_be_visible()
    check_with_axe(page, "words offered back")
    offer.press("Enter")
    expect(body).to_have_value("Before, I sat at home. Now I sing.")
    expect(page.locator("#saved")).to_contain_text("Saved at")

    page.goto(draft)
    page.get_by_text("Carry on later, or on another device").click()
    email = f"{uuid4().hex[:8]}@example.org"
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Mail me the link").click()
    expect(page.get_by_text("The link is on its way.")).to_be_visible()
    elsewhere = new_page()
    elsewhere.goto(site.link_in(site.mail_to(email)))
    elsewhere.get_by_role("link", name="Your story").click()
    expect(elsewhere.get_by_label("Your story")).to_have_value("Before, I sat at home. Now I sing.")


def test_words_that_the_server_refused_are_not_told_as_a_lost_connection(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page(viewport=PHONE).context
    page, other = context.new_page(), context.new_page()
    page.goto(site.url + "/submit/story")
    page.get_by_label("A title").fill(f"Two windows {uuid4().hex[:6]}")
    page.get_by_label("A title").press("Enter")
    page.wait_for_url("**/drafts/**")
    part = page.url.partition("?")[0] + "/story"
    for one, words in ((page, "From the first."), (other, "From the second.")):
        one.goto(part)
        one.get_by_label("Your story").fill(words)
        expect(one.locator("#saved")).to_contain_text("Saved at")
    body, lost = page.get_by_label("Your story"), page.locator("[data-lost]")

    body.fill("From the first, once more.")

    expect(lost).to_contain_text("changed in another window")
    expect(lost).to_be_in_viewport()
    expect(page.locator("#saved")).to_contain_text("was changed in another window")
    check_with_axe(page, "changed elsewhere")
    for status, said in ((429, "try again"), (410, "sent or deleted"), (503, "no connection")):
        page.route(part, answering(status))
        body.press_sequentially("!")
        expect(lost).to_contain_text(said)
        expect(page.locator("#status")).to_contain_text(said)


def test_on_a_phone_without_connection_nothing_is_sent_and_nothing_goes(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page(viewport=PHONE).context
    page = context.new_page()
    page.goto(site.url + "/submit/story")
    page.get_by_label("A title").fill(f"A bench in the sun {uuid4().hex[:6]}")
    page.get_by_label("A title").press("Enter")
    page.wait_for_url("**/drafts/**")
    draft = page.url.partition("?")[0]
    page.goto(f"{draft}/story")
    context.set_offline(True)
    page.get_by_label("Your story").fill("I sat on the bench, and somebody sat down.")
    lost = page.locator("[data-lost]")
    expect(lost).to_be_in_viewport()
    page.get_by_role("button", name="Carry on").last.press("Enter")
    expect(lost).to_have_text("Not saved yet: no connection. Your words are kept on this device.")
    assert page.url == f"{draft}/story"
    check_with_axe(page, "no connection")

    context.set_offline(False)

    expect(page.locator("#saved")).to_contain_text("Saved at")
    expect(lost).to_be_hidden()
    page.get_by_role("button", name="Save and come back later").press("Enter")
    page.wait_for_url(draft)
    page.goto(f"{draft}/story")
    expect(page.get_by_label("Your story")).to_have_value(
        "I sat on the bench, and somebody sat down."
    )


def test_words_go_from_the_device_when_they_arrived_not_when_another_page_is_opened(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page().context.new_page()
    page.goto(site.url + "/submit/story")
    page.get_by_label("A title").fill(f"Out of reach {uuid4().hex[:6]}")
    page.get_by_label("A title").press("Enter")
    page.wait_for_url("**/drafts/**")
    draft = page.url.partition("?")[0]
    page.goto(f"{draft}/story")
    page.route(
        "**/submit/drafts/**",
        lambda route: route.abort() if route.request.method == "POST" else route.fallback(),
    )
    page.get_by_label("Your story").fill("We kept bees on the roof.")
    page.get_by_role("button", name="Carry on").last.press("Enter")
    page.wait_for_url("chrome-error://**")

    for path in (f"{site.url}/submit/report/approach/homeshare", draft, f"{draft}/you"):
        page.goto(path)

    page.goto(f"{draft}/story")
    offer = page.get_by_role("button", name="Put them back")
    expect(offer).to_be_visible()
    page.unroute("**/submit/drafts/**")
    offer.press("Enter")
    expect(page.get_by_label("Your story")).to_have_value("We kept bees on the roof.")
    page.get_by_role("button", name="Save and come back later").press("Enter")
    page.wait_for_url(draft)
    assert page.evaluate("Object.keys(localStorage).filter((one) => /draft/.test(one))") == []
    page.goto(f"{draft}/story")
    expect(page.get_by_label("Your story")).to_have_value("We kept bees on the roof.")


def test_a_report_that_cannot_be_sent_stays_where_it_was_typed(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page(viewport=PHONE).context
    page = context.new_page()
    page.goto(site.url + "/submit/report/approach/homeshare?concern=mine")
    words = page.get_by_label("Who are you, and how can we check it?")
    words.fill("I have run it for ten years.")
    address = page.url
    context.set_offline(True)
    page.get_by_role("button", name="Send it").press("Enter")
    lost = page.locator("[data-lost]")
    expect(lost).to_contain_text("Your words are still here.")
    expect(words).to_have_value("I have run it for ten years.")
    assert page.url == address

    context.set_offline(False)

    expect(lost).to_be_hidden()
    page.get_by_role("button", name="Send it").press("Enter")
    expect(page.get_by_role("link", name="Your e-mail address")).to_be_visible()


def test_on_a_phone_advice_is_told_below_the_box_and_a_new_row_is_no_lost_word(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=PHONE)
    page.goto(site.url + "/submit/service")
    page.get_by_label("What it is called").fill(f"Lunch with {uuid4().hex[:6]}")
    page.get_by_label("What it is called").press("Enter")
    page.wait_for_url("**/drafts/**")
    draft = page.url
    page.goto(f"{draft}/what")
    page.get_by_label("In one sentence").fill(
        "A weekly provision for service users. Ring 01132 496000"
    )
    page.get_by_role("link", name="could be plainer").press("Enter")
    expect(page.get_by_role("heading", name="Plain words")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Something here may be private")).to_be_visible()
    check_with_axe(page, "advice below a box")

    page.goto(f"{draft}/where")
    page.get_by_label("Starts").fill("2pm")
    page.get_by_role("button", name="Add another").first.press("Enter")
    expect(page.get_by_role("button", name="Take number 2 away")).to_be_visible()
    expect(page.locator("[data-restore]")).to_be_hidden()
    page.get_by_role("button", name="Take number 2 away").press("Enter")
    expect(page.get_by_role("button", name="Take number 2 away")).to_have_count(0)
    expect(page.locator("[data-restore]")).to_be_hidden()


def answering(status: int) -> Callable[[Route], None]:
    """A server that says so, and no more."""
    return lambda route: route.fulfill(status=status, body="")
