"""What the lines of the list are about. Of each row no more is read than its line says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from directory.entries.catalogue import url_of
from directory.entries.models import ContentFault, EntryRow
from directory.mail.models import OutboxMail
from directory.moderation import claims
from directory.moderation.models import Look, Upkeep
from directory.moderation.sorts import OF_SUBMISSIONS, Sort
from directory.owners.models import OwnerEdit
from directory.submissions.models import Report, Submission


class Proposal(NamedTuple):
    """A submission."""

    id: int
    version: int
    what: str
    kind: str
    appealed_at: datetime | None


class Told(NamedTuple):
    """A report by a reader."""

    id: int
    concern: str


class Undelivered(NamedTuple):
    """A mail that did not arrive."""

    id: int
    letter: str
    hidden_address: str
    fault: str


class Fault(NamedTuple):
    """A problem of a file."""

    path: str
    line: int
    field: str
    what: str
    remedy: str


class Due(NamedTuple):
    """An entry that is due a check."""

    kind: str
    slug: str

    @property
    def url(self) -> str:
        return url_of(self.kind, self.slug)


class Edited(NamedTuple):
    """A small edit by an owner."""

    id: int


Thing = Proposal | Told | Undelivered | Fault | Due | Edited


class About(NamedTuple):
    """A thing with what all of them have.

    Attributes:
        claim: what a claim on it is called; "" where nobody takes it.
    """

    thing: Thing
    name: str
    place: str = ""
    areas: str = ""
    claim: str = ""


def about(session: Session, keys: Collection[tuple[Sort, str]]) -> dict[tuple[Sort, str], About]:
    """What the lines with these sorts and numbers are about, each table read once."""
    found: dict[tuple[Sort, str], About] = {}
    for sorts, find in _WAYS:
        wanted = {number: sort for sort, number in keys if sort in sorts}
        if wanted:
            found |= {(wanted[number], number): one for number, one in find(session, wanted)}
    return found


Found = Iterator[tuple[str, About]]
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_PROPOSALS = (
    select(
        Submission.id,
        Submission.version,
        Submission.what,
        Submission.kind,
        Submission.appealed_at,
        Submission.name,
        Look.place,
        Look.areas,
    )
    .outerjoin(Look, Look.submission_id == Submission.id)
    .where(Submission.id.in_(_IDS))
)
_REPORTS = (
    select(Report.id, Report.concern, EntryRow.name, Upkeep.place, Upkeep.areas)
    .join(EntryRow, EntryRow.id == Report.entry_id)
    .outerjoin(Upkeep, Upkeep.entry_id == Report.entry_id)
    .where(Report.id.in_(_IDS))
)
_EDITS = (
    select(OwnerEdit.id, EntryRow.name, Upkeep.place, Upkeep.areas)
    .join(EntryRow, EntryRow.id == OwnerEdit.entry_id)
    .outerjoin(Upkeep, Upkeep.entry_id == OwnerEdit.entry_id)
    .where(OwnerEdit.id.in_(_IDS))
)
_DUE = (
    select(EntryRow.id, EntryRow.kind, EntryRow.slug, EntryRow.name, Upkeep.place, Upkeep.areas)
    .join(Upkeep, Upkeep.entry_id == EntryRow.id)
    .where(EntryRow.id.in_(_IDS))
)
_MAILS = select(OutboxMail).where(OutboxMail.id.in_(_IDS))
_FAULTS = select(ContentFault).where(ContentFault.id.in_(_IDS))


def _proposals(session: Session, numbers: Collection[str]) -> Found:
    for id_, version, what, kind, appealed_at, name, place, areas in session.execute(
        _PROPOSALS, {"ids": [int(one) for one in numbers]}
    ):
        thing = Proposal(id_, version, what, kind, appealed_at)
        yield str(id_), About(thing, name, place or "", areas or "", claims.submission(id_))


def _reports(session: Session, numbers: Collection[str]) -> Found:
    for id_, concern, name, place, areas in session.execute(
        _REPORTS, {"ids": [int(one) for one in numbers]}
    ):
        thing = Told(id_, concern)
        yield str(id_), About(thing, name, place or "", areas or "", claims.report(id_))


def _edits(session: Session, numbers: Collection[str]) -> Found:
    for id_, name, place, areas in session.execute(_EDITS, {"ids": [int(one) for one in numbers]}):
        yield str(id_), About(Edited(id_), name, place or "", areas or "")


def _due(session: Session, numbers: Collection[str]) -> Found:
    # The number is the id as this database writes it.
    by_id = {UUID(one): one for one in numbers}
    for id_, kind, slug, name, place, areas in session.execute(_DUE, {"ids": list(by_id)}):
        yield by_id[id_], About(Due(kind, slug), name, place, areas)


def _mails(session: Session, numbers: Collection[str]) -> Found:
    for one in session.scalars(_MAILS, {"ids": [int(one) for one in numbers]}):
        thing = Undelivered(one.id, one.letter, one.hidden_address, one.fault or "")
        yield str(one.id), About(thing, one.letter)


def _faults(session: Session, numbers: Collection[str]) -> Found:
    for one in session.scalars(_FAULTS, {"ids": [int(one) for one in numbers]}):
        thing = Fault(one.path, one.line, one.field, one.what, one.remedy)
        yield str(one.id), About(thing, one.path)


_WAYS: tuple[tuple[tuple[Sort, ...], Callable[[Session, Collection[str]], Found]], ...] = (
    (OF_SUBMISSIONS, _proposals),
    ((Sort.REPORT,), _reports),
    ((Sort.CHECK,), _due),
    ((Sort.EDIT,), _edits),
    ((Sort.MAIL,), _mails),
    ((Sort.FILE,), _faults),
)
