"""What the rules against spam say: facts from the database, judged by submissions/spam.py."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from directory.entries.documents import Document
from directory.moderation.cases import Case
from directory.moderation.models import Decision, Look
from directory.submissions import spam
from directory.submissions.models import Arrival, Submission, What
from directory.submissions.spam import Facts, Repeated, Verdict
from directory.submissions.states import State

DAY = timedelta(days=1)
FEWEST_WORDS = 12  # two short texts may be the same by chance

_WORD = re.compile(r"[^\W\d_]+")
_WEB_ADDRESS = re.compile(r"https?://\S+")


def verdict(session: Session, case: Case) -> Verdict:
    """What speaks for spam in a submission. A file that clashed was sent by nobody.

    Rows of a list have no address of their own: somebody who signed in brought them. Many came at
    once, and say the same about many branches.
    """
    if case.submission.what == What.CONFLICT or not case.submission.author_email:
        return Verdict()
    return spam.judge(facts(session, case))


def facts(session: Session, case: Case) -> Facts:
    """What the rules look at: only what is new in it."""
    submission = case.submission
    texts, addresses = new_words(case)
    arrival = session.get(Arrival, submission.id)
    email = submission.author_email
    domain = email.rpartition("@")[2]
    lately = (
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.created_at > submission.created_at - DAY,
            Submission.created_at <= submission.created_at,
        )
    )
    return Facts(
        name=submission.name,
        texts=[*texts, submission.why, submission.author_role, submission.author_name],
        addresses=addresses,
        email=email,
        seconds=arrival.seconds if arrival else None,
        trapped=arrival.trapped if arrival else False,
        address_today=session.scalar(lately.where(Submission.author_email == email)) or 0,
        domain_today=session.scalar(
            lately.where(Submission.author_email.endswith(f"@{domain}", autoescape=True))
        )
        or 0,
        published_before=session.scalar(
            select(func.count())
            .select_from(Submission)
            .where(Submission.author_email == email, Submission.state == State.PUBLISHED)
        )
        or 0,
        repeated=_repeated(session, submission, digest(texts)),
    )


def told(verdict: Verdict) -> dict[str, Any]:
    """What the check on the review page tells."""
    return {"score": verdict.score, "signs": [(one.key, one.about) for one in verdict.signs]}


def new_words(case: Case) -> tuple[list[str], list[str]]:
    """What a submission says that its entry did not, and the web addresses in fields made for them.

    A paragraph that was there before is not new.
    """
    base = case.base or case.live.document if case.live else case.base
    before = set(_paragraphs(base)) if base else set()
    new = [one for one in _paragraphs(case.proposed) if one not in before]
    addresses = [one for one in new if _WEB_ADDRESS.fullmatch(one)]
    texts = [one for one in new if one not in addresses and " " in one]
    return texts, addresses


def digest(texts: list[str]) -> str:
    """The same for texts that say the same, whatever their numbers, links and capitals."""
    words = _WORD.findall(_WEB_ADDRESS.sub(" ", " ".join(texts)).casefold())
    return sha256(" ".join(words).encode()).hexdigest() if len(words) >= FEWEST_WORDS else ""


def _repeated(session: Session, submission: Submission, words: str) -> Repeated:
    if not words:
        return Repeated.NOBODY
    was_spam = exists().where(
        Decision.submission_id == Look.submission_id, Decision.is_spam, Decision.undone_at.is_(None)
    )
    same = session.scalars(
        select(was_spam)
        .select_from(Look)
        .join(Submission, Submission.id == Look.submission_id)
        .where(
            Look.words == words,
            Look.submission_id != submission.id,
            Submission.entry_id != submission.entry_id,
        )
    ).all()
    if any(same):
        return Repeated.SPAM
    return Repeated.SOMEBODY if same else Repeated.NOBODY


def _paragraphs(document: Document) -> Iterator[str]:
    """Every piece of text in `document`: paragraphs, names, addresses."""
    yield from _strings(document.model_dump(mode="json", exclude={"id", "kind", "name"}))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.strip() for line in value.splitlines() if line.strip())
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
