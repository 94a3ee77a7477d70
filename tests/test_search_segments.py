"""Segments that we write are what Whoosh’s own writer would have written, and any Whoosh reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from whoosh import index as whoosh_index
from whoosh import writing as whoosh_writing
from whoosh.filedb.filestore import FileStorage

from directory.search import schema, segments, term_files
from tests.builders import a_body, a_service, an_approach
from tests.searching import an_entry

ENTRIES = [
    an_entry(an_approach(name=f"Choir {n}", body=a_body(how_it_works="sing, " * (n + 1))))
    if n % 3
    else an_entry(a_service(name=f"Café of {n} songs and songs", place="leeds"))
    for n in range(40)
]


def written(folder: Path, writer_of: Any) -> Any:
    """A reader of all entries, in two segments that are then merged without what was deleted."""
    folder.mkdir()
    FileStorage(str(folder)).create_index(schema.whoosh_schema())
    for some in (ENTRIES[:25], ENTRIES[25:]):
        writer = writer_of(whoosh_index.open_dir(str(folder), schema=schema.whoosh_schema()))
        for entry in some:
            writer.add_document(**schema.by_line(entry))
        writer.commit(merge=False)
    writer = writer_of(whoosh_index.open_dir(str(folder), schema=schema.whoosh_schema()))
    writer.delete_document(3)
    writer.delete_document(30)
    writer.commit(optimize=True)
    return whoosh_index.open_dir(str(folder), schema=schema.whoosh_schema()).reader()


def everything(reader: Any) -> dict[str, Any]:
    return {
        "postings": list(reader.iter_postings()),
        "terms": [
            (term, info.weight(), info.doc_frequency(), info.max_weight(), info.min_id())
            for term, info in iter(reader)
        ],
        "stored": [reader.stored_fields(number) for number in range(reader.doc_count_all())],
        "lengths": [
            reader.doc_field_length(number, name, 0)
            for name in schema.TEXT_FIELDS
            for number in range(reader.doc_count_all())
        ],
    }


@pytest.mark.parametrize("block", [term_files.BLOCK, 7])
def test_whoosh_reads_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int):
    monkeypatch.setattr(term_files, "BLOCK", block)
    ours = written(tmp_path / "ours", segments.Writer)
    theirs = written(
        tmp_path / "theirs", lambda index: whoosh_writing.SegmentWriter(index, compound=False)
    )

    assert ours.doc_count() == theirs.doc_count() == 38
    assert everything(ours) == everything(theirs)
