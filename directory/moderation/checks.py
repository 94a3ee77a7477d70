"""What a machine can say about a proposal, as advice: it never decides.

The words for each check stand in templates/moderation/_checks.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.entries.documents import APPROACH_HEADINGS, Approach, Document
from directory.entries.models import EntryRow, EntryState
from directory.entries.prose import running_text, without_quotations, words_of
from directory.entries.text import dump
from directory.moderation.deciding import Case
from directory.submissions import bodies, plain_words
from directory.submissions.plain_words import PLAIN_AGE, Text
from directory.submissions.private_words import private_things
from directory.vocabulary.jargon import uses

_WEB_ADDRESS = re.compile(r"https?://[^\s)>\]\"']+")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `good`: nothing to do; else a person should look."""

    key: str
    good: bool
    values: Mapping[str, Any] = field(default_factory=dict)


def checks(session: Session, case: Case) -> list[Check]:
    """All checks of what would be published, those to look at first."""
    document = case.merged.document
    found = [
        *_meanwhile(case),
        _whole(document),
        _reading_age(case),
        _plain_words(document),
        _addresses(case),
        _private(document),
        _copy(session, case),
        *_easy_read(case),
        *_named_only(case),
    ]
    return sorted(found, key=lambda check: check.good)


def _meanwhile(case: Case) -> Iterator[Check]:
    if case.merged.both:
        yield Check("both-changed", False, {"fields": case.merged.both})
    elif case.live_moved:
        yield Check("live-moved", True)


def _whole(document: Document) -> Check:
    missing: list[str] = []
    if isinstance(document, Approach):
        texts, _rest = bodies.split(document.body)
        missing = [heading for heading in APPROACH_HEADINGS if not texts.get(heading)]
    return Check("whole", not missing, {"missing": missing})


def _reading_age(case: Case) -> Check:
    now = reading_age(case.merged.document)
    before = reading_age(case.live.document) if case.live else None
    good = now <= max(before or 0, PLAIN_AGE)
    return Check("reading-age", good, {"before": before, "now": now})


def reading_age(document: Document) -> int:
    """How old a reader must about be, in years."""
    return plain_words.reading_age(
        " ".join(words_of(text) for _field, text in running_text(document))
    )


def _plain_words(document: Document) -> Check:
    found = {
        use.words.lower(): use.jargon.plain
        for _field, text in running_text(document)
        for use in uses(without_quotations(words_of(text)))
    }
    return Check("plain-words", not found, {"words": list(found.items())})


def _addresses(case: Case) -> Check:
    known = set(_WEB_ADDRESS.findall(dump(case.live.document))) if case.live else set()
    new = [one for one in _WEB_ADDRESS.findall(dump(case.merged.document)) if one not in known]
    new = list(dict.fromkeys(new))
    return Check("addresses", not new, {"addresses": new, "hosts": _hosts(new)})


def _hosts(addresses: list[str]) -> list[str]:
    return list(dict.fromkeys(urlsplit(one).netloc for one in addresses))


def _private(document: Document) -> Check:
    texts = [Text(field, field, text) for field, text in running_text(document)]
    found = list(dict.fromkeys(one.what for one in private_things(texts)))
    return Check("private", not found, {"found": found})


def _copy(session: Session, case: Case) -> Check:
    document = case.merged.document
    same = session.execute(
        select(EntryRow.name, EntryRow.slug, EntryRow.kind).where(
            EntryRow.kind == document.kind,
            EntryRow.state == EntryState.LIVE,
            func.lower(EntryRow.name) == document.name.lower(),
            EntryRow.id != case.submission.entry_id,
        )
    ).first()
    return Check("copy", same is None, {"name": same.name if same else None})


def _easy_read(case: Case) -> Iterator[Check]:
    now, live = case.merged.document, case.live.document if case.live else None
    if isinstance(now, Approach) and isinstance(live, Approach) and now.easy_read:
        told = (now.strapline, now.summary, now.body) != (live.strapline, live.summary, live.body)
        if told and now.easy_read == live.easy_read:
            yield Check("easy-read", False, {"sentences": len(now.easy_read)})


def _named_only(case: Case) -> Iterator[Check]:
    for name, typed in case.submission.asides.items():
        if name in {"organization", "support_body"}:
            yield Check("named-only", False, {"field": name, "name": typed})
