"""What is measured of Kith alone: suggestions, places, memory, pages, judged questions."""

from __future__ import annotations

import math
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from deploy.a_site import ROOMY
from deploy.bench import clocks, corpus
from deploy.bench.engines import Kith
from deploy.bench.questions import Judged, misspelt
from deploy.packages import ROOT
from directory import create_app
from directory.config import Config
from directory.places import gazetteer
from directory.search import closeness, sentences
from directory.search.closeness import Closeness
from directory.search.index import SearchIndex
from directory.search.query import Query
from directory.search.results import Results
from directory.search.similar import Wanted, similar
from directory.vocabulary.terms import Kind

TYPED = ("cho", "lonely in le", "spa", "dem", "men", "somewhere to", "gar", "ne", "repair caf", "b")
PLACES = ("Leeds", "LS7", "LS7 4AA", "sw9", "Newport", "Todmorden", "BT1 1AA", "Ynys Mon", "Bath")
MOST_PAGES = 4
MEANING = "meaning.npz"
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Relevance:
    """Means over judged questions: nDCG of the first ten, and how often a best answer is in the
    first five."""

    ndcg: float
    top_five: float


def relevance(index: SearchIndex, questions: Sequence[Judged]) -> Relevance:
    gains, tops = [], []
    for one in questions:
        ranked = _approaches(index, one.query)
        gains.append(_ndcg(ranked, one.relevance))
        tops.append(any(one.relevance.get(slug) == one.best for slug in ranked[:5]))
    return Relevance(sum(gains) / len(gains), sum(tops) / len(tops))


def misspelt_relevance(
    index: SearchIndex, questions: Sequence[Judged]
) -> tuple[Relevance, Relevance]:
    """Questions spelt right and the same with one slip each."""
    pairs = [(one, wrong) for one in questions if (wrong := misspelt(one))]
    slipped = [Judged(wrong, one.relevance, one.kind) for one, wrong in pairs]
    return relevance(index, [one for one, _wrong in pairs]), relevance(index, slipped)


def _approaches(index: SearchIndex, question: str) -> list[str]:
    found: list[str] = []
    for page in range(1, MOST_PAGES):
        results = index.find(Query(q=question, kind=("approach",), page=page))
        found += [hit.slug for hit in results.hits]
        if page >= results.pages or len(found) >= 10:
            break
    return found[:10]


def _ndcg(ranked: Sequence[str], relevance: dict[str, int]) -> float:
    def gain(values: Sequence[int]) -> float:
        return sum(float(2**value - 1) / math.log2(at + 2) for at, value in enumerate(values[:10]))

    best = sorted(relevance.values(), reverse=True)
    return gain([relevance.get(slug, 0) for slug in ranked]) / gain(best)


def suggestion(kith: Kith) -> float:
    """CPU milliseconds a suggestion, words seen before."""
    return _each(lambda typed: kith.index.suggest(typed, limit=8), TYPED)


def already_here(kith: Kith, places: Path) -> float:
    """CPU milliseconds to find the entries that something new may be."""
    known = gazetteer.at(places)
    wanted = [
        Wanted(Kind(kind), name, strapline, place)
        for kind, name, strapline, place in (
            ("approach", "Repair cafés", "Mend broken things together", ""),
            ("approach", "Comunity choirs", "Sing with your neighbours", ""),
            ("service", "Leeds Community Choir", "", "Leeds"),
            ("service", "Men’s shed in Bath", "", "Bath"),
            ("service", "Shared lives", "", "LS7"),
            ("service", "The lunch club at the library", "", "Camden"),
            ("organization", "Neighbours Together", "", ""),
        )
    ]
    return _each(lambda one: similar(kith.index, one, gazetteer=known), wanted)


def place_to_point(places: Path) -> float:
    """CPU milliseconds from a place's name or a postcode to a point."""
    known = gazetteer.at(places)
    assert known is not None
    return _each(known.find, PLACES)


def _each(work: Callable[[Thing], object], things: Sequence[Thing], *, rounds: int = 20) -> float:
    for thing in things:
        work(thing)
    started = time.process_time()
    for _round in range(rounds):
        for thing in things:
            work(thing)
    return (time.process_time() - started) * 1000 / rounds / len(things)


def memory(folder: Path, places: Path, questions: Sequence[str]) -> tuple[float, float] | None:
    """Private megabytes of a process with the index open and all of `questions` asked, by meaning
    too where `near` has placed it; and how many of them it had before. None where the system does
    not tell."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_memory, (folder, places, list(questions)))


def _memory(folder: Path, places: Path, questions: list[str]) -> tuple[float, float] | None:
    before = clocks.private_megabytes()
    kith = Kith(folder, places)
    kith.index.closeness = Closeness(folder / MEANING)
    kith.index.warm()
    for question in questions:
        kith.ask(question)
    after = clocks.private_megabytes()
    return None if before is None or after is None else (after, before)


def near(folder: Path) -> Closeness | None:
    """Place all approaches by what they mean; None if the model is not installed."""
    encoder = sentences.encoder()
    if encoder is None:
        return None
    approaches = [one for one in corpus.entries(0) if one.kind is Kind.APPROACH]
    placed = None
    while placed is None or placed.n == closeness.NOT_ALL:
        placed = closeness.place(approaches, encoder, n=1, held=placed)
    closeness.save(folder / MEANING, placed)
    return Closeness(folder / MEANING)


def first_asked(kith: Kith, closeness_: Closeness, questions: Sequence[str]) -> dict[str, float]:
    """CPU milliseconds of questions that nobody asked before, by words alone and by meaning too."""

    def asked_with(found: Closeness | None, question: str) -> object:
        kith.index.closeness = found
        return kith.ask(question)

    ways = {
        "by words": partial(asked_with, None),
        "by meaning too": partial(asked_with, closeness_),
    }
    spent = clocks.interleaved(ways, questions)
    kith.index.closeness = None
    return spent


@dataclass
class _Held:
    """An index whose answers are at hand."""

    index: Any
    answers: dict[Query, Results]

    def find(self, query: Query, **among: Any) -> Results:
        if query not in self.answers:
            self.answers[query] = self.index.find(query, **among)
        return self.answers[query]


def pages(kith: Kith, places: Path, questions: Sequence[str]) -> dict[str, float]:
    """CPU milliseconds of a page of results: all of it, and with its answer at hand."""
    held = _Held(kith.index, {})
    with _an_app(places) as (plain, with_answers):
        plain.extensions["kith.search"] = kith.index
        with_answers.extensions["kith.search"] = held

        def page(app: Any) -> Callable[[str], object]:
            client = app.test_client()
            return lambda question: client.get("/search", query_string={"q": question})

        ways = {"page": page(plain), "page, answer at hand": page(with_answers)}
        for question in questions:
            for way in ways.values():
                assert way(question).status_code == 200  # type: ignore[attr-defined]
        return clocks.interleaved(ways, questions, rounds=2)


@contextmanager
def _an_app(places: Path) -> Iterator[tuple[Any, Any]]:
    """The same site twice, with nothing in its database."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        config = Config(
            instance_dir=Path(folder),
            testing=True,
            trusted_hosts=("localhost",),
            limit_reading=ROOMY,
            limit_searching=ROOMY,
        )
        shutil.copy(places, config.geo_path)
        subprocess.run(
            [sys.executable, "-m", "flask", "db", "upgrade"],
            cwd=ROOT,
            env={"INSTANCE_DIR": folder, "PATH": "/usr/bin:/bin"},
            check=True,
            capture_output=True,
        )
        yield create_app(config), create_app(config)
