"""Private links of submissions: one to read and change it, one to confirm the mail address."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from directory import tokens
from directory.config import Config
from directory.db import rows_changed
from directory.errors import DeadLink, WayOn
from directory.submissions.models import Draft, DraftLink, Purpose, Submission, SubmissionLink

GOOD_FOR = {Purpose.PAGE: timedelta(days=365), Purpose.CONFIRM: timedelta(days=7)}
# Editors of a network find the page beside their list, as long as they edit it. Their links to new
# words of it are good as long.
GOOD_FOR_EDITORS = timedelta(days=1)
# An old one still says where to open it again. Old links of authors stay: they mail a new one.
OLD_KEPT_FOR_EDITORS = timedelta(days=7)


class LinkUnknown(DeadLink):
    """This private link is not right, or too old. Look for a newer mail from us."""

    status = 404
    way_on = WayOn.LINK_TO_PROPOSAL


class LinkUsed(DeadLink):
    """This link was used before, or it is older than a week. Your private page can send another."""

    way_on = WayOn.PAGE_OF_PROPOSAL


def make(session: Session, submission: Submission, purpose: Purpose, *, at: datetime) -> str:
    """The secret of a new link. The submission must have its number (flush first)."""
    token = tokens.mint()
    good_for = GOOD_FOR_EDITORS if is_of_editors(submission) else GOOD_FOR[purpose]
    session.add(
        SubmissionLink(
            submission_id=submission.id,
            purpose=purpose,
            token_hash=tokens.hashed(token),
            created_at=at,
            expires_at=at + good_for,
        )
    )
    return token


def is_of_editors(submission: Submission) -> bool:
    """Whether it came with a list, be that gone: no author has an address."""
    return not submission.author_email


def page_url(config: Config, token: str) -> str:
    """Whole address of the private page."""
    return f"{config.public_url}/submissions/{token}"


def confirm_url(config: Config, token: str) -> str:
    """Whole address of the page with the button that confirms."""
    return f"{config.public_url}/submissions/confirm/{token}"


def submission_of(session: Session, token: str, *, at: datetime) -> Submission:
    """The submission whose private page that is.

    Raises:
        LinkUnknown: there is no such link, or it is too old.
    """
    link = _find(session, token, Purpose.PAGE)
    if link is None or link.expires_at <= at:
        raise LinkUnknown
    return link.submission


def too_old(session: Session, token: str, *, at: datetime) -> Submission | None:
    """The submission that this link once opened; None if it still does, or never did."""
    link = _find(session, token, Purpose.PAGE)
    return link.submission if link is not None and link.expires_at <= at else None


def to_confirm(session: Session, token: str, *, at: datetime) -> Submission:
    """The submission that a confirmation link is about; the link stays unused.

    Raises:
        LinkUsed: it was used, or is too old or unknown.
    """
    return _unused(session, token, at).submission


def spend(session: Session, token: str, *, at: datetime) -> Submission:
    """Use a confirmation link up. Of two presses at the same moment one wins.

    Raises:
        LinkUsed: it was used, or is too old or unknown.
    """
    link = _unused(session, token, at)
    won = rows_changed(
        session,
        update(SubmissionLink)
        .where(SubmissionLink.id == link.id, SubmissionLink.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False),
    )
    if not won:
        raise LinkUsed
    return link.submission


def revoke_confirmations(session: Session, submission: Submission) -> None:
    """Confirmation links that went to another address are good for nothing any more."""
    session.execute(
        delete(SubmissionLink).where(
            SubmissionLink.submission_id == submission.id,
            SubmissionLink.purpose == Purpose.CONFIRM,
        )
    )


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete links of editors that work no more: each press on a list makes one."""
    session.execute(
        delete(SubmissionLink).where(
            SubmissionLink.expires_at < at - OLD_KEPT_FOR_EDITORS,
            SubmissionLink.submission_id.in_(
                select(Submission.id).where(Submission.author_email == "")
            ),
        )
    )


def forget_of(session: Session, numbers: Select[int]) -> None:
    """Delete all links to these submissions, and new words of them that were not sent."""
    for table in (SubmissionLink, Draft):
        session.execute(delete(table).where(table.submission_id.in_(numbers)))


def end_of_network(session: Session, network_id: UUID, *, at: datetime) -> None:
    """End all links of editors to what came with lists of that network; what they typed stays.

    Nobody can tell who holds which: whoever edits it still opens the row from the list again.
    """
    theirs = select(Submission.id).where(
        Submission.network_id == network_id, Submission.author_email == ""
    )
    session.execute(
        update(SubmissionLink)
        .where(SubmissionLink.submission_id.in_(theirs), SubmissionLink.expires_at > at)
        .values(expires_at=at)
        .execution_options(synchronize_session=False)
    )
    their_drafts = select(Draft.id).where(Draft.submission_id.in_(theirs))
    session.execute(
        update(DraftLink)
        .where(DraftLink.draft_id.in_(their_drafts), DraftLink.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )


def _unused(session: Session, token: str, at: datetime) -> SubmissionLink:
    link = _find(session, token, Purpose.CONFIRM)
    if link is None or link.used_at is not None or link.expires_at <= at:
        raise LinkUsed
    return link


def _find(session: Session, token: str, purpose: Purpose) -> SubmissionLink | None:
    return session.scalar(
        select(SubmissionLink).where(
            SubmissionLink.token_hash == tokens.hashed(token), SubmissionLink.purpose == purpose
        )
    )
