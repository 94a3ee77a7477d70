"""Whether the web addresses in what waits answer. Advice for moderators, asked by the worker.

Asking takes time, so it is never done inside a transaction: take what is due, ask, then record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from directory import fetching
from directory.entries.text import dump
from directory.fetching import NotAllowed, NotReached, TooLarge
from directory.moderation.cases import Case
from directory.moderation.models import AddressLook
from directory.submissions.models import Submission
from directory.submissions.states import State

AGAIN_IF_GOOD = timedelta(days=7)
AGAIN_IF_NOT = timedelta(hours=6)
ASK_AT_ONCE = 10
ADDRESSES_MOST = 40  # of one submission
LETTERS_MOST = 600
SECONDS = 10.0
BYTES = 200_000  # that it answers is all we ask

# The page is there, but not for programs.
_THERE = frozenset({401, 403, 405, 406, 429, 999})
_WEB_ADDRESS = re.compile(r"https?://[^\s)>\]\"']+")


@dataclass(frozen=True)
class Asked:
    """What came of asking an address. `fault`: why it does not answer, or nothing."""

    submission_id: int
    url: str
    fault: str


def new_addresses(case: Case) -> list[str]:
    """Web addresses that would be new in the entry, in the order in which they stand."""
    known = set(_WEB_ADDRESS.findall(dump(case.live.document))) if case.live else set()
    found = _WEB_ADDRESS.findall(dump(case.merged.document))
    return list(dict.fromkeys(one.rstrip(".,;") for one in found if one not in known))


def want(session: Session, case: Case, *, at: datetime) -> None:
    """Have the new addresses of a submission asked; forget those that it names no more."""
    wanted = [one for one in new_addresses(case) if len(one) <= LETTERS_MOST][:ADDRESSES_MOST]
    number = case.submission.id
    known = set(session.scalars(select(AddressLook.url).where(AddressLook.submission_id == number)))
    gone = known - set(wanted)
    if gone:
        session.execute(
            delete(AddressLook).where(
                AddressLook.submission_id == number, AddressLook.url.in_(gone)
            )
        )
    for url in wanted:
        if url not in known:
            session.execute(
                insert(AddressLook).values(submission_id=number, url=url, fault="", ask_at=at)
            )


def of(session: Session, submission: Submission) -> dict[str, AddressLook]:
    """What is known about the addresses of a submission."""
    rows = session.scalars(select(AddressLook).where(AddressLook.submission_id == submission.id))
    return {one.url: one for one in rows}


def take_due(session: Session, *, at: datetime) -> list[tuple[int, str]]:
    """Some of the addresses to ask now, one of each host, with the submission they stand in."""
    rows = session.execute(
        _due().where(AddressLook.ask_at <= at).order_by(AddressLook.ask_at).limit(5 * ASK_AT_ONCE)
    ).all()
    of_host = {urlsplit(url).netloc: (number, url) for number, url in reversed(rows)}
    return list(of_host.values())[:ASK_AT_ONCE]


def ask(
    due: Sequence[tuple[int, str]], *, public_url: str, reachable: frozenset[str] = frozenset()
) -> list[Asked]:
    """Ask each address once. Not inside a transaction."""
    return [Asked(number, url, _fault(url, public_url, reachable)) for number, url in due]


def record(session: Session, asked: Sequence[Asked], *, at: datetime) -> None:
    """Keep what came of it. Since when an address answers, or does not, is that of the change."""
    for one in asked:
        answers = not one.fault
        kept = update(AddressLook).where(
            AddressLook.submission_id == one.submission_id, AddressLook.url == one.url
        )
        kept = kept.execution_options(synchronize_session=False)
        is_new = AddressLook.answers.is_distinct_from(answers)
        session.execute(kept.where(is_new).values(answers=answers, since=at))
        again = AGAIN_IF_GOOD if answers else AGAIN_IF_NOT
        session.execute(kept.values(fault=one.fault, asked_at=at, ask_at=at + again))


def _due() -> Select[int, str]:
    return (
        select(AddressLook.submission_id, AddressLook.url)
        .join(Submission, Submission.id == AddressLook.submission_id)
        .where(Submission.state.in_([State.WAITING, State.CHANGES_ASKED]))
    )


def _fault(url: str, public_url: str, reachable: frozenset[str]) -> str:
    """Why it does not answer; empty if it does."""
    try:
        answer = fetching.fetch(
            url, who=public_url, bytes_max=BYTES, seconds=SECONDS, reachable=reachable
        )
    except TooLarge:
        return ""  # somebody began to answer, and had much to say
    except NotAllowed as problem:
        return f"not asked: {problem}"
    except NotReached as problem:
        return str(problem)
    if answer.status < 400 or answer.status in _THERE:
        return ""
    return f"it says {answer.status}"
