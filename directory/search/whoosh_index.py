"""The index on Whoosh: `SearchIndex` for a site on one machine."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search import writing
from directory.search.generation import Generation
from directory.search.index import NotReady
from directory.search.parts import Damaged
from directory.search.segment_reading import CannotOpen, open_snapshot
from directory.search.snapshot_index import SnapshotIndex
from directory.search.wordings import Thesaurus

logger = logging.getLogger("kith.search")


class WhooshIndex(SnapshotIndex):
    """Reads the current generation; writes only when told to follow the change log."""

    def __init__(
        self,
        path: Path,
        *,
        gazetteer: Callable[[], Gazetteer | None],
        thesaurus: Callable[[], Thesaurus],
        today: Callable[[], date],
    ) -> None:
        super().__init__(gazetteer=gazetteer, thesaurus=thesaurus, today=today)
        self._folder = writing.IndexFolder(path)
        self._opening = threading.Lock()
        self._generation: Generation | None = None
        self._seen: tuple[Any, ...] | None = None

    # Reading

    def _current(self) -> Generation:
        """The newest generation that can be opened. Two looks at the disk when nothing changed.

        Raises:
            NotReady: there never was one.
        """
        seen = self._look()
        held = self._generation
        if held is not None and seen == self._seen:
            return held
        # While one thread opens the new generation, others go on with the one they have.
        if not self._opening.acquire(blocking=held is None) and held is not None:
            return held
        try:
            if self._generation is None or self._look() != self._seen:
                self._open()
            if self._generation is None:
                raise NotReady
            return self._generation
        finally:
            self._opening.release()

    def stamp(self) -> Hashable:
        return (self._look(), self._seen)

    def _look(self) -> tuple[Any, ...]:
        """Changes whenever a new generation may be there."""
        try:
            pointer = (self._folder.path / writing.CURRENT).stat()
            folder = self._folder.current() if self._seen is None else self._seen[-1]
            if self._seen is None or pointer.st_mtime_ns != self._seen[0]:
                folder = self._folder.current()
            changed = folder.stat().st_mtime_ns if folder else 0
        except OSError:
            return (0, 0, None)
        return (pointer.st_mtime_ns, changed, folder)

    def _open(self) -> None:
        before = self._generation.snapshot if self._generation else None
        seen = self._look()
        folder = seen[-1]
        if folder is None:
            return
        try:
            snapshot = open_snapshot(folder, before)
        except CannotOpen as error:
            logger.error("the search index cannot be read: %s", error)
            self._folder.report_broken()
        else:
            if before is None or snapshot.generation != before.generation:
                self._generation = Generation(snapshot, self._generation)
            self._seen = seen

    def _unreadable(self, error: Damaged) -> NotReady:
        logger.error("the search index is damaged: %s", error)
        self._folder.report_broken()
        return NotReady()

    # Writing

    def position(self) -> int | None:
        """How far the index has followed the change log; None if it must be built anew."""
        if self._folder.current() is None or self._folder.is_broken():
            return None
        self._folder.remove_old()
        try:
            generation = self._current()
        except NotReady:
            return None
        if self._folder.is_broken():
            return None
        return int(generation.snapshot.note["n"])

    def forget(self) -> None:
        """Throw the index away."""
        shutil.rmtree(self._folder.path, ignore_errors=True)

    def apply(self, changes: Sequence[Change]) -> None:
        """Follow the change log; applying a change twice is the same as once."""
        with self._folder.writing():
            n, folder = self.position(), self._folder.current()
            if n is None or folder is None:
                raise NotReady
            if new := [change for change in changes if change.n > n]:
                writing.apply(folder, new, gazetteer=self._gazetteer())

    def rebuild(
        self,
        entries: Iterable[Entry],
        *,
        n: int,
        catch_up: Callable[[int], Sequence[Change]] = lambda n: (),
        report: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Replace the index by these entries, in one step or not at all."""
        folder = self._folder.new()
        gazetteer = self._gazetteer()
        writing.write(folder, entries, n=n, gazetteer=gazetteer, report=report)
        with self._folder.writing():
            while changes := catch_up(n):
                writing.apply(folder, changes, gazetteer=gazetteer)
                n = changes[-1].n
            self._folder.make_current(folder)
