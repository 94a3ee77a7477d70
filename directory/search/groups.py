"""Groups that moderators add to the thesaurus of this site, and the thesaurus with them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import yaml
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from directory.errors import DirectoryError
from directory.search import words
from directory.search.models import ThesaurusGroup
from directory.search.wordings import Thesaurus
from directory.vocabulary import thesaurus
from directory.vocabulary.thesaurus import Group

logger = logging.getLogger("kith.search")

# A process looks so often for what was added in another.
LOOK_EVERY_SECONDS = 1.0
MOST_PHRASES = 12


class NoGroup(DirectoryError):
    """Write up to twelve words or short phrases with commas between them, none over six words."""

    status = 422


def read(said: str, also: str) -> Group:
    """A group from what was typed: phrases with commas between.

    Raises:
        NoGroup: one of the two holds nothing, or too much.
    """
    try:
        group = Group(words=_phrases(said), also=_phrases(also))
    except ValidationError as error:
        raise NoGroup from error
    every = (*group.words, *group.also)
    if not group.also or len(every) > MOST_PHRASES or not all(map(words.terms, every)):
        raise NoGroup
    return group


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tidy for one in text.split(",") if (tidy := " ".join(one.split()))))


def add(session: Session, group: Group, *, by: str, at: datetime) -> ThesaurusGroup:
    """Add `group` to the thesaurus of this site, in the caller's transaction."""
    row = ThesaurusGroup(words=list(group.words), also=list(group.also), added_by=by, added_at=at)
    session.add(row)
    return row


def remove(session: Session, group_id: int) -> bool:
    """Take a group out again; whether it was still there."""
    gone = delete(ThesaurusGroup).where(ThesaurusGroup.id == group_id)
    return session.scalar(gone.returning(ThesaurusGroup.id)) is not None


def added(session: Session) -> Sequence[ThesaurusGroup]:
    """The groups that were added here, the first one first."""
    return session.scalars(select(ThesaurusGroup).order_by(ThesaurusGroup.id)).all()


def as_groups(session: Session) -> tuple[Group, ...]:
    """The same for the thesaurus."""
    return tuple(Group(words=tuple(one.words), also=tuple(one.also)) for one in added(session))


def as_file(groups: Sequence[ThesaurusGroup]) -> str:
    """The groups as content/vocabulary/thesaurus.yaml has them, to be put at its end."""
    lines = [
        {"words": list(one.words)} | ({"also": list(one.also)} if one.also else {})
        for one in groups
    ]
    return yaml.safe_dump(lines, allow_unicode=True, sort_keys=False, width=110) if lines else ""


class InUse:
    """The thesaurus with what was added here. A group works in every process within a second."""

    def __init__(self, load: Callable[[], tuple[Group, ...]]) -> None:
        """Begin with nothing; `load` gives what was added, or raises SQLAlchemyError."""
        self._load = load
        self._looking = threading.Lock()
        self._looked = -LOOK_EVERY_SECONDS
        self._added: tuple[Group, ...] | None = None
        self._thesaurus = Thesaurus(())

    def __call__(self) -> Thesaurus:
        # While one thread looks, others go on with what is held; before there is any, they wait.
        is_first = self._added is None
        if (is_first or self._is_due()) and self._looking.acquire(blocking=is_first):
            try:
                if self._is_due():
                    self._looked = time.monotonic()
                    self._take(self._loaded())
            finally:
                self._looking.release()
        return self._thesaurus

    def _is_due(self) -> bool:
        return time.monotonic() - self._looked >= LOOK_EVERY_SECONDS

    def _loaded(self) -> tuple[Group, ...]:
        try:
            return self._load()
        except SQLAlchemyError:  # what is held is better than no search
            logger.exception("the groups of the thesaurus cannot be read")
            return self._added or ()

    def _take(self, found: tuple[Group, ...]) -> None:
        if found != self._added:
            self._thesaurus = Thesaurus((*found, *thesaurus.groups()))
            self._added = found

    def look_again(self) -> None:
        """Something was changed by this process: see it at once."""
        self._looked = -LOOK_EVERY_SECONDS
