"""Deciding about a submission. Each function adds to the caller's transaction; the caller commits.

Two moderators may decide at the same moment. The submission carries a version, so the commit of the
second fails (`StaleDataError`), and who decides later finds it decided (`AlreadyDecided`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import User
from directory.entries import catalogue
from directory.entries.catalogue import Entry, url_of
from directory.entries.documents import Document, Organization, Service
from directory.entries.models import EntryRow, Revision
from directory.entries.publishing import document_of as document_of_revision
from directory.entries.publishing import end
from directory.entries.publishing import publish as publish_entry
from directory.entries.slugs import slugify
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.moderation import audit, claims, upkeep
from directory.moderation.merging import Merged, merge
from directory.moderation.models import Decision, Outcome, Reason, Schedule
from directory.submissions import conversation, letters
from directory.submissions.letters import tell_author
from directory.submissions.models import Message, Submission
from directory.submissions.proposing import document_of
from directory.submissions.states import Act, State, after

LONDON = ZoneInfo("Europe/London")
MOST_REASONS = 3
UNDO_FOR = timedelta(seconds=30)  # the mail to the author waits as long


class ReasonMissing(DirectoryError):
    """Write a reason: its author will read it."""

    status = 422


class NothingChosen(DirectoryError):
    """Choose what to do with it."""

    status = 422


class ChangedWhileReading(DirectoryError):
    """This changed while you were reading it. Look at it again before you decide."""

    status = 409


class NobodyToAsk(DirectoryError):
    """Nobody would answer: no author or network sent it. Publish, edit or decline it."""

    status = 409


class DeclinedByYou(DirectoryError):
    """You declined this, and its author was promised that somebody else decides now."""

    status = 409


class TooManyReasons(DirectoryError):
    """Choose at most three reasons: nobody can use more at once."""

    status = 422


class CannotUndo(DirectoryError):
    """This cannot be undone any more: the entry has changed since."""

    status = 409


class TooLateToUndo(CannotUndo):
    """This was decided more than 30 seconds ago, and its author has been told."""


@dataclass(frozen=True)
class Seen:
    """What the moderator had on the page when they decided. None: do not compare."""

    version: int | None = None
    head: int | None = None


@dataclass(frozen=True)
class Case:
    """A submission with all that a decision needs: what is live, and what would be published."""

    submission: Submission
    proposed: Document
    base: Document | None
    live: Entry | None
    merged: Merged

    @property
    def head(self) -> int:
        """The number of the live revision; 0 where there is none."""
        return self.live.revision if self.live else 0

    @property
    def live_moved(self) -> bool:
        """The entry changed since the author opened the form."""
        return self.live is not None and self.submission.base_revision not in (None, self.head)


def case_of(session: Session, submission: Submission, *, keep_live: Collection[str] = ()) -> Case:
    """The submission beside what is live now and what its author started from.

    Args:
        keep_live: parts that both changed, in which a moderator lets stand what is live.
    """
    proposed = document_of(submission)
    live = catalogue.by_id(session, submission.entry_id)
    base = _revision(session, submission.entry_id, submission.base_revision)
    base_document = document_of_revision(base) if base and not base.erased_at else None
    merged = merge(base_document, proposed, live.document if live else None, keep_live=keep_live)
    return Case(submission, proposed, base_document, live, merged)


def publish(
    session: Session,
    case: Case,
    *,
    moderator: User,
    note: str = "",
    assured: bool = False,
    edited: Document | None = None,
    seen: Seen = Seen(),
    with_organization: bool = False,
    at: datetime,
) -> Decision:
    """Publish what was proposed, or the moderator's own wording of it; its author gets mail.

    Args:
        note: for the author; may be empty.
        assured: the moderator checked that it is true; it counts as checked today.
        edited: the moderator's wording; None: as proposed.
        with_organization: also make an entry for an organisation that the author only named.

    Raises:
        AlreadyDecided: somebody else was quicker.
        TakenByAnother: somebody else works on it now.
        ChangedWhileReading: submission or entry are not what the moderator saw.
    """
    submission = case.submission
    state = after(State(submission.state), Act.PUBLISH)
    insist(session, case, seen, moderator, at)
    decision = _decide(session, submission, state, Outcome.PUBLISHED, moderator, note, at)
    document = edited or case.merged.document
    document = document.model_copy(update={"id": submission.entry_id})
    if assured:
        document = document.model_copy(update={"assured_date": _today(at), "assurer": None})
    if with_organization:
        document = _with_organization(session, submission, document, at)
    revision = publish_entry(
        session,
        document,
        slug=_slug(session, submission, document),
        origin="moderation" if edited else "submission",
        author="",
        at=at,
        expected_revision=case.head or None,
    )
    decision.with_edits = edited is not None
    decision.revision = revision.number
    decision.previous_revision = case.head or None
    row = session.get_one(EntryRow, submission.entry_id)
    did = "published with edits" if edited else "published"
    url = url_of(row.kind, row.slug)
    audit.record(session, moderator, did, document.name, url=url, why=note, at=at)
    _tell(session, submission, letters.PUBLISHED, note=note, with_edits=edited is not None, at=at)
    return decision


def ask_for_changes(
    session: Session,
    case: Case,
    *,
    moderator: User,
    note: str,
    parts: Mapping[str, str] | None = None,
    seen: Seen = Seen(),
    at: datetime,
) -> Decision:
    """Ask the author to change something; the submission waits for them.

    Args:
        note: about the whole; may be empty if something is asked about a part.
        parts: what is asked, by the field of the document.

    Raises:
        AlreadyDecided, TakenByAnother, ChangedWhileReading, ReasonMissing
        NobodyToAsk: it would wait for ever.
    """
    submission = case.submission
    state = after(State(submission.state), Act.ASK_FOR_CHANGES)
    insist(session, case, seen, moderator, at)
    if not conversation.somebody_answers(session, submission):
        raise NobodyToAsk
    wanted = {"": note} | dict(parts or {})
    words = _by_part(case.proposed, wanted)
    if not words:
        raise ReasonMissing
    decision = _decide(
        session, submission, state, Outcome.CHANGES_ASKED, moderator, words, at, tell=False
    )
    conversation.ask(submission, wanted, moderator=moderator, at=at)
    audit.record(session, moderator, "asked for changes", submission.name, why=words, at=at)
    _tell(session, submission, letters.CHANGES_ASKED, note=words, at=at)
    return decision


def decline(
    session: Session,
    case: Case,
    *,
    moderator: User,
    reason: str,
    reasons: Sequence[Reason] = (),
    seen: Seen = Seen(),
    at: datetime,
) -> Decision:
    """Close a submission without publishing it, and tell its author why.

    Args:
        reason: in the moderator's own words; may be empty if `reasons` are given.
        reasons: at most three of the prepared ones.

    Raises:
        AlreadyDecided, TakenByAnother, ChangedWhileReading, ReasonMissing, TooManyReasons
    """
    submission = case.submission
    state = after(State(submission.state), Act.DECLINE)
    insist(session, case, seen, moderator, at)
    if len(reasons) > MOST_REASONS:
        raise TooManyReasons
    words = "\n\n".join(one.strip() for one in [*(r.words for r in reasons), reason] if one.strip())
    if not words:
        raise ReasonMissing
    decision = _decide(session, submission, state, Outcome.DECLINED, moderator, words, at)
    decision.reasons = list(reasons)
    audit.record(session, moderator, "declined", submission.name, why=words, at=at)
    _tell(session, submission, letters.DECLINED, note=words, at=at)
    return decision


def mark_as_spam(
    session: Session, case: Case, *, moderator: User, seen: Seen = Seen(), at: datetime
) -> Decision:
    """Close a submission as spam. No mail goes out: its private page says that it was declined.

    Raises:
        AlreadyDecided, TakenByAnother, ChangedWhileReading
    """
    submission = case.submission
    state = after(State(submission.state), Act.DECLINE)
    insist(session, case, seen, moderator, at)
    decision = _decide(session, submission, state, Outcome.DECLINED, moderator, "", at)
    decision.is_spam = True
    audit.record(session, moderator, "marked as spam", submission.name, at=at)
    return decision


def undo(session: Session, decision: Decision, *, moderator: User, at: datetime) -> None:
    """Put the submission back among those that wait; what was published is as it was before.

    The earlier revision is published again, or a new entry ends: nothing is ever deleted.

    Raises:
        CannotUndo: it was undone before, it is too late, or the entry has changed since.
    """
    submission = decision.submission
    if not can_undo(decision, at=at):
        raise TooLateToUndo if _stands(decision) else CannotUndo
    claims.take(session, claims.submission(submission.id), moderator, at=at)
    submission.state = after(State(submission.state), Act.UNDO)
    submission.decided_at = None
    decision.undone_at = at
    session.flush()  # of two who press at once the second one fails here
    if decision.outcome == Outcome.PUBLISHED:
        _take_back(session, decision, at)
    outbox.drop_waiting(session, about=f"submissions/{submission.id}", at=at)
    if at <= decision.decided_at + UNDO_FOR:  # nobody has read them
        for message in list(submission.messages):
            if message.at == decision.decided_at and not message.from_author:
                submission.messages.remove(message)
    audit.record(session, moderator, "undid: " + decision.outcome, submission.name, at=at)


def can_undo(decision: Decision, *, at: datetime) -> bool:
    """Whether pressing Undo would do something.

    It does for 30 seconds, before the author is told. What was declined can be taken up again at
    any time.
    """
    in_time = at <= decision.decided_at + UNDO_FOR
    return _stands(decision) and (in_time or decision.outcome == Outcome.DECLINED)


def _stands(decision: Decision) -> bool:
    return decision.undone_at is None and decision.submission.state == decision.outcome


def assure(session: Session, entry: Entry, *, moderator: User, at: datetime) -> None:
    """Somebody looked into an entry and it is still true: it counts as checked today."""
    document = entry.document.model_copy(update={"assured_date": _today(at), "assurer": None})
    publish_entry(
        session,
        document,
        slug=entry.slug,
        origin="moderation",
        author="",
        at=at,
        expected_revision=entry.revision,
    )
    now = catalogue.by_id(session, entry.id)
    if now is not None:
        upkeep.note(session, now)  # the list of what is due is right at once
    audit.record(session, moderator, "checked", document.name, url=entry.url, at=at)


def needs_somebody_else(session: Session, submission: Submission, moderator: User) -> bool:
    """Whether its author asked for a second look at what this moderator declined.

    Whoever moderates alone decides again.
    """
    if submission.appealed_at is None or not people.several_moderate(session):
        return False
    declined_by = session.scalar(
        select(Decision.moderator_id)
        .where(
            Decision.submission_id == submission.id,
            Decision.outcome == Outcome.DECLINED,
            Decision.undone_at.is_(None),
            Decision.decided_at <= submission.appealed_at,
        )
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return declined_by == moderator.id


def last_decision(session: Session, submission: Submission) -> Decision | None:
    """The latest decision about a submission, or None."""
    return session.scalar(
        select(Decision)
        .where(Decision.submission_id == submission.id)
        .order_by(Decision.id.desc())
        .limit(1)
    )


def _by_part(document: Document, wanted: Mapping[str, str]) -> str:
    """What is asked, a paragraph to each part, with the name of the part before it."""
    fields = type(document).model_fields
    found = []
    for name, words in wanted.items():
        label = fields[name].title or name if name in fields else ""
        if words.strip():
            found.append(f"{label}: {words.strip()}" if label else words.strip())
    return "\n\n".join(found)


def _tell(
    session: Session, submission: Submission, letter: str, *, at: datetime, **values: Any
) -> None:
    """Queue the author's mail; it waits as long as the decision can be undone."""
    tell_author(session, submission, letter, at=at + UNDO_FOR, **values)


def insist(session: Session, case: Case, seen: Seen, moderator: User, at: datetime) -> None:
    """Refuse to decide what somebody else works on, or words that were not on the page; or about
    a second look at what one has declined oneself."""
    if needs_somebody_else(session, case.submission, moderator):
        raise DeclinedByYou
    claims.take(session, claims.submission(case.submission.id), moderator, at=at)
    if seen.version is not None and seen.version != case.submission.version:
        raise ChangedWhileReading
    if seen.head is not None and seen.head != case.head:
        raise ChangedWhileReading


def _decide(
    session: Session,
    submission: Submission,
    state: State,
    outcome: Outcome,
    moderator: User,
    note: str,
    at: datetime,
    *,
    tell: bool = True,
) -> Decision:
    submission.state = state
    submission.decided_at = None if state.is_open else at
    session.flush()  # locks the row: whoever is later at the same moment fails here, not half-way
    if note.strip() and outcome is not Outcome.CHANGES_ASKED:  # what is asked is kept part by part
        submission.messages.append(
            Message(from_author=False, moderator_id=moderator.id, words=note.strip(), at=at)
        )
    decision = Decision(
        submission=submission,
        outcome=outcome,
        reason=note.strip(),
        moderator_id=moderator.id,
        moderator=moderator.name,
        decided_at=at,
        with_edits=False,
    )
    session.add(decision)
    session.execute(delete(Schedule).where(Schedule.submission_id == submission.id))
    claims.release(session, claims.submission(submission.id), moderator)
    return decision


def _take_back(session: Session, decision: Decision, at: datetime) -> None:
    entry_id = decision.submission.entry_id
    row = session.get_one(EntryRow, entry_id)
    if row.head_number != decision.revision:
        raise CannotUndo
    if decision.previous_revision is None:
        end(session, entry_id, reason="Taken back: it was published too early.", at=at)
        return
    if decision.previous_revision == decision.revision:
        return  # the same words were live before
    before = _revision(session, entry_id, decision.previous_revision)
    if before is None or before.erased_at:
        raise CannotUndo
    publish_entry(
        session,
        document_of_revision(before),
        slug=row.slug,
        origin="undo",
        author="",
        at=at,
        expected_revision=decision.revision,
    )


def _with_organization(
    session: Session, submission: Submission, document: Document, at: datetime
) -> Document:
    """`document` naming a new entry for the organisation that its author wrote by hand."""
    name = str(submission.asides.get("organization", "")).strip()
    if not name or not isinstance(document, Service) or document.organization:
        return document
    organization = Organization.model_validate(
        {
            "name": name,
            "summary": f"The organisation that runs {document.name}.",
            "sources": [one.model_dump() for one in document.sources],
        }
    )
    revision = publish_entry(
        session, organization, slug=slugify(name), origin="submission", author="", at=at
    )
    session.flush()
    row = session.get_one(EntryRow, revision.entry_id)
    return document.model_copy(update={"organization": row.slug})


def _slug(session: Session, submission: Submission, document: Document) -> str:
    """An entry keeps its address; a new one gets it from its name."""
    row = session.get(EntryRow, submission.entry_id)
    return row.slug if row else slugify(document.name)


def _revision(session: Session, entry_id: UUID, number: int | None) -> Revision | None:
    if number is None:
        return None
    return session.scalar(
        select(Revision).where(Revision.entry_id == entry_id, Revision.number == number)
    )


def _today(at: datetime) -> date:
    return at.astimezone(LONDON).date()
