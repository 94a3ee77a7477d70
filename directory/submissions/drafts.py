"""Drafts: what somebody has begun to write, saved field by field until it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from directory import mail, tokens
from directory.accounts import people
from directory.accounts.people import NotAnAddress
from directory.config import Config
from directory.entries.catalogue import Entry
from directory.errors import DeadLink, DirectoryError, WayOn
from directory.mail.models import OutboxMail
from directory.submissions import links
from directory.submissions.models import Draft, DraftLink, Submission
from directory.vocabulary.terms import Kind

KEPT_FOR = timedelta(days=30)  # since somebody last wrote in it
LONGEST = 400_000  # letters of all answers together
LETTER = "draft-link"
WARNING = "draft-goes"
WARNED_BEFORE = timedelta(days=7)

# Pairs of name and value as a browser sends them, by the control they belong to.
Answers = Mapping[str, list[list[str]]]


class DraftGone(DeadLink):
    """This draft is not here any more: it was sent, deleted, or not touched for 30 days.
    If it was sent, our mail to you has a link to its private page.
    """

    way_on = WayOn.NEW_DRAFT


class TooOldForEditors(DeadLink):
    """This link works no more. Open the row from your list again: what was typed in it is kept
    for 30 days.
    """


class ChangedElsewhere(DirectoryError):
    """This part was changed in another window or on another device meanwhile."""

    status = 409


class TooLong(DirectoryError):
    """That is more than a draft can hold. Please make it shorter."""

    status = 422


def start(
    session: Session,
    kind: Kind,
    answers: Answers,
    *,
    change_of: Entry | None = None,
    revision_of: Submission | None = None,
    different: Sequence[str] = (),
    at: datetime,
) -> Draft:
    """A new draft that holds `answers`.

    Args:
        change_of: the entry that is to change.
        revision_of: the submission that gets new words; it has one draft, an older one goes.
        different: ids of entries that are much like it and, its author says, not the same.
    """
    if revision_of is not None:
        session.execute(delete(Draft).where(Draft.submission_id == revision_of.id))
    draft = Draft(
        kind=kind,
        entry_id=change_of.id if change_of else revision_of.entry_id if revision_of else uuid4(),
        base_revision=change_of.revision if change_of else None,
        submission_id=revision_of.id if revision_of else None,
        submission_version=revision_of.version if revision_of else None,
        answers=dict(answers),
        saves={},
        different=list(different),
        created_at=at,
        changed_at=at,
    )
    session.add(draft)
    session.flush()
    return draft


def name_on_device(row: Draft | Submission) -> str:
    """Under which name a browser keeps what is typed on its private pages and not sent yet. Two
    drafts of one entry have two, and no later one gets it again: browsers are shared."""
    return f"{row.__tablename__}-{row.id}-{row.created_at.timestamp():.0f}"


def link(session: Session, draft: Draft, *, at: datetime) -> str:
    """The secret of a new link to `draft`."""
    token = tokens.mint()
    session.add(DraftLink(draft_id=draft.id, token_hash=tokens.hashed(token), created_at=at))
    return token


def find(session: Session, token: str, *, at: datetime) -> Draft:
    """The draft that this link opens.

    Raises:
        DraftGone: there is none, or it is too old.
        TooOldForEditors: it is there, but this link of an editor works no more.
    """
    found = session.scalar(select(DraftLink).where(DraftLink.token_hash == tokens.hashed(token)))
    if found is None or kept_until(found.draft) <= at:
        raise DraftGone
    if is_of_editors(session, found.draft):
        until = found.ended_at or found.created_at + links.GOOD_FOR_EDITORS
        if until <= at:
            raise TooOldForEditors
    return found.draft


def is_of_editors(session: Session, draft: Draft) -> bool:
    """Whether editors of a network write it, from their list: nobody has it mailed elsewhere."""
    submission = session.get(Submission, draft.submission_id) if draft.submission_id else None
    return submission is not None and links.is_of_editors(submission)


def of_submission(session: Session, submission: Submission, *, at: datetime) -> Draft | None:
    """The words that its author has begun to write anew, if any."""
    return session.scalar(
        select(Draft).where(Draft.submission_id == submission.id, Draft.changed_at > at - KEPT_FOR)
    )


def save(
    draft: Draft, section: str, answers: Answers, *, window: str = "", seen: int = 0, at: datetime
) -> None:
    """Keep what one section holds now, right or wrong.

    Args:
        window: a name for the page on which it was typed; a page never stands in its own way.
        seen: how often the section had been saved when that page was opened.

    Raises:
        ChangedElsewhere: another window has saved other words there since.
        TooLong: the draft would be too large.
    """
    before = {name: draft.answers.get(name, []) for name in answers}
    if before == dict(answers):
        return
    count, last_window = draft.saves.get(section, [0, ""])
    if count > seen and last_window != window:
        raise ChangedElsewhere
    kept = {**draft.answers, **answers}
    if len(json.dumps(kept)) > LONGEST:
        raise TooLong
    draft.answers = kept
    draft.saves = {**draft.saves, section: [count + 1, window]}
    draft.changed_at = at


def saved_times(draft: Draft, section: str) -> int:
    """How often that section was saved."""
    count: int = draft.saves.get(section, [0, ""])[0]
    return count


def is_different(draft: Draft, entry_id: UUID, *, at: datetime) -> None:
    """Its author says that it is not that entry: do not ask again."""
    if str(entry_id) not in draft.different:
        draft.different = [*draft.different, str(entry_id)]
        draft.changed_at = at


def pairs(draft: Draft, *names: str) -> Iterable[tuple[str, str]]:
    """What was typed, as a browser sends it; of these controls only, or of all."""
    for name in names or draft.answers:
        yield from ((key, value) for key, value in draft.answers.get(name, []))


def mail_link(session: Session, draft: Draft, email: str, *, name: str, at: datetime) -> None:
    """Send a link that opens the draft elsewhere. It is made when the mail goes."""
    mail.queue(
        session,
        LETTER,
        to=email,
        values={"draft": draft.id, "name": name},
        about=f"drafts/{draft.id}",
        at=at,
    )


@mail.letter(LETTER)
def write_link(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """The link to the draft; nothing if it was sent or deleted meanwhile."""
    draft = session.get(Draft, letter.values["draft"])
    if draft is None:
        return None
    token = link(session, draft, at=at)
    return mail.Prepared(
        {"link": f"{config.public_url}/submit/drafts/{token}", "days": KEPT_FOR.days}
    )


def kept_until(draft: Draft) -> datetime:
    """When the draft goes if nobody writes in it: a week after the warning at the earliest."""
    end = draft.changed_at + KEPT_FOR
    if draft.warned_at is None or not _is_warned(draft):
        return end
    return max(end, draft.warned_at + WARNED_BEFORE)


def forget_old(session: Session, *, at: datetime) -> None:
    """Warn whose draft goes in a week, one mail for all of theirs; delete those whose time is up.

    Whoever gave no address cannot be warned: theirs go after a month.
    """
    warn: dict[str, list[Draft]] = {}
    old = session.scalars(
        select(Draft).where(Draft.changed_at < at - KEPT_FOR + WARNED_BEFORE).order_by(Draft.id)
    )
    for draft in old.all():
        email = address_of(session, draft)
        if email and not _is_warned(draft):
            warn.setdefault(email, []).append(draft)
        elif kept_until(draft) <= at:
            session.delete(draft)
    for email, theirs in warn.items():
        for draft in theirs:
            draft.warned_at = at
        numbers = [draft.id for draft in theirs]
        mail.queue(session, WARNING, to=email, values={"drafts": numbers}, about="drafts", at=at)
    session.flush()


def address_of(session: Session, draft: Draft) -> str:
    """Where to write about the draft; "" if nobody gave an address that can be one."""
    if draft.submission_id is not None:
        submission = session.get(Submission, draft.submission_id)
        return submission.author_email if submission else ""
    for _name, typed in pairs(draft, "email"):
        with suppress(NotAnAddress):
            return people.tidy(typed)
    return ""


@mail.letter(WARNING)
def write_warning(
    session: Session, letter: OutboxMail, config: Config, at: datetime
) -> mail.Prepared | None:
    """Links to the drafts that go; nothing if all were sent, deleted or taken up again."""
    found = [session.get(Draft, number) for number in letter.values["drafts"]]
    going = [one for one in found if one is not None and _is_warned(one)]
    if not going:
        return None
    return mail.Prepared(
        {
            "drafts": [
                (
                    next((typed for _name, typed in pairs(one, "name") if typed.strip()), ""),
                    kept_until(one),
                    f"{config.public_url}/submit/drafts/{link(session, one, at=at)}",
                )
                for one in going
            ]
        }
    )


def _is_warned(draft: Draft) -> bool:
    """Whoever writes in it after the warning is warned again when that was long ago."""
    return draft.warned_at is not None and draft.warned_at >= draft.changed_at
