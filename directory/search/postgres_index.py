"""The index on PostgreSQL: `SearchIndex` for a site on several machines."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from directory.entries.catalogue import Change, Entry
from directory.places.gazetteer import Gazetteer
from directory.search import postgres_tables as tables
from directory.search.generation import Generation
from directory.search.index import NotReady
from directory.search.postgres_ahead import to_rank, to_understand
from directory.search.postgres_parts import Opened
from directory.search.postgres_rows import Writer
from directory.search.postgres_snapshot import open_snapshot
from directory.search.postgres_spelling import Speller
from directory.search.query import Query
from directory.search.reading import Damaged
from directory.search.snapshot_index import SnapshotIndex
from directory.search.spelling import Spelling
from directory.search.understanding import Meaning
from directory.search.wordings import Thesaurus

logger = logging.getLogger("kith.search")

# A process looks so often whether another one wrote.
LOOK_EVERY_SECONDS = 0.3
# So many entries are written at once.
BATCH = 1_000


class PostgresIndex(SnapshotIndex):
    """Reads the current build; writes only when told to follow the change log."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        *,
        gazetteer: Callable[[], Gazetteer | None],
        thesaurus: Callable[[], Thesaurus],
        today: Callable[[], date],
    ) -> None:
        """Use the database of `engine`, which must be PostgreSQL."""
        super().__init__(gazetteer=gazetteer, thesaurus=thesaurus, today=today)
        self._engine = engine
        self._opening = threading.Lock()
        self._generation: Generation | None = None
        self._spelling: tuple[Generation, Spelling] | None = None
        self._looked = 0.0
        self._is_worn = False

    # Reading

    def spelling(self, generation: Generation) -> Spelling:
        """Who knows the words of `generation`: PostgreSQL."""
        held = self._spelling
        if held is None or held[0] is not generation:
            source = _opened(generation).source
            held = self._spelling = generation, Speller(generation.snapshot, source)
        return held[1]

    def _meaning(self, generation: Generation, query: Query) -> Meaning:
        """What `query` means. What is looked up for it is asked of PostgreSQL at once, and so is
        what it takes to rank."""
        opened = _opened(generation)
        terms, phrases = to_understand(query, self._thesaurus())
        opened.count(terms)
        opened.fetch_places(phrases)
        meaning = super()._meaning(generation, query)
        snapshot = generation.snapshot
        opened.fetch(one for one in to_rank(meaning.plan) if not snapshot.is_summed(one))
        return meaning

    def _current(self) -> Generation:
        """The newest generation. Nothing is asked for a moment after a look."""
        held = self._generation
        if held is not None and time.monotonic() - self._looked < LOOK_EVERY_SECONDS:
            return held
        # While one thread opens the new generation, others go on with the one they have.
        if not self._opening.acquire(blocking=held is None) and held is not None:
            return held
        try:
            self._look()
            if self._generation is None:
                raise NotReady
            return self._generation
        except (DBAPIError, Damaged) as error:
            logger.error("the search index cannot be read: %s", error)
            raise NotReady from error
        finally:
            self._opening.release()

    def _look(self) -> None:
        """Open what another process wrote, if it did."""
        looked = time.monotonic()
        held = self._generation
        with (
            self._engine()
            .connect()
            .execution_options(isolation_level="REPEATABLE READ") as connection
        ):
            state = tables.state(connection)
            # An index that we cannot read is that of a newer version: what we have is still good.
            if state is not None and (held is None or held.snapshot.note["state"] != state):
                before = held.snapshot if held else None
                snapshot = open_snapshot(self._engine(), connection, state, before)
                self._generation = Generation(snapshot, held)
        self._looked = looked

    def _unreadable(self, error: Damaged) -> NotReady:
        """Look anew at the next question."""
        logger.error("the search index could not be read: %s", error)
        self._generation = None
        return NotReady()

    # Writing

    def position(self) -> int | None:
        """How far the index has followed the change log; None if it must be built anew."""
        with self._engine().connect() as connection:
            state = tables.state(connection)
        return state.n if state and not self._is_worn else None

    def forget(self) -> None:
        """Throw the index away."""
        tables.forget(self._engine())
        self._generation = None

    def apply(self, changes: Sequence[Change]) -> None:
        """Follow the change log; applying a change twice is the same as once."""
        with self._engine().begin() as connection:
            tables.lock_writing(connection)
            state = tables.state(connection)
            if state is None:
                raise NotReady
            if new := [change for change in changes if change.n > state.n]:
                writer = Writer(connection, state.build, self._gazetteer(), size=state.size)
                writer.take_in(new)
                self._is_worn |= writer.is_worn
                tables.move_on(connection, n=new[-1].n, size=writer.size)
        self._looked = 0.0

    def rebuild(
        self,
        entries: Iterable[Entry],
        *,
        n: int,
        catch_up: Callable[[int], Sequence[Change]] = lambda n: (),
        report: Callable[[int], None] = lambda count: None,
    ) -> None:
        """Replace the index by these entries, in one step or not at all."""
        tables.set_up(self._engine())
        with self._engine().connect() as connection:
            before = tables.state(connection)
            with tables.building(connection):
                now = tables.state(connection)
                # While we waited, another machine may have built it.
                if now is None or now == before or now.n < n:
                    self._build(connection, _told(entries, report), n, catch_up)
        self._is_worn = False

    def _build(
        self,
        connection: Connection,
        entries: Iterator[Entry],
        n: int,
        catch_up: Callable[[int], Sequence[Change]],
    ) -> None:
        tables.remove_old(connection)
        writer = Writer(connection, tables.create(connection), self._gazetteer())
        while some := list(islice(entries, BATCH)):
            writer.add(some)
            connection.commit()
        writer.finish()
        tables.add_indexes(connection, writer.build)
        connection.commit()
        tables.lock_writing(connection)
        while changes := catch_up(n):
            writer.take_in(changes)
            n = changes[-1].n
        tables.make_current(connection, writer.build, n=n, size=writer.size)
        connection.commit()
        self._looked = 0.0


def _opened(generation: Generation) -> Opened:
    part = generation.snapshot.segments[0]
    assert isinstance(part, Opened)
    return part


def _told(entries: Iterable[Entry], report: Callable[[int], None]) -> Iterator[Entry]:
    for count, entry in enumerate(entries, start=1):
        yield entry
        report(count)
