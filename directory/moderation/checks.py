"""What a machine can say about a proposal, as advice: it never decides.

The words for each check stand in templates/moderation/_checks.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.entries import photos, quality
from directory.entries.catalogue import url_of
from directory.entries.documents import APPROACH_HEADINGS, Approach, Document, Service, Story
from directory.entries.models import EntryRow, EntryState
from directory.entries.prose import running_text, without_quotations, words_of
from directory.moderation import answering, setting_aside, suspicion
from directory.moderation.cases import Case
from directory.moderation.models import AddressLook, SetAside
from directory.search.similar import Similar
from directory.submissions import bodies, plain_words, stories
from directory.submissions.plain_words import PLAIN_AGE, Text
from directory.submissions.private_words import private_things
from directory.vocabulary.jargon import uses


@dataclass(frozen=True)
class Address:
    """A web address. `answers`: None until it was asked; `since`: when that began."""

    url: str
    answers: bool | None
    fault: str = ""
    since: datetime | None = None

    @classmethod
    def of(cls, url: str, look: AddressLook | None) -> Self:
        return cls(url, look.answers, look.fault, look.since) if look else cls(url, None)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `good`: nothing to do; else a person should look.

    `set_aside`: a moderator looked, and said why it does not matter here.
    """

    key: str
    good: bool
    values: Mapping[str, Any] = field(default_factory=dict)
    about: Any = None  # what is found, if `values` tell more than that
    set_aside: SetAside | None = None

    @property
    def finding(self) -> str:
        """The same as long as the check finds the same."""
        return setting_aside.finding(self.values if self.about is None else self.about)

    @property
    def is_done(self) -> bool:
        """Nobody needs to look."""
        return self.good or self.set_aside is not None


def checks(session: Session, case: Case, *, alike: Sequence[Similar] = ()) -> list[Check]:
    """All checks of what would be published, those to look at first.

    Args:
        alike: entries that may be the same, as the search knows them.
    """
    document = case.merged.document
    found = [
        *_spam(session, case),
        *_meanwhile(case),
        _whole(document),
        *_source(document),
        *_alt(document),
        *_photos(document),
        *_consent(session, case),
        _reading_age(case),
        *_long_sentences(document),
        _plain_words(document),
        *_addresses(session, case),
        _private(document),
        _copy(session, case, alike),
        *_easy_read(case),
        *_named_only(case),
    ]
    aside = setting_aside.of(session, case.submission)
    told = [replace(one, set_aside=aside.get((one.key, one.finding))) for one in found]
    return sorted(told, key=lambda check: (check.good, check.is_done))


def _spam(session: Session, case: Case) -> Iterator[Check]:
    verdict = suspicion.verdict(session, case)
    if any(one.points > 0 and one.key != "first-time" for one in verdict.signs):
        yield Check(setting_aside.SPAM, not verdict.is_held, suspicion.told(verdict))


def _meanwhile(case: Case) -> Iterator[Check]:
    if case.merged.both:
        labels = [case.merged.label(part) for part in case.merged.both]
        yield Check("both-changed", False, {"fields": labels})
    elif case.live_moved:
        yield Check("live-moved", True)


def _whole(document: Document) -> Check:
    missing: list[str] = []
    if isinstance(document, Approach):
        texts, _rest = bodies.split(document.body)
        missing = [heading for heading in APPROACH_HEADINGS if not texts.get(heading)]
    return Check("whole", not missing, {"missing": missing})


def _source(document: Document) -> Iterator[Check]:
    """Whether it says where somebody can see that it is true."""
    if isinstance(document, Approach):
        sourced = bool(document.evidence or document.sources) or document.proposal
    elif isinstance(document, Service):
        sourced = bool(document.sources or document.url)
    else:
        return
    yield Check("source", sourced)


def _alt(document: Document) -> Iterator[Check]:
    """Whether each picture is told to those who cannot see it, and not only by its own name."""
    if isinstance(document, Approach) and document.easy_read:
        untold = [
            one.text
            for one in document.easy_read
            if one.alt.casefold() in {one.picture, one.picture.replace("-", " ")}
        ]
        yield Check("alt", not untold, {"sentences": untold})


def _photos(document: Document) -> Iterator[Check]:
    """Pictures are for a person to look at: whether they show what is said, and who is in them."""
    given = photos.of(document)
    if given:
        named = [photo.alt for photo in given if quality.is_file_name(photo.alt)]
        yield Check("photos", not named, {"named": named, "number": len(given)})


def _consent(session: Session, case: Case) -> Iterator[Check]:
    """Whether who tells a story, or writes for others to use, has agreed."""
    submission = case.submission
    if isinstance(case.proposed, Story):
        agreed = stories.is_agreed(session, submission.entry_id)
        yield Check("consent", agreed, {"of": "story"})
    elif submission.author_email and not submission.licence_version:
        yield Check("consent", False, {"of": "words"})


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


def _long_sentences(document: Document) -> Iterator[Check]:
    texts = [Text(field, field, text) for field, text in running_text(document)]
    long = plain_words.advise(texts).sentences
    if long:
        begins = [[one.begins, one.count] for one in long]
        yield Check("long-sentences", False, {"sentences": begins})


def _plain_words(document: Document) -> Check:
    found = {
        use.words.lower(): use.jargon.plain
        for _field, text in running_text(document)
        for use in uses(without_quotations(words_of(text)))
    }
    return Check("plain-words", not found, {"words": list(found.items())})


def _addresses(session: Session, case: Case) -> Iterator[Check]:
    """The new web addresses: to open, with what the worker found when it asked them."""
    new = answering.new_addresses(case)
    looks = answering.of(session, case.submission)
    told = [Address.of(one, looks.get(one)) for one in new]
    silent = [one for one in told if one.answers is False]
    others = [one for one in told if one not in silent]
    if others or not new:
        yield Check("addresses", not new, {"addresses": others}, about=new)
    if silent:
        about = [one.url for one in silent]
        yield Check("silent", False, {"addresses": silent}, about=about)


def _private(document: Document) -> Check:
    texts = [Text(field, field, text) for field, text in running_text(document)]
    found = list(dict.fromkeys(one.what for one in private_things(texts)))
    return Check("private", not found, {"found": found})


def _copy(session: Session, case: Case, alike: Sequence[Similar]) -> Check:
    document = case.merged.document
    same = session.execute(
        select(EntryRow.name, EntryRow.slug, EntryRow.kind).where(
            EntryRow.kind == document.kind,
            EntryRow.state == EntryState.LIVE,
            func.lower(EntryRow.name) == document.name.lower(),
            EntryRow.id != case.submission.entry_id,
        )
    ).first()
    if same:
        return Check("copy", False, {"name": same.name, "url": url_of(same.kind, same.slug)})
    said = set(case.submission.asides.get("different", ()))  # its author looked at those
    others = [one for one in alike if one.id != str(case.submission.entry_id)]
    close = [[one.name, one.url] for one in others if one.id not in said]
    return Check("copy", not close, {"name": None, "alike": close})


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
