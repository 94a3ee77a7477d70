"""Saved lists as they stand in an address."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from werkzeug.datastructures import MultiDict

from directory.saved import qr
from directory.saved.lists import ENTRIES_MAX, NAME_MAX, Reference, SavedList
from directory.vocabulary.terms import Kind


def a_list(*entries: str, name: str = "") -> SavedList:
    return SavedList.from_args(MultiDict([("name", name), *(("e", one) for one in entries)]))


def test_a_list_comes_back_from_its_own_address():
    saved = a_list("approaches/homeshare", "services/leeds-homeshare", name="For mum & dad")

    again = SavedList.from_args(MultiDict(parse_qs(saved.to_string())))

    assert again == saved


def test_addresses_of_lists_can_be_read_by_people():
    assert a_list("approaches/homeshare").to_string() == "e=approaches/homeshare"


@pytest.mark.parametrize(
    "text",
    [
        "homeshare",
        "approaches/",
        "pages/about",
        "moderation/submissions",
        "approaches/../accounts",
        "approaches/homeshare/easy-read",
        "approaches/UPPER",
        "https://example.org/approaches/homeshare",
    ],
)
def test_only_entries_can_be_saved(text: str):
    assert Reference.read(text) is None


def test_an_entry_stands_on_a_list_once():
    assert len(a_list("approaches/homeshare", "approaches/homeshare").references) == 1


def test_a_list_has_an_end():
    saved = a_list(*(f"approaches/idea-{number}" for number in range(200)))

    assert len(saved.references) == ENTRIES_MAX
    assert str(saved.references[0]) == "approaches/idea-0"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("For mum", "For mum"),
        ("  Thursday's   meeting ", "Thursday's meeting"),
        ("Win now https://bad.example/pay", "Win now https pay"),
        ("ring bad.example today", "ring today"),
        ("<b>bold</b>", "b bold b"),
        ("Ŵyl y Môr", "Ŵyl y Môr"),
    ],
)
def test_names_of_lists_cannot_pass_for_addresses(written: str, shown: str):
    assert a_list(name=written).name == shown


def test_long_names_are_cut():
    assert len(a_list(name="word " * 50).name) <= NAME_MAX


def test_what_was_taken_off_is_gone_and_the_rest_keeps_its_order():
    saved = a_list("approaches/a", "approaches/b", "approaches/c")

    left = saved.without(Reference(Kind.APPROACH, "b"))

    assert left.to_string() == "e=approaches/a&e=approaches/c"


def test_a_code_is_a_picture_without_scripts():
    picture = qr.svg("https://kith.example/saved?e=approaches/homeshare").decode()

    assert picture.startswith("<svg")
    assert "script" not in picture
    assert "viewBox" in picture


def test_an_address_that_no_phone_could_read_gets_no_code():
    assert not qr.fits("https://kith.example/saved?" + "e=approaches/homeshare&" * 60)
    with pytest.raises(ValueError, match="do not fit"):
        qr.svg("x" * 2000)
