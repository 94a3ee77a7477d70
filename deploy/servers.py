"""Throw-away servers: PostgreSQL for tests and measurements, and what any such server needs.

Each lives in a folder of its own, is reached from this machine only, and ends with the process that
asked for it, also when that process is killed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

PATIENCE_SECONDS = 30


class Missing(Exception):
    """This machine lacks a program; the message says which, and how to get it."""


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
    with a_folder("postgres") as folder:
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
        with served(command, folder, stop_signal="QUIT", answers=lambda: _accepts(url)):
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
def a_folder(name: str) -> Iterator[Path]:
    """A folder that is gone afterwards."""
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
def served(
    command: list[str], folder: Path, *, stop_signal: str, answers: Callable[[], bool]
) -> Iterator[None]:
    """Let the server of `command` run until the end, from when it `answers`."""
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
        start_new_session=True,  # Ctrl-C is for our own process, which then ends us in order
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
