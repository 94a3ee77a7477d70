"""The second process that writes half of a large index. Only second_writer.py starts it."""

from __future__ import annotations

import gc
import os
import pickle
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import IO

from directory.entries.catalogue import Entry
from directory.places.gazetteer import Gazetteer
from directory.search import segment_writing

# Batches that wait here, so that neither process waits for the other.
AHEAD = 4
NICER = 5

# None is the end of all.
Batch = Sequence[Entry] | None


def main() -> None:
    """Write what comes through the pipe, if it comes to its end."""
    os.nice(NICER)
    gc.disable()  # entries hold no cycles, and this process does not live long
    folder = Path(sys.argv[1])
    with open(0, "rb", closefd=False) as source:
        gazetteer: Gazetteer | None = pickle.load(source)  # noqa: S301 - from who started us
        waiting: Queue[Batch | Exception] = Queue(AHEAD)
        Thread(target=_take_in, args=(source, waiting), daemon=True).start()
        segment_writing.create(folder)
        segment_writing.write(folder, _received(waiting), gazetteer)


def _take_in(source: IO[bytes], waiting: Queue[Batch | Exception]) -> None:
    """Read ahead, so that the pipe is never full for long."""
    batch: Batch = ()
    while batch is not None:
        try:
            batch = pickle.load(source)  # noqa: S301 - from who started us
        except Exception as error:
            waiting.put(error)
            return
        waiting.put(batch)


def _received(waiting: Queue[Batch | Exception]) -> Iterator[Entry]:
    while (batch := waiting.get()) is not None:
        if isinstance(batch, Exception):
            raise batch
        yield from batch


if __name__ == "__main__":
    main()
