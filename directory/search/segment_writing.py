"""Many entries into an index that nobody reads yet, segment by segment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.filedb.filestore import FileStorage

from directory.entries.catalogue import Entry
from directory.places.gazetteer import Gazetteer
from directory.search import analysis, schema
from directory.search.analysis import Analyser
from directory.search.segments import Writer

# The words of so many entries are held in memory (some 5 kB each) before they are written.
SEGMENT_ENTRIES = 60_000


def create(folder: Path) -> None:
    """Make an empty index in `folder`."""
    FileStorage(str(folder)).create_index(schema.whoosh_schema())


def writer_of(folder: Path) -> Writer:
    """Who writes into the index in `folder`."""
    return Writer(whoosh_index.open_dir(str(folder), schema=schema.whoosh_schema()))


def write(folder: Path, entries: Iterable[Entry], gazetteer: Gazetteer | None) -> None:
    """Write `entries` into the index in `folder`, as few segments."""
    analyse = analysis.remembering()
    left = iter(entries)
    while _write_segment(folder, islice(left, SEGMENT_ENTRIES), gazetteer, analyse):
        pass


def _write_segment(
    folder: Path, entries: Iterator[Entry], gazetteer: Gazetteer | None, analyse: Analyser
) -> bool:
    """Write some entries as a segment of their own; whether there were any."""
    writer = writer_of(folder)
    try:
        for entry in entries:
            writer.add_document(**schema.by_line(entry, gazetteer, analyse))
    except BaseException:
        writer.cancel()
        raise
    has_any: bool = writer.docnum > 0
    writer.commit(merge=False)
    return has_any


def move(folder: Path, other: Path) -> list[Any]:
    """Move the segments of the index in `folder` into that in `other`, whose next commit is to
    name them; what to name."""
    segments: list[Any] = whoosh_index.open_dir(str(folder))._segments()
    for segment in segments:
        for path in folder.glob(f"{segment.make_filename('')}.*"):
            path.replace(other / path.name)
    return segments
