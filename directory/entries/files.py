"""The folder content/: reading all its documents, and writing one safely."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from directory.entries import photos
from directory.entries.catalogue import Entry
from directory.entries.documents import Document, is_slug
from directory.entries.text import BadDocument, Problem, dump, parse
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class DocumentFile:
    """A document as it lies in the folder. `path` is relative: "approaches/homeshare.md"."""

    path: str
    kind: Kind
    slug: str
    document: Document


def read_folder(folder: Path) -> tuple[list[DocumentFile], list[Problem]]:
    """All documents of `folder`, by path, and every problem of those that cannot be read."""
    files: list[DocumentFile] = []
    problems: list[Problem] = []
    owner: dict[object, str] = {}
    for kind in Kind:
        for path in sorted((folder / kind.folder).glob("*.md")):
            try:
                file = read_file(path, kind)
            except BadDocument as bad:
                problems += bad.problems
                continue
            first = owner.setdefault(file.document.id, file.path) if file.document.id else file.path
            if first != file.path:
                problems.append(
                    Problem(file.path, 2, "id", f"{first} has the same id", "Delete the id here.")
                )
            else:
                files.append(file)
    return files, problems


def read_file(path: Path, kind: Kind) -> DocumentFile:
    """The document in `path`, which lies in the folder of `kind`.

    Raises:
        BadDocument: it cannot be read as UTF-8, has problems, lies in the wrong folder, or is a
            story: those come through the form alone, which records the consent of their tellers.
    """
    name = f"{kind.folder}/{path.name}"
    if not is_slug(path.stem):
        raise BadDocument(
            [Problem(name, 1, "", "its file name is not a slug", "Use a to z, 0 to 9 and hyphens.")]
        )
    try:
        text = path.read_bytes().decode("utf-8")
    except (UnicodeDecodeError, OSError) as error:
        raise BadDocument(
            [Problem(name, 1, "", f"it cannot be read ({error})", "Save it as UTF-8.")]
        ) from error
    document = parse(text, path=name)
    if document.kind is not kind:
        raise BadDocument(
            [Problem(name, 2, "kind", f"a {document.kind} lies in {kind.folder}/",
                     f"Move it to {document.kind.folder}/ or correct the kind.")]
        )  # fmt: skip
    if kind is Kind.STORY:
        raise BadDocument(
            [Problem(name, 1, "", "no consent to it is recorded; its teller cannot take it back",
                     "Delete the file, and have its teller send the story through the form.")]
        )  # fmt: skip
    return DocumentFile(name, kind, path.stem, document)


def write_atomically(path: Path, text: str) -> None:
    """Replace `path` by `text`: a reader sees the old file or the new one, also after a crash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=photos.UNFINISHED, suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def remove_unfinished(folder: Path) -> None:
    """Remove what a writer of `folder` left there when it was killed; nobody else may write now."""
    for path in folder.glob(f"{photos.UNFINISHED}*.tmp"):
        path.unlink(missing_ok=True)


def export(entries: Iterable[Entry], folder: Path, *, store: Path) -> int:
    """Write every entry but stories, with its pictures, to `folder`; returns how many.

    Stories stay out: a copy on somebody's disk could not be withdrawn.

    Args:
        store: where the pictures lie.
    """
    number = 0
    for entry in entries:
        if entry.kind is not Kind.STORY:
            write_atomically(folder / entry.kind.folder / f"{entry.slug}.md", dump(entry.document))
            photos.copy(store, entry.document, folder)
            number += 1
    return number
