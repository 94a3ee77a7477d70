"""Publishing: the one gate through which every change of every entry passes.

Each function here adds to the caller's transaction; the caller commits. The change log's number
is taken last, so the row that hands out numbers is locked only briefly.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from directory.entries import easy_read, links
from directory.entries.documents import CLASSES, SLUG_MAX, Document
from directory.entries.models import Address, ChangeRow, EntryRow, EntryState, LogHead, Revision
from directory.entries.rendering import SANITISER_VERSION, render
from directory.entries.text import digest, dump
from directory.errors import ChangedMeanwhile
from directory.vocabulary.terms import Kind

# About 10 kB each, in every process.
KEPT_DOCUMENTS = 4096
_read_lately: dict[str, Document] = {}


def publish(
    session: Session,
    document: Document,
    *,
    slug: str,
    origin: str,
    author: str,
    at: datetime,
    expected_revision: int | None = None,
    note: str = "",
) -> Revision:
    """Make `document` the head of its entry, or a new entry; the same text again changes nothing.

    Args:
        slug: wanted address; a taken one gets `-2`. Another slug than now is a rename.
        origin: where it comes from: "file", "submission", "moderation", "owner", "import",
            "undo".
        author: who is named in the history; never an e-mail address.
        at: when, in UTC.
        expected_revision: number of the head that the change was made from; None: whatever it is.

    Raises:
        ChangedMeanwhile: the head is another one than expected.
    """
    document = easy_read.without_old_check(document)
    document = document if document.id else document.model_copy(update={"id": uuid4()})
    assert document.id is not None
    row = session.get(EntryRow, document.id)
    if row is None:
        row = _new_row(session, document, slug, at)
    elif expected_revision is not None and row.head_number != expected_revision:
        raise ChangedMeanwhile
    renamed = _move(session, row, slug)
    was_joined, row.merged_into = row.merged_into is not None, None
    head = head_revision(session, row)
    unchanged = head is not None and head.digest == digest(document)
    if head is not None and unchanged and row.state == EntryState.LIVE:
        if renamed:
            row.updated_at = at
            _log(session, row, "renamed", at)
            _log_those_that_name(session, row, at)
        return head
    revision = Revision(
        entry_id=row.id,
        number=row.head_number + 1,
        text=dump(document),
        data=document.model_dump(mode="json"),
        html=render(document.body),
        sanitiser_version=SANITISER_VERSION,
        digest=digest(document),
        origin=origin,
        author=author,
        note=note,
        created_at=at,
    )
    session.add(revision)
    row.head_number = revision.number
    row.name = document.name
    row.state = EntryState.LIVE
    row.reason = None
    row.updated_at = at
    links.record(session, row.id, document)
    _log(session, row, "published", at)
    if renamed or was_joined:
        _log_those_that_name(session, row, at)
    return revision


def end(session: Session, entry_id: UUID, *, reason: str, at: datetime) -> None:
    """Take an entry out of the directory; its address answers 410 with `reason`."""
    _close(session, entry_id, EntryState.ENDED, reason, at)


def merge(session: Session, entry_id: UUID, *, into: UUID, at: datetime) -> None:
    """Close an entry in favour of another; its address redirects there.

    What was joined to it before leads there too, and who names one of them names the other now.
    """
    row = _close(session, entry_id, EntryState.MERGED, "merged", at)
    _log_those_that_name(session, row, at)
    row.merged_into = into
    session.execute(
        update(EntryRow)
        .where(EntryRow.merged_into == entry_id)
        .values(merged_into=into, version=EntryRow.version + 1)
        .execution_options(synchronize_session=False)
    )


def erase(session: Session, entry_id: UUID, *, reason: str, at: datetime) -> None:
    """Withdraw an entry and blank the text of all its revisions; the rows and the reason stay."""
    row = _close(session, entry_id, EntryState.WITHDRAWN, reason, at)
    row.name = ""
    session.execute(
        update(Revision)
        .where(Revision.entry_id == entry_id)
        .values(text="", data={}, html="", digest="", note="", erased_at=at, erased_reason=reason)
    )


def free_slug(session: Session, kind: Kind, wanted: str, *, entry_id: UUID | None = None) -> str:
    """`wanted`, or `wanted-2`, `-3`… if another entry of that kind has or had that address."""
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        slug = wanted[: SLUG_MAX - len(suffix)].rstrip("-") + suffix
        if _holder(session, kind, slug) in {None, entry_id}:
            return slug
        number += 1


def head_revision(session: Session, row: EntryRow) -> Revision | None:
    """The revision that readers see."""
    return session.scalar(
        select(Revision).where(Revision.entry_id == row.id, Revision.number == row.head_number)
    )


def document_of(revision: Revision) -> Document:
    """The document that a revision holds.

    Documents never change, so those read lately are kept by the hash of their text: checking one
    again costs half a millisecond, and a list shows a hundred.
    """
    found = _read_lately.get(revision.digest)
    if found is None:
        found = CLASSES[Kind(revision.data["kind"])].model_validate(revision.data)
        if len(_read_lately) >= KEPT_DOCUMENTS:
            _read_lately.clear()
        _read_lately[revision.digest] = found
    return found


def rerender(session: Session) -> int:
    """Render again what an older sanitiser rendered; returns how many revisions."""
    stale = session.scalars(
        select(Revision).where(
            Revision.sanitiser_version != SANITISER_VERSION, Revision.erased_at.is_(None)
        )
    ).all()
    for revision in stale:
        revision.html = render(str(revision.data.get("body", "")))
        revision.sanitiser_version = SANITISER_VERSION
    return len(stale)


def _new_row(session: Session, document: Document, slug: str, at: datetime) -> EntryRow:
    row = EntryRow(
        id=document.id,
        kind=document.kind,
        slug=free_slug(session, document.kind, slug),
        name=document.name,
        state=EntryState.LIVE,
        head_number=0,
        created_at=at,
        updated_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _move(session: Session, row: EntryRow, slug: str) -> bool:
    """Give `row` the address `slug`, keeping the old one as a redirect. True if it moved."""
    if slug == row.slug or _is_numbered(row.slug, slug):
        return False
    new = free_slug(session, Kind(row.kind), slug, entry_id=row.id)
    if new == row.slug:
        return False
    session.merge(Address(kind=row.kind, slug=row.slug, entry_id=row.id))
    returned = session.get(Address, (row.kind, new))
    if returned is not None:
        session.delete(returned)
    row.slug = new
    session.flush()
    return True


def _is_numbered(slug: str, wanted: str) -> bool:
    """Whether `slug` is what a collision made of `wanted`."""
    stem, _, number = slug.rpartition("-")
    return (
        number.isdigit()
        and int(number) > 1
        and stem == wanted[: len(stem)].rstrip("-")
        and (stem == wanted or len(slug) == SLUG_MAX)
    )


def _holder(session: Session, kind: Kind, slug: str) -> UUID | None:
    row_id = session.scalar(select(EntryRow.id).where(EntryRow.kind == kind, EntryRow.slug == slug))
    return row_id or session.scalar(
        select(Address.entry_id).where(Address.kind == kind, Address.slug == slug)
    )


def _close(
    session: Session, entry_id: UUID, state: EntryState, reason: str, at: datetime
) -> EntryRow:
    row = session.get_one(EntryRow, entry_id)
    row.state = state
    row.reason = reason
    row.updated_at = at
    links.forget(session, row.id)
    _log(session, row, state, at)
    return row


def _log_those_that_name(session: Session, row: EntryRow, at: datetime) -> None:
    """Tell followers of those that name `row`, or named it until now: what they name has moved."""
    session.flush()
    _log_all(session, links.named_so(session, Kind(row.kind), row.slug), "named", at)


def _log(session: Session, row: EntryRow, action: str, at: datetime) -> None:
    session.flush()
    _log_all(session, [row.id], action, at)


def _log_all(session: Session, ids: Sequence[UUID], action: str, at: datetime) -> None:
    """A line for each, in one step."""
    if not ids:
        return
    last = session.scalar(
        update(LogHead).where(LogHead.id == 1).values(n=LogHead.n + len(ids)).returning(LogHead.n)
    )
    if last is None:
        raise RuntimeError("the database has no log_head row: run the migrations")
    lines = [
        {"n": n, "entry_id": one, "action": action, "at": at}
        for n, one in enumerate(ids, last - len(ids) + 1)
    ]
    session.execute(insert(ChangeRow), lines)
