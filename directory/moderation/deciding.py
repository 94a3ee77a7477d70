"""Deciding about a submission. Each function adds to the caller's transaction; the caller commits.

Two moderators may decide at the same moment. The submission carries a version, so the commit of the
second fails (`StaleDataError`), and who decides later finds it decided (`AlreadyDecided`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, delete, select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import User
from directory.clock import day_of
from directory.entries.catalogue import url_of
from directory.entries.documents import Document
from directory.entries.models import EntryRow
from directory.entries.publishing import document_of as document_of_revision
from directory.entries.publishing import end, head_revision
from directory.entries.publishing import publish as publish_entry
from directory.entries.slugs import slugify
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.mail.models import MailState
from directory.moderation import assuring, audit, claims, founding
from directory.moderation.cases import ANYTHING, Case, Seen, revision_of
from directory.moderation.models import Decision, Outcome, Reason, Schedule
from directory.submissions import conversation, letters, stories
from directory.submissions.letters import tell_author
from directory.submissions.models import Message, Submission
from directory.submissions.states import Act, State, after

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


def publish(
    session: Session,
    case: Case,
    *,
    moderator: User,
    note: str = "",
    assured: bool = False,
    edited: Document | None = None,
    seen: Seen = ANYTHING,
    organization: str = "",
    at: datetime,
) -> Decision:
    """Publish what was proposed, or the moderator's own wording of it; its author gets mail.

    Args:
        note: for the author; may be empty.
        assured: the moderator checked that it is true; it counts as checked today.
        edited: the moderator's wording; None: as proposed.
        organization: also make an entry for the organisation of this name, and name it; "": none.

    Raises:
        AlreadyDecided: somebody else was quicker.
        TakenByAnother: somebody else works on it now.
        ChangedWhileReading: submission or entry are not what the moderator saw.
        NoConsent: it is a story, and nobody is known to have agreed.
    """
    submission = case.submission
    state = after(State(submission.state), Act.PUBLISH)
    insist(session, case, seen, moderator, at)
    stories.insist_on_consent(session, submission)
    decision = _decide(session, submission, state, Outcome.PUBLISHED, moderator, note, at)
    document = edited or case.merged.document
    document = document.model_copy(update={"id": submission.entry_id})
    if assured:
        document = assuring.checked(document, day_of(at))
    document = founding.with_organization(session, document, organization, at=at)
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
    seen: Seen = ANYTHING,
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
    seen: Seen = ANYTHING,
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
    session: Session, case: Case, *, moderator: User, seen: Seen = ANYTHING, at: datetime
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
        MailHasGone: the author is being told just now.
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
    told_at = decision.decided_at + UNDO_FOR
    is_told = at > told_at
    for mail in outbox.all_queued(session, about=f"submissions/{submission.id}", at=told_at):
        if not is_told:
            outbox.withdraw(session, mail, at=at)
        elif mail.state == MailState.WAITING:  # its first tries have failed
            outbox.close(mail, MailState.DROPPED, at=at)
    if not is_told:  # nobody has read them
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


def needs_somebody_else(session: Session, submission: Submission, moderator: User) -> bool:
    """Whether its author asked for a second look at what this moderator declined.

    Whoever moderates alone decides again.
    """
    if submission.appealed_at is None or not people.several_moderate(session):
        return False
    its_own = select(declined_by()).where(Submission.id == submission.id)
    return session.scalar(its_own) == moderator.id


def declined_by() -> ScalarSelect[int]:
    """Whose decision the author of a submission has appealed against; NULL if nobody's."""
    return (
        select(Decision.moderator_id)
        .where(
            Decision.submission_id == Submission.id,
            Decision.outcome == Outcome.DECLINED,
            Decision.undone_at.is_(None),
            Decision.decided_at <= Submission.appealed_at,
        )
        .order_by(Decision.id.desc())
        .limit(1)
        .correlate(Submission)
        .scalar_subquery()
    )


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
    now = head_revision(session, row)
    assert now is not None
    if not now.erased_at:
        made_at = decision.decided_at
        founding.take_back(session, document_of_revision(now), made_at=made_at, at=at)
    if decision.previous_revision is None:
        end(session, entry_id, reason=founding.TAKEN_BACK, at=at)
        return
    if decision.previous_revision == decision.revision:
        return  # the same words were live before
    before = revision_of(session, entry_id, decision.previous_revision)
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


def _slug(session: Session, submission: Submission, document: Document) -> str:
    """An entry keeps its address; a new one gets it from its name."""
    row = session.get(EntryRow, submission.entry_id)
    return row.slug if row else slugify(document.name)
