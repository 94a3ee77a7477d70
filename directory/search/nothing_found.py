"""Which searches found nothing, so that moderators can add what people say. Counts, and no persons.

What was searched is kept only once it was searched three times in a week; before that there is a
keyed fingerprint of it. No address, no time finer than a week, of a postcode only the district, and
nothing at all of long questions, numbers, addresses of mail, or words of somebody in distress.
"""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory.places import postcodes
from directory.search import words
from directory.search.models import NothingFound
from directory.search.query import Query
from directory.search.results import Results

# Words that fewer than so many searches share are not kept.
SEEN_LEAST = 3
# Nobody who says more than this says what others say.
MOST_WORDS = 8
# So many different searches are counted in a week; more are no readers.
MOST_A_WEEK = 5_000
KEEP = timedelta(weeks=26)
# So many wait in memory to be counted while somebody else writes.
MOST_WAITING = 100
SHOWN = 100


@dataclass(frozen=True)
class Search:
    """A search in vain that is to be counted; never written anywhere as it stands."""

    question: str
    area: str
    on: date


class Waiting:
    """Searches in vain that nobody counted yet. Safe for threads."""

    def __init__(self) -> None:
        self._searches: deque[Search] = deque(maxlen=MOST_WAITING)

    def add(self, *searches: Search) -> None:
        """Let `searches` wait; of too many the oldest are forgotten."""
        self._searches.extend(searches)

    def take(self) -> list[Search]:
        """All that wait, which from now on do not."""
        taken: list[Search] = []
        with suppress(IndexError):
            while True:
                taken.append(self._searches.popleft())
        return taken


@dataclass(frozen=True)
class Missed:
    """Words that found nothing: where they were asked for ("" for anywhere), and how often."""

    words: str
    area: str
    times: int


def is_to_count(results: Results) -> bool:
    """Whether an answer says that words are missing here: no filter, no place, and no distress."""
    query = results.query
    is_plain = query == Query(q=query.q, near=query.near)
    asks_which = results.place is not None and results.place.is_ambiguous
    is_missing = not (results.unfiltered or results.urgent_help or asks_which)
    return is_plain and is_missing and bool(query.q)


def tidy(question: str) -> str:
    """What may be kept of a question: its words, with districts for postcodes; "" if nothing."""
    if "@" in question:
        return ""
    said: list[str] = []
    for word in postcodes.cut_to_sectors(question).split():
        code = postcodes.parse(f"{said[-1]} {word}") if said else None
        if code and code.sector:
            said[-1] = code.district
        else:
            code = postcodes.parse(word)
            said.append(code.district if code else word)
    kept = [word if postcodes.parse(word) else " ".join(words.split(word)) for word in said]
    if len(said) > MOST_WORDS or any(word.isdigit() for word in kept):
        return ""
    return " ".join(word for word in kept if word)


def note(session: Session, search: Search, *, secret: bytes) -> None:
    """Count that a question found nothing around its area in that week."""
    asked, area, on = tidy(search.question), search.area, search.on
    if not asked:
        return
    week = on - timedelta(days=on.weekday())
    key = hmac.digest(secret, f"{week}\n{area}\n{asked}".encode(), "sha256").hex()
    if _count_again(session, week, key, asked, area):
        return
    _forget_old(session, week)
    counted = select(func.count()).select_from(NothingFound).where(NothingFound.week == week)
    if (session.scalar(counted) or 0) >= MOST_A_WEEK:
        return
    try:
        with session.begin_nested():
            session.add(NothingFound(week=week, fingerprint=key))
    except IntegrityError:  # somebody else was first
        _count_again(session, week, key, asked, area)


def _count_again(session: Session, week: date, key: str, asked: str, area: str) -> bool:
    is_enough = NothingFound.times + 1 >= SEEN_LEAST
    counted = (
        update(NothingFound)
        .where(NothingFound.week == week, NothingFound.fingerprint == key)
        .values(
            times=NothingFound.times + 1,
            words=case((is_enough, asked), else_=""),
            area=case((is_enough, area), else_=""),
        )
        .returning(NothingFound.id)
    )
    return session.scalar(counted) is not None


def _forget_old(session: Session, week: date) -> None:
    is_over = (NothingFound.week < week) & (NothingFound.words == "")
    session.execute(delete(NothingFound).where(is_over | (NothingFound.week < week - KEEP)))


def missed(session: Session) -> Sequence[Missed]:
    """What was searched in vain, most often first."""
    times = func.sum(NothingFound.times)
    rows = session.execute(
        select(NothingFound.words, NothingFound.area, times)
        .where(NothingFound.words != "")
        .group_by(NothingFound.words, NothingFound.area)
        .order_by(times.desc(), NothingFound.words)
        .limit(SHOWN)
    )
    return [Missed(*row) for row in rows]
