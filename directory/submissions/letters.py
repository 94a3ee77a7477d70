"""The mails that authors get at each step. Each brings a fresh private link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from directory import mail
from directory.config import Config
from directory.entries import catalogue
from directory.mail.models import OutboxMail
from directory.submissions import links
from directory.submissions.models import Purpose, Submission
from directory.submissions.states import State

CONFIRM = "confirm"
RECEIVED = "received"
CHANGES_ASKED = "changes-asked"
PUBLISHED = "published"
DECLINED = "declined"
MESSAGE = "message"
AUTHOR_WROTE = "author-wrote"
NEW_LINK = "new-link"
REPORT_ANSWERED = "report-answered"
WORRYING_REPORT = "worrying-report"


def tell_author(
    session: Session,
    submission: Submission,
    letter: str,
    *,
    at: datetime,
    **values: Any,
) -> None:
    """Queue a mail to the author; those without an address, such as files, get none."""
    if submission.author_email:
        mail.queue(
            session,
            letter,
            to=submission.author_email,
            values={"submission": submission.id, "name": submission.name, **values},
            about=f"submissions/{submission.id}",
            at=at,
        )


@mail.letter(CONFIRM)
def confirm(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link that confirms the address."""
    submission = _submission(session, letter)
    if submission is None or submission.state != State.UNCONFIRMED:
        return None
    token = links.make(session, submission, Purpose.CONFIRM, at=at)
    days = links.GOOD_FOR[Purpose.CONFIRM].days
    return mail.Prepared({"link": links.confirm_url(config, token), "days": days})


@mail.letter(RECEIVED)
@mail.letter(CHANGES_ASKED)
@mail.letter(DECLINED)
@mail.letter(MESSAGE)
@mail.letter(NEW_LINK)
def with_page(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link to the private page."""
    submission = _submission(session, letter)
    if submission is None or submission.state == State.WITHDRAWN:
        return None
    token = links.make(session, submission, Purpose.PAGE, at=at)
    return mail.Prepared({"link": links.page_url(config, token)})


@mail.letter(PUBLISHED)
def published(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The address of the entry."""
    submission = _submission(session, letter)
    entry = catalogue.by_id(session, submission.entry_id) if submission else None
    if submission is None or submission.state != State.PUBLISHED or entry is None:
        return None  # it was taken back before the mail went
    return mail.Prepared({"address": f"{config.public_url}{entry.url}"})


@mail.letter(AUTHOR_WROTE)
def author_wrote(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """Where moderators read it; not sent once its author took it back."""
    submission = _submission(session, letter)
    if submission is None or submission.state == State.WITHDRAWN:
        return None
    return mail.Prepared({"link": f"{config.public_url}/moderation/submissions/{submission.id}"})


@mail.letter(REPORT_ANSWERED)
@mail.letter(WORRYING_REPORT)
def about_report(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared:
    """All that it says was known when it was queued."""
    return mail.Prepared()


def _submission(session: Session, letter: OutboxMail) -> Submission | None:
    return session.get(Submission, letter.values.get("submission"))
