"""Looking after what is published: taking it offline, going back, joining two, a new address.

Each function adds to the caller's transaction and to the audit log. Nothing is ever deleted: every
revision stays, and old addresses lead on.
"""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from directory.accounts.models import User
from directory.clock import day_of
from directory.entries import easy_read, names, publishing
from directory.entries.catalogue import url_of
from directory.entries.models import EntryRow, EntryState, Revision
from directory.entries.publishing import document_of, head_revision
from directory.entries.slugs import slugify
from directory.errors import DirectoryError
from directory.moderation import audit
from directory.moderation.deciding import ChangedWhileReading, ReasonMissing
from directory.vocabulary.terms import Kind

GROUP_MAX = 120


class NoSuchRevision(DirectoryError):
    """There is no such version, or its words were erased."""

    status = 404


class NotLive(DirectoryError):
    """It is not published just now."""

    status = 409


class CannotJoin(DirectoryError):
    """Write the name of another entry of the same kind, as it stands in the directory."""

    status = 422


class SeveralHaveThatName(DirectoryError):
    """Several entries have that name. Paste the address of the one that stays."""

    status = 422


class NoEasyRead(DirectoryError):
    """It has no Easy Read."""

    status = 404


class GroupMissing(DirectoryError):
    """Write the name of the group, in at most 120 letters: readers see it."""

    status = 422


class DayMissing(DirectoryError):
    """Write the day on which they checked it; not one to come."""

    status = 422


class NotAnAddress(DirectoryError):
    """Write the new address in small letters, digits and hyphens, such as community-choirs."""

    status = 422


class AddressTaken(DirectoryError):
    """Another entry has that address, or had it before. Choose another one."""

    status = 422


def unpublish(
    session: Session, row: EntryRow, *, reason: str, head: int, moderator: User, at: datetime
) -> None:
    """Take an entry offline. Its address says since when and why; it can be brought back.

    Args:
        reason: readers see it at the old address.
        head: number of the revision that the moderator saw.

    Raises:
        ReasonMissing, NotLive, ChangedWhileReading
    """
    _insist(row, head)
    if not reason.strip():
        raise ReasonMissing("Write a reason: readers see it at the old address.")
    publishing.end(session, row.id, reason=reason.strip(), at=at)
    _record(session, row, moderator, "took offline", why=reason.strip(), at=at)


def restore(
    session: Session, row: EntryRow, number: int, *, head: int, moderator: User, at: datetime
) -> Revision:
    """Publish the words of revision `number` again, as a new revision; also what is offline.

    Raises:
        NoSuchRevision, ChangedWhileReading
    """
    if row.head_number != head:
        raise ChangedWhileReading
    earlier = session.scalar(
        select(Revision).where(Revision.entry_id == row.id, Revision.number == number)
    )
    if earlier is None or earlier.erased_at is not None:
        raise NoSuchRevision
    revision = publishing.publish(
        session,
        document_of(earlier),
        slug=row.slug,
        origin="undo",
        author="",
        at=at,
        expected_revision=head,
        note=f"Version {number} again",
    )
    _record(session, row, moderator, f"went back to version {number}", at=at)
    return revision


def named(session: Session, row: EntryRow, typed: str) -> EntryRow:
    """The other live entry of the kind of `row` that was typed: its name, or its address.

    Raises:
        CannotJoin: there is none.
        SeveralHaveThatName
    """
    wanted = " ".join(typed.split())
    if not wanted.isprintable():
        raise CannotJoin
    slug = _slug_of(wanted.lower(), Kind(row.kind))
    found = _others(session, row, or_(names.is_called(wanted), EntryRow.slug == slug))
    if not found:
        raise CannotJoin
    if len(found) > 1:
        raise SeveralHaveThatName
    return found[0]


def namesakes(session: Session, row: EntryRow) -> list[EntryRow]:
    """The other live entries of its kind with the same name."""
    return _others(session, row, names.is_called(row.name))


def join(
    session: Session,
    row: EntryRow,
    into: EntryRow,
    *,
    head: int,
    moderator: User,
    at: datetime,
) -> None:
    """Close `row` in favour of `into`: its address, and those that led to it, lead there.

    Raises:
        CannotJoin, NotLive, ChangedWhileReading
    """
    _insist(row, head)
    if into.id == row.id or into.kind != row.kind or into.state != EntryState.LIVE:
        raise CannotJoin
    publishing.merge(session, row.id, into=into.id, at=at)
    _record(session, row, moderator, "joined to another entry", why=f"Into: {into.name}", at=at)


def move(
    session: Session, row: EntryRow, wanted: str, *, head: int, moderator: User, at: datetime
) -> str:
    """Give an entry another address; the old one leads there. Returns the new address.

    Raises:
        NotAnAddress: nothing is left of it.
        AddressTaken, NotLive, ChangedWhileReading
    """
    _insist(row, head)
    slug = slugify(wanted) if any(letter.isalnum() for letter in wanted) else ""
    if not slug:
        raise NotAnAddress
    if publishing.free_slug(session, Kind(row.kind), slug, entry_id=row.id) != slug:
        raise AddressTaken
    revision = head_revision(session, row)
    assert revision is not None
    publishing.publish(
        session,
        document_of(revision),
        slug=slug,
        origin="moderation",
        author="",
        at=at,
        expected_revision=head,
    )
    _record(session, row, moderator, "gave a new address", why=slug, at=at)
    return url_of(row.kind, row.slug)


def check_easy_read(
    session: Session,
    row: EntryRow,
    *,
    group: str,
    on: str,
    head: int,
    moderator: User,
    at: datetime,
) -> None:
    """Note in the document that a group of people with learning disabilities checked its Easy Read.

    Args:
        group: its name, which readers see.
        on: the day in London, as a date field sends it; no later than that of `at`.
        head: number of the revision that the group saw.

    Raises:
        GroupMissing, DayMissing: what was written says neither who nor when.
        NotLive, ChangedWhileReading, NoEasyRead
    """
    _insist(row, head)
    revision = head_revision(session, row)
    assert revision is not None
    document = document_of(revision)
    if not getattr(document, "easy_read", ()):
        raise NoEasyRead
    name = " ".join(group.split())
    if not 0 < len(name) <= GROUP_MAX:
        raise GroupMissing
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise DayMissing from None
    if day > day_of(at):
        raise DayMissing
    publishing.publish(
        session,
        easy_read.checked(document, group=name, on=day),
        slug=row.slug,
        origin="moderation",
        author="",
        at=at,
        expected_revision=head,
        note=f"Easy Read checked by {name}",
    )
    _record(session, row, moderator, "noted who checked the Easy Read", why=name, at=at)


def _slug_of(typed: str, kind: Kind) -> str:
    """The slug in the address of an entry of that kind, or what may be one; "" in any other."""
    if "/" not in typed:
        return typed
    try:
        before, _slash, slug = urlsplit(typed).path.rstrip("/").rpartition("/")
    except ValueError:  # half a bracket, say
        return ""
    return slug if before.rpartition("/")[2] == kind.folder else ""


def _others(session: Session, row: EntryRow, which: ColumnElement[bool]) -> list[EntryRow]:
    return list(
        session.scalars(
            select(EntryRow)
            .where(
                EntryRow.kind == row.kind,
                EntryRow.state == EntryState.LIVE,
                EntryRow.id != row.id,
                which,
            )
            .order_by(EntryRow.slug)
        )
    )


def _insist(row: EntryRow, head: int) -> None:
    if row.state != EntryState.LIVE:
        raise NotLive
    if row.head_number != head:
        raise ChangedWhileReading


def _record(
    session: Session, row: EntryRow, moderator: User, did: str, *, why: str = "", at: datetime
) -> None:
    url = url_of(row.kind, row.slug)
    audit.record(session, moderator, did, row.name, url=url, why=why, at=at)
