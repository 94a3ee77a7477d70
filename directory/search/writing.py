"""Entries into the index. Only the worker (and `flask index-rebuild`) comes here.

    index/              0700: Whoosh unpickles what it reads, so nobody else may write here
      CURRENT           the name of the folder that readers use; replaced in one step
      lock              held by whoever writes
      broken            left by a reader that could not read; asks for a rebuild
      3/                one index of Whoosh's

How far the index has followed the change log is a hidden document in the same commit as the entries
themselves: a process killed at any moment leaves both as they were, or both done.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search import schema, segment_writing
from directory.search.schema import LOG_KIND
from directory.search.second_writer import SecondWriter

CURRENT = "CURRENT"
BROKEN = "broken"
# Small segments are joined when there are so many. Readers know small ones by heart, so a few more
# cost a search little, and each entry is written again less often.
MOST_SEGMENTS = 12
# A second process is worth its start when there are more entries; they are dealt out in batches.
ALONE = 4_000
BATCH = 250
# A reader may still be opening files of the index before; after this nobody is.
KEEP_OLD = timedelta(seconds=60)

Report = Callable[[int], None]


class IndexFolder:
    """Where the indexes lie, and which of them is the current one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> Path | None:
        """The folder that readers use; None before the first is whole."""
        try:
            name = (self.path / CURRENT).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        folder = self.path / name
        return folder if name.isdigit() and folder.is_dir() else None

    def new(self) -> Path:
        """An empty folder for the next index."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)
        numbers = [int(one.name) for one in self.path.iterdir() if one.name.isdigit()]
        folder = self.path / str(max(numbers, default=0) + 1)
        folder.mkdir(mode=0o700)
        return folder

    def make_current(self, folder: Path) -> None:
        """Let readers use `folder` from now on."""
        pointer = self.path / f"{CURRENT}.new"
        pointer.write_text(folder.name, encoding="ascii")
        # A replace is atomic: a reader sees the old pointer or the new one, never half of either.
        pointer.replace(self.path / CURRENT)
        (self.path / BROKEN).unlink(missing_ok=True)

    def remove_old(self) -> None:
        """Remove indexes that no reader can be opening any more, and half-made ones."""
        current = self.current()
        if current is None:
            return
        swapped = (self.path / CURRENT).stat().st_mtime
        if time.time() - swapped < KEEP_OLD.total_seconds():
            return
        for folder in self.path.iterdir():
            is_old = folder.name.isdigit() and int(folder.name) < int(current.name)
            if is_old:
                shutil.rmtree(folder, ignore_errors=True)

    def is_broken(self) -> bool:
        """A reader could not read the current index."""
        return (self.path / BROKEN).exists()

    def report_broken(self) -> None:
        """Ask the worker for a rebuild."""
        with suppress(OSError):
            (self.path / BROKEN).touch()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Nobody else writes meanwhile. Ends with the process, however that ends."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def write(
    folder: Path,
    entries: Iterable[Entry],
    *,
    n: int,
    gazetteer: Gazetteer | None = None,
    report: Report = lambda count: None,
) -> None:
    """Write `entries` into the new, empty index in `folder`: all of them up to change `n`."""
    segment_writing.create(folder)
    moved: list[Any] = []
    with ExitStack() as stack:
        shared = _Shared(lambda: stack.enter_context(SecondWriter(folder, gazetteer)))
        segment_writing.write(folder, shared.own(_reported(entries, report)), gazetteer)
        if second := shared.second:
            if second.has_written():
                moved = segment_writing.move(second.folder, folder)
            else:
                segment_writing.write(folder, second.sent(), gazetteer)
        writer = segment_writing.writer_of(folder)
        writer.add_document(**schema.log_document(n))
        writer.commit(mergetype=lambda writer, segments: [*segments, *moved])


def _reported(entries: Iterable[Entry], report: Report) -> Iterator[Entry]:
    for count, entry in enumerate(entries, start=1):
        yield entry
        report(count)


class _Shared:
    """Entries, shared out between this process and a second one; always the same way, so that the
    same entries always make the same index.

    Attributes:
        second: the other process, if there were enough entries for two.
    """

    def __init__(self, start: Callable[[], SecondWriter]) -> None:
        self.second: SecondWriter | None = None
        self._start = start

    def own(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Those that this process writes. The others are on their way when this ends."""
        own = other = 0
        left = iter(entries)
        while batch := list(islice(left, BATCH)):
            if other < own and own >= ALONE and (os.cpu_count() or 1) > 1:
                self.second = self.second or self._start()
                self.second.send(batch)
                other += len(batch)
            else:
                own += len(batch)
                yield from batch
        if self.second:
            self.second.end()


def apply(folder: Path, changes: Sequence[Change], *, gazetteer: Gazetteer | None = None) -> None:
    """Take `changes` into the index in `folder`, in one commit. The last one of an entry counts."""
    latest = {change.entry_id: change for change in changes}
    writer = segment_writing.writer_of(folder)
    try:
        writer.forget([LOG_KIND, *map(str, latest)])
        for change in latest.values():
            if change.entry is not None:
                writer.add_document(**schema.by_line(change.entry, gazetteer))
        writer.add_document(**schema.log_document(changes[-1].n))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_join_small)


def _join_small(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy, ours: when there are many segments, join the small ones.

    A segment is joined with smaller ones as long as together they are no smaller than half of it:
    so a document is written anew about log2(n) times in its life, and large segments rest.
    """
    if len(segments) < MOST_SEGMENTS:
        return segments
    from whoosh.reading import SegmentReader

    ordered = sorted(segments, key=lambda segment: segment.doc_count_all())
    joined: list[Any] = []
    together = 0
    for segment in ordered:
        size = segment.doc_count_all()
        if joined and size > 2 * together and len(ordered) - len(joined) < MOST_SEGMENTS:
            break
        joined.append(segment)
        together += size
    for segment in joined:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in joined]
