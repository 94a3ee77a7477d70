"""The tables of the index on PostgreSQL. They lie in a schema of their own and can be thrown away.

    current        one row: which build readers use, and how far it has followed the change log
    runs_3         of build 3, for each run of entries: which they are, and their figures
    postings_3     for each term and run: the entries that say it, and where in their texts
    keys_3         for each value of a filter and run: the entries that have it
    loose_3        entries that were written since the last run
    cards_3        for each entry the card of a result
    spellings_3    each unstemmed word, also without accents
    gone_3         entries that were taken out, and at which change

A question needs the postings of its words: a few rows, found by their key, each of them a list that
numpy reads as it lies (postgres_runs.py). PostgreSQL looks at no entry to rank it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import NotSupportedError, ProgrammingError

from directory.search import schema
from directory.search.index import CannotSetUp

SCHEMA = "kith_search"
EXTENSIONS = ("pg_trgm", "unaccent")
# Any numbers, the same in every process: one holds them who writes, or who builds anew.
WRITING, BUILDING = 4_205_170_001, 4_205_170_002
# A reader may still be asking the build before; after this nobody is.
KEEP_OLD = timedelta(seconds=60)
# Sorting in memory makes indexes sooner than PostgreSQL's own 64 MB do.
MEMORY_TO_BUILD = "256MB"
# Raise it when the tables change: an older build is then made anew, as for a new schema.VERSION.
LAYOUT = 4
VERSION = 100 * schema.VERSION + LAYOUT

# Two words with two slips between them share at least 0.19 of their groups of three letters. The
# index knows how much by a setting, which a function has for as long as it runs.
_NEAREST = (
    "CREATE FUNCTION {nearest}(typed text, most integer) RETURNS SETOF text LANGUAGE sql STABLE "
    "SET pg_trgm.similarity_threshold = 0.19 AS $$SELECT word FROM {spellings} "
    "WHERE plain %% unaccent(typed) "
    "ORDER BY similarity(plain, unaccent(typed)) DESC, word LIMIT most$$"
)

_TABLES = ("runs", "postings", "keys", "loose", "cards", "spellings", "gone")
# What builds of the first layout had; they go when such a build does.
_FORMER = ("words", "lexemes")
_OF_A_BUILD = {*_TABLES, *_FORMER, "nearest"}

NOT_ALLOWED = (
    "PostgreSQL does not let us set up the search. Ask whoever keeps the server to run in our "
    "database, as its superuser:\n"
    "  CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
    "  CREATE EXTENSION IF NOT EXISTS unaccent;\n"
    "  CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {user};\n"
    "Both extensions come with PostgreSQL (on Debian: postgresql-contrib). It said: {said}"
)


@dataclass(frozen=True)
class State:
    """What the index is now.

    Attributes:
        n: how far it has followed the change log.
        size: the number that the next entry gets.
        made: when it became the current one; a build that was thrown away may come again under
            its number.
    """

    build: int
    n: int
    size: int
    made: str


def named(statement: str, build: int = 0) -> str:
    """`statement` with the names of our tables for {current}, and {words}, {cards}… of a build."""
    return statement.format_map(_Names(build))


class _Names(dict[str, str]):
    def __init__(self, build: int) -> None:
        self._build = build

    def __missing__(self, name: str) -> str:
        return f"{SCHEMA}.{name}_{self._build}" if name in _OF_A_BUILD else f"{SCHEMA}.{name}"


def state(connection: Connection) -> State | None:
    """The state that readers should see; None where there is no index that we can read."""
    there = connection.exec_driver_sql("SELECT to_regclass(%s)", (named("{current}"),)).scalar()
    if there is None:
        return None
    row = connection.exec_driver_sql(
        named(
            "SELECT build, n, size, extract(epoch FROM made)::text, version, "
            "to_regclass('{cards_}' || build) FROM {current}"
        )
    ).first()
    if row is None or row[4] != VERSION or row[5] is None:
        return None
    return State(row[0], row[1], row[2], row[3])


def set_up(engine: Engine) -> None:
    """Make what every build needs, where it is not there.

    Raises:
        CannotSetUp: the user of our database may not.
    """
    try:
        with engine.begin() as connection:
            lock_writing(connection)
            for name in EXTENSIONS:
                connection.exec_driver_sql(f"CREATE EXTENSION IF NOT EXISTS {name}")
            if connection.exec_driver_sql("SELECT to_regnamespace(%s)", (SCHEMA,)).scalar() is None:
                connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
            connection.exec_driver_sql(named("CREATE SEQUENCE IF NOT EXISTS {builds}"))
            connection.exec_driver_sql(
                named(
                    "CREATE TABLE IF NOT EXISTS {current} (one boolean PRIMARY KEY DEFAULT true "
                    "CHECK (one), build integer NOT NULL, n bigint NOT NULL, "
                    "size integer NOT NULL, version integer NOT NULL, made timestamptz NOT NULL)"
                )
            )
    except (ProgrammingError, NotSupportedError) as error:  # may not, or has not got
        user = engine.url.username or "…"
        told = NOT_ALLOWED.format(schema=SCHEMA, user=user, said=error.orig)
        raise CannotSetUp(told) from error


def create(connection: Connection) -> int:
    """Make the tables of a new build; its number."""
    build: int = connection.exec_driver_sql(named("SELECT nextval('{builds}')")).scalar_one()
    for table in (
        "{runs} (first integer PRIMARY KEY, until integer NOT NULL, documents bytea NOT NULL, "
        "figures bytea NOT NULL)",
        '{postings} (term text COLLATE "C" NOT NULL, first integer NOT NULL, '
        "entries integer NOT NULL, postings bytea NOT NULL, spots bytea NOT NULL)",
        '{keys} (key text COLLATE "C" NOT NULL, first integer NOT NULL, documents bytea NOT NULL)',
        "{loose} (doc integer PRIMARY KEY, figures bytea NOT NULL, keys text[] NOT NULL, "
        "terms text[] NOT NULL, codes smallint[] NOT NULL, lines text[] NOT NULL)",
        "{cards} (doc integer NOT NULL, entry uuid NOT NULL, card json NOT NULL)",
        '{spellings} (word text PRIMARY KEY, plain text COLLATE "C" NOT NULL)',
        "{gone} (doc integer PRIMARY KEY, n bigint NOT NULL, "
        "at timestamptz NOT NULL DEFAULT clock_timestamp())",
    ):
        connection.exec_driver_sql(named("CREATE TABLE " + table, build))
    for packed in (
        "{runs} ALTER documents",
        "{runs} ALTER figures",
        "{keys} ALTER documents",
        "{postings} ALTER postings",
        "{postings} ALTER spots",
    ):
        # Numbers hardly get smaller, and to unpack them takes longer than to read them.
        statement = f"ALTER TABLE {packed} SET STORAGE EXTERNAL"
        connection.exec_driver_sql(named(statement, build))
    connection.exec_driver_sql(named(_NEAREST, build))
    return build


def add_indexes(connection: Connection, build: int) -> None:
    """What makes a build fast to read; after it was filled, which is faster."""
    connection.exec_driver_sql(f"SET maintenance_work_mem = '{MEMORY_TO_BUILD}'")
    for statement in (
        "ALTER TABLE {postings} ADD PRIMARY KEY (term, first)",
        "ALTER TABLE {keys} ADD PRIMARY KEY (key, first)",
        "ALTER TABLE {cards} ADD PRIMARY KEY (doc)",
        "CREATE INDEX ON {cards} (entry)",
        "CREATE INDEX ON {spellings} (plain)",
        "CREATE INDEX ON {spellings} USING gin (plain gin_trgm_ops) WITH (fastupdate = off)",
        "CREATE INDEX ON {gone} (n)",
        *(f"ANALYZE {{{name}}}" for name in _TABLES),
    ):
        connection.exec_driver_sql(named(statement, build))
    connection.exec_driver_sql("RESET maintenance_work_mem")


def make_current(connection: Connection, build: int, *, n: int, size: int) -> None:
    """Let readers use `build` from the end of the transaction on."""
    connection.exec_driver_sql(
        named(
            "INSERT INTO {current} (build, n, size, version, made) "
            "VALUES (%(build)s, %(n)s, %(size)s, %(version)s, clock_timestamp()) "
            "ON CONFLICT (one) DO UPDATE SET build = excluded.build, n = excluded.n, "
            "size = excluded.size, version = excluded.version, made = excluded.made"
        ),
        {"build": build, "n": n, "size": size, "version": VERSION},
    )


def move_on(connection: Connection, *, n: int, size: int) -> None:
    """Note that the current build has followed the change log up to `n`."""
    connection.exec_driver_sql(named("UPDATE {current} SET n = %s, size = %s"), (n, size))


def remove_old(connection: Connection) -> None:
    """Drop builds that nobody can be reading any more, and half-made ones; not while one is made.

    The caller is `building`.
    """
    builds = connection.exec_driver_sql(
        "SELECT split_part(tablename, '_', 2)::integer FROM pg_tables "
        "WHERE schemaname = %s AND tablename ^@ 'cards_' ORDER BY 1",
        (SCHEMA,),
    ).scalars()
    current = connection.exec_driver_sql(
        named("SELECT build, made < clock_timestamp() - %s FROM {current}"), (KEEP_OLD,)
    ).first()
    kept, is_settled = (current[0], current[1]) if current else (None, True)
    for build in builds.all():
        is_before = kept is not None and build < kept
        if build != kept and (is_settled or not is_before):
            drop(connection, build)


def drop(connection: Connection, build: int) -> None:
    """Drop the tables of a build, as far as they are there."""
    connection.exec_driver_sql(named("DROP FUNCTION IF EXISTS {nearest}", build))
    for name in (*_TABLES, *_FORMER):
        connection.exec_driver_sql(named(f"DROP TABLE IF EXISTS {{{name}}}", build))


def forget(engine: Engine) -> None:
    """Throw the whole index away, as when another database came back from a backup."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def lock_writing(connection: Connection) -> None:
    """Nobody else writes until the end of the transaction."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITING,))


@contextmanager
def building(connection: Connection) -> Iterator[None]:
    """Nobody else builds anew meanwhile. Ends with the connection, however that ends."""
    connection.exec_driver_sql("SELECT pg_advisory_lock(%s)", (BUILDING,))
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("SELECT pg_advisory_unlock(%s)", (BUILDING,))
        connection.commit()
