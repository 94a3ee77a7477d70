"""What we hold about one person: found by their address, given to them, or erased.

Erasing keeps what is public or proves what was done: published words (a public contact among them
is reported, not changed), the lines of the audit log, decisions with their roles, and the private
link of a published story, with which its teller can still take it back.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import Passkey, RoleName, User
from directory.alerts.models import Alert, AlertLink
from directory.clock import day_of
from directory.db import Base
from directory.entries import catalogue
from directory.errors import DirectoryError
from directory.mail.models import MailState, OutboxMail
from directory.mail.outbox import close
from directory.networks.models import Editor, Role
from directory.owners.models import Owner, Ownership, Question
from directory.personal import retention
from directory.submissions import links
from directory.submissions.models import Draft, Report, StoryConsent, Submission
from directory.submissions.states import State
from directory.wishes import wishing
from directory.wishes.models import Wish, WishLink

# In place of the address where somebody else's words hold it; a sound address, so that documents
# stay sound, and one that can belong to nobody.
REMOVED = "removed@example.invalid"
# Published, or append-only: nothing there is changed. The log holds no addresses by design.
KEPT = frozenset({"entries", "revisions", "change_log", "audit_lines"})
NEVER_GIVEN = frozenset(
    {"token_hash", "fs_uniquifier", "totp_secret", "person", "html", "digest", "version"}
)

Row = dict[str, Any]


class StillHasWork(DirectoryError):
    """They still moderate, or a network has no other owner. Let them go first, then erase."""

    status = 409


class NotTheSame(DirectoryError):
    """Type the same address again to confirm."""

    status = 422


@dataclass(frozen=True)
class Erased:
    """What is left after erasing: published texts that hold the address, by their web address."""

    published: tuple[str, ...]
    elsewhere: tuple[str, ...]


def held(session: Session, email: str, *, secret: str) -> dict[str, list[Row]]:
    """All that we hold about the person with that (tidy) address, by what it is.

    Args:
        secret: the site's; wishes are found by a code made with it.
    """
    user = people.find(session, email)
    owner = session.scalar(select(Owner).where(Owner.email == email))
    submissions = session.scalars(
        select(Submission).where(Submission.author_email == email).order_by(Submission.id)
    ).all()
    found: dict[str, Sequence[Any]] = {
        "account": [user] if user else [],
        "passkeys": session.scalars(
            select(Passkey).where(Passkey.user_id == (user.id if user else 0))
        ).all(),
        "submissions": submissions,
        "messages": [message for one in submissions for message in one.messages],
        "drafts": _drafts(session, email),
        "reports": session.scalars(select(Report).where(Report.email == email)).all(),
        "story_consents": session.scalars(
            select(StoryConsent).where(StoryConsent.contact == email)
        ).all(),
        "alerts": session.scalars(select(Alert).where(Alert.email == email)).all(),
        "wishes": _wishes(session, email, secret),
        "mails": session.scalars(select(OutboxMail).where(OutboxMail.to == email)).all(),
        "owner": [owner] if owner else [],
        "owned_entries": session.scalars(
            select(Ownership).where(Ownership.owner_id == (owner.id if owner else 0))
        ).all(),
        "questions": session.scalars(
            select(Question).where(Question.owner_id == (owner.id if owner else 0))
        ).all(),
        "networks": session.scalars(
            select(Editor).where(Editor.user_id == (user.id if user else 0))
        ).all(),
    }
    return {name: [_given(row) for row in rows] for name, rows in found.items() if rows}


def export(session: Session, email: str, *, secret: str, at: datetime) -> bytes:
    """A zip with all that we hold about that address, as JSON, and a note that says what it is."""
    data = {"address": email, "made": at.isoformat(), "held": held(session, email, secret=secret)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data.json", json.dumps(data, indent=2, ensure_ascii=False))
        file.writestr("README.txt", _NOTE.format(email=email, day=day_of(at).isoformat()))
    return packed.getvalue()


_NOTE = """What this directory held about {email} on {day}.

data.json lists it by what it is: suggestions, messages, drafts, reports, alerts, wishes, mails,
entries looked after, an account, its passkeys. Secrets of links are left out: we keep them only as
codes. Published words are on the site itself, with their history.
"""


def erase(session: Session, email: str, *, secret: str, at: datetime) -> Erased:
    """Forget the person with that (tidy) address everywhere. The caller writes the log and commits.

    Raises:
        StillHasWork: they moderate, or are the only owner of a network.
    """
    user = people.find(session, email)
    if user is not None:
        _end_account(session, user, at=at)
    _forget_submissions(session, email)
    for draft in _drafts(session, email):
        session.delete(draft)
    alerts = select(Alert.id).where(Alert.email == email)
    session.execute(delete(AlertLink).where(AlertLink.alert_id.in_(alerts)))
    session.execute(delete(Alert).where(Alert.email == email))
    for wish in _wishes(session, email, secret):
        session.execute(delete(WishLink).where(WishLink.wish_id == wish.id))
        session.delete(wish)
    for mail in session.scalars(select(OutboxMail).where(OutboxMail.to == email)):
        close(mail, MailState.DROPPED, at=at)
    session.flush()
    session.execute(delete(Owner).where(Owner.email == email))
    session.execute(
        update(StoryConsent)
        .where(StoryConsent.contact == email)
        .values(who="", contact="")
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(Report)
        .where(Report.email == email)
        .values(email="")
        .execution_options(synchronize_session=False)
    )
    _scrub(session, email)
    session.expire_all()
    return Erased(_published(session, email), tuple(where(session, email)))


def where(session: Session, email: str) -> list[str]:
    """Every table and column, but what is published, that holds the address: "reports.words"."""
    found = []
    for table in _tables():
        for name in _texts(table):
            holds = select(func.count()).select_from(table).where(_holds(table.c[name], email))
            if session.scalar(holds):
                found.append(f"{table.name}.{name}")
    return found


def _end_account(session: Session, user: User, *, at: datetime) -> None:
    """Nobody can sign in with it; the row stays, without a person, for what was decided."""
    if user.has_role(RoleName.MODERATOR) or user.has_role(RoleName.ADMIN):
        raise StillHasWork
    edits = session.execute(
        select(Editor.network_id, Editor.role).where(Editor.user_id == user.id)
    ).all()
    for network_id, role in edits:
        owners = select(func.count()).where(
            Editor.network_id == network_id, Editor.role == Role.OWNER
        )
        if role == Role.OWNER and session.scalar(owners) == 1:
            raise StillHasWork
    for network_id, _role in edits:
        links.end_of_network(session, network_id, at=at)
    for column in _belongs_to_accounts():
        session.execute(delete(column.table).where(column == user.id))
    session.expire(user)
    user.email = f"{uuid4().hex}@example.invalid"
    user.name = "Somebody who left"
    user.fs_uniquifier = uuid4().hex
    user.active = False
    user.totp_secret = user.totp_counter = None
    session.flush()


def _belongs_to_accounts() -> Iterator[Column[Any]]:
    """Columns that name an account whose rows would go with it: links, sign-ins, roles, charges."""
    users: Table = Base.metadata.tables["users"]
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.references(users) and key.ondelete == "CASCADE":
                yield key.parent


def _forget_submissions(session: Session, email: str) -> None:
    """What is published stays without its sender; the rest goes with all that was said about it."""
    rows = session.execute(
        select(Submission.id, Submission.state).where(Submission.author_email == email)
    ).all()
    published = [number for number, state in rows if state == State.PUBLISHED]
    others = [number for number, state in rows if state != State.PUBLISHED]
    retention.forget_senders(session, published, with_links=False)
    session.execute(delete(Submission).where(Submission.id.in_(others)))
    session.expire_all()


def _drafts(session: Session, email: str) -> list[Draft]:
    """Drafts under that address."""
    found = session.scalars(select(Draft).where(_holds(Draft.__table__.c.answers, email)))
    return [
        one
        for one in found
        if any(value.strip().lower() == email for _name, value in one.answers.get("email", []))
    ]


def _wishes(session: Session, email: str, secret: str) -> list[Wish]:
    """Wishes are kept under a code: with the secret and the address it can be made again."""
    return [
        one
        for one in session.scalars(select(Wish))
        if one.person == wishing.code_of(secret, email, one.approach_id, one.place)
    ]


def _scrub(session: Session, email: str) -> None:
    """Take the address out of everybody's words, wherever they are kept."""
    pattern = re.compile(re.escape(email), re.IGNORECASE)
    for table in _tables():
        for name in _texts(table):
            column = table.c[name]
            keys = list(table.primary_key.columns)
            for row in session.execute(select(*keys, column).where(_holds(column, email))).all():
                same = [key == value for key, value in zip(keys, row, strict=False)]
                session.execute(
                    update(table).where(*same).values({name: _without(row[-1], pattern)})
                )


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(REMOVED, value)
    if isinstance(value, Mapping):
        return {pattern.sub(REMOVED, key): _without(one, pattern) for key, one in value.items()}
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    return value


def _published(session: Session, email: str) -> tuple[str, ...]:
    """Pages of the site that tell the address, as a public contact for example."""
    return tuple(
        entry.url
        for entry in catalogue.live(session)
        if email in entry.document.model_dump_json().lower()
    )


def _tables() -> Iterator[Table]:
    return (table for table in Base.metadata.sorted_tables if table.name not in KEPT)


def _texts(table: Table) -> list[str]:
    """Columns that can hold words."""
    return [one.name for one in table.columns if isinstance(one.type, String | Text | JSON)]


def _holds(column: ColumnElement[Any], email: str) -> ColumnElement[bool]:
    return func.lower(cast(column, Text)).contains(email, autoescape=True)


def _given(row: Any) -> Row:
    """A row as the person may have it."""
    return {
        column.name: _plain(getattr(row, column.key))
        for column in row.__table__.columns
        if column.name not in NEVER_GIVEN
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
