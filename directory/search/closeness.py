"""What is close in meaning to a question, though it may share no word with it.

Only approaches are placed: they say what a thing is. One is as close as all that it says, and as
the nearest of its everyday phrases. The worker places them (`follow`) in one small file, readers
look there; where the model is not installed there is no file, and search goes by words alone.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach
from directory.search import sentences, words
from directory.search.reading import Floats, Ints, Mask
from directory.search.sentences import Encoder, Vector
from directory.vocabulary.terms import Kind

logger = logging.getLogger("kith.search")

# How much all that an entry says counts; the rest is its nearest everyday phrase.
WHOLE = 0.6
# Shorter questions are names of things, and words find them.
LEAST_WORDS = 3
# Closeness counts in standard deviations over all approaches: below FROM it lifts nothing, from
# JOINS on an approach is found that holds none of the words.
FROM = 0.5
JOINS = 1.5
# And only if it is so close on the whole (1: the same): something is closest to nonsense too.
LEAST = 0.3
# One deviation above FROM is worth so much of the best score that words gave.
WORTH = 0.25
QUESTIONS_KEPT = 512
# Saved so often: each takes a quarter of a second or so, and less is lost where it is killed.
AT_ONCE = 10
NOT_ALL = -1
DIGEST = 16


@dataclass(frozen=True)
class Placed:
    """Approaches as directions.

    Attributes:
        n: how far of the change log is in it; NOT_ALL while some are still to be placed.
        digests: of the texts that were placed.
        whole: a row for each approach.
        phrases: a row for each everyday phrase, those of one approach side by side.
        counts: how many phrases each approach has; at least one.
    """

    n: int
    ids: tuple[UUID, ...]
    digests: tuple[bytes, ...]
    whole: Vector
    phrases: Vector
    counts: Ints


@dataclass(frozen=True)
class Close:
    """How close each of `ids` is to one question.

    Attributes:
        deviations: from the mean of all, in standard deviations.
        joins: which are so close that they are found without any of its words.
    """

    ids: tuple[UUID, ...]
    deviations: Floats
    joins: Mask


class Closeness:
    """Reads the file of the worker, and takes it anew when it has changed."""

    def __init__(self, path: Path, encoder: Callable[[], Encoder | None] = sentences.encoder):
        self._path = path
        self._encoder = encoder
        self._seen: tuple[int, int] | None = None
        self._placed: Placed | None = None
        self._opening = threading.Lock()
        self._direction = lru_cache(maxsize=QUESTIONS_KEPT)(self._encoded)

    def to(self, question: str) -> Close | None:
        """How close all approaches are; None for short questions, or where nothing is placed."""
        if len(words.split(question)) < LEAST_WORDS:
            return None
        placed = self._current()
        if placed is None or len(placed.ids) < 2:
            return None
        direction = self._direction(question)
        if direction is None:
            return None
        starts = np.concatenate(([0], np.cumsum(placed.counts)[:-1]))
        nearest = np.maximum.reduceat(placed.phrases @ direction, starts)
        found = WHOLE * (placed.whole @ direction) + (1 - WHOLE) * nearest
        spread = float(found.std())
        if not spread:
            return None
        deviations = (found - found.mean()) / spread
        return Close(placed.ids, deviations, (deviations >= JOINS) & (found >= LEAST))

    def _encoded(self, question: str) -> Vector | None:
        encoder = self._encoder()
        if encoder is None:
            return None
        direction = encoder.encode(question)
        encoder.rest()
        return direction

    def _current(self) -> Placed | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        seen = found.st_mtime_ns, found.st_ino
        if seen != self._seen:
            with self._opening:
                self._placed, self._seen = load(self._path), seen
        return self._placed


def is_behind(session: Session, path: Path) -> bool:
    """Whether there is anything for `follow` to do."""
    held = load(path)
    return held is None or held.n != catalogue.head(session)


def follow(session: Session, path: Path, encoder: Encoder) -> bool:
    """Place some of the approaches that are new or say something else; forget what is gone.

    Gives back whether there was anything to do.
    """
    held = load(path)
    n = catalogue.head(session)
    if held is not None and held.n == n:
        return False
    entries = list(catalogue.live(session, Kind.APPROACH))
    session.rollback()  # what follows takes long
    save(path, place(entries, encoder, n=n, held=held))
    return True


def place(entries: Sequence[Entry], encoder: Encoder, *, n: int, held: Placed | None) -> Placed:
    """The directions of `entries`, which are approaches; taken from `held` where the text is the
    same.

    At most AT_ONCE are worked out; while more are missing, none of the change log is done.
    """
    known = _parts(held) if held else {}
    ids, digests, wholes, phrases = [], [], [], []
    left = AT_ONCE
    for entry in entries:
        assert isinstance(entry.document, Approach)
        whole, everyday = texts_of(entry.document)
        text = "\n".join([whole, *everyday])
        digest = hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()
        parts = known.get(digest)
        if parts is None:
            if not left:
                n = NOT_ALL
                continue
            left -= 1
            parts = encoder.encode(whole), encoder.encode_all(everyday)
        ids.append(entry.id)
        digests.append(digest)
        wholes.append(parts[0])
        phrases.append(parts[1])
    empty = np.empty((0, sentences.WIDTH), dtype=np.float32)
    return Placed(
        n=n,
        ids=tuple(ids),
        digests=tuple(digests),
        whole=np.array(wholes, dtype=np.float32) if wholes else empty,
        phrases=np.concatenate(phrases) if phrases else empty,
        counts=np.array([len(some) for some in phrases], dtype=np.int32),
    )


def texts_of(document: Approach) -> tuple[str, list[str]]:
    """All that an approach says, the most telling first; and its everyday phrases."""
    everyday = list(document.everyday_words) or [document.name]
    start = f"{document.name}. {document.strapline} {document.summary}"
    return " ".join([start, ", ".join(everyday), words.plain(document.body)]), everyday


def load(path: Path) -> Placed | None:
    """What was placed; None where there is nothing, or nothing that can be read."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if str(file["model"]) != sentences.MODEL:
                return None
            return Placed(
                n=int(file["n"]),
                ids=tuple(UUID(bytes=one.tobytes()) for one in file["ids"]),
                digests=tuple(one.tobytes() for one in file["digests"]),
                whole=file["whole"],
                phrases=file["phrases"],
                counts=file["counts"],
            )
    except FileNotFoundError:
        return None
    except Exception:  # whatever a broken file makes of a reader
        logger.warning("%s cannot be read; it will be made anew", path, exc_info=True)
        return None


def save(path: Path, placed: Placed) -> None:
    """In one step, so that readers see the old file or the new one."""
    beside = path.with_name(path.name + ".new")
    with open(beside, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        np.savez(
            file,
            model=np.array(sentences.MODEL),
            n=np.array(placed.n),
            ids=_bytes_of([one.bytes for one in placed.ids]),
            digests=_bytes_of(placed.digests),
            whole=placed.whole,
            phrases=placed.phrases,
            counts=placed.counts,
        )
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _bytes_of(rows: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(rows), dtype=np.uint8).reshape(len(rows), DIGEST)


def _parts(held: Placed) -> dict[bytes, tuple[Vector, Vector]]:
    ends = np.cumsum(held.counts)
    return {
        digest: (whole, held.phrases[end - count : end])
        for digest, whole, count, end in zip(
            held.digests, held.whole, held.counts, ends, strict=True
        )
    }
