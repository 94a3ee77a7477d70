"""Proposing a document and following it until somebody decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.entries.models import EntryRow
from directory.entries.text import dump, parse
from directory.errors import DirectoryError
from directory.submissions import conversation, drafts, letters, links
from directory.submissions.letters import tell_author
from directory.submissions.models import Submission, What
from directory.submissions.states import Act, NotNow, State, after

UNCONFIRMED_KEPT_FOR = timedelta(days=30)
UNCONFIRMED_MOST = 5  # for one address, in an hour
RENEWED_MOST = 5  # links to private pages that one request mails


class TooManyUnconfirmed(DirectoryError):
    """Please open the mails we sent you first, and confirm what you sent. Then send this again."""

    status = 429


@dataclass(frozen=True)
class Author:
    """Who proposes. Only `role` is for others to read, and only for moderators."""

    email: str
    name: str = ""
    role: str = ""


@dataclass(frozen=True)
class Proposal:
    """What the form gives: the document, and what the document has no place for."""

    document: Document
    author: Author
    licence_version: str
    why: str = ""
    asides: Mapping[str, Any] = field(default_factory=dict)


def propose(
    session: Session,
    proposal: Proposal,
    *,
    change_of: Entry | None = None,
    base_revision: int | None = None,
    at: datetime,
) -> Submission:
    """Keep a proposal and mail a link that confirms the address. Nobody sees it before that.

    Args:
        change_of: the entry that is to change; None: a new one.
        base_revision: what the entry's revision was when the form was opened, if not as now.

    Raises:
        TooManyUnconfirmed: that address has not confirmed what it sent in the last hour.
    """
    _refuse_flood(session, proposal.author.email, at)
    document = _with_id(session, proposal.document, change_of)
    submission = Submission(
        what=What.CHANGE if change_of else What.NEW,
        state=State.UNCONFIRMED,
        kind=document.kind,
        name=document.name,
        entry_id=document.id,
        base_revision=(base_revision or change_of.revision) if change_of else None,
        text=dump(document),
        asides=dict(proposal.asides),
        why=proposal.why,
        author_name=proposal.author.name,
        author_role=proposal.author.role,
        author_email=proposal.author.email,
        licence_version=proposal.licence_version,
        agreed_at=at,
        created_at=at,
        changed_at=at,
    )
    session.add(submission)
    session.flush()
    ask_to_confirm(session, submission, at=at)
    return submission


def ask_to_confirm(session: Session, submission: Submission, *, at: datetime) -> None:
    """Mail the link that confirms the address."""
    tell_author(session, submission, letters.CONFIRM, at=at)


def change_address(session: Session, submission: Submission, email: str, *, at: datetime) -> None:
    """Send the confirmation again, perhaps to another address; earlier links stop working.

    Raises:
        NotNow: the address is confirmed already.
    """
    if submission.state != State.UNCONFIRMED:
        raise NotNow
    links.revoke_confirmations(session, submission)
    submission.author_email = email
    submission.changed_at = at
    ask_to_confirm(session, submission, at=at)


def confirm(session: Session, token: str, *, at: datetime) -> Submission:
    """The address is theirs: moderators see the submission from now on.

    Raises:
        LinkUsed: the link cannot be used.
        AlreadyDecided: it was withdrawn meanwhile.
    """
    submission = links.spend(session, token, at=at)
    if submission.state == State.UNCONFIRMED:
        accept(session, submission, at=at)
    return submission


def accept(session: Session, submission: Submission, *, at: datetime) -> None:
    """Let it wait for moderators: it is sure that the address is its author's."""
    submission.state = after(State.UNCONFIRMED, Act.CONFIRM)
    submission.waiting_since = at
    tell_author(session, submission, letters.RECEIVED, at=at)


def revise(
    submission: Submission,
    document: Document,
    *,
    why: str,
    asides: Mapping[str, Any],
    answers: Mapping[str, str] | None = None,
    version: int | None = None,
    at: datetime,
) -> None:
    """Put the author's new words in place of the old ones; an answer to asked changes waits again.

    Args:
        answers: what the author says to each change that was asked, by field.
        version: of the submission when the form was opened.

    Raises:
        NotNow: it cannot be changed any more, or was changed elsewhere meanwhile.
    """
    before = State(submission.state)
    now = after(before, Act.REVISE)
    if version is not None and version != submission.version:
        raise NotNow("It was changed elsewhere since you began. Your words are still here.")
    submission.state = now
    submission.text = dump(document.model_copy(update={"id": submission.entry_id}))
    submission.name = document.name
    submission.why = why
    submission.asides = dict(asides)
    submission.changed_at = at
    if before is State.CHANGES_ASKED:
        submission.waiting_since = at
    conversation.answer(submission, answers or {}, at=at)


def renew_link(session: Session, submission: Submission, *, at: datetime) -> None:
    """Mail a new link to the private page, to the address that we know."""
    if submission.state != State.WITHDRAWN:
        tell_author(session, submission, letters.NEW_LINK, at=at)


def renew_links_of(session: Session, email: str, *, at: datetime) -> None:
    """Mail new links to the private pages of all that this address has sent lately, if anything."""
    found = session.scalars(
        select(Submission)
        .where(Submission.author_email == email, Submission.state != State.WITHDRAWN)
        .order_by(Submission.changed_at.desc())
        .limit(RENEWED_MOST)
    )
    for submission in found:
        renew_link(session, submission, at=at)


def withdraw(submission: Submission, *, at: datetime) -> None:
    """Its author takes it back. Words and address are deleted a day later (`forget_old`).

    Raises:
        AlreadyDecided: too late.
    """
    submission.state = after(State(submission.state), Act.WITHDRAW)
    submission.changed_at = at
    submission.decided_at = at


def document_of(submission: Submission) -> Document:
    """The document that is proposed."""
    return parse(submission.text, path=f"submissions/{submission.id}")


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete what nobody confirmed for a month, what was withdrawn, and drafts and links left
    lying."""
    drafts.forget_old(session, at=at)
    links.forget_old(session, at=at)
    session.execute(
        delete(Submission).where(
            (Submission.state == State.UNCONFIRMED)
            & (Submission.created_at < at - UNCONFIRMED_KEPT_FOR)
            | (Submission.state == State.WITHDRAWN)
            & (Submission.changed_at < at - timedelta(days=1))
        )
    )


def _refuse_flood(session: Session, email: str, at: datetime) -> None:
    """Nobody can be made to get many mails that they did not ask for."""
    unconfirmed = session.scalar(
        select(func.count())
        .select_from(Submission)
        .where(
            Submission.author_email == email,
            Submission.state == State.UNCONFIRMED,
            Submission.created_at > at - timedelta(hours=1),
        )
    )
    if (unconfirmed or 0) >= UNCONFIRMED_MOST:
        raise TooManyUnconfirmed


def _with_id(session: Session, document: Document, change_of: Entry | None) -> Document:
    """`document` with the id of its entry, or one that no entry and no other submission has."""
    if change_of is not None:
        return document.model_copy(update={"id": change_of.id})
    taken = document.id is None or (
        session.get(EntryRow, document.id) is not None
        or session.scalar(select(Submission.id).where(Submission.entry_id == document.id))
    )
    return document.model_copy(update={"id": uuid4()}) if taken else document
