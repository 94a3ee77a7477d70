"""Snapshots of the index on PostgreSQL: the entries of runs, and those that lie loose."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from directory.search.postgres_parts import EntriesPart, Opened
from directory.search.postgres_recent import Recent
from directory.search.postgres_source import Source
from directory.search.postgres_tables import State, named
from directory.search.reading import Damaged, Snapshot
from directory.search.schema import VERSION


def open_snapshot(
    engine: Engine, connection: Connection, state: State, before: Snapshot | None
) -> Snapshot:
    """The entries of `state`, read in one transaction; what `before` holds of them is taken over.

    Raises:
        Damaged: PostgreSQL does not answer, or the build is gone.
    """
    try:
        return _open(engine, connection, state, before)
    except DBAPIError as error:
        raise Damaged(repr(error.orig)) from error


def _open(
    engine: Engine, connection: Connection, state: State, before: Snapshot | None
) -> Snapshot:
    source = Source(engine, state.build)
    packed = _scalar(connection, source, "SELECT coalesce(max(until), 0) FROM {runs}")
    held = before.segments if before and _is_same_build(before, state) else ()
    opened = next((part for part in held if isinstance(part, Opened)), None)
    recent = next((part for part in held if isinstance(part, Recent)), None)
    since = before.note["since"] if before else 0
    if opened is None or opened.until != packed:
        opened, recent, since = Opened.read(connection, source, state), None, state.n
    parts: list[EntriesPart] = [opened]
    if state.size > packed:
        parts.append(Recent.read(connection, source, state, first=packed, before=recent))
    gone = connection.exec_driver_sql(
        named("SELECT doc FROM {gone} WHERE n > %(since)s", source.build), {"since": since}
    )
    numbers = list(gone.scalars())
    deleted = [np.flatnonzero(np.isin(part.documents, numbers)).tolist() for part in parts]
    snapshot = Snapshot(f"pg.{state.build}.{state.made}.{state.n}", parts, deleted, before)
    snapshot.note = {"n": state.n, "version": VERSION, "state": state, "since": since}
    return snapshot


def _scalar(connection: Connection, source: Source, statement: str) -> int:
    found: int = connection.exec_driver_sql(named(statement, source.build)).scalar_one()
    return found


def _is_same_build(before: Snapshot, state: State) -> bool:
    held: State = before.note["state"]
    return (held.build, held.made) == (state.build, state.made)
