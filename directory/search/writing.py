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
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.filedb.filestore import FileStorage

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search import schema
from directory.search.schema import LOG_KIND
from directory.search.segments import Writer

CURRENT = "CURRENT"
BROKEN = "broken"
# Small segments are joined when there are so many: ten cost a search twice as much as one.
MOST_SEGMENTS = 6
# The words of so many entries are held in memory (some 10 kB each) before they are written.
SEGMENT_ENTRIES = 50_000
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


def create(folder: Path) -> None:
    """Make an empty index in `folder`."""
    FileStorage(str(folder)).create_index(schema.whoosh_schema())


def write(
    folder: Path,
    entries: Iterable[Entry],
    *,
    n: int,
    gazetteer: Gazetteer | None = None,
    report: Report = lambda count: None,
) -> None:
    """Write `entries` into the new, empty index in `folder`: all of them up to change `n`."""
    create(folder)
    counted = enumerate(entries, start=1)
    while _write_segment(folder, islice(counted, SEGMENT_ENTRIES), gazetteer, report):
        pass
    writer = _writer(folder)
    writer.add_document(**schema.log_document(n))
    writer.commit(merge=False)


def _write_segment(
    folder: Path,
    counted: Iterable[tuple[int, Entry]],
    gazetteer: Gazetteer | None,
    report: Report,
) -> bool:
    """Write some entries as a segment of their own; whether there were any."""
    writer = _writer(folder)
    try:
        for count, entry in counted:
            writer.add_document(**schema.index_document(entry, gazetteer))
            report(count)
    except BaseException:
        writer.cancel()
        raise
    has_any: bool = writer.docnum > 0
    writer.commit(merge=False)
    return has_any


def apply(folder: Path, changes: Sequence[Change], *, gazetteer: Gazetteer | None = None) -> None:
    """Take `changes` into the index in `folder`, in one commit. The last one of an entry counts."""
    latest = {change.entry_id: change for change in changes}
    writer = _writer(folder)
    try:
        for key in [LOG_KIND, *map(str, latest)]:
            writer.delete_by_query(whoosh_query.Term("id", key))
        for change in latest.values():
            if change.entry is not None:
                writer.add_document(**schema.index_document(change.entry, gazetteer))
        writer.add_document(**schema.log_document(changes[-1].n))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=_join_small)


def _writer(folder: Path) -> Any:
    return Writer(whoosh_index.open_dir(str(folder), schema=schema.whoosh_schema()))


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
        if joined and size > max(2 * together, 50) and len(ordered) - len(joined) < MOST_SEGMENTS:
            break
        joined.append(segment)
        together += size
    for segment in joined:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in segments if segment not in joined]
