"""Everything a site holds in one file, and back again, on SQLite and PostgreSQL alike.

The file is a zip: `manifest.json`, each table as lines of JSON under `tables/`, and the files of
the instance folder that cannot be made anew under `files/`. It is read from one transaction, so it
is whole while the site goes on. Tables are taken as the database has them, not as our models say:
so a backup can be made right before a migration, and restored by a newer Kith, which migrates it.

The file holds names, addresses and secrets: it is readable by its owner only. Keep it so.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.schema import AddConstraint, DropConstraint

from directory.db import reading
from directory.errors import DirectoryError

FORMAT = 1
ALEMBIC = "alembic_version"
ROWS_AT_ONCE = 500

# Rows in these tables do not make a directory.
_FILLED_FROM_THE_START = {"log_head", "roles", "heartbeats"}
# What lies in the instance folder and can be made anew. All else is kept, also what is added later.
_NOT_KEPT = {"assets", "backups", "content", "index", "geo.sqlite", "worker.lock", "prepared"}


class NoBackup(DirectoryError):
    """This file is no backup of Kith that can be read here."""

    status = 400


class NotEmpty(DirectoryError):
    """The database already holds a directory: add --replace to put the backup in its place."""

    status = 409


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    format: int
    made_at: str
    revision: str | None
    tables: dict[str, int]
    files: list[str]


def save(engine: Engine, instance_dir: Path, target: Path, *, at: datetime) -> Manifest:
    """Write a backup to `target`, replacing it in one step; the file is readable by its owner."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(unfinished, "xb", opener=_owner_only) as file:
            manifest = _write(file, engine, instance_dir, leave_out=target, at=at)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def before_migration(engine: Engine, instance_dir: Path, *, head: str | None) -> Path | None:
    """Make a backup if the database holds something and is not at revision `head` yet."""
    with engine.connect() as connection, reading():
        current = _revision(connection)
    if current is None or current == head:
        return None
    now = datetime.now(UTC)
    target = instance_dir / "backups" / f"{now:%Y-%m-%d-%H%M%S}-before-{head}.zip"
    save(engine, instance_dir, target, at=now)
    return target


def read_manifest(source: Path) -> Manifest:
    """What the backup at `source` says of itself.

    Raises:
        NoBackup: it is none, or of a format that this version does not know.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = Manifest(**json.loads(archive.read("manifest.json")))
            if archive.testzip() is not None:
                raise NoBackup
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError) as error:
        raise NoBackup from error
    if manifest.format != FORMAT:
        raise NoBackup
    return manifest


def restore(
    engine: Engine,
    instance_dir: Path,
    source: Path,
    *,
    migrate: Callable[[str], None],
    replace: bool = False,
) -> Manifest:
    """Put the backup at `source` into the database and the instance folder. Nobody may use them.

    Args:
        migrate: brings the database to the revision it is given ("head": the newest).
        replace: throw away what the database holds now.

    Raises:
        NoBackup: the file cannot be used; nothing was changed.
        NotEmpty: the database holds something and `replace` is false; nothing was changed.
    """
    manifest = read_manifest(source)
    if _holds_something(engine):
        if not replace:
            raise NotEmpty
        _drop_everything(engine)
    migrate(manifest.revision or "head")
    with zipfile.ZipFile(source) as archive:
        with engine.begin() as connection, _without_foreign_keys(connection) as tables:
            for table in tables:
                _fill(connection, table, archive)
        for name in manifest.files:
            _put_file(archive, name, instance_dir)
    migrate("head")
    return manifest


def _write(
    file: IO[bytes], engine: Engine, instance_dir: Path, *, leave_out: Path, at: datetime
) -> Manifest:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        with _snapshot(engine) as connection:
            revision = _revision(connection)
            tables = {}
            for table in _tables(connection):
                with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
                    tables[table.name] = _dump(connection, table, lines)
        files = []
        for path in _files(instance_dir, engine):
            if path.resolve() == leave_out.resolve():
                continue
            with contextlib.suppress(FileNotFoundError):  # a mail that was sent meanwhile
                name = path.relative_to(instance_dir).as_posix()
                archive.write(path, f"files/{name}")
                files.append(name)
        manifest = Manifest(FORMAT, at.isoformat(), revision, tables, files)
        archive.writestr("manifest.json", json.dumps(asdict(manifest), indent=1))
    return manifest


@contextlib.contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one moment, whatever is written meanwhile."""
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with engine.connect().execution_options(**options) as connection:
            yield connection
    else:
        with reading(), engine.connect() as connection:
            yield connection


def _revision(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext  # see db.py: not where pages are served

    return MigrationContext.configure(connection).get_current_revision()


def _tables(connection: Connection) -> list[sa.Table]:
    """Tables as the database has them, those that others point at first."""
    metadata = sa.MetaData()
    metadata.reflect(connection)
    tables = [table for table in metadata.sorted_tables if table.name != ALEMBIC]
    for table in tables:
        for column in table.columns:
            if isinstance(column.type, sa.JSON):
                column.type.none_as_null = True
    return tables


def _holds_something(engine: Engine) -> bool:
    with reading(), engine.connect() as connection:
        return any(
            connection.scalar(sa.select(sa.literal(1)).select_from(table).limit(1))
            for table in _tables(connection)
            if table.name not in _FILLED_FROM_THE_START
        )


def _drop_everything(engine: Engine) -> None:
    metadata = sa.MetaData()
    with engine.begin() as connection:
        metadata.reflect(connection)
        metadata.drop_all(connection)
        if connection.dialect.name == "postgresql":  # those of our triggers outlive the tables
            for function in connection.scalars(sa.text(_OUR_FUNCTIONS)).all():
                connection.exec_driver_sql(f"DROP FUNCTION {function} CASCADE")


_OUR_FUNCTIONS = """
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend WHERE pg_depend.objid = pg_proc.oid AND deptype = 'e'
    )
"""


# Rows.


def _dump(connection: Connection, table: sa.Table, lines: IO[bytes]) -> int:
    """Write the names of the columns, then each row as a list. Returns the number of rows."""
    columns = [column for column in table.columns if column.computed is None]
    _write_line(lines, [column.name for column in columns])
    number = 0
    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(
        sa.select(*columns).order_by(*table.primary_key.columns)
    )
    for row in rows:
        _write_line(
            lines, [_plain(value, column) for value, column in zip(row, columns, strict=True)]
        )
        number += 1
    return number


def _fill(connection: Connection, table: sa.Table, archive: zipfile.ZipFile) -> None:
    """Replace the rows of `table` by those of the backup, which may not know the table."""
    connection.execute(table.delete())
    try:
        lines = archive.open(f"tables/{table.name}.jsonl")
    except KeyError:
        return
    with lines:
        names = json.loads(next(lines))
        missing = set(names) - set(table.columns.keys())
        if missing:
            raise NoBackup
        columns = [table.columns[name] for name in names]
        postgres = connection.dialect.name == "postgresql"
        batch: list[dict[str, Any]] = []
        for line in lines:
            values = json.loads(line)
            batch.append(
                {
                    column.name: _typed(value, column, postgres=postgres)
                    for value, column in zip(values, columns, strict=True)
                }
            )
            if len(batch) == ROWS_AT_ONCE:
                connection.execute(table.insert(), batch)
                batch = []
        if batch:
            connection.execute(table.insert(), batch)
    if postgres:
        _move_sequences(connection, table)


def _write_line(lines: IO[bytes], values: Sequence[Any]) -> None:
    lines.write(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")


def _plain(value: Any, column: sa.Column[Any]) -> Any:
    """`value` as JSON can hold it, the same from both databases."""
    match value:
        case _ if isinstance(column.type, sa.JSON):
            return value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            # SQLite forgets the zone; all our times are UTC.
            return (
                (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat()
            )
        case date() | time():
            return value.isoformat()
        case UUID():
            return value.hex
        case Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{column}: a backup cannot hold a {type(value).__name__}")


def _typed(value: Any, column: sa.Column[Any], *, postgres: bool) -> Any:
    """What `_plain` wrote, as the column of this database takes it."""
    match column.type:
        case _ if value is None:
            return None
        case sa.DateTime():
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=UTC) if postgres and column.type.timezone else moment
        case sa.Date():
            return date.fromisoformat(value)
        case sa.Time():
            return time.fromisoformat(value)
        case sa.Uuid():
            return UUID(value)
        case sa.Boolean():
            return bool(value)
        case sa.LargeBinary():
            return base64.b64decode(value)
        case sa.Numeric() if isinstance(value, str):
            return Decimal(value)
    return value


@contextlib.contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[list[sa.Table]]:
    """All tables, to be filled in any order: tables may point at each other in circles."""
    tables = _tables(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield tables
        return
    keys = [constraint for table in tables for constraint in table.foreign_key_constraints]
    for key in keys:
        connection.execute(DropConstraint(key))
    yield tables
    for key in keys:
        connection.execute(AddConstraint(key))


def _move_sequences(connection: Connection, table: sa.Table) -> None:
    """Let new rows of PostgreSQL get numbers after the restored ones."""
    quoted = connection.dialect.identifier_preparer.format_table(table)
    for column in table.primary_key.columns:
        if not isinstance(column.type, sa.Integer):
            continue
        sequence = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(quoted, column.name)))
        if sequence:
            highest = connection.scalar(sa.select(sa.func.max(column)))
            connection.execute(
                sa.select(sa.func.setval(sequence, highest or 1, highest is not None))
            )


# Files.


def _files(instance_dir: Path, engine: Engine) -> Iterator[Path]:
    """Files of the instance folder that the database cannot bring back."""
    database = Path(engine.url.database or "").name or "kith.sqlite3"
    for path in sorted(instance_dir.glob("**/*")):
        top = path.relative_to(instance_dir).parts[0]
        # SQLite's own files beside it end with -wal and -shm.
        is_database = top.startswith((database, "kith.sqlite3"))
        if path.is_file() and not (top in _NOT_KEPT or is_database or top.startswith(".")):
            yield path


def _put_file(archive: zipfile.ZipFile, name: str, instance_dir: Path) -> None:
    target = (instance_dir / name).resolve()
    if not target.is_relative_to(instance_dir.resolve()):
        raise NoBackup
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.restoring")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "xb", opener=_owner_only) as file:
        file.write(archive.read(f"files/{name}"))
    os.replace(unfinished, target)


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
