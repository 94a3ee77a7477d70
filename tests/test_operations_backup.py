"""Backups: everything in one file, back again on either database, made before each migration."""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from directory import create_app
from directory.accounts import people
from directory.accounts.models import User
from directory.config import Config
from directory.db import db
from directory.entries import publishing
from directory.entries.catalogue import live
from directory.entries.documents import Document
from directory.entries.slugs import slugify
from directory.mail.models import OutboxMail
from directory.operations import backup, heartbeat
from tests import services
from tests.builders import an_approach, an_id

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(
    params=["to sqlite", pytest.param("to postgresql", marks=pytest.mark.postgresql)],
)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """A second site, with an empty database of either kind."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}"
        if request.param == "to postgresql":
            server = services.postgresql_database()
            url = stack.enter_context(services.database(server, f"elsewhere_{tmp_path.name}"))
        app = create_app(
            Config(instance_dir=tmp_path / "elsewhere", database_url=url, secret_key="x" * 40)
        )
        yield app
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def saved(app: Flask, publish: Callable[..., object], session: Session, tmp_path: Path) -> Path:
    """A backup of a small site: an entry with two revisions, an account, a mail, an upload."""
    cafe = an_approach(id=an_id("cafe"), name="Café Kindness")
    publish(cafe)
    publish(cafe.model_copy(update={"strapline": "Tea, cake and time"}))
    people.appoint(session, "ada@example.org", name="Ada’s “Ñ”\n", at=NOW)
    session.add(a_mail(to="ada@example.org", values={"name": "Ada", "none": None, "list": [1.5]}))
    session.commit()
    instance = Path(app.instance_path)
    (instance / "uploads").mkdir(mode=0o700)
    (instance / "uploads" / "logo.svg").write_bytes(b"\x00picture")
    (instance / "index").mkdir(exist_ok=True)
    (instance / "index" / "CURRENT").write_text("1")
    file = tmp_path / "saved.zip"
    with app.app_context():
        backup.save(db.engine, instance, file, at=NOW)
    return file


def a_mail(**fields: Any) -> OutboxMail:
    """A mail that waits until next year."""
    return OutboxMail(
        **{
            "letter": "hello",
            "state": "waiting",
            "created_at": NOW,
            "due_at": NOW.replace(year=2099),
        }
        | fields
    )


def restore(app: Flask, file: Path, *, replace: bool = False) -> None:
    with app.app_context():
        backup.restore(
            db.engine,
            Path(app.instance_path),
            file,
            migrate=lambda revision: flask_migrate.upgrade(revision=revision),
            replace=replace,
        )


def publish_one(session: Session, document: Document) -> None:
    publishing.publish(
        session, document, slug=slugify(document.name), origin="file", author="", at=NOW
    )


def tables_in(file: Path) -> dict[str, list[str]]:
    """The lines of each table, in any order."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: sorted(archive.read(name).decode().splitlines())
            for name in archive.namelist()
            if name.startswith("tables/")
        }


def test_a_backup_restores_on_either_database(saved: Path, elsewhere: Flask, tmp_path: Path):
    restore(elsewhere, saved)

    again = tmp_path / "again.zip"
    with elsewhere.app_context():
        backup.save(db.engine, Path(elsewhere.instance_path), again, at=NOW)
        assert [entry.document.name for entry in live(db.session())] == ["Café Kindness"]
    assert tables_in(again) == tables_in(saved)
    assert any("ada@example.org" in line for line in tables_in(again)["tables/outbox.jsonl"])


def test_files_come_back_but_nothing_that_can_be_made_anew(saved: Path, elsewhere: Flask):
    restore(elsewhere, saved)

    instance = Path(elsewhere.instance_path)
    assert (instance / "uploads" / "logo.svg").read_bytes() == b"\x00picture"
    assert not (instance / "index").exists()
    names = zipfile.ZipFile(saved).namelist()
    assert not [name for name in names if "sqlite" in name or "/content/" in name]


def test_a_restored_site_goes_on_where_it_was(saved: Path, elsewhere: Flask):
    restore(elsewhere, saved)

    with elsewhere.app_context():
        people.appoint(db.session(), "bea@example.org", name="Bea", at=NOW)
        db.session.add(a_mail(to="bea@example.org", values={}))
        publish_one(db.session(), an_approach(name="Bike Library"))
        db.session.commit()

        assert {user.email for user in db.session.scalars(sa.select(User))} == {
            "ada@example.org",
            "bea@example.org",
        }
        assert {entry.document.name for entry in live(db.session())} == {
            "Café Kindness",
            "Bike Library",
        }


def test_a_directory_is_not_overwritten_by_mistake(saved: Path, app: Flask):
    with pytest.raises(backup.NotEmpty):
        restore(app, saved)


def test_a_directory_is_replaced_when_asked(
    saved: Path, app: Flask, publish: Callable[..., object], session: Session
):
    publish(an_approach(name="Written after the backup"))
    session.close()

    restore(app, saved, replace=True)

    with app.app_context():
        assert [entry.document.name for entry in live(db.session())] == ["Café Kindness"]


def test_only_its_owner_can_read_a_backup(saved: Path):
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"no zip", b"PK\x03\x04 half a zip"], ids=["empty", "other", "half"]
)
def test_another_file_is_refused_and_nothing_changes(content: bytes, saved: Path, app: Flask):
    file = saved.with_name("other.zip")
    file.write_bytes(content)

    with pytest.raises(backup.NoBackup):
        restore(app, file, replace=True)

    with app.app_context():
        assert len(list(live(db.session()))) == 1


def test_a_damaged_backup_is_refused_and_nothing_changes(saved: Path, app: Flask):
    damaged = saved.with_name("damaged.zip")
    content = bytearray(saved.read_bytes())
    with zipfile.ZipFile(saved) as archive:
        revisions = archive.getinfo("tables/revisions.jsonl")
    content[revisions.header_offset + 200] ^= 0xFF
    damaged.write_bytes(content)

    with pytest.raises(backup.NoBackup):
        restore(app, damaged, replace=True)

    with app.app_context():
        assert len(list(live(db.session()))) == 1


def test_a_backup_cannot_write_outside_the_instance_folder(saved: Path, elsewhere: Flask):
    wicked = saved.with_name("wicked.zip")
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(wicked, "w") as new:
        for name in old.namelist():
            if name != "manifest.json":
                new.writestr(name, old.read(name))
        manifest = json.loads(old.read("manifest.json")) | {"files": ["../wicked"]}
        new.writestr("manifest.json", json.dumps(manifest))
        new.writestr("files/../wicked", b"")

    with pytest.raises(backup.NoBackup):
        restore(elsewhere, wicked)

    assert not (Path(elsewhere.instance_path).parent / "wicked").exists()


def test_each_migration_has_a_backup_made_before_it(app: Flask, publish: Callable[..., object]):
    publish(an_approach(name="Café Kindness"))
    with app.app_context():
        with db.engine.begin() as connection:
            head = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))

        made = backup.before_migration(db.engine, Path(app.instance_path), head="the next one")
        not_needed = backup.before_migration(db.engine, Path(app.instance_path), head=head)

    assert made is not None
    assert backup.read_manifest(made).tables["entries"] == 1
    assert not_needed is None


def test_the_commands_say_what_they_did(app: Flask, saved: Path, tmp_path: Path):
    run = app.test_cli_runner()

    made = run.invoke(args=["backup", str(tmp_path / "mine.zip")])
    refused = run.invoke(args=["restore", str(tmp_path / "mine.zip")])
    restored = run.invoke(args=["restore", str(tmp_path / "mine.zip"), "--replace"])

    assert made.exit_code == 0
    assert "mine.zip" in made.output
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert restored.exit_code == 0, restored.output
    assert "are back" in restored.output
    assert list((Path(app.instance_path) / "backups").glob("*-before-restore.zip"))


def test_a_running_site_is_not_restored_over(app: Flask, saved: Path):
    with app.app_context():
        heartbeat.beat(db.session(), at=datetime.now(UTC))
        db.session.commit()

    refused = app.test_cli_runner().invoke(args=["restore", str(saved), "--replace"])

    assert refused.exit_code == 1
    assert "Stop it" in refused.output
