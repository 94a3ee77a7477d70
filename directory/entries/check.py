"""Checking content/: what one file cannot know of itself, such as links to other entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

from directory.entries import photos
from directory.entries.documents import Approach, Document, Service
from directory.entries.files import DocumentFile
from directory.entries.text import Problem
from directory.vocabulary.terms import Kind


def check(files: Sequence[DocumentFile]) -> list[Problem]:
    """Every problem that shows only when the documents are seen together."""
    known = {(file.kind, file.slug) for file in files}
    return [problem for file in files for problem in _check_one(file, known)]


def missing_pictures(folder: Path, store: Path, files: Sequence[DocumentFile]) -> list[Problem]:
    """Pictures that a document of `folder` names and that are neither there nor in the store."""
    return [
        Problem(
            file.path,
            1,
            "photos",
            f"there is no {photos.FOLDER}/{photo.file}.jpg",
            "Put the picture there, or take it out of the document.",
        )
        for file in files
        for photo in photos.of(file.document)
        if not (folder / photos.FOLDER / f"{photo.file}.jpg").is_file()
        and photos.largest(store, photo.file) is None
    ]


def write_missing_ids(folder: Path, files: Sequence[DocumentFile]) -> list[str]:
    """Give each file without an id a new one, right below the first ---; returns their paths."""
    fixed = []
    for file in files:
        if file.document.id is None:
            path = folder / file.path
            text = path.read_text(encoding="utf-8")
            opening, rest = text.split("\n", 1)
            path.write_text(f"{opening}\nid: {uuid4()}\n{rest}", encoding="utf-8")
            fixed.append(file.path)
    return fixed


def _check_one(file: DocumentFile, known: set[tuple[Kind, str]]) -> Iterator[Problem]:
    for field, kind, slug in _links(file.document):
        if (kind, slug) not in known:
            yield Problem(
                file.path,
                1,
                field,
                f"there is no {kind.folder}/{slug}.md",
                "Correct the name, or add that file.",
            )


def _links(document: Document) -> Iterator[tuple[str, Kind, str]]:
    """The links of a document to others: field, kind and slug."""
    if isinstance(document, Approach):
        for slug in document.related:
            yield "related", Kind.APPROACH, slug
        if document.support_body:
            yield "support_body", Kind.ORGANIZATION, document.support_body
    elif isinstance(document, Service):
        for slug in document.approach:
            yield "approach", Kind.APPROACH, slug
        if document.organization:
            yield "organization", Kind.ORGANIZATION, document.organization
        if document.place:
            yield "place", Kind.PLACE, document.place
