"""An import from its columns to the choices that editors make; the worker does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from directory.entries import names
from directory.errors import DirectoryError
from directory.imports import columns
from directory.imports.cells import Column, Finder, Like
from directory.imports.columns import ENTRY
from directory.imports.models import Choice, Feed, FeedItem, Import, ImportRow, Stage, State
from directory.imports.standing import PER_PAGE, UNTAKEN, progress
from directory.imports.tables import Row
from directory.submissions import links
from directory.submissions.models import Submission
from directory.submissions.proposing import withdraw as withdraw_one
from directory.submissions.states import Act, possible
from directory.submissions.states import State as SubmissionState
from directory.vocabulary.terms import Kind

KEPT_FOR = timedelta(days=180)
NAME_MAX = 120
LIKE_ENOUGH = 0.75  # 1: the same name
OPEN = (SubmissionState.WAITING, SubmissionState.CHANGES_ASKED)


class NotAtThisStage(DirectoryError):
    """This list has gone on meanwhile. Look at it again."""

    status = 409


class NothingToTakeIn(DirectoryError):
    """No row is ready. Put rows right, or say what those that may be here already are."""

    status = 422


class NotAChoice(DirectoryError):
    """Choose what to do with this row from the list."""

    status = 422


def add_rows(session: Session, one: Import, rows: Iterable[Row], keys: Sequence[str] = ()) -> None:
    """Add rows to an import. `keys`: what a feed calls each."""
    values = [
        {
            "import_id": one.id,
            "number": row.number,
            "key": keys[place] if keys else "",
            "cells": list(row.cells),
        }
        for place, row in enumerate(rows)
    ]
    if values:
        session.execute(insert(ImportRow), values)


def of_network(session: Session, network_id: UUID | None) -> list[Import]:
    """The lists that a network, or moderators, brought as files; the latest first."""
    return list(
        session.scalars(
            select(Import)
            .where(_of(network_id), Import.feed_id.is_(None))
            .order_by(Import.id.desc())
            .limit(PER_PAGE)
        )
    )


def unfinished(session: Session, network_id: UUID | None) -> int:
    """How many lists of a network, or of moderators, are not finished."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Import)
            .where(_of(network_id), Import.feed_id.is_(None), Import.stage != Stage.DONE)
        )
        or 0
    )


def asked(session: Session, network_id: UUID | None) -> list[tuple[Import, int]]:
    """Lists and readings of feeds in which moderators ask for changes, and in how many rows."""
    rows = session.execute(
        select(Import, func.count())
        .join(ImportRow, ImportRow.import_id == Import.id)
        .join(Submission, Submission.id == ImportRow.submission_id)
        .where(_of(network_id), Submission.state == SubmissionState.CHANGES_ASKED)
        .group_by(Import.id)
        .order_by(Import.id.desc())
    )
    return [(one, number) for one, number in rows]


def find(session: Session, network_id: UUID | None, import_id: int) -> Import | None:
    """That import, if it belongs there."""
    return session.scalar(select(Import).where(Import.id == import_id, _of(network_id)))


def for_every_row(kind: Kind) -> list[Column]:
    """Columns that may be so for every row, where the list does not have them."""
    return [one for one in columns.columns(kind) if one.terms or one.names]


def faults(
    session: Session, kind: Kind, mapping: Mapping[str, str], same: Mapping[str, str]
) -> dict[str, str]:
    """What is wrong with a mapping: by number of their column, or by key of ours."""
    found: dict[str, str] = {}
    seen: dict[str, str] = {}
    for number, key in mapping.items():
        ours = columns.column(kind, key)
        if ours is None:
            found[number] = "Choose one from the list."
        elif key in seen:
            found[number] = f"“{ours.title}” is chosen twice. Choose it once."
        seen.setdefault(key, number)
    search, like = finder(session), most_like(session)
    for key, text in same.items():
        problems = columns.read(kind, {key: text}, search, like=like).problems
        if wrong := next((one for one in problems if one.key == key), None):
            found[key] = wrong.words
    if ENTRY not in seen:  # rows that only change what is here need nothing else
        offered = {one.key for one in for_every_row(kind)}
        for ours in columns.columns(kind):
            if ours.needed and ours.key not in seen and not same.get(ours.key):
                where = "or write below what it is for every row" if ours.key in offered else ""
                key = ours.key if ours.key in offered else "columns"
                words = f"Say which of your columns is “{ours.title}”"
                found.setdefault(key, f"{words}, {where}." if where else f"{words}.")
    return found


def choose_columns(
    session: Session,
    one: Import,
    mapping: Mapping[str, str],
    same: Mapping[str, str],
    *,
    at: datetime,
) -> None:
    """Check the rows by this mapping, all of them anew.

    Raises:
        NotAtThisStage: it is being checked or taken in now.
    """
    _insist(one, Stage.MAPPING, Stage.CHECKED, Stage.DONE)
    one.mapping, one.same = dict(mapping), dict(same)
    one.stage, one.round, one.changed_at = Stage.CHECKING, one.round + 1, at
    session.execute(
        update(ImportRow)
        .where(ImportRow.import_id == one.id, ImportRow.state != State.GONE, UNTAKEN)
        .values(
            state=State.UNREAD, choice=Choice.NONE, entry_id=None, text="", problems=[],
            candidates=[],
        )
    )  # fmt: skip
    if one.feed_id is not None:
        feed = session.get_one(Feed, one.feed_id)
        feed.mapping = {one.columns[int(number)]: key for number, key in mapping.items()}
        feed.same, feed.mapped_at = dict(same), at


def change_columns(one: Import, *, at: datetime) -> None:
    """Go back to the mapping screen.

    Raises:
        NotAtThisStage: it is being checked or taken in now.
    """
    _insist(one, Stage.CHECKED, Stage.DONE, Stage.MAPPING)
    one.stage, one.changed_at = Stage.MAPPING, at


def choose(session: Session, one: Import, choices: Mapping[int, str], *, at: datetime) -> None:
    """Keep what an editor said about rows: "leave", "new", or the id of the entry that it is.

    Raises:
        NotAtThisStage: the list is not being reviewed.
        NotAChoice: that was not offered for the row.
    """
    _insist(one, Stage.CHECKED, Stage.DONE)
    rows = session.scalars(
        select(ImportRow).where(
            ImportRow.import_id == one.id, ImportRow.number.in_(choices), UNTAKEN
        )
    )
    for row in rows:
        said = choices[row.number]
        offered = {candidate.get("entry", "") for candidate in row.candidates} - {""}
        if said in offered and row.state == State.QUESTION:
            row.choice, row.entry_id = Choice.CHANGE, UUID(said)
        elif said in {"", "leave"} or (said == "new" and row.state == State.QUESTION):
            row.choice = said
            if row.state == State.QUESTION:
                row.entry_id = None
        else:
            raise NotAChoice
    one.changed_at = at


def take_in(session: Session, one: Import, *, at: datetime) -> None:
    """Let the worker take in what is ready; it comes to moderators all at once.

    Raises:
        NotAtThisStage: the list is not being reviewed.
        NothingToTakeIn: no row is ready.
    """
    _insist(one, Stage.CHECKED, Stage.DONE)
    if not progress(session, one).ready:
        raise NothingToTakeIn
    one.stage, one.changed_at = Stage.TAKING, at


def drop(session: Session, one: Import) -> None:
    """Delete a list that is not wanted. What was taken in stays, and nobody answers for it.

    Raises:
        NotAtThisStage: it is being taken in now.
    """
    _insist(one, *(stage for stage in Stage if stage is not Stage.TAKING))
    if one.feed_id is not None and one.stage != Stage.DONE:
        feed = session.get_one(Feed, one.feed_id)
        feed.seen_until = None  # the next harvest reads everything again
    _let_go(session, [one.id])
    session.delete(one)


def drop_feed(session: Session, feed: Feed) -> None:
    """Read that feed no more. What came from it stays, and nobody answers for it."""
    _let_go(session, session.scalars(select(Import.id).where(Import.feed_id == feed.id)).all())
    session.delete(feed)


def withdraw(session: Session, one: Import, *, at: datetime) -> int:
    """Take back all of a list that still waits for moderators; how many it were."""
    waiting = session.scalars(
        select(Submission)
        .join(ImportRow, ImportRow.submission_id == Submission.id)
        .where(
            ImportRow.import_id == one.id,
            Submission.state.in_(OPEN),
        )
    ).all()
    for submission in waiting:
        assert possible(SubmissionState(submission.state), Act.WITHDRAW)
        withdraw_one(submission, at=at)
    one.changed_at = at
    return len(waiting)


def typed(one: Import, cells: Sequence[str]) -> dict[str, str]:
    """What a row says, by our columns; what is so for every row where it says nothing."""
    found = {
        key: cells[int(number)].strip()
        for number, key in one.mapping.items()
        if int(number) < len(cells) and cells[int(number)].strip()
    }
    return {key: text for key, text in one.same.items() if text} | found


def finder(session: Session) -> Finder:
    """Finds slugs by name, and asks for each name once."""

    @cache
    def find(kind: Kind, name: str) -> str | None:
        return names.slug_of(session, kind, name)

    return find


def most_like(session: Session) -> Like:
    """Finds the name here that is most like one that is not, if any is like it at all."""

    @cache
    def called(kind: Kind) -> dict[str, str]:
        return {name.casefold(): name for name in names.of_all(session, kind)}

    @cache
    def like(kind: Kind, name: str) -> str | None:
        wanted = name.casefold()
        # A slip is seldom in the first letter; among thousands of names this keeps it quick.
        begun = [one for one in called(kind) if one[:1] == wanted[:1]]
        near = get_close_matches(wanted, begun, n=1, cutoff=LIKE_ENOUGH)
        return called(kind)[near[0]] if near else None

    return like


def forget_old(session: Session, *, at: datetime) -> None:
    """Delete lists that nobody has touched for half a year; what was taken in stays.

    A list of which something waits still is kept: its editors answer for it.
    """
    still_open = (
        select(ImportRow.import_id)
        .join(Submission, Submission.id == ImportRow.submission_id)
        .where(Submission.state.in_(OPEN))
    )
    old = session.scalars(
        select(Import.id).where(Import.changed_at < at - KEPT_FOR, Import.id.not_in(still_open))
    ).all()
    _let_go(session, old)
    session.execute(delete(Import).where(Import.id.in_(old)))


def keep_items(session: Session, one: Import, rows: Iterable[ImportRow]) -> None:
    """Remember which service of the feed is which entry, and what the feed said of it."""
    if one.feed_id is None:
        return
    for row in rows:
        if row.key and row.entry_id is not None:
            item = session.get(FeedItem, (one.feed_id, row.key)) or FeedItem(
                feed_id=one.feed_id, key=row.key
            )
            item.entry_id = row.entry_id
            if row.state == State.GONE:
                item.is_gone = True
                item.typed = item.typed or {}
            else:
                item.is_gone, item.typed = False, typed(one, row.cells)
            session.add(item)


def _let_go(session: Session, imports: Sequence[int]) -> None:
    """What came with these lists has no page any more on which their editors could answer."""
    sent = select(ImportRow.submission_id).where(ImportRow.import_id.in_(imports))
    theirs = select(Submission.id).where(
        Submission.network_id.is_not(None), Submission.id.in_(sent)
    )
    links.forget_of(session, theirs)
    session.execute(update(Submission).where(Submission.id.in_(theirs)).values(network_id=None))


def _of(network_id: UUID | None) -> ColumnElement[bool]:
    if network_id is None:
        return Import.network_id.is_(None)
    return Import.network_id == network_id


def _insist(one: Import, *stages: Stage) -> None:
    if one.stage not in stages:
        raise NotAtThisStage
