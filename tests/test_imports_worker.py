"""The worker among lists: killed, called twice or overtaken, it leaves nothing half or twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from directory import search
from directory.config import Config
from directory.imports import checking, lists, standing
from directory.imports.models import Import, ImportRow, Stage
from tests.bringing import LIST, bring, checked, jo, waiting, work
from tests.house_rules import Browser

__all__ = ["jo"]


def test_a_row_never_becomes_two_submissions(app: Flask, session: Session, jo: Browser) -> None:
    page = checked(jo, app, LIST.replace("What happens", "Summary"))
    jo.submit(page, f"{page.path}/taken")
    work(app)
    one = session.scalars(select(Import)).one()
    first = session.scalars(select(ImportRow).where(ImportRow.submission_id.is_not(None))).one()
    other = session.scalars(select(ImportRow).where(ImportRow.submission_id.is_(None))).first()
    assert other is not None
    one.stage = Stage.TAKING  # as if somebody had pressed the button once more
    session.commit()
    work(app)
    assert len(waiting(session)) == 1

    other.submission_id = first.submission_id
    with pytest.raises(IntegrityError):
        session.flush()


KILLED = """
import sys
from dataclasses import replace
from pathlib import Path
from directory import create_app, errands
from directory.config import Config
from directory.db import db
from directory.imports import checking, taking
import os, signal

after, url, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
app = create_app(Config(database_url=url, instance_dir=folder, secret_key="x", testing=True))
with app.app_context():
    session, config = db.session(), app.extensions["kith.config"]
    commit, done = session.commit, 0

    def dies_before_commit():
        global done
        done += 1
        if done > after:
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        commit()

    session.commit = dies_before_commit
    errands.check_lists(session, config)
    errands.take_in_lists(session, config)
"""


def test_a_worker_that_is_killed_anywhere_leaves_nothing_half_and_nothing_twice(
    app: Flask, session: Session, jo: Browser, config: Config, database_url: str
) -> None:
    rows = "".join(
        f"Choir number {name};They sing.;Community choirs;Ward {name}\n" for name in range(50)
    )
    page = bring(jo, "Name;Summary;Type;Area covered\n" + rows)
    jo.submit(page, f"{page.path}/columns")
    one = session.scalars(select(Import)).one()

    session.rollback()

    def run(after: int) -> bool:
        """Whether the worker came to its end; else it was killed before one commit."""
        session.rollback()
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(after), database_url, str(config.instance_dir)],
            capture_output=True,
        )
        assert done.returncode in {0, -signal.SIGKILL}, done.stderr.decode()
        session.expire_all()
        return done.returncode == 0

    assert not run(1)  # in the middle of checking
    assert one.stage == Stage.CHECKING
    assert standing.progress(session, one).checked == 20
    assert run(9)
    lists.take_in(session, one, at=datetime.now(UTC))
    session.commit()
    assert not run(1)  # in the middle of making them ready
    assert standing.progress(session, one).prepared == 20
    assert waiting(session) == []
    assert not run(2)  # in the last transaction, after all of it was sent to the database
    assert (one.stage, waiting(session)) == (Stage.TAKING, [])
    assert run(9)

    assert one.stage == Stage.DONE
    assert len(waiting(session)) == len(set(waiting(session))) == 50
    assert run(9)
    assert len(waiting(session)) == 50


def test_what_is_chosen_anew_while_the_worker_looks_is_not_overwritten(
    app: Flask, session: Session, jo: Browser
) -> None:
    page = bring(jo, LIST.replace("What happens", "Summary"))
    jo.submit(page, f"{page.path}/columns")
    one = session.scalars(select(Import)).one()
    with app.app_context():
        batch = checking.read_ahead(session, search.current(), None)
    assert batch is not None
    session.rollback()
    one.round += 1
    session.commit()

    checking.write(session, batch, at=datetime.now(UTC))

    assert standing.progress(session, one).checked == 0
