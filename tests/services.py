"""Throw-away servers for the tests: PostgreSQL, Redis (deploy/servers.py), and where Chromium
lies."""

from __future__ import annotations

import atexit
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import redis as redis_client
import sqlalchemy as sa
from flask import Flask

from deploy.a_site import free_port
from deploy.servers import Missing, a_folder, database, postgresql, served
from directory import worker

_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


@cache
def postgresql_database() -> str:
    """Address of an empty PostgreSQL database that lasts as long as the tests.

    Where there is no PostgreSQL, the running test is left out.
    """
    from tests.leaving_out import leave_out  # a plugin: pytest wants to be the first to load it

    try:
        server = _until_the_end.enter_context(postgresql())
    except Missing as missing:
        leave_out(str(missing))
    return _until_the_end.enter_context(database(server, "kith_test"))


def empty(url: str) -> None:
    """Bring the PostgreSQL database at `url` back to how the migrations left it."""
    engine, emptying, kept, counting = _as_migrated(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(emptying)
        for table, rows in kept.items():
            connection.execute(table.insert(), rows)
        connection.exec_driver_sql(counting)


@cache
def _as_migrated(
    url: str,
) -> tuple[sa.Engine, str, dict[sa.Table, list[dict[str, Any]]], str]:
    """The way to the database; what empties its tables; the rows that they hold before the first
    test; and what sets all counters."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = sa.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = {
            table: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in metadata.sorted_tables
        }
    kept = {table: found for table, found in rows.items() if found}
    emptying = ["SET session_replication_role = replica"]
    emptying += [f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables)]
    counting = [
        "SELECT setval(schemaname || '.' || sequencename, start_value, false) FROM pg_sequences"
    ]
    counting += [
        f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
        for table in kept
        if "id" in table.columns
    ]
    return engine, "; ".join(emptying), kept, "; ".join(counting)


def follow(app: Flask) -> None:
    """Let index and mirror catch up with the change log, as the worker would."""
    worker.catch_up(app)


@contextmanager
def redis() -> Iterator[str]:
    """Address of a Redis that keeps nothing; TEST_REDIS_URL names one that runs already.

    Raises:
        Missing: there is none, and none can be started.
    """
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("no Redis (apt install redis-server, or set TEST_REDIS_URL)")
    with a_folder("redis") as folder:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(folder)]
        client = redis_client.Redis.from_url(url)
        with served(command, folder, stop_signal="TERM", answers=lambda: _pings(client)):
            yield url


def chromium() -> str:
    """Path of a Chromium that is installed here.

    Raises:
        Missing: there is none.
    """
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    if mac.exists():
        return str(mac)
    raise Missing("no Chromium (apt install chromium)")


def _pings(client: redis_client.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis_client.ConnectionError:
        return False
