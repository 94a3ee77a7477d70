"""What a visitor may be about to type."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.search.whoosh_index import WhooshIndex
from tests.builders import a_service, an_approach
from tests.searching import a_change, an_entry, an_index


@pytest.fixture
def index(tmp_path: Path) -> WhooshIndex:
    return an_index(
        tmp_path,
        an_approach(name="Community choirs", everyday_words=["sing with neighbours", "choir"]),
        an_approach(name="Repair cafés", everyday_words=["mend my lamp", "spare room"]),
        an_approach(name="Homeshare", everyday_words=["spare room to let"]),
        a_service(name="Leeds Choir of Hope"),
    )


def suggested(index: WhooshIndex, typed: str, limit: int = 8) -> list[tuple[str, str]]:
    return [(str(one.kind), one.words) for one in index.suggest(typed, limit=limit)]


def test_names_are_suggested_by_any_of_their_words_approaches_first(index: WhooshIndex):
    assert suggested(index, "cho")[:2] == [
        ("entry", "Community choirs"),
        ("entry", "Leeds Choir of Hope"),
    ]


def test_names_need_all_words_typed(index: WhooshIndex):
    assert suggested(index, "choir hop") == [("entry", "Leeds Choir of Hope")]


def test_everyday_phrases_are_suggested(index: WhooshIndex):
    assert ("phrase", "spare room to let") in suggested(index, "spare ro")


def test_places_are_suggested_alone_and_after_in(index: WhooshIndex):
    assert ("place", "Leek") in suggested(index, "leek")
    assert ("place", "choir in Leeds") in suggested(index, "choir in lee")
    assert ("place", "Newport, Isle of Wight") in suggested(index, "newp")


def test_accents_do_not_matter(index: WhooshIndex):
    assert suggested(index, "cafe")[0] == ("entry", "Repair cafés")


@pytest.mark.parametrize("typed", ["", "c", "   ", "*", "zzzz", '"', "-", "\x00"])
def test_too_little_or_odd_suggests_nothing(index: WhooshIndex, typed: str):
    assert suggested(index, typed) == []


def test_there_are_no_more_than_asked_for(index: WhooshIndex):
    assert len(suggested(index, "cho", limit=1)) == 1
    assert len(suggested(index, "le", limit=3)) <= 3


def test_an_entry_that_is_gone_is_not_suggested(tmp_path: Path):
    choirs = an_entry(an_approach(name="Community choirs"))
    index = an_index(tmp_path, choirs)
    index.apply([a_change(2, choirs, gone=True)])
    assert index.suggest("choi", limit=5) == []
