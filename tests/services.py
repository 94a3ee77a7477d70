"""Throw-away servers for the tests: PostgreSQL, Redis, and where Chromium lies.

Each server lives in a folder of its own, is reached from this machine only, and ends with the
process that asked for it, also when that process is killed.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import redis as redis_client
import sqlalchemy as sa
from flask import Flask

from directory import worker
from directory.config import ROOT

PATIENCE_SECONDS = 30
_until_the_end = ExitStack()
atexit.register(_until_the_end.close)


class Missing(Exception):
    """This machine lacks a program; the message says which, and how to get it."""


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
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        tables, kept = _as_migrated(url)
        for table in reversed(tables):
            connection.execute(table.delete())
        for table, rows in kept.items():
            connection.execute(table.insert(), rows)
        connection.exec_driver_sql(
            "SELECT setval(schemaname || '.' || sequencename, start_value, false) FROM pg_sequences"
        )
        for table in kept:
            if "id" in table.columns:
                connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) "
                    f"FROM {table.name}"
                )


@cache
def _as_migrated(url: str) -> tuple[list[sa.Table], dict[sa.Table, list[dict[str, Any]]]]:
    """All tables, and the rows that they hold before the first test."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    metadata = sa.MetaData()
    metadata.reflect(engine)
    with engine.connect() as connection:
        rows = {
            table: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in metadata.sorted_tables
        }
    return metadata.sorted_tables, {table: found for table, found in rows.items() if found}


def an_instance(folder: Path) -> Path:
    """A new instance folder; with the places of this machine's own, so that nothing is fetched."""
    instance = folder / "instance"
    instance.mkdir(mode=0o700, exist_ok=True)
    places = ROOT / "instance" / "geo.sqlite"
    if places.exists():
        shutil.copy(places, instance)
    return instance


def follow(app: Flask) -> None:
    """Let index and mirror catch up with the change log, as the worker would."""
    worker.catch_up(app)


@contextmanager
def postgresql() -> Iterator[str]:
    """Address of a PostgreSQL server where tests may make and drop databases.

    TEST_DATABASE_URL names one that runs already; else a new cluster is made, without fsync.

    Raises:
        Missing: there is none, and none can be started.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs = _postgresql_programs()
    with _folder("postgres") as folder:
        if owner := _owner():
            shutil.chown(folder, owner, owner)
        _run_as_owner(
            [programs / "initdb", *_INITDB, "--pgdata", folder / "data"],
            folder,
        )
        command = [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
        for setting in _FAST_AND_PRIVATE:
            command += ["-c", setting]
        url = f"postgresql+psycopg://kith@/postgres?host={folder}"
        with _server(command, folder, stop_signal="QUIT", answers=lambda: _accepts(url)):
            yield url


_INITDB = ("--auth=trust", "--username=kith", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
_FAST_AND_PRIVATE = (
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
)


@contextmanager
def database(server: str, name: str) -> Iterator[str]:
    """Address of the new, empty database `name` on the PostgreSQL at `server`; dropped after."""
    name = f"{name}_{os.getpid()}"  # other test runs may use the same server
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    drop = sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    with engine.connect() as connection:
        connection.execute(drop)
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    try:
        yield sa.make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(drop)


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
    with _folder("redis") as folder:
        port = free_port()
        url = f"redis://127.0.0.1:{port}/0"
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(folder)]
        client = redis_client.Redis.from_url(url)
        with _server(command, folder, stop_signal="TERM", answers=lambda: _pings(client)):
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


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _postgresql_programs() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: float(p.parts[-3])
    )
    if found:
        return found[-1].parent
    if (path := shutil.which("postgres")) and shutil.which("initdb"):
        return Path(path).parent
    raise Missing("no PostgreSQL (apt install postgresql, or set TEST_DATABASE_URL)")


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    # Short, because the path of a Unix socket may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix=f"kith-{name}-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _owner() -> str | None:
    """The user that servers run as: PostgreSQL refuses root."""
    return "postgres" if os.geteuid() == 0 else None


def _run_as_owner(command: list[object], folder: Path) -> None:
    owner = _owner()
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _server(
    command: list[str], folder: Path, *, stop_signal: str, answers: Callable[[], bool]
) -> Iterator[None]:
    # The shell reads from us until we close the pipe or die, then it stops the server.
    script = (
        f'"$@" >log 2>&1 </dev/null & server=$!; cat >/dev/null; kill -{stop_signal} $server; wait'
    )
    owner = _owner() if "postgres" in command[0] else None
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", script, "sh", *command],
        cwd=folder,
        user=owner,
        group=owner,
        extra_groups=[] if owner else None,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for pytest, which then ends us in order
    )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]} did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.05)
        yield
    finally:
        assert keeper.stdin is not None
        keeper.stdin.close()
        keeper.wait(PATIENCE_SECONDS)


def _accepts(url: str) -> bool:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    try:
        with engine.connect():
            return True
    except sa.exc.OperationalError:
        return False


def _pings(client: redis_client.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis_client.ConnectionError:
        return False
