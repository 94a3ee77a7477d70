"""A file becomes a list: it is read, its columns are guessed, and its rows are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from directory.entries import names
from directory.errors import DirectoryError
from directory.imports import columns, guessing, lists, open_referral, outcomes, tables
from directory.imports.columns import ENTRY, ENTRY_TITLE
from directory.imports.guessing import Guess, Known
from directory.imports.models import Import, ImportRow, Stage
from directory.imports.tables import BadFile, Row, Table
from directory.vocabulary.terms import Kind

UNFINISHED_MOST = 10  # of one network
GUESSED = ("csv", "xlsx")


class TooManyLists(DirectoryError):
    """There are ten lists here that are not finished. Finish or delete one first."""

    status = 409


@dataclass(frozen=True)
class Brought:
    """A file that was read: its list, and whose column is whose."""

    table: Table
    form: str
    mapping: Mapping[int, str]


def read(content: bytes, kind: Kind, known: Known) -> Brought:
    """What a file holds, without the rows that our own template brought along.

    Args:
        known: names of entries that are here, by which columns of names are known.

    Raises:
        BadFile, NotOpenReferral: it says what is wrong with it.
    """
    if open_referral.looks_like_json(content):
        table = open_referral.read(content)
        if kind is not Kind.SERVICE:
            raise BadFile("Open Referral files hold services. Choose “Where it happens”.")
        return Brought(table, "json", open_referral.guess(table.columns))
    table = tables.read(content)
    template = columns.template(kind)
    rows = tuple(row for row in table.rows if not template.is_own(row.cells))
    if not rows:
        raise BadFile("Only our own example is in it. Add your rows, and try again.")
    table = Table(table.columns, rows)
    mapping = {number: one.key for number, one in guess(kind, table, known).items() if one.key}
    return Brought(table, "xlsx" if content.startswith(tables.XLSX) else "csv", mapping)


def known_names(session: Session, kind: Kind) -> Known:
    """Names of entries that are here, of every kind that columns of such a list name."""
    kinds = {one.names for one in columns.columns(kind) if one.names}
    return {one: names.of_all(session, one) for one in kinds}


def guess(kind: Kind, table: Table, known: Known) -> dict[int, Guess]:
    """Whose column is whose, and why; those that we added ourselves are nobody's."""
    own = len(outcomes.without_added(table.columns))
    guessed = guessing.guess(kind, table, known)
    return {number: one for number, one in guessed.items() if number < own}


def guesses(one: Import, rows: Sequence[ImportRow], known: Known) -> dict[int, Guess]:
    """The same of a list that was brought before, where its columns still are as they were guessed.
    What a feed or a file of Open Referral says is known, not guessed."""
    if one.form not in GUESSED:
        return {}
    table = Table(tuple(one.columns), tuple(Row(row.number, tuple(row.cells)) for row in rows))
    return guess(Kind(one.kind), table, known)


def begin(
    session: Session,
    brought: Brought,
    *,
    kind: Kind,
    name: str,
    network_id: UUID | None,
    user_id: int,
    licence_version: str,
    at: datetime,
) -> Import:
    """Keep a list, and begin with the columns as they were chosen for its like before.

    Raises:
        TooManyLists: that network has enough that are not finished.
    """
    if lists.unfinished(session, network_id) >= UNFINISHED_MOST:
        raise TooManyLists
    mapping, same = {str(n): key for n, key in brought.mapping.items()}, {}
    if before := _last_alike(session, network_id, kind, brought.table.columns):
        mapping, same = _as_before(before, mapping, brought.table.columns), dict(before.same)
    made = Import(
        network_id=network_id,
        user_id=user_id,
        kind=kind,
        name=" ".join(name.split())[: lists.NAME_MAX] or "List",
        form=brought.form,
        stage=Stage.MAPPING,
        columns=list(brought.table.columns),
        mapping=mapping,
        same=same,
        licence_version=licence_version,
        created_at=at,
        changed_at=at,
    )
    session.add(made)
    session.flush()
    lists.add_rows(session, made, brought.table.rows)
    return made


def _last_alike(
    session: Session, network_id: UUID | None, kind: Kind, names: Sequence[str]
) -> Import | None:
    """The last list of that network with the same columns that got past the mapping screen."""

    def own(found: Sequence[str]) -> list[str]:
        names = outcomes.without_added(found)  # they stand last, and so does our address before
        return names[:-1] if names and names[-1] == ENTRY_TITLE else names

    for one in lists.of_network(session, network_id)[:10]:
        is_mapped = one.round and one.kind == kind
        # Our columns stand last, so the numbers of theirs are the same.
        if is_mapped and own(one.columns) == own(names):
            return one
    return None


def _as_before(before: Import, guessed: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The columns as they were chosen before; those that we add are none of theirs. A column with
    our address may be new, or gone."""
    own = len(outcomes.without_added(names))
    chosen = {number: key for number, key in before.mapping.items() if int(number) < own}
    address = {n: key for n, key in guessed.items() if key == ENTRY and n not in chosen}
    return address | {n: key for n, key in chosen.items() if not address or key != ENTRY}
