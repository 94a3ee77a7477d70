"""When entries are due a check: one row for each, whoever writes it first."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.moderation import upkeep
from directory.moderation.models import Upkeep
from tests.builders import an_approach
from tests.test_owners import owns


def test_the_worker_and_a_moderator_note_a_new_entry_at_one_moment(
    session: Session, publish: Callable[..., list[Entry]]
) -> None:
    (choirs,) = publish(an_approach())
    session.execute(delete(Upkeep))
    session.commit()
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    noted = Event()

    def note(own: Session) -> None:
        entry = catalogue.by_id(own, choirs.id)
        assert entry
        upkeep.note(own, entry)

    def by_the_worker() -> None:
        with Session(engine) as own:
            note(own)
            noted.set()
            time.sleep(0.5)  # meanwhile the other one waits, or fails
            own.commit()

    def by_a_moderator() -> None:
        noted.wait(10)
        with Session(engine) as own:
            owns(own, choirs)  # commits
            note(own)
            own.commit()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(by_the_worker), pool.submit(by_a_moderator)]:
            one.result(30)

    row = session.scalars(select(Upkeep)).one()
    assert row.due_at
    assert row.desk_at
    assert row.desk_at > row.due_at, "its owner is asked first, as the second one knew"
