"""The page of text and colours."""

from __future__ import annotations

import re

from directory.config import ROOT
from directory.reading.views import settings
from tests.house_rules import Browser


def test_every_page_leads_to_it(browser: Browser):
    assert browser.open("/").links()["Text and colours"] == "/reading-comfort"


def test_it_says_what_to_do_without_a_script(browser: Browser):
    page = browser.open("/reading-comfort")

    assert page.heading == "Text and colours"
    assert "Your browser can do this for every site" in page.text


def test_a_part_for_the_script_holds_the_choices_alone(browser: Browser):
    part = browser.open("/reading-comfort", HX_Request_Type="partial")

    assert "<h1" not in part.html
    assert len(part.all("fieldset")) == 5


def test_the_choices_come_before_the_first_paint(browser: Browser):
    head = browser.open("/").find("head")
    tags = [
        element.tag
        for element in head
        if element.get("rel") == "stylesheet" or element.tag == "script"
    ]
    first = next(element for element in head if element.tag == "script")

    assert "js/comfort." in first.get("src", "")
    assert first.get("defer") is None
    assert first.get("async") is None
    assert tags[:2] == ["script", "link"]


def test_script_and_style_sheet_know_every_choice():
    script = (ROOT / "static/js/comfort.js").read_text(encoding="utf-8")
    sheet = (ROOT / "static/css/components/comfort.css").read_text(encoding="utf-8")
    tokens = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8")

    for key, _label, choices in settings():
        assert f'"{key}"' in script
        for value, _words in choices:
            if value:
                assert re.search(rf'\[data-{key}="{value}"\]', sheet + tokens), (key, value)
