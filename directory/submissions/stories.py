"""Stories: with a recorded consent, and taken back at once by the private link."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import publishing
from directory.entries.models import EntryRow, EntryState
from directory.errors import DirectoryError
from directory.mail import outbox
from directory.submissions import licence
from directory.submissions.models import StoryConsent, Submission
from directory.submissions.states import Act, State, after, possible
from directory.vocabulary.terms import Kind

REASON = "Whoever told this story has taken it back."


class NoConsent(DirectoryError):
    """No consent to this story is recorded, so it cannot be published. Decline it, and ask whoever
    tells it to send it through the form: their consent is kept there."""

    status = 409


def record_consent(
    session: Session, submission: Submission, *, whose: str, at: datetime
) -> StoryConsent:
    """Keep who agreed that this story is published, to what, and when.

    Args:
        whose: "own", or "other" where somebody sends it for the person who tells it.
    """
    consent = StoryConsent(
        entry_id=submission.entry_id,
        whose=whose,
        who=submission.author_name,
        contact=submission.author_email,
        how="ticked on the form, and confirmed by mail",
        agreed_to=licence.CONSENT,
        agreed_at=at,
    )
    session.add(consent)
    return consent


def is_agreed(session: Session, entry_id: UUID | None) -> bool:
    """Whether a consent to the story with this id is recorded, and has not ended."""
    in_force = select(StoryConsent.id).where(
        StoryConsent.entry_id == entry_id, StoryConsent.withdrawn_at.is_(None)
    )
    return session.scalar(in_force.limit(1)) is not None


def insist_on_consent(session: Session, submission: Submission) -> None:
    """Let a story pass only with a recorded consent; all else always.

    Raises:
        NoConsent
    """
    if submission.kind == Kind.STORY and not is_agreed(session, submission.entry_id):
        raise NoConsent


def may_take_back(submission: Submission) -> bool:
    """Whether this is a published story, which its teller can take back at any time."""
    return submission.kind == Kind.STORY and possible(State(submission.state), Act.TAKE_BACK)


def take_back(session: Session, submission: Submission, *, at: datetime) -> None:
    """Take a story off the site at once, with all that its versions said; end its consent.

    Raises:
        NotNow, AlreadyDecided: it is not published.
    """
    assert submission.kind == Kind.STORY
    submission.state = after(State(submission.state), Act.TAKE_BACK)
    submission.changed_at = at
    row = session.get_one(EntryRow, submission.entry_id)
    if row.state == EntryState.LIVE:
        publishing.erase(session, submission.entry_id, reason=REASON, at=at)
    end_consent(session, submission, at=at)
    outbox.drop_waiting(session, about=f"submissions/{submission.id}", at=at)


def end_consent(session: Session, submission: Submission, *, at: datetime) -> None:
    """Nobody agrees any more; who it was is forgotten."""
    for consent in session.scalars(
        select(StoryConsent).where(
            StoryConsent.entry_id == submission.entry_id, StoryConsent.withdrawn_at.is_(None)
        )
    ):
        consent.withdrawn_at = at
        consent.who = consent.contact = ""
