"""Guessing whose column is whose: by the words above it, and by what stands in it."""

from __future__ import annotations

import pytest

from directory.imports import columns, guessing, tables
from directory.imports.guessing import Guess, Why
from directory.vocabulary.terms import Kind
from tests.test_imports_reading import find

KNOWN = {Kind.APPROACH: ["Community choirs", "Homeshare"], Kind.PLACE: ["Leeds", "York"]}


def test_their_words_above_columns_are_understood():
    table = tables.read(
        b"Group,Tel,Mail,Description,Town,Type,Website,Cost,Internal ref,Last updated\n"
        b"A,0113 496 0000,a@b.org,x,Leeds,Choir,https://a.org,Free,7,2026-01-02\n"
    )

    assert keys_of(guessing.guess(Kind.SERVICE, table, {})) == {
        0: "name", 1: "contact.phone", 2: "contact.email", 3: "summary", 4: "place",
        5: "approach", 6: "url", 7: "cost_option", 9: "assured_date",
    }  # fmt: skip


def test_columns_without_good_words_are_known_by_what_stands_in_them():
    table = tables.read(
        b"A,B,C,D,E,F,G\n"
        b"hello@example.org,0113 496 0000,https://example.org,Community choirs,Leeds,LS7 4HB,B12\n"
        b"n/a,01904 000000,www.example.org,Homeshare; community  choirs,York,,B13\n"
        b"a@example.org,,,,,,B14\n"
        b"b@example.org,,https://example.org/b,Homeshare,A hall,ls8 1aa,B15\n"
        b"c@example.org,,https://example.org/c,Something else,Leeds,,B16\n"
    )

    assert guessing.guess(Kind.SERVICE, table, KNOWN) == {
        0: Guess("contact.email", Why.EMAILS),
        1: Guess("contact.phone", Why.PHONES),
        2: Guess("url", Why.ADDRESSES),
        3: Guess("approach", Why.APPROACHES),
        4: Guess("place", Why.PLACES),
        5: Guess("", Why.POSTCODES_BESIDE),
    }
    assert guessing.guess(Kind.APPROACH, table, KNOWN) == {}  # "Close to this" could be meant
    assert 3 not in guessing.guess(Kind.SERVICE, table, {})


def test_plain_words_above_a_column_are_never_overruled_by_what_stands_in_it():
    table = tables.read(
        b"Name,Town,Who runs it,Web,Way of working,Sector,Ward\n"
        b"Homeshare,Community choirs,hello@example.org,0113 496 0000,Homeshare,LS7 4,LS7 4HB\n"
    )

    assert guessing.guess(Kind.SERVICE, table, KNOWN) == {
        0: Guess("name", Why.HEADING),
        1: Guess("place", Why.HEADING),
        2: Guess("organization", Why.HEADING),
        3: Guess("url", Why.HEADING),
        4: Guess("approach", Why.APPROACHES),
        5: Guess("", Why.POSTCODES_BESIDE),
        6: Guess("", Why.POSTCODES_BESIDE),
    }


@pytest.mark.parametrize(("known", "is_guessed"), [(6, False), (7, True)])
def test_most_of_a_column_must_be_names_that_are_here(known: int, is_guessed: bool):
    cells = ["Homeshare"] * known + ["Something else"] * (10 - known) + [""] * 30
    table = tables.Table(
        ("Our word",), tuple(tables.Row(n, (cell,)) for n, cell in enumerate(cells))
    )

    assert (0 in guessing.guess(Kind.SERVICE, table, KNOWN)) is is_guessed


def test_where_no_column_says_the_place_postcodes_do_as_far_as_they_are_kept():
    table = tables.read(b"Name,Where to\nSingers,ls7 4hb\n")
    assert keys_of(guessing.guess(Kind.SERVICE, table, KNOWN)) == {0: "name", 1: "service_area"}
    said = {"name": "Singers", "summary": "A choir that sings.", "approach": "Community choirs"}

    for column in ("service_area", "place"):
        typed = said | {column: "Nothing known; LS7 4HB"}
        document = columns.read(
            Kind.SERVICE,
            typed,
            lambda kind, name: find(kind, name) if kind is Kind.APPROACH else None,
        ).document

        assert document is not None
        assert document.service_area == ["Nothing known", "LS7 4"]  # type: ignore[attr-defined]


def keys_of(guessed: dict[int, Guess]) -> dict[int, str]:
    return {number: one.key for number, one in guessed.items()}
