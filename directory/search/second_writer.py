"""A second process that writes half of a large index (second_process.py), seen from the first.

It gets its entries through a pipe and writes them as an index of its own, inside the folder of the
new one; that index's segments are moved over when both are done. Whatever becomes of it, nothing is
lost: what it was sent is kept in a file until then, and the first process writes it where the
second did not. When the first is killed, the pipe ends early and the second writes nothing.
"""

from __future__ import annotations

import logging
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from directory.config import ROOT
from directory.entries.catalogue import Entry
from directory.places.gazetteer import Gazetteer

logger = logging.getLogger("kith.search")

FOLDER = "second"
SENT = "second.entries"


class SecondWriter:
    """The second process, which ends with the `with` block."""

    def __init__(self, folder: Path, gazetteer: Gazetteer | None) -> None:
        """Start it, for the index in `folder`."""
        self.folder = folder / FOLDER
        self.folder.mkdir(mode=0o700)
        self._sent = (folder / SENT).open("w+b")
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "directory.search.second_process", str(self.folder)],
            stdin=subprocess.PIPE,
            cwd=ROOT,
        )
        self._pass_on(pickle.dumps(gazetteer, pickle.HIGHEST_PROTOCOL))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave neither the process nor its files behind."""
        self._process.kill()
        with suppress(OSError):
            self._input.close()
        self._process.wait()
        self._sent.close()
        Path(self._sent.name).unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _input(self) -> Any:
        return self._process.stdin

    def send(self, entries: Sequence[Entry]) -> None:
        """Have it write these entries."""
        packed = pickle.dumps(entries, pickle.HIGHEST_PROTOCOL)
        self._sent.write(packed)
        self._pass_on(packed)

    def end(self) -> None:
        """Tell it that this was all."""
        self._pass_on(pickle.dumps(None))
        with suppress(OSError):
            self._input.close()

    def _pass_on(self, packed: bytes) -> None:
        with suppress(OSError):  # it is gone: `has_written` will tell
            self._input.write(packed)
            self._input.flush()

    def has_written(self) -> bool:
        """Whether all that was sent is in its index now; waits until it is done."""
        code = self._process.wait()
        if code:
            logger.warning("the second writer ended with %s; its half is written here", code)
        return code == 0

    def sent(self) -> Iterator[Entry]:
        """All that it was sent."""
        self._sent.seek(0)
        while True:
            try:
                batch: Sequence[Entry] = pickle.load(self._sent)  # noqa: S301 - our own file
            except EOFError:
                return
            yield from batch
