"""Taking in what is ready: first each row's document is written, then all come at once.

The long work is done some rows at a time, and what is done stays done when the worker is killed.
Moderators see nothing of a list before its last transaction, and then all of it: submissions, the
rows that became them, and the end of the import stand or fall together.

What an admin said to trust goes live instead, row by row; but never over words that somebody here
has changed meanwhile, and never something ends by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Service
from directory.entries.models import EntryRow
from directory.entries.publishing import publish
from directory.entries.slugs import slugify
from directory.entries.text import digest, dump, parse
from directory.imports import columns, lists
from directory.imports.cells import Finder
from directory.imports.checking import Change, change_of
from directory.imports.columns import Problem
from directory.imports.models import Choice, Feed, FeedItem, Import, ImportRow, Stage, State
from directory.imports.standing import READY, UNTAKEN
from directory.networks.models import Network
from directory.submissions.batches import Proposed, Sender, hand_over
from directory.vocabulary.terms import Kind, Status

AT_ONCE = 20


@dataclass(frozen=True)
class Written:
    """A row's document, ready to be sent. `goes_live`: without a moderator."""

    number: int
    entry_id: UUID | None
    text: str = ""
    base_revision: int | None = None
    asides: dict[str, str] | None = None
    problems: Sequence[Problem] = ()
    goes_live: bool = False


@dataclass(frozen=True)
class Batch:
    """Some rows of an import, written. None left: the last transaction is due."""

    import_id: int
    round: int
    written: Sequence[Written]


def read_ahead(session: Session) -> Batch | None:
    """The next rows that are to be written, written; None if nothing is being taken in."""
    one = session.scalar(
        select(Import).where(Import.stage == Stage.TAKING).order_by(Import.changed_at).limit(1)
    )
    if one is None:
        return None
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, READY, UNTAKEN, ImportRow.text == "")
        .order_by(ImportRow.number)
        .limit(AT_ONCE)
    ).all()
    feed = session.get(Feed, one.feed_id) if one.feed_id is not None else None
    find = lists.finder(session)
    return Batch(one.id, one.round, [_written(session, one, row, find, feed) for row in rows])


def write(session: Session, batch: Batch, *, at: datetime) -> None:
    """Keep what was written, or send all of it if nothing is left. The caller commits."""
    one = session.get(Import, batch.import_id, with_for_update=True)
    if one is None or one.stage != Stage.TAKING or one.round != batch.round:
        return
    one.changed_at = at
    if not batch.written:
        _send(session, one, at)
        return
    for written in batch.written:
        row = session.get_one(ImportRow, (one.id, written.number))
        if row.text or row.taken_at is not None:
            continue
        if written.problems:
            row.state = State.BAD
            row.problems = [[problem.key, problem.words] for problem in written.problems]
            continue
        row.entry_id = written.entry_id
        if written.goes_live and (live := _go_live(session, one, written, at)) is not None:
            row.revision, row.taken_at = live, at
            lists.keep_items(session, one, [row])
            continue
        row.text, row.base_revision = written.text, written.base_revision
        row.asides = written.asides or {}


def _written(
    session: Session, one: Import, row: ImportRow, find: Finder, feed: Feed | None
) -> Written:
    kind = Kind(one.kind)
    typed = lists.typed(one, row.cells)
    is_change = row.state in {State.CHANGE, State.GONE} or row.choice == Choice.CHANGE
    entry = catalogue.by_id(session, row.entry_id) if is_change and row.entry_id else None
    if is_change and entry is None:
        said = Problem("", "its entry is not here any more", "Check the list again.")
        return Written(row.number, row.entry_id, problems=[said])
    if row.state == State.GONE:
        return _ended(row, entry)
    change = change_of(session, one, row, typed) if entry else Change(typed)
    found = columns.read(
        kind,
        change.typed,
        find,
        base=entry.document if entry else None,
        cleared=change.cleared,
        entry_id=entry.id if entry else row.entry_id or uuid4(),
    )
    if found.document is None:
        return Written(row.number, row.entry_id, problems=found.problems)
    goes_live = (
        feed is not None
        and feed.is_trusted
        and row.state in {State.NEW, State.CHANGE}
        and not found.asides
        and not _clashes(session, one, row, change, entry, find)
    )
    return Written(
        row.number,
        found.document.id,
        dump(found.document),
        entry.revision if entry else None,
        dict(found.asides),
        goes_live=goes_live,
    )


def _ended(row: ImportRow, entry: Entry | None) -> Written:
    assert entry is not None
    assert isinstance(entry.document, Service)
    document = entry.document.model_copy(update={"status": Status.ENDED})
    return Written(row.number, entry.id, dump(document), entry.revision)


def _clashes(
    session: Session,
    one: Import,
    row: ImportRow,
    change: Change,
    entry: Entry | None,
    find: Finder,
) -> bool:
    """Whether somebody here changed the very words that the feed changes.

    What the feed said before, said once more, would then change the entry.
    """
    if entry is None:
        return row.entry_id is not None  # it was here and is no more: a moderator should look
    item = session.get(FeedItem, (one.feed_id, row.key)) if one.feed_id else None
    if item is None:
        return True
    keys = {*change.typed, *change.cleared}
    before = {key: text for key, text in item.typed.items() if key in keys}
    cleared = [key for key in keys if key not in before]
    again = columns.read(
        Kind(one.kind), before, find, base=entry.document, cleared=cleared
    ).document
    return again is None or digest(again) != digest(entry.document)


def _go_live(session: Session, one: Import, written: Written, at: datetime) -> int | None:
    """Publish at once; the number of the revision, or None if the entry changed meanwhile."""
    document = parse(written.text, path=f"imports/{one.id}/{written.number}")
    held = session.get(EntryRow, written.entry_id)
    if held is not None and held.head_number != written.base_revision:
        return None
    revision = publish(
        session,
        document,
        slug=held.slug if held else slugify(document.name),
        origin="import",
        author=one.name,
        at=at,
        expected_revision=written.base_revision,
    )
    return revision.number


def _send(session: Session, one: Import, at: datetime) -> None:
    """The last transaction of an import: all that is written becomes submissions."""
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, READY, UNTAKEN, ImportRow.text != "")
        .order_by(ImportRow.number)
    ).all()
    network = session.get(Network, one.network_id) if one.network_id else None
    sender = Sender(
        name=network.name if network else "",
        role="network" if network else "moderator",
        licence_version=one.licence_version,
        agreed_at=one.created_at,
        network_id=one.network_id,
    )
    made = hand_over(session, [_proposed(one, row) for row in rows], sender, at=at)
    for row, submission in zip(rows, made, strict=True):
        row.submission_id, row.taken_at, row.text = submission.id, at, ""
    lists.keep_items(session, one, rows)
    one.stage, one.done_at = Stage.DONE, at


def _proposed(one: Import, row: ImportRow) -> Proposed:
    assert row.entry_id is not None
    if row.state == State.GONE:
        why = f"It is not in “{one.name}” any more."
    elif one.feed_id is not None:
        why = f"From “{one.name}”, where it is {row.key}."
    else:
        why = f"From the list “{one.name}”, row {row.number}."
    return Proposed(
        kind=Kind(one.kind),
        name=row.name,
        entry_id=row.entry_id,
        text=row.text,
        why=why,
        base_revision=row.base_revision,
        asides=row.asides,
    )
