"""Help numbers: one file, one page, and the day when somebody last rang them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from directory.vocabulary.help import helplines
from tests.house_rules import Browser

A_LINE = """
- key: samaritans
  name: Samaritans
  ways: [{ring: "116 123"}]
  for_whom: You want someone to listen
  nations: [England]
  subjects: [crisis]
  rung: 2026-11-03
"""


def test_the_page_says_whom_to_ring_and_who_each_is_for(browser: Browser):
    page = browser.open("/help-now")

    assert page.heading == "Help now"
    links = page.links()
    assert links["999"] == "tel:999"
    assert links["116 123"] == "tel:116123"
    assert links["Text SHOUT to 85258"] == "sms:85258?body=SHOUT"
    assert "You would rather text than talk." in page.text


def test_it_says_where_in_the_uk_a_number_works(browser: Browser):
    text = browser.open("/help-now").text

    assert "England, Scotland, Wales." in text
    assert "NHS 111 does not cover Northern Ireland." in text


def test_the_page_says_which_numbers_nobody_rang_yet(browser: Browser):
    text = browser.open("/help-now").text

    if any(line.rung is None for line in helplines()):
        assert "Numbers without a date have not been rung by us yet." in text
    for line in helplines():
        if line.rung:
            assert f"We rang this number on {line.rung.day} {line.rung:%B %Y}." in text


def test_help_now_is_in_the_same_place_on_every_page(browser: Browser):
    for path in ("/", "/help-now", "/approaches/"):
        assert browser.open(path).links()["Help now"] == "/help-now"


def test_each_nation_has_someone_to_ring_by_day_and_night():
    for nation in ("England", "Scotland", "Wales", "Northern Ireland"):
        keys = {line.key for line in helplines("crisis") if nation in line.nations}
        assert {"emergency", "samaritans", "shout"} <= keys
        assert keys & {"nhs-111", "lifeline"}, nation


def test_a_number_keeps_the_day_when_it_was_rung(tmp_path: Path):
    path = tmp_path / "help.yaml"
    path.write_text(A_LINE)

    [line] = helplines(path=path)

    assert line.rung == date(2026, 11, 3)
    assert line.ways[0].href == "tel:116123"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('{ring: "116 123"}', '{text: "SHOUT"}'),
        ("nations: [England]", "nations: [Engeland]"),
        ("subjects: [crisis]", "subjects: [crises]"),
        ("key: samaritans", "keys: samaritans"),
    ],
)
def test_a_slip_in_the_file_stops_the_start_and_not_a_reader(
    tmp_path: Path, right: str, wrong: str
):
    path = tmp_path / "help.yaml"
    path.write_text(A_LINE.replace(right, wrong))

    with pytest.raises(ValidationError):
        helplines(path=path)
