"""One entry more: until its id is found, and until another process has answered with it.

What the second answer takes belongs to it: a reader that opens quickly may have put off its work.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

from deploy.bench import clocks, corpus
from deploy.bench.clocks import Spent
from deploy.bench.engines import FACETS, Kith, PlainWhoosh
from directory.entries.catalogue import Entry

ADDED = 10
# What the process that answers was asked before, so that it is warm as a worker of a site is.
ASKED_BEFORE = ("choir", "somewhere to go for lunch", "lonely since my husband died")


@dataclass(frozen=True)
class Added:
    """What entries took, one after the other: the first is as all others.

    Attributes:
        committed: each, until its id is found by the process that wrote it.
        answered: each, until another process has answered a question with filters that finds it.
    """

    committed: list[Spent]
    answered: list[Spent]


def measure(folder: Path, places: Path, services: int) -> dict[str, Added]:
    """Add the same entries to the indexes in `folder`, in turn."""
    kith, whoosh = Kith(folder, places), PlainWhoosh(folder)
    found = {one.name: Added([], []) for one in (kith, whoosh)}
    kith.index.warm()
    context = multiprocessing.get_context("spawn")
    with (
        context.Pool(1, _open_kith, (folder, places)) as kith_reader,
        context.Pool(1, _open_whoosh, (folder,)) as whoosh_reader,
    ):
        for number in range(ADDED):
            hall = f"Zell{'bdfghjkmnp'[number]}awick"
            entry = _called(corpus.one_more(services + number), hall)
            question = f"a group at {hall}"
            for engine, reader in ((kith, kith_reader), (whoosh, whoosh_reader)):
                spent = clocks.spent_on(partial(engine.add, entry, number))
                there = _answered(reader, question, str(entry.id))
                both = Spent(spent.cpu + there.cpu, spent.wall + there.wall)
                found[engine.name].committed.append(spent)
                found[engine.name].answered.append(both)
    return found


def _called(entry: Entry, hall: str) -> Entry:
    """`entry` at a hall that no other has, so that every engine finds it among the first."""
    name = f"{entry.document.name} at {hall}"
    return replace(entry, document=entry.document.model_copy(update={"name": name}))


def mean(spent: Sequence[Spent]) -> float:
    """CPU seconds."""
    return sum(one.cpu for one in spent) / len(spent)


def slowest(spent: Sequence[Spent]) -> float:
    """Wall seconds."""
    return max(one.wall for one in spent)


_engine: Kith | PlainWhoosh


def _open_kith(folder: Path, places: Path) -> None:
    global _engine
    _engine = Kith(folder, places)
    _engine.index.warm()
    for question in ASKED_BEFORE:
        _engine.ask(question)


def _open_whoosh(folder: Path) -> None:
    global _engine
    _engine = PlainWhoosh(folder)


def _answered(reader: Pool, question: str, wanted: str) -> Spent:
    return reader.apply(_ask, (question, wanted))


def _ask(question: str, wanted: str) -> Spent:
    """What an answer takes that must hold an entry, among services, with counts."""
    answers = []
    spent = clocks.spent_on(lambda: answers.append(_engine.ask(question, kind="service")))
    assert wanted in answers[0].ids
    assert all(answers[0].counts[name] for name in FACETS)
    return spent
