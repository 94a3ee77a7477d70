"""Words between an author and the moderators: messages, changes asked by field, and an appeal.

A round of questions is what one moderator asked at one moment. It is open while the submission is
in the state `changes-asked`; sending new words or answers closes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from directory import mail
from directory.accounts import people
from directory.accounts.models import User
from directory.errors import DirectoryError
from directory.networks.models import Network
from directory.networks.models import State as NetworkState
from directory.submissions import letters
from directory.submissions.letters import tell_author
from directory.submissions.models import Message, Submission
from directory.submissions.states import Act, NotNow, State, after, possible

MESSAGE_MAX = 4000  # letters
UNANSWERED_MOST = 5  # messages of an author in a row


class NothingSaid(DirectoryError):
    """Write a few words first."""

    status = 422


class TooLong(DirectoryError):
    """That is too long for one message. Use at most 4,000 letters."""

    status = 422


class TooManyMessages(DirectoryError):
    """You have written several times. Please wait for an answer: all of it will be read."""

    status = 429


class AppealedBefore(NotNow):
    """You have asked for a second look before. What was decided then stands."""


def somebody_answers(session: Session, submission: Submission) -> bool:
    """Whether anybody would read what moderators ask: its author, or editors of a network."""
    if submission.author_email or submission.network_id is None:
        return bool(submission.author_email)
    network = session.get(Network, submission.network_id)
    return network is not None and network.state == NetworkState.OPEN


def say_as_moderator(
    session: Session, submission: Submission, words: str, *, moderator: User, at: datetime
) -> Message:
    """Write to the author without deciding anything; they get a mail.

    Raises:
        NothingSaid, TooLong
        NotNow: nobody can be written to about it.
    """
    _insist_on_reader(submission)
    message = _add(submission, words, moderator=moderator, at=at)
    tell_author(session, submission, letters.MESSAGE, note=message.words, at=at)
    return message


def say_as_author(session: Session, submission: Submission, words: str, *, at: datetime) -> Message:
    """Write to the moderators; whoever wrote to the author last gets a mail, else all do.

    Raises:
        NothingSaid, TooLong, TooManyMessages
        NotNow: no moderator has been asked to read it.
    """
    _insist_on_reader(submission)
    if _unanswered(submission) >= UNANSWERED_MOST:
        raise TooManyMessages
    message = _add(submission, words, at=at)
    _tell_moderators(session, submission, message.words, at=at)
    return message


def ask(
    submission: Submission, wanted: Mapping[str, str], *, moderator: User, at: datetime
) -> list[Message]:
    """Ask for changes field by field. The caller changes the state and queues the mail.

    Args:
        wanted: what is asked, by the field of the document ("" for the whole). Blank ones are left
            out.
    """
    return [
        _add(submission, words, field=field, moderator=moderator, asks=True, at=at)
        for field, words in wanted.items()
        if words.strip()
    ]


def asked(submission: Submission) -> dict[str, str]:
    """What is asked of the author now, by field ("" for the whole); empty if nothing is."""
    if submission.state != State.CHANGES_ASKED:
        return {}
    wanted = [one for one in submission.messages if one.asks]
    return {one.field: one.words for one in wanted if one.at == wanted[-1].at}


def reason_told(submission: Submission) -> str:
    """Why it was declined, in the words that its author reads; "" if none were written."""
    if submission.state != State.DECLINED:
        return ""
    told = [
        one.words
        for one in submission.messages
        if not one.from_author and one.at == submission.decided_at
    ]
    return told[-1] if told else ""


def answer(submission: Submission, answers: Mapping[str, str], *, at: datetime) -> None:
    """Keep what the author says to each question; blank answers are left out."""
    for field, words in answers.items():
        if words.strip():
            _add(submission, words, field=field, at=at)


def may_appeal(submission: Submission) -> bool:
    """Whether its author can ask for a second look; they can once."""
    return possible(State(submission.state), Act.APPEAL) and submission.appealed_at is None


def appeal(session: Session, submission: Submission, words: str, *, at: datetime) -> None:
    """Ask somebody else to look again at what was declined. It waits again, in its old place.

    Raises:
        NothingSaid, TooLong
        AppealedBefore: once is all.
        NotNow: it was not declined.
    """
    state = after(State(submission.state), Act.APPEAL)
    if submission.appealed_at is not None:
        raise AppealedBefore
    message = _add(submission, words, at=at)
    submission.state = state
    submission.appealed_at = at
    submission.decided_at = None
    submission.changed_at = at
    _tell_moderators(session, submission, message.words, at=at, appeal=True)


def _add(
    submission: Submission,
    words: str,
    *,
    field: str = "",
    moderator: User | None = None,
    asks: bool = False,
    at: datetime,
) -> Message:
    words = words.replace("\x00", "").strip()  # PostgreSQL keeps none
    if not words:
        raise NothingSaid
    if len(words) > MESSAGE_MAX:
        raise TooLong
    message = Message(
        from_author=moderator is None,
        moderator_id=moderator.id if moderator else None,
        field=field,
        asks=asks,
        words=words,
        at=at,
    )
    submission.messages.append(message)
    return message


def _insist_on_reader(submission: Submission) -> None:
    if submission.state in {State.UNCONFIRMED, State.WITHDRAWN}:
        raise NotNow


def _unanswered(submission: Submission) -> int:
    count = 0
    for message in reversed(submission.messages):
        if not message.from_author:
            break
        count += 1
    return count


def _tell_moderators(
    session: Session, submission: Submission, words: str, *, at: datetime, appeal: bool = False
) -> None:
    everyone = people.moderators(session)
    wrote = [one.moderator_id for one in submission.messages if one.moderator_id is not None]
    last = [one for one in everyone if wrote and one.id == wrote[-1]]
    for moderator in everyone if appeal or not last else last:
        mail.queue(
            session,
            letters.AUTHOR_WROTE,
            to=moderator.email,
            values={
                "submission": submission.id,
                "name": submission.name,
                "words": words,
                "appeal": appeal,
            },
            about=f"submissions/{submission.id}",
            at=at,
        )
