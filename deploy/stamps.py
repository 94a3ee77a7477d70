"""Knowing that a step was done: a stamp inside what it made, holding the hash of what it read.

Whoever deletes what a step made deletes the stamp with it, and the step runs again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(inputs: Iterable[Path | str]) -> str:
    """A hash of files (names and contents; a folder is all files in it) and plain words."""
    total = hashlib.sha256()
    for one in inputs:
        if isinstance(one, str):
            total.update(b"word\0" + one.encode() + b"\0")
            continue
        for path in sorted(_files(one)):
            total.update(b"file\0" + path.as_posix().encode() + b"\0")
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current(stamp: Path, value: str) -> bool:
    """The stamp is there and holds `value`."""
    try:
        return stamp.read_text(encoding="ascii") == value
    except FileNotFoundError:
        return False


def set_stamp(stamp: Path, value: str) -> None:
    stamp.write_text(value, encoding="ascii")


def _files(path: Path) -> Iterable[Path]:
    if path.is_file():
        return [path]
    return (
        file for file in path.glob("**/*") if file.is_file() and "__pycache__" not in file.parts
    )
