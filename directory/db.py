"""The database: one `db`, the column type for times, and safe use of SQLite.

SQLite loses or blocks writes when two processes use the driver's own transactions (measured: half
of the read-then-write updates lost). So Kith begins each transaction itself: `BEGIN IMMEDIATE` in
processes and requests that write, plain `BEGIN` for those that only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, DateTime, MetaData, TypeDecorator, UpdateBase, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from directory.config import ROOT

P = ParamSpec("P")
T = TypeVar("T")


class Base(DeclarativeBase):
    """What every table's class is made from."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


class _Migrations:
    """What Flask-Migrate looks for in an app.

    Alembic is imported when it is used: a process that serves pages never does, and saves 10 MB.
    """

    directory = str(ROOT / "migrations")
    configure_args: ClassVar = {"render_as_batch": True, "compare_type": True}
    metadata = Base.metadata

    @cached_property
    def migrate(self) -> Any:
        from flask_migrate import Migrate

        return Migrate(db=db, directory=self.directory)


_reading: ContextVar[bool] = ContextVar("reading", default=False)
_in_a_hurry: ContextVar[bool] = ContextVar("in_a_hurry", default=False)

# How long a transaction waits while somebody else writes, in milliseconds of SQLite.
PATIENCE = 15_000  # milliseconds; on a slow machine a late answer is better than none
HURRY = 20


class UTCDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses times without a zone; gives back times with one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone: use datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """Execute an UPDATE, INSERT or DELETE, and tell how many rows it changed.

    A condition in the statement decides between two who come at the same moment: the one whose
    statement changes no row has lost.
    """
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def attach(app: Flask, url: str) -> None:
    """Join the database at `url` to `app`."""
    options: dict[str, Any] = {"pool_pre_ping": not url.startswith("sqlite")}
    if url.startswith("sqlite"):
        options["connect_args"] = {"timeout": PATIENCE / 1000, "isolation_level": None}
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    app.extensions["migrate"] = _Migrations()
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            make_safe(db.engine)


def make_safe(engine: Engine) -> None:
    """Set what SQLite needs for several processes on `engine`."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        for pragma in (
            f"busy_timeout={PATIENCE}",
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
            return
        if _in_a_hurry.get():
            connection.exec_driver_sql(f"PRAGMA busy_timeout={HURRY}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            if _in_a_hurry.get():
                connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")


@contextmanager
def reading() -> Iterator[None]:
    """What runs inside only reads: it never waits for a writer."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def look_up(
    session: Session, find: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `find` says, in a transaction of its own that never waits for a writer."""
    with reading():
        found = find(session, *args, **kwargs)
        session.rollback()
    return found


@contextmanager
def writing() -> Iterator[None]:
    """What runs inside writes, in a request that only reads before and after."""
    token = _reading.set(False)
    try:
        yield
    finally:
        _reading.reset(token)


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """What writes inside gives up at once where somebody else writes: it must not delay anybody.

    Raises:
        OperationalError: somebody else writes.
    """
    token = _in_a_hurry.set(True)
    try:
        yield
    finally:
        _in_a_hurry.reset(token)


def read_only_requests(app: Flask) -> None:
    """GET, HEAD and OPTIONS requests only read, unless the view calls `will_write()`."""
    from flask import request

    @app.before_request
    def begin() -> None:
        _reading.set(request.method in {"GET", "HEAD", "OPTIONS"})

    @app.teardown_request
    def finish(error: BaseException | None) -> None:
        _reading.set(False)


def will_write() -> None:
    """Say in a GET view, before its first query, that it will write."""
    _reading.set(False)
