"""Listening, in a real browser with a voice of our own making."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.chromium import PHONE, check_with_axe
from tests.site import Site

pytestmark = pytest.mark.browser

# Speaks without a sound: `said` holds what was spoken, finish() ends the sentence.
VOICE = """
  window.said = [];
  let now = null;
  const synth = {
    getVoices: () => VOICES,
    addEventListener() {},
    cancel() { now = null; },
    speak(one) { now = one; said.push({ text: one.text, rate: one.rate, voice: one.voice.name }); },
  };
  window.finish = () => { const one = now; now = null; one?.onend?.(); };
  Object.defineProperty(window, "speechSynthesis", { value: synth });
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
"""
OWN = {"name": "Own", "lang": "en-GB", "localService": True}
AMERICAN = {"name": "American", "lang": "en-US", "localService": True}
FAR_AWAY = {"name": "Far away", "lang": "en-GB", "localService": False}


def with_voices(page: Page, *voices: dict[str, object]) -> Page:
    page.add_init_script(VOICE.replace("VOICES", json.dumps(voices)))
    return page


def listen(page: Page, site: Site, path: str = "/approaches/homeshare") -> None:
    page.goto(site.url + path)
    page.locator(".tools [data-listen]").click()
    expect(page.get_by_role("button", name="Pause")).to_be_focused()  # what reads has come


def said(page: Page) -> list[str]:
    found: list[str] = page.evaluate("said.map((one) => one.text)")
    return found


def highlighted(page: Page) -> str:
    found: str = page.evaluate("[...CSS.highlights.get('listen')][0].toString()")
    return found


def test_without_a_voice_there_is_no_button(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page())
    page.goto(small_site.url + "/approaches/homeshare")

    expect(page.locator(".tools [data-listen]")).to_be_hidden()


def test_a_voice_that_sends_words_elsewhere_is_not_used(
    small_site: Site, new_page: Callable[..., Page]
):
    page = with_voices(new_page(), FAR_AWAY)
    page.goto(small_site.url + "/approaches/homeshare")

    expect(page.locator(".tools [data-listen]")).to_be_hidden()


def test_a_voice_of_our_own_language_comes_first(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page(), AMERICAN, OWN)
    listen(page, small_site)

    assert page.evaluate("said[0].voice") == "Own"


def test_the_page_is_read_sentence_by_sentence(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page(), OWN)
    listen(page, small_site)
    for _sentence in range(60):
        page.evaluate("finish()")

    heard = said(page)
    assert "Homeshare" in heard
    start = heard.index("The problem it answers")
    assert heard[start + 1].endswith(".")
    assert heard[start + 1].count(".") == 1
    assert heard[start + 1] != heard[start + 2]
    assert not {"Save", "Suggest a change", "Find", "Listen"} & set(heard)


def test_what_is_read_is_marked(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page(), OWN)
    listen(page, small_site)
    page.evaluate("finish()")

    assert highlighted(page) == said(page)[-1]


def test_pause_and_go_on_begin_the_sentence_anew(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page(), OWN)
    listen(page, small_site)
    page.evaluate("finish()")

    page.keyboard.press("Enter")
    page.evaluate("finish()")  # a paused voice ends nothing
    before = said(page)
    page.get_by_role("button", name="Go on").click()

    assert said(page) == [*before, before[-1]]


def test_slower_is_kept(small_site: Site, new_page: Callable[..., Page]):
    page = with_voices(new_page(), OWN)
    listen(page, small_site)
    page.get_by_role("button", name="Slower").click()
    assert page.evaluate("said.at(-1).rate") == 0.8

    listen(page, small_site, "/approaches/befriending")

    assert page.evaluate("said[0].rate") == 0.8


def test_stop_takes_all_away_and_gives_the_focus_back(
    small_site: Site, new_page: Callable[..., Page]
):
    page = with_voices(new_page(), OWN)
    listen(page, small_site)
    page.keyboard.press("Escape")

    expect(page.locator(".listen-bar")).to_be_hidden()
    expect(page.locator(".tools [data-listen]")).to_be_focused()
    assert page.evaluate("CSS.highlights.has('listen')") is False


def test_pages_without_tools_are_read_from_text_and_colours(
    small_site: Site, new_page: Callable[..., Page]
):
    page = with_voices(new_page(), OWN)
    page.goto(small_site.url + "/help-now")
    page.get_by_role("link", name="Text and colours").first.click()
    page.get_by_role("button", name="Listen to this page").click()

    expect(page.get_by_role("button", name="Pause")).to_be_focused()
    assert said(page)[0] == "Help now"


def test_the_bar_has_no_violation_and_hides_no_focus(
    small_site: Site, new_page: Callable[..., Page]
):
    page = with_voices(new_page(viewport=PHONE), OWN)
    listen(page, small_site)
    check_with_axe(page, "reading aloud")

    page.locator("main a").last.focus()
    free = page.evaluate(
        """() => {
          const edge = (one) => one.getBoundingClientRect();
          const bar = document.querySelector(".listen-bar");
          return edge(document.activeElement).bottom <= edge(bar).top;
        }"""
    )
    assert free
