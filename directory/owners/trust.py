"""Trusted owners: their small edits go live at once, and moderators look at them afterwards.

The rule, in one place (docs/moderation.md says it in plain words):

- the owner is trusted for this very entry, and sent it from the confirmed address;
- nothing changes but wording, times, costs and access: no name, place, contact, web address,
  status, evidence or source;
- at most 50 words change, and no web or mail address comes in;
- the entry is as it was when they began, and fewer than three such edits wait to be looked at.

Everything else waits for a moderator like anybody's.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.entries import catalogue
from directory.entries.comparison import differences
from directory.entries.documents import Document
from directory.entries.models import EntryRow
from directory.entries.publishing import publish
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.moderation import audit, stewarding
from directory.owners import owning
from directory.owners.answering import ORIGIN
from directory.owners.models import Owner, OwnerDraft, OwnerEdit
from directory.submissions import letters, proposing
from directory.submissions.letters import tell_author
from directory.submissions.models import Draft, Submission, What
from directory.submissions.proposing import document_of
from directory.submissions.states import Act, State, after

MAY_CHANGE = frozenset({
    "strapline", "summary", "body", "schedule", "cost", "cost_option", "accessibility",
    "languages", "everyday_words",
})  # fmt: skip
WORDS_MAX = 50
UNSEEN_MAX = 3
_ADDRESS = re.compile(r"https?:|www\.|@|\.\w{2,}/", re.IGNORECASE)


class AlreadyLookedAt(DirectoryError):
    """Another moderator has looked at this edit meanwhile."""

    status = 409


class ChangedSince(DirectoryError):
    """The entry has changed since. Look at its versions and make the right one live."""

    status = 409


def is_small(before: Document, after_: Document) -> bool:
    """Whether the edit is one that a trusted owner may make alone."""
    changed = {
        name
        for name in type(before).model_fields
        if getattr(before, name) != getattr(after_, name, None)
    }
    if type(before) is not type(after_) or not changed or not changed <= MAY_CHANGE:
        return False
    words = 0
    for change in differences(before, after_):
        for piece in (piece for passage in change.passages for piece in passage.pieces):
            if piece.change == "same":
                continue
            if piece.change == "added" and _ADDRESS.search(piece.text):
                return False
            words += len(piece.text.split())
    return words <= WORDS_MAX


def begin(session: Session, owner: Owner, draft: Draft) -> None:
    """Remember that `draft` was begun from the owner's page."""
    session.add(OwnerDraft(draft_id=draft.id, owner_id=owner.id))


def owner_of(session: Session, draft: Draft) -> Owner | None:
    """Whose private page the draft was begun from, if anybody's."""
    begun = session.get(OwnerDraft, draft.id)
    return begun.owner if begun else None


def arrived(session: Session, submission: Submission, owner: Owner | None, *, at: datetime) -> None:
    """What an owner sent from their page under their own address needs no mail to confirm it."""
    if owner is None or owner.email != submission.author_email:
        return
    outbox.drop_waiting(session, about=f"submissions/{submission.id}", at=at)
    proposing.accept(session, submission, at=at)
    confirmed(session, submission, at=at)


def confirmed(session: Session, submission: Submission, *, at: datetime) -> bool:
    """The address is theirs: publish it if it is a small edit of a trusted owner. True if so."""
    live = catalogue.by_id(session, submission.entry_id)
    if (
        submission.state != State.WAITING
        or submission.what != What.CHANGE
        or live is None
        or submission.base_revision != live.revision
        or submission.asides.get("private")
        or owning.trusted_for(session, submission.author_email, live.id) is None
        or _unseen(session, submission) >= UNSEEN_MAX
    ):
        return False
    document = document_of(submission)
    if not is_small(live.document, document):
        return False
    submission.state = after(State.WAITING, Act.PUBLISH)
    submission.decided_at = at
    submission.waiting_since = None  # it never waited, and counts in no figure of waiting
    session.flush()
    revision = publish(
        session,
        document,
        slug=live.slug,
        origin=ORIGIN,
        author="",
        at=at,
        expected_revision=live.revision,
    )
    session.add(
        OwnerEdit(
            submission_id=submission.id,
            entry_id=live.id,
            revision=revision.number,
            previous_revision=live.revision,
            at=at,
        )
    )
    audit.record(
        session, "a trusted owner", "changed a little", live.document.name, url=live.url, at=at
    )
    outbox.drop_waiting(session, about=f"submissions/{submission.id}", at=at)
    tell_author(session, submission, letters.PUBLISHED, note="", with_edits=False, at=at)
    return True


def to_look_at(session: Session) -> list[OwnerEdit]:
    """Edits that went live and that no moderator has looked at, the oldest first."""
    return list(
        session.scalars(select(OwnerEdit).where(OwnerEdit.seen_at.is_(None)).order_by(OwnerEdit.id))
    )


def approve(session: Session, edit: OwnerEdit, *, moderator: User, at: datetime) -> None:
    """A moderator has looked at it, and it stays.

    Raises:
        AlreadyLookedAt
    """
    _look(session, edit, at=at)
    _record(session, edit, moderator, "looked at an owner's edit", at=at)


def undo(session: Session, edit: OwnerEdit, *, moderator: User, at: datetime) -> None:
    """The entry is as before; the edit waits for a decision like anybody's.

    Raises:
        AlreadyLookedAt
        ChangedSince: something else was published on top of it.
    """
    _look(session, edit, at=at)
    row = edit.entry
    if row.head_number != edit.revision:
        raise ChangedSince
    edit.undone = True
    stewarding.restore(
        session, row, edit.previous_revision, head=edit.revision, moderator=moderator, at=at
    )
    submission = edit.submission
    submission.state = after(State(submission.state), Act.UNDO)
    submission.decided_at = None
    submission.waiting_since = at
    _record(session, edit, moderator, "undid an owner's edit", at=at)


def _look(session: Session, edit: OwnerEdit, *, at: datetime) -> None:
    """Mark it as looked at; of two who press at the same moment one does."""
    locked = session.scalar(
        select(OwnerEdit)
        .where(OwnerEdit.id == edit.id, OwnerEdit.seen_at.is_(None))
        .with_for_update()
    )
    if locked is None:
        raise AlreadyLookedAt
    edit.seen_at = at


def _unseen(session: Session, submission: Submission) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(OwnerEdit)
            .where(OwnerEdit.entry_id == submission.entry_id, OwnerEdit.seen_at.is_(None))
        )
        or 0
    )


def _record(session: Session, edit: OwnerEdit, moderator: User, did: str, *, at: datetime) -> None:
    row = session.get_one(EntryRow, edit.entry_id)
    url = catalogue.url_of(row.kind, row.slug)
    audit.record(session, moderator, did, row.name, url=url, at=at)
