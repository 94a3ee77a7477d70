"""Checking rows, some at a time: what is wrong, what is here already, what would change.

Reading and writing are apart, so that nobody waits while rows are compared. A worker that is killed
in between has written nothing of that batch, and checks it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document, Service
from directory.entries.models import EntryRow, EntryState
from directory.entries.text import digest
from directory.imports import columns, lists, standing
from directory.imports.cells import Finder
from directory.imports.columns import ENTRY, Problem, Read
from directory.imports.models import Choice, Feed, FeedItem, Import, ImportRow, Stage, State
from directory.places.gazetteer import Gazetteer
from directory.search.similar import Similar, Wanted, Why, similar
from directory.search.snapshot_index import SnapshotIndex
from directory.submissions.models import Submission
from directory.submissions.proposing import document_of
from directory.submissions.states import State as SubmissionState
from directory.vocabulary.terms import Kind, Status

AT_ONCE = 20
LIKE_SHOWN = 3
STILL_OPEN = (
    SubmissionState.UNCONFIRMED,
    SubmissionState.WAITING,
    SubmissionState.CHANGES_ASKED,
)


@dataclass(frozen=True)
class Found:
    """What was found about a row."""

    number: int
    state: State
    name: str
    problems: Sequence[Problem] = ()
    candidates: Sequence[Mapping[str, str]] = ()
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Batch:
    """Some rows of an import, checked. `round`: of the mapping that they were checked by."""

    import_id: int
    round: int
    found: Sequence[Found]


@dataclass(frozen=True)
class Change:
    """What a row says otherwise than before: text by column, and columns that it has no more."""

    typed: Mapping[str, str] = field(default_factory=dict)
    cleared: Sequence[str] = ()

    @property
    def is_nothing(self) -> bool:
        return not (self.typed or self.cleared)


def read_ahead(session: Session, index: SnapshotIndex, gazetteer: Gazetteer | None) -> Batch | None:
    """The next rows that are to be checked, checked; None if there is nothing to do."""
    one = session.scalar(
        select(Import).where(Import.stage == Stage.CHECKING).order_by(Import.changed_at).limit(1)
    )
    if one is None:
        return None
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.state == State.UNREAD)
        .order_by(ImportRow.number)
        .limit(AT_ONCE)
    ).all()
    check = _Check(session, one, index, gazetteer)
    return Batch(one.id, one.round, [check.row(row) for row in rows])


def write(session: Session, batch: Batch, *, at: datetime) -> None:
    """Keep what was found; when no row is left, the list is checked. The caller commits."""
    one = session.get(Import, batch.import_id, with_for_update=True)
    if one is None or one.stage != Stage.CHECKING or one.round != batch.round:
        return  # the columns were chosen anew meanwhile
    for found in batch.found:
        session.execute(
            update(ImportRow)
            .where(
                ImportRow.import_id == one.id,
                ImportRow.number == found.number,
                ImportRow.state == State.UNREAD,
            )
            .values(
                state=found.state,
                name=found.name,
                problems=[[problem.key, problem.words] for problem in found.problems],
                candidates=[dict(candidate) for candidate in found.candidates],
                entry_id=found.entry_id,
            )
        )
    left = session.scalar(
        select(func.count())
        .select_from(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.state == State.UNREAD)
    )
    if not left:
        _finish(session, one, at)
    one.changed_at = at


def change_of(session: Session, one: Import, row: ImportRow, typed: Mapping[str, str]) -> Change:
    """What a row says otherwise than when its feed was taken in last; in a file, all it says."""
    item = session.get(FeedItem, (one.feed_id, row.key)) if one.feed_id and row.key else None
    if item is None or not item.typed:
        return Change(typed)
    said = {key: text for key, text in typed.items() if item.typed.get(key) != text}
    if item.is_gone:  # it was proposed as ended, and is in the feed again
        said.setdefault("status", typed.get("status", Status.NOT_KNOWN))
    return Change(said, [key for key in item.typed if key not in typed])


def _finish(session: Session, one: Import, at: datetime) -> None:
    """The list is checked: on to its editors; a harvest by itself goes on to be taken in."""
    feed = session.get(Feed, one.feed_id) if one.feed_id is not None else None
    if feed is not None:
        unchanged = session.scalars(
            select(ImportRow).where(
                ImportRow.import_id == one.id,
                ImportRow.state == State.SAME,
                ImportRow.entry_id.is_not(None),
                ImportRow.choice == Choice.NONE,
            )
        )
        _note_gone(session, one, feed)
        lists.keep_items(session, one, [row for row in unchanged if not row.candidates])
    session.flush()
    if not one.fetched.get("by_itself"):
        one.stage = Stage.CHECKED
    elif standing.progress(session, one).ready:
        one.stage = Stage.TAKING
    else:
        one.stage, one.done_at = Stage.DONE, at


def _note_gone(session: Session, one: Import, feed: Feed) -> None:
    """A row for each service that the feed had and has no more, if all of it was read.

    A feed that suddenly lost most of what it had is broken rather than empty: nothing follows from
    that, but its editors are told.
    """
    if not one.fetched.get("is_whole"):
        return
    items = session.scalars(
        select(FeedItem).where(FeedItem.feed_id == feed.id, FeedItem.is_gone.is_(False))
    ).all()
    rows = select(ImportRow.key).where(ImportRow.import_id == one.id)
    keys = set(session.scalars(rows))
    gone = [item for item in items if item.key not in keys]
    if len(gone) > max(5, len(items) // 2):
        one.fault = (
            f"{len(gone)} of {len(items)} services are missing from the feed. That looks like a "
            "mistake, so none of them is proposed as ended."
        )
        return
    last = session.scalar(select(func.max(ImportRow.number)).where(ImportRow.import_id == one.id))
    number = last or 0
    for item in gone:
        entry = catalogue.by_id(session, item.entry_id)
        if entry is None or not isinstance(entry.document, Service):
            item.is_gone = True  # it is not here any more either, or never was
            continue
        number += 1
        session.add(
            ImportRow(
                import_id=one.id,
                number=number,
                key=item.key,
                cells=[],
                name=entry.document.name,
                state=State.GONE,
                entry_id=entry.id,
            )
        )


class _Check:
    """Checks rows of one import against what is here."""

    def __init__(
        self, session: Session, one: Import, index: SnapshotIndex, gazetteer: Gazetteer | None
    ) -> None:
        self.session, self.one, self.kind = session, one, Kind(one.kind)
        self.index, self.gazetteer = index, gazetteer
        self.find: Finder = lists.finder(session)
        self.like = lists.most_like(session)
        self.before: list[tuple[str, int, str]] = []  # rows of this batch: name, number, place

    def row(self, row: ImportRow) -> Found:
        """What there is to say about a row."""
        typed = lists.typed(self.one, row.cells)
        name = " ".join(typed.get("name", "").split())[:120]
        if ENTRY in typed:
            entry = self._named(typed[ENTRY])
            if entry is None:
                said = "there is nothing at this address"
                remedy = "Copy the address of its page here, or leave the cell empty."
                return self._bad(row, name, [Problem(ENTRY, said, remedy)])
            return self._changing(row, name or entry.document.name, Change(typed), entry)
        item = (
            self.session.get(FeedItem, (self.one.feed_id, row.key))
            if self.one.feed_id and row.key
            else None
        )
        if item is not None:
            return self._known(row, name, typed, item)
        return self._new(row, name, typed)

    def _known(self, row: ImportRow, name: str, typed: Mapping[str, str], item: FeedItem) -> Found:
        """A service of a feed that was taken in before."""
        change = change_of(self.session, self.one, row, typed)
        held = self.session.get(EntryRow, item.entry_id)
        if held is not None and held.state == EntryState.MERGED and held.merged_into:
            held = self.session.get(EntryRow, held.merged_into)
        entry = catalogue.by_id(self.session, held.id) if held else None
        if change.is_nothing or (held is not None and held.state == EntryState.WITHDRAWN):
            return Found(row.number, State.SAME, name, entry_id=item.entry_id)
        if entry is not None:
            return self._changing(row, name, change, entry)
        if self._still_open(item.entry_id):
            # Its last words still wait for moderators: this comes again when they have decided.
            waits = {"name": name, "why": "waits"}
            return Found(row.number, State.SAME, name, (), [waits], item.entry_id)
        found = self._read(typed)
        if found.document is None:
            return self._bad(row, name, found.problems)
        return Found(row.number, State.NEW, name, entry_id=item.entry_id)

    def _changing(self, row: ImportRow, name: str, change: Change, entry: Entry) -> Found:
        found = self._read(change.typed, base=entry.document, cleared=change.cleared)
        if found.document is None:
            return self._bad(row, name, found.problems)
        is_same = digest(found.document) == digest(entry.document)
        state = State.SAME if is_same else State.CHANGE
        return Found(row.number, state, name, entry_id=entry.id)

    def _new(self, row: ImportRow, name: str, typed: Mapping[str, str]) -> Found:
        found = self._read(typed)
        if found.document is None:
            return self._bad(row, name, found.problems)
        like = [
            *self._above(row, name, typed),
            *self._waiting(name, found.document),
            *self._here(found.document, typed),
        ]
        self.before.append((name.casefold(), row.number, _where(typed)))
        state = State.QUESTION if like else State.NEW
        return Found(row.number, state, name, candidates=like[: LIKE_SHOWN + 2])

    def _read(
        self,
        typed: Mapping[str, str],
        *,
        base: Document | None = None,
        cleared: Sequence[str] = (),
    ) -> Read:
        return columns.read(self.kind, typed, self.find, base=base, cleared=cleared, like=self.like)

    def _bad(self, row: ImportRow, name: str, problems: Sequence[Problem]) -> Found:
        return Found(row.number, State.BAD, name, problems)

    def _named(self, text: str) -> Entry | None:
        """The live entry of that kind that lives at an address, or has that slug or id."""
        slug = urlsplit(text).path.rstrip("/").rpartition("/")[2]
        try:
            entry = catalogue.by_id(self.session, UUID(slug))
        except ValueError:
            entry = catalogue.find(self.session, self.kind, slug)
            moved = None if entry else catalogue.moved_to(self.session, self.kind, slug)
            if moved:
                entry = catalogue.find(self.session, self.kind, moved.rpartition("/")[2])
        return entry if entry is not None and entry.kind == self.kind else None

    def _still_open(self, entry_id: UUID) -> bool:
        found = self.session.scalar(
            select(Submission.id)
            .where(Submission.entry_id == entry_id, Submission.state.in_(STILL_OPEN))
            .limit(1)
        )
        return found is not None

    def _above(
        self, row: ImportRow, name: str, typed: Mapping[str, str]
    ) -> Sequence[Mapping[str, str]]:
        """A row further up that has the same name, in the same place."""
        earlier = self.session.scalars(
            select(ImportRow).where(
                ImportRow.import_id == self.one.id,
                ImportRow.number < row.number,
                func.lower(ImportRow.name) == name.lower(),
                ImportRow.state.not_in([State.UNREAD, State.BAD]),
            )
        )
        places = [
            (one.name.casefold(), one.number, _where(lists.typed(self.one, one.cells)))
            for one in earlier
        ]
        return [
            {"name": name, "why": "row", "row": str(number)}
            for known, number, where in [*places, *self.before]
            if known == name.casefold() and where == _where(typed)
        ][:1]

    def _waiting(self, name: str, document: Document) -> Sequence[Mapping[str, str]]:
        """A proposal of the same name, for the same place, that waits for moderators."""
        open_ones = self.session.scalars(
            select(Submission)
            .where(
                Submission.kind == self.kind,
                Submission.state.in_(STILL_OPEN),
                func.lower(Submission.name) == name.lower(),
            )
            .limit(20)
        )
        return [
            {"name": one.name, "why": "waits"}
            for one in open_ones
            if _place(document_of(one)) == _place(document)
        ][:1]

    def _here(self, document: Document, typed: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        """Entries that may be the same."""
        place = typed.get("place") or typed.get("service_area", "")
        strapline = getattr(document, "strapline", None) or ""
        wanted = Wanted(self.kind, document.name, strapline, place)
        found = similar(self.index, wanted, gazetteer=self.gazetteer, limit=LIKE_SHOWN)
        return [
            {
                "entry": one.id,
                "name": one.name,
                "url": one.url,
                "why": "similar",
                "tagline": one.tagline,
                "where": one.where,
            }
            for one in found
            if self._may_be(one, document.name, place)
        ]

    def _may_be(self, one: Similar, name: str, place: str) -> bool:
        """Branches in many towns have names that are alike: there it must also be near."""
        if self.kind is not Kind.SERVICE or Why.NEAR in one.why:
            return True
        is_named = " ".join(one.name.casefold().split()) == name.casefold()
        return is_named and not (place and one.where)


def _where(typed: Mapping[str, str]) -> str:
    return (typed.get("place") or typed.get("service_area", "")).casefold()


def _place(document: Document) -> tuple[str, ...]:
    if not isinstance(document, Service):
        return ()
    return (document.place or "", *document.service_area)
