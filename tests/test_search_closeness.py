"""Search finds what is close in meaning, with the real model, and goes on by words without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory import search
from directory.config import Config
from directory.entries import publishing
from directory.entries.catalogue import Entry
from directory.search import closeness, sentences
from directory.search.closeness import Closeness
from directory.search.explain import explain
from directory.search.query import Query
from directory.search.whoosh_index import WhooshIndex
from tests.builders import an_approach
from tests.searching import NOW, an_entry, an_index

SHED = an_approach(
    name="Repair cafés",
    strapline="Bring what is broken, mend it with a neighbour",
    summary="Volunteers help people to fix things at a table with tools and tea.",
    everyday_words=["my toaster is broken", "somewhere to get things mended"],
)
GRIEF = an_approach(
    name="Bereavement friends",
    strapline="Company after somebody has died",
    summary="Neighbours who know grief visit people whose partner has died.",
    everyday_words=["my wife died", "grieving"],
)
DOGS = an_approach(
    name="Borrow a dog",
    strapline="Walk the dog of somebody who cannot",
    summary="People who like dogs walk those of neighbours who cannot get out.",
    everyday_words=["I would love a dog", "walk a dog"],
)
CHOIR = an_approach(
    name="Community choirs",
    strapline="Sing with your neighbours",
    summary="People who like to sing meet each week.",
    everyday_words=["sing with other people"],
)
OTHERS = [
    an_approach(name=name, strapline=name, summary=summary, everyday_words=[name])
    for name, summary in (
        ("Community gardens", "People grow vegetables and flowers on shared land."),
        ("Time banks", "An hour of help given is an hour of help back."),
        ("Walking football", "A slow kind of football for older players."),
        ("Credit unions", "Members save and borrow from each other."),
        ("Book groups", "People read the same book and talk about it."),
        ("Car clubs", "Neighbours share a car by the hour."),
    )
]
ALL = [SHED, GRIEF, DOGS, CHOIR, *OTHERS]


@pytest.fixture(scope="module")
def encoder() -> sentences.Encoder:
    found = sentences.encoder()
    assert found is not None, "make test installs the model"
    return found


@pytest.fixture(scope="module")
def index(
    tmp_path_factory: pytest.TempPathFactory, encoder: sentences.Encoder
) -> tuple[WhooshIndex, Path]:
    folder = tmp_path_factory.mktemp("closeness")
    path = folder / "meaning.npz"
    placed = closeness.place([an_entry(one) for one in ALL], encoder, n=1, held=None)
    closeness.save(path, placed)
    index = an_index(folder, *ALL)
    index.closeness = Closeness(path)
    return index, path


def test_the_model_is_given_the_pieces_that_its_own_library_would_give(
    encoder: sentences.Encoder,
) -> None:
    # From tokenizers 0.23.3 and the model's tokenizer.json.
    befriending = [101, 2022, 19699, 9013, 4667, 1999, 28681, 5302, 18246, 102]
    signs = [101, 2273, 1521, 1055, 8328, 1010, 2009, 1521, 1055, 27813, 999, 102]
    accents = [101, 7668, 15743, 15669, 25168, 1061, 4890, 2015, 12256, 102]

    assert encoder._pieces.numbers("Befriending in Todmorden", most=128) == befriending
    assert encoder._pieces.numbers("Men’s shed, it’s £5!", most=128) == signs
    assert encoder._pieces.numbers("CAFÉ naïve Ålesund Ynys Môn", most=128) == accents


def test_sentences_that_mean_the_same_point_the_same_way(encoder: sentences.Encoder) -> None:
    died, grief, toaster = encoder.encode_all(
        ["I am lonely since my husband died", "support after bereavement", "mend a toaster"]
    )

    assert np.linalg.norm(died) == pytest.approx(1, abs=1e-5)
    assert died @ grief > 2 * (died @ toaster)
    # What the model's makers' own code gives for this pair, to three digits.
    assert encoder.encode("repair café") @ encoder.encode("fix my broken toaster") == (
        pytest.approx(0.37, abs=0.01)
    )


def test_what_shares_no_word_is_found_and_says_why(index: tuple[WhooshIndex, Path]) -> None:
    hits = index[0].find(Query(q="widower, nobody left at home")).hits

    assert hits[0].name == "Bereavement friends"
    assert hits[0].is_close
    assert hits[0].matched == ()


def test_what_meaning_adds_is_no_secret(index: tuple[WhooshIndex, Path]) -> None:
    lines = "\n".join(explain(index[0], Query(q="she lost her husband"), most=3))

    assert "Bereavement friends" in lines
    assert re.search(r"in meaning \+\d\.\d deviations from the mean \(\d+% of the best", lines)


def test_where_words_say_it_all_the_model_is_not_asked(index: tuple[WhooshIndex, Path]) -> None:
    asked: list[str] = []

    class Asked(Closeness):
        def to(self, question: str) -> closeness.Close | None:
            asked.append(question)
            return super().to(question)

    whole, part = "support after bereavement", "support after bereavement for zookeepers"
    listening = an_index(index[1].parent / "listening", *ALL)
    listening.closeness = Asked(index[1])
    held = listening.find(Query(q=whole)).hits[0]
    listening.find(Query(q=part))

    assert held.name == "Bereavement friends"
    assert asked == [part]


def test_nonsense_and_signs_stay_with_words(index: tuple[WhooshIndex, Path]) -> None:
    assert index[0].find(Query(q="zzz qqq www")).total == 0
    assert index[0].find(Query(q='"widower nobody left"')).total == 0
    without = index[0].find(Query(q="widower, nobody left at home -grief")).hits
    assert "Bereavement friends" not in [hit.name for hit in without]


def test_filters_and_slices_hold_for_what_is_close(index: tuple[WhooshIndex, Path]) -> None:
    asked = Query(q="widower, nobody left at home")
    grief = index[0].find(asked).hits[0].id

    assert index[0].find(asked, among=frozenset()).total == 0
    assert [hit.id for hit in index[0].find(asked, among=frozenset([grief])).hits] == [grief]
    assert index[0].find(asked.with_(kind=("service",))).total == 0
    counted = index[0].count(asked)
    assert counted.total == index[0].find(asked).total


def test_a_broken_file_is_no_file(index: tuple[WhooshIndex, Path], tmp_path: Path) -> None:
    broken = tmp_path / "meaning.npz"
    broken.write_bytes(index[1].read_bytes()[:200])
    closeness_ = Closeness(broken)

    assert closeness_.to("widower, nobody left at home") is None


def test_without_the_model_words_find_as_ever(index: tuple[WhooshIndex, Path]) -> None:
    missing = Closeness(index[1], encoder=lambda: None)

    assert missing.to("widower, nobody left at home") is None


def test_the_worker_places_what_changed_and_only_that(
    session: Session,
    publish: Callable[..., list[Entry]],
    tmp_path: Path,
    encoder: sentences.Encoder,
) -> None:
    class Counting:
        texts = 0

        def encode(self, text: str) -> sentences.Vector:
            self.texts += 1
            return encoder.encode(text)

        encode_all = sentences.Encoder.encode_all

    counting, path = Counting(), tmp_path / "meaning.npz"

    def follow() -> tuple[bool, int]:
        counting.texts = 0
        did = closeness.follow(session, path, counting)  # type: ignore[arg-type]
        return did, counting.texts

    publish(SHED)
    [grief] = publish(GRIEF)
    assert follow() == (True, 6)
    assert follow() == (False, 0)
    assert not search.has_to_place(session, path)
    publish(DOGS)
    assert search.has_to_place(session, path)
    assert follow() == (True, 3)
    publishing.end(session, grief.id, reason="It closed.", at=NOW)
    session.commit()
    assert follow() == (True, 0)
    placed = closeness.load(path)
    assert placed is not None
    assert len(placed.ids) == 2
    assert placed.counts.tolist() == [2, 2]
    path.write_bytes(b"broken")
    assert follow() == (True, 6)
    assert follow() == (False, 0)

    publish(*OTHERS, *(an_approach(name=f"Choir {one}") for one in range(closeness.AT_ONCE)))
    assert follow()[0]
    placed = closeness.load(path)
    assert placed is not None
    assert len(placed.ids) == 2 + closeness.AT_ONCE, "not too many at a time"
    assert follow()[0]
    assert follow() == (False, 0)
    placed = closeness.load(path)
    assert placed is not None
    assert len(placed.ids) == 2 + len(OTHERS) + closeness.AT_ONCE


def test_the_command_of_the_worker_places_all(
    app: Flask, config: Config, publish: Callable[..., list[Entry]]
) -> None:
    publish(SHED, GRIEF)

    done = app.test_cli_runner().invoke(args=["place-approaches"])

    assert done.exit_code == 0, done.output
    placed = closeness.load(config.meaning_path)
    assert placed is not None
    assert len(placed.ids) == 2
