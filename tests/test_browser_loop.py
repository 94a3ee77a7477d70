"""The whole loop in a real browser: searched, read, proposed, confirmed, moderated, found again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.chromium import PHONE, check_no_sideways_scroll, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

PATIENCE_SECONDS = 30  # on a machine that is busy
ASKS_PER_CHECK = 12  # enough to meet both web processes


KITES = ("Kite club", "People fly kites together on the hill each Sunday.")
CHESS = ("Chess corner", "Two boards stand in the bakery, and whoever comes in may sit down.")
BREAD = ("Village oven", "Neighbours light the old oven on Fridays and bake what they brought.")


def walk_the_loop(
    site: Site, new_page: Callable[..., Page], proposed: tuple[str, str], **window: object
) -> None:
    """One innovator and one moderator, from a search to the new entry in the results.

    `proposed`: name and summary. They differ from walk to walk on a site: a proposal that is like
    an entry which is there already is asked about, as it should be.
    """
    # axe is a script itself, and never ends where scripts are off.
    look_closely = check_with_axe if window.get("java_script_enabled", True) else do_not_look
    name, summary = proposed
    innovator = new_page(**window)
    email = f"{uuid4().hex[:8]}@example.org"

    # Search, and read what there is.
    innovator.goto(site.url)
    innovator.locator("#q").fill("somewhere to sing")
    follow(innovator.get_by_role("button", name="Search").first)
    results = innovator.get_by_role("main")
    follow(results.get_by_role("link", name="Community choirs", exact=True).first)
    expect(innovator.get_by_role("heading", level=1)).to_have_text("Community choirs")

    # Propose a place where it happens.
    innovator.goto(f"{site.url}/submit/")
    follow(innovator.get_by_role("link", name="A place where it happens"))
    innovator.locator("#field-name").fill(name)
    innovator.locator("#field-place").fill("Leeds")
    follow(innovator.get_by_role("button", name="Carry on"))
    look_closely(innovator, "tasks")
    check_no_sideways_scroll(innovator)

    # The parts, each on a page; what is missing is told at its field.
    follow(innovator.get_by_role("link", name="What it is"))
    follow(innovator.get_by_role("button", name="Carry on"))
    expect(innovator.locator(".error-summary")).to_be_visible()
    look_closely(innovator, "part with errors")
    assert innovator.locator("#field-name").input_value() == name, "typed words stay"
    innovator.locator("#field-approach-0").fill("Community choirs")
    innovator.locator("#field-summary").fill(summary)
    follow(innovator.get_by_role("button", name="Carry on"))
    innovator.get_by_label("Your e-mail address").fill(email)
    follow(innovator.get_by_role("button", name="Carry on"))
    innovator.get_by_role("checkbox", name=re.compile("I agree")).check()
    look_closely(innovator, "check and send")
    follow(innovator.get_by_role("button", name="Send it to the moderators"))
    expect(innovator).to_have_url(re.compile("/submissions/"))
    look_closely(innovator, "private page")
    check_no_sideways_scroll(innovator)
    private_page = innovator.url

    # Confirm by mail: the link opens a page, its button acts.
    innovator.goto(site.link_in(site.mail_to(email)))
    look_closely(innovator, "confirm")
    follow(innovator.get_by_role("button", name="Yes, send it"))
    assert name in site.mail_to(email, number=2)

    # A moderator signs in by the link that the command prints, reads and publishes.
    moderator = new_page(**window)
    moderator.goto(site.sign_in_link(f"{uuid4().hex[:8]}@example.org"))
    follow(moderator.get_by_role("button", name="Sign in"))
    moderator.goto(f"{site.url}/moderation/")
    look_closely(moderator, "queue")
    follow(find_in_lists(moderator, site, name))
    look_closely(moderator, "submission")
    check_no_sideways_scroll(moderator)
    moderator.get_by_role("radio", name="Publish", exact=True).check()
    published_at = time.monotonic()
    follow(moderator.locator("#decision form button").first)

    # Found again within a second, whichever web process answers.
    reader = new_page(**window)
    missing = ASKS_PER_CHECK
    while missing and time.monotonic() - published_at < PATIENCE_SECONDS:
        answers = [
            reader.request.get(f"{site.url}/api/v1/search", params={"q": name}).json()
            for _ in range(ASKS_PER_CHECK)
        ]
        missing = sum(name not in [one["name"] for one in found["results"]] for found in answers)
    took = time.monotonic() - published_at
    assert missing == 0, f"{missing} of {ASKS_PER_CHECK} answers do not know it after {took:.1f} s"

    reader.goto(f"{site.url}/search?q={name.replace(' ', '+')}")
    follow(reader.get_by_role("main").get_by_role("link", name=name).first)
    expect(reader.get_by_role("heading", level=1)).to_have_text(name)
    look_closely(reader, "the new entry")

    # It is in the mirror, and its author sees where it stands.
    slug = reader.url.rsplit("/", 1)[-1]
    mirrored = site.instance / "content" / "services" / f"{slug}.md"
    assert name in mirrored.read_text(encoding="utf-8")
    assert "@" not in mirrored.read_text(encoding="utf-8"), "the author's address stays private"
    innovator.goto(private_page)
    expect(innovator.get_by_role("main")).to_contain_text("ublished")
    assert "publish" in site.mail_to(email, number=3).lower()


def find_in_lists(moderator: Page, site: Site, name: str) -> Locator:
    """The link to what waits under `name`. This test types faster than people can, so that it may
    wait among what is perhaps spam."""
    for sort in ("suggestions", "spam"):
        moderator.goto(f"{site.url}/moderation/?sort={sort}")
        link = moderator.get_by_role("link", name=re.compile(name)).first
        if link.count():
            return link
    raise AssertionError(f"{name} waits in no list")


def follow(link: Locator) -> None:
    """Press it, and wait for the page that it leads to: a new one, not a new address of this."""
    with link.page.expect_event("load"):
        link.click()


def do_not_look(page: Page, state: str = "") -> None:
    """Stands in for axe where it cannot run."""


def test_the_whole_loop_with_scripts(site, new_page):
    walk_the_loop(site, new_page, KITES)


def test_the_whole_loop_without_scripts_on_a_phone(site, new_page):
    walk_the_loop(site, new_page, CHESS, java_script_enabled=False, viewport=PHONE)


def test_the_whole_loop_on_sqlite(small_site, new_page):
    walk_the_loop(small_site, new_page, BREAD)
