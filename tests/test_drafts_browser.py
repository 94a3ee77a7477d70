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
    draft = begun(page, site, "story", "I found my voice")
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
    expect(page.get_by_label("A title")).to_be_focused()
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
    part = begun(page, site, "story", "Two windows") + "/story"
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
    draft = begun(page, site, "story", "A bench in the sun")
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
    draft = begun(page, site, "story", "Out of reach")
    page.goto(f"{draft}/story")
    page.route(
        "**/submit/drafts/**",
        lambda route: route.abort() if route.request.method == "POST" else route.fallback(),
    )
    # What is under way while the page goes might arrive in spite of all: one saving follows the
    # typing, one leaving the box.
    with page.expect_event("requestfailed"):
        page.get_by_label("Your story").fill("We kept bees on the roof.")
    with page.expect_event("requestfailed"):
        page.get_by_label("Your story").blur()
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
    assert kept_on_device(page) == {}
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


def test_a_report_stays_on_the_device_until_it_is_sent_but_no_address_and_no_worry(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page(viewport=PHONE).context
    page = context.new_page()
    address = site.url + "/submit/report/approach/homeshare"
    page.goto(address)
    page.get_by_label("It has ended").check()
    page.get_by_label("What should we know?").fill("The office has closed.")
    page.get_by_label("Your e-mail address").fill("rae@example.org")
    expect(page.get_by_text("is kept on this device, for a day at most")).to_be_visible()

    page.close()
    page = context.new_page()
    page.goto(address)

    offer = page.get_by_role("button", name="Put them back")
    expect(offer).to_be_visible()
    check_with_axe(page, "a report offered back")
    page.get_by_label("Your e-mail address").fill("rae@example.net")
    offer.press("Enter")
    expect(page.get_by_label("What should we know?")).to_have_value("The office has closed.")
    expect(page.get_by_label("It has ended")).to_be_checked()
    expect(page.get_by_label("Your e-mail address")).to_have_value("rae@example.net")
    (kept,) = kept_on_device(page).values()
    assert "office" in kept
    assert "rae@" not in kept
    # What was answered by an error has not arrived, wherever the reader is led from there.
    page.evaluate("sessionStorage.setItem('kith.sending', Object.keys(localStorage)[0])")
    page.goto(site.url + "/submissions/no-such-page")
    assert page.evaluate("sessionStorage.getItem('kith.sending')") is None
    page.goto(address)
    offer.press("Enter")
    page.get_by_label("Your e-mail address").fill("rae@example.net")
    page.get_by_label("It worries me").check()
    assert kept_on_device(page) == {}, "whoever may do harm could use the same device"
    page.get_by_label("It has ended").check()
    page.get_by_label("Your e-mail address").fill("not an address")
    page.get_by_role("button", name="Send the report").press("Enter")
    expect(page.get_by_role("heading", name="There is 1 thing to put right")).to_be_visible()
    (kept,) = kept_on_device(page).values()
    assert "office" in kept, "the server has sent it back, and keeps none of it"
    page.get_by_label("Your e-mail address").fill("")
    page.get_by_role("button", name="Send the report").press("Enter")
    expect(page.get_by_role("heading", name="Thank you for telling us")).to_be_visible()
    assert kept_on_device(page) == {}

    page.goto(address)
    page.get_by_label("What should we know?").fill("Not for other eyes.")
    page.get_by_role("button", name="Delete what I typed").press("Enter")
    expect(page.get_by_label("What should we know?")).to_have_value("")
    expect(page.locator("#status")).to_have_text("Deleted from this device.")
    assert kept_on_device(page) == {}


def test_a_message_stays_on_the_device_until_it_is_sent_or_all_is_taken_back(
    site: Site, new_page: Callable[..., Page]
) -> None:
    context = new_page().context
    page = context.new_page()
    draft = begun(page, site, "story", "A seat by the window")
    page.goto(f"{draft}/story")
    page.get_by_label("In one sentence").fill("I found a seat, and somebody to talk to.")
    page.get_by_role("button", name="Carry on").last.press("Enter")
    page.get_by_label("What the story is about").fill("Homeshare")
    page.get_by_label("Under which name?").fill("Sam")
    page.get_by_role("button", name="Carry on").last.press("Enter")
    email = f"{uuid4().hex[:8]}@example.org"
    page.get_by_label("Your e-mail address").fill(email)
    page.get_by_role("button", name="Carry on").last.press("Enter")
    page.get_by_label("My own").check()
    page.get_by_label("Yes, this story may be on the site").check()
    page.get_by_role("button", name="Send it to the moderators").press("Enter")
    page.wait_for_url("**/submissions/**")
    page.goto(site.link_in(site.mail_to(email)))
    page.get_by_role("button", name="Yes, send it").press("Enter")
    page.get_by_text("Write to the moderators").click()
    page.get_by_label("Your message").fill("Please leave my town out.")
    private = page.url

    page.close()
    page = context.new_page()
    page.goto(private)

    page.get_by_role("button", name="Put them back").press("Enter")
    expect(page.get_by_label("Your message")).to_have_value("Please leave my town out.")
    check_with_axe(page, "a message put back")
    page.get_by_role("button", name="Send the message").press("Enter")
    expect(page.get_by_text("Sent.")).to_be_visible()
    assert kept_on_device(page) == {}

    page.get_by_text("Write to the moderators").click()
    page.get_by_label("Your message").fill("And one thing more")
    assert len(kept_on_device(page)) == 1
    page.get_by_text("Take it back").first.click()
    page.get_by_role("button", name="Take it back").press("Enter")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    assert kept_on_device(page) == {}


def test_on_a_phone_advice_is_told_below_the_box_and_a_new_row_is_no_lost_word(
    site: Site, new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport=PHONE)
    draft = begun(page, site, "service", "Lunch")
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


def begun(page: Page, site: Site, kind: str, name: str) -> str:
    """The address of a new draft of that kind; its name is like no other."""
    page.goto(f"{site.url}/submit/{kind}")
    first = page.get_by_label({"story": "A title", "service": "What it is called"}[kind])
    first.fill(f"{name} {uuid4().hex[:6]}")
    first.press("Enter")
    page.wait_for_url("**/drafts/**")
    return page.url.partition("?")[0]


def kept_on_device(page: Page) -> dict[str, str]:
    """What this browser keeps of what was typed, by its name."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries(Object.entries(localStorage).filter(([name]) => /draft/.test(name)))"
    )
    return found


def answering(status: int) -> Callable[[Route], None]:
    """A server that says so, and no more."""
    return lambda route: route.fulfill(status=status, body="")
