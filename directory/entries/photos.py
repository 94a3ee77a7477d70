"""Pictures that people gave: their files, who may see them, and which are needed no more.

The files lie in the folder `uploads` of the instance, each picture in a folder of its own under a
name that nobody can guess. A picture is public while the live entry that it was given for shows it.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.entries import catalogue, imaging
from directory.entries.documents import PHOTO_NAME, Document, Photo
from directory.entries.models import PhotoRow
from directory.errors import DirectoryError

STORE = "uploads"  # in the folder of the instance
FOLDER = "photos"  # in a folder of documents: content/, the mirror, an export
UNFINISHED = ".kith-"  # begins the name of a file until all of it is written
GIVEN_MOST = 40  # for one entry, those that were taken away again with them


class TooManyGiven(DirectoryError):
    """So many pictures were sent for this already that we take no more."""

    status = 422


@dataclass(frozen=True)
class Shown:
    """A picture with what a page must know to show it."""

    photo: Photo
    width: int
    height: int

    @property
    def widths(self) -> list[int]:
        """The widths that it can be had in, the largest last."""
        return imaging.widths(self.width)

    @property
    def middle(self) -> int:
        """The width for those who know only one."""
        return next((width for width in self.widths if width >= 960), self.width)


def put(store: Path, made: imaging.Made, *, name: str = "") -> str:
    """Write the files of a picture; returns its name. Nobody sees it before it is recorded."""
    name = name or secrets.token_hex(16)
    for file, data in made.files.items():
        _write(path_of(store, name, file), data, mode=0o600)
    return name


def record(
    session: Session, name: str, made: imaging.Made, *, entry_id: UUID, at: datetime
) -> None:
    """Know a picture as given for that entry, or for what will be that entry.

    Raises:
        TooManyGiven: there are enough.
    """
    given = select(func.count()).select_from(PhotoRow).where(PhotoRow.entry_id == entry_id)
    if (session.scalar(given) or 0) >= GIVEN_MOST:
        raise TooManyGiven
    session.add(
        PhotoRow(name=name, entry_id=entry_id, width=made.width, height=made.height, created_at=at)
    )
    session.flush()


def take_in(
    session: Session, store: Path, document: Document, folder: Path, *, at: datetime
) -> list[str]:
    """Keep the pictures of a document that came with a folder; returns those that cannot be read.

    A picture that we have stays as it is; if its files are lost, they are made anew.
    """
    refused = []
    for photo in of(document):
        path = folder / FOLDER / f"{photo.file}.jpg"
        row = session.get(PhotoRow, photo.file)
        is_here = row is not None and largest(store, photo.file) is not None
        is_anothers = row is not None and row.entry_id != document.id
        if document.id is None or is_here or is_anothers or not path.is_file():
            continue
        try:
            with open(path, "rb") as file:
                made = imaging.remake(file)
        except DirectoryError:
            refused.append(f"{FOLDER}/{path.name}")
            continue
        put(store, made, name=photo.file)
        if row is None:
            record(session, photo.file, made, entry_id=document.id, at=at)
        else:
            row.width, row.height = made.width, made.height
    return refused


def of(document: Document | None) -> list[Photo]:
    """The pictures that a document names; most kinds have none."""
    return list(getattr(document, "photos", ()))


def shown(session: Session, document: Document) -> tuple[Shown, ...]:
    """The pictures of a document that were given for it, in its order."""
    photos = of(document)
    if not photos:
        return ()
    rows = _rows(session, document.id, [photo.file for photo in photos])
    return tuple(
        Shown(photo, rows[photo.file].width, rows[photo.file].height)
        for photo in photos
        if photo.file in rows
    )


def sizes(session: Session, entry_id: UUID, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Width and height of those of these pictures that were given for that entry, by name."""
    rows = _rows(session, entry_id, names)
    return {name: (row.width, row.height) for name, row in rows.items()}


def is_public(session: Session, name: str) -> bool:
    """Whether an entry that readers can see shows this picture now."""
    row = session.get(PhotoRow, name)
    entry = catalogue.by_id(session, row.entry_id) if row else None
    return entry is not None and any(photo.file == name for photo in of(entry.document))


def is_of(session: Session, name: str, entry_id: UUID) -> bool:
    """Whether this picture was given for that entry."""
    row = session.get(PhotoRow, name)
    return row is not None and row.entry_id == entry_id


def path_of(store: Path, name: str, file: str) -> Path:
    """Where a file of a picture lies, such as "480.webp"."""
    return store / name / file


def largest(store: Path, name: str) -> Path | None:
    """The largest JPEG of a picture, if it is here."""
    found = (store / name).glob("*.jpg")
    return max(found, key=lambda path: int(path.stem), default=None)


def paths_in_folders(session: Session, ids: Iterable[UUID]) -> dict[str, list[str]]:
    """Where the mirror may hold pictures of these entries, by entry id."""
    paths: dict[str, list[str]] = {}
    rows = session.execute(
        select(PhotoRow.entry_id, PhotoRow.name).where(PhotoRow.entry_id.in_(list(ids)))
    )
    for entry_id, name in rows:
        paths.setdefault(str(entry_id), []).append(f"{FOLDER}/{name}.jpg")
    return paths


def copy(store: Path, document: Document, folder: Path) -> list[str]:
    """Put the pictures of a document into a folder of documents; returns their paths there."""
    paths = []
    for photo in of(document):
        source, path = largest(store, photo.file), f"{FOLDER}/{photo.file}.jpg"
        if source is not None:
            if not (folder / path).exists():  # a picture never changes under its name
                _write(folder / path, source.read_bytes(), mode=0o644)
            paths.append(path)
    return paths


def given(
    session: Session, *, before: datetime, entry_id: UUID | None = None
) -> dict[UUID, list[str]]:
    """The pictures given until that time, of one entry or of all, by the entry."""
    query = select(PhotoRow.entry_id, PhotoRow.name).where(PhotoRow.created_at <= before)
    if entry_id is not None:
        query = query.where(PhotoRow.entry_id == entry_id)
    found: dict[UUID, list[str]] = {}
    for owner, name in session.execute(query):
        found.setdefault(owner, []).append(name)
    return found


def forget(session: Session, names: Iterable[str]) -> None:
    """Know these pictures no more. Their files go by `discard`, once that is committed."""
    session.execute(delete(PhotoRow).where(PhotoRow.name.in_(list(names))))


def discard(store: Path, names: Iterable[str]) -> None:
    """Delete the files of these pictures."""
    for name in names:
        assert PHOTO_NAME.fullmatch(name)
        shutil.rmtree(store / name, ignore_errors=True)


def sweep(session: Session, store: Path, *, before: datetime) -> int:
    """Delete files that belong to no picture we know and were made before then; returns how many.

    A picture's files are written before its row is committed: young ones may yet get theirs.
    """
    folders = [
        path
        for path in (store.iterdir() if store.is_dir() else ())
        if path.is_dir() and path.stat().st_mtime < before.timestamp()
    ]
    kept = set(session.scalars(select(PhotoRow.name)))
    gone = [path for path in folders if path.name not in kept]
    for path in gone:
        shutil.rmtree(path, ignore_errors=True)
    return len(gone)


def _rows(session: Session, entry_id: UUID | None, names: Sequence[str]) -> dict[str, PhotoRow]:
    query = select(PhotoRow).where(PhotoRow.entry_id == entry_id, PhotoRow.name.in_(names))
    return {row.name: row for row in session.scalars(query)}


def _write(path: Path, data: bytes, *, mode: int) -> None:
    """Write the file whole or not at all."""
    path.parent.mkdir(mode=0o700 if mode == 0o600 else 0o755, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{UNFINISHED}{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
