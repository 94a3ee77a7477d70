"""A large index is written by two processes; whatever becomes of the second, it is whole."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.bench import corpus
from directory.config import ROOT
from directory.entries.catalogue import Entry
from directory.search import second_writer, writing
from directory.search.query import Query
from directory.search.second_writer import SecondWriter
from directory.search.whoosh_index import WhooshIndex
from tests.searching import a_change, an_empty_index

ENTRIES = list(corpus.entries(0))
QUESTIONS = ("", "choir", "somewhere to go when lonely", '"spare room"', "gardn -shed")


@pytest.fixture(autouse=True)
def _shared_out_early(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writing, "ALONE", 100)
    monkeypatch.setattr(writing, "BATCH", 50)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def built(folder: Path) -> WhooshIndex:
    folder.mkdir()
    index = an_empty_index(folder)
    index.rebuild(ENTRIES, n=1)
    return index


def answers(index: WhooshIndex) -> list[object]:
    found = [index.find(Query(q=question)) for question in QUESTIONS]
    return [(one.total, [hit.slug for hit in one.hits], one.facets) for one in found]


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WhooshIndex:
    """The same index, written by one process."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "cpu_count", lambda: 1)
        return built(tmp_path / "alone")


def segments_of(index: WhooshIndex) -> list[int]:
    folder = index._folder.current()
    assert folder is not None
    names = {path.name for path in folder.iterdir()}
    assert not names & {second_writer.FOLDER, second_writer.SENT}
    return [segment.size for segment in index._current().snapshot.segments]


def test_two_processes_write_what_one_would(tmp_path: Path, alone: WhooshIndex):
    together = built(tmp_path / "together")

    assert answers(together) == answers(alone)
    assert segments_of(alone) == [len(ENTRIES), 1]
    first, second, _note = segments_of(together)
    assert abs(first - second) <= 100
    together.apply([a_change(2, ENTRIES[0], gone=True), a_change(3, ENTRIES[120], gone=True)])
    assert together.find(Query()).total == len(ENTRIES) - 2


def test_a_second_process_that_is_killed_is_made_up_for(
    tmp_path: Path, alone: WhooshIndex, monkeypatch: pytest.MonkeyPatch
):
    send = SecondWriter.send
    sent: list[int] = []

    def kill_then_send(self: SecondWriter, entries: list[Entry]) -> None:
        if len(sent) == 2:
            os.kill(self._process.pid, signal.SIGKILL)
        sent.append(len(entries))
        send(self, entries)

    monkeypatch.setattr(SecondWriter, "send", kill_then_send)

    index = built(tmp_path / "killed")

    assert len(sent) > 3
    assert answers(index) == answers(alone)
    assert segments_of(index)[:2] == [len(ENTRIES) - sum(sent), sum(sent)]


def test_an_error_while_writing_leaves_the_old_index_and_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    index = built(tmp_path / "index")
    before = answers(index)
    started: list[subprocess.Popen[bytes]] = []
    start = SecondWriter.__init__

    def started_by(self: SecondWriter, *given: Any) -> None:
        start(self, *given)
        started.append(self._process)

    def breaking_off() -> Iterator[Entry]:
        yield from ENTRIES[:200]
        raise OSError("the disk is full")

    monkeypatch.setattr(SecondWriter, "__init__", started_by)
    with pytest.raises(OSError, match="the disk is full"):
        index.rebuild(breaking_off(), n=2)

    assert [one.poll() for one in started] == [-signal.SIGKILL]
    assert answers(index) == before
    assert index.position() == 1


def test_a_second_process_whose_first_was_killed_writes_nothing(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "directory.search.second_process", str(tmp_path)],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    )

    _, said = process.communicate(pickle.dumps(None) + pickle.dumps(ENTRIES[:20]))

    assert process.returncode == 1
    assert b"EOFError" in said
    assert [path.name for path in tmp_path.glob("*.toc")] == ["_MAIN_0.toc"]  # it is still empty
