"""Publishing: revisions are kept, addresses live on, and the change log has no gaps."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from directory import create_app
from directory.config import Config
from directory.db import db
from directory.entries import catalogue, publishing
from directory.entries.models import ChangeRow, EntryRow, Revision
from directory.errors import ChangedMeanwhile
from directory.vocabulary.terms import Kind
from tests.builders import a_story, an_approach, an_id

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def put(session: Session, document, slug="community-choirs", **more):
    revision = publishing.publish(
        session, document, slug=slug, origin="file", author="", at=NOW, **more
    )
    session.commit()
    return revision


def numbers(session: Session) -> list[int]:
    return list(session.scalars(select(ChangeRow.n).order_by(ChangeRow.n)))


def test_a_published_document_is_an_entry(session):
    put(session, an_approach())

    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")

    assert entry is not None
    assert entry.document == an_approach(id=entry.id)
    assert "<h2>How it works</h2>" in entry.html
    assert (entry.url, entry.revision, numbers(session)) == ("/approaches/community-choirs", 1, [1])


def test_the_same_text_again_changes_nothing(session):
    first = put(session, an_approach(id=an_id("choir")))
    second = put(session, an_approach(id=an_id("choir")))

    assert second.id == first.id
    assert numbers(session) == [1]


def test_each_change_is_a_revision_and_the_earlier_ones_stay(session):
    put(session, an_approach(id=an_id("choir")))
    put(session, an_approach(id=an_id("choir"), name="Choirs"))

    lines = catalogue.history(session, an_id("choir"))

    assert [(one.number, one.document.name) for one in lines] == [
        (2, "Choirs"),
        (1, "Community choirs"),
    ]


def test_a_change_made_from_an_old_revision_is_refused(session):
    put(session, an_approach(id=an_id("choir")))
    put(session, an_approach(id=an_id("choir"), name="Choirs"), expected_revision=1)

    with pytest.raises(ChangedMeanwhile):
        put(session, an_approach(id=an_id("choir"), name="Singing"), expected_revision=1)


def test_a_taken_address_gets_a_number(session):
    put(session, an_approach(id=an_id("one")))
    put(session, an_approach(id=an_id("two")))
    put(session, an_approach(id=an_id("two"), name="Changed"))

    assert catalogue.by_id(session, an_id("two")).slug == "community-choirs-2"


def test_a_rename_keeps_the_old_address_working_and_the_block(session):
    put(session, an_approach(id=an_id("choir")))
    put(session, an_approach(id=an_id("choir")), slug="choirs")

    assert catalogue.find(session, Kind.APPROACH, "community-choirs") is None
    assert catalogue.moved_to(session, Kind.APPROACH, "community-choirs") == "/approaches/choirs"
    assert numbers(session) == [1, 2]


def test_an_address_that_somebody_had_is_not_given_away(session):
    put(session, an_approach(id=an_id("choir")))
    put(session, an_approach(id=an_id("choir")), slug="choirs")
    put(session, an_approach(id=an_id("other")), slug="community-choirs")

    assert catalogue.by_id(session, an_id("other")).slug == "community-choirs-2"


def test_an_entry_may_go_back_to_its_old_name(session):
    put(session, an_approach(id=an_id("choir")))
    put(session, an_approach(id=an_id("choir")), slug="choirs")
    put(session, an_approach(id=an_id("choir")), slug="community-choirs")

    assert catalogue.find(session, Kind.APPROACH, "community-choirs") is not None
    assert catalogue.moved_to(session, Kind.APPROACH, "choirs") == "/approaches/community-choirs"


def test_an_ended_entry_says_why_and_is_in_the_log(session):
    put(session, an_approach(id=an_id("choir")))
    publishing.end(session, an_id("choir"), reason="The hall closed.", at=NOW)
    session.commit()

    closed = catalogue.closed(session, Kind.APPROACH, "community-choirs")
    change = catalogue.changes_after(session, 1)[0]

    assert (closed.state, closed.reason) == ("ended", "The hall closed.")
    assert (change.action, change.entry) == ("ended", None)


def test_a_merged_entry_leads_to_the_other(session):
    put(session, an_approach(id=an_id("one")))
    put(session, an_approach(id=an_id("two"), name="Other"), slug="other")
    publishing.merge(session, an_id("one"), into=an_id("two"), at=NOW)
    session.commit()

    closed = catalogue.closed(session, Kind.APPROACH, "community-choirs")

    assert closed.goes_to == "/approaches/other"


def test_a_withdrawn_story_leaves_no_word_but_its_rows_stay(session):
    put(session, a_story(id=an_id("story"), body="My secret."), slug="my-story")
    put(session, a_story(id=an_id("story"), body="My other secret."), slug="my-story")
    publishing.erase(session, an_id("story"), reason="The teller asked.", at=NOW)
    session.commit()

    rows = session.scalars(select(Revision).where(Revision.entry_id == an_id("story"))).all()

    assert [(row.text, row.data, row.html, row.erased_reason) for row in rows] == [
        ("", {}, "", "The teller asked.")
    ] * 2
    assert catalogue.changes_after(session, 2)[0].action == "withdrawn"
    assert all(one.document is None for one in catalogue.history(session, an_id("story")))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE revisions SET text = 'other'", "DELETE FROM revisions", "DELETE FROM change_log"],
)
def test_the_database_itself_refuses_to_rewrite_history(session, statement):
    put(session, an_approach())

    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))
    session.rollback()

    assert catalogue.find(session, Kind.APPROACH, "community-choirs") is not None


def test_what_an_older_sanitiser_rendered_is_rendered_again(session):
    revision = put(session, an_approach())
    revision.sanitiser_version, revision.html = 0, "<script>old</script>"
    session.commit()

    assert publishing.rerender(session) == 1
    assert "script" not in catalogue.by_id(session, revision.entry_id).html


def test_a_publish_that_fails_half_way_leaves_nothing(session, monkeypatch):
    monkeypatch.setattr(publishing, "_log", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        put(session, an_approach())
    session.rollback()

    assert session.scalars(select(EntryRow)).all() == []
    assert session.scalars(select(Revision)).all() == []


def publish_many(config: Config, who: str, count: int) -> None:
    app = create_app(config)
    with app.app_context():
        for number in range(count):
            publishing.publish(
                db.session(),
                an_approach(id=an_id(f"{who} {number}"), name=f"{who} {number}"),
                slug=f"{who}-{number}",
                origin="file",
                author="",
                at=NOW,
            )
            db.session.commit()


def test_two_processes_may_write_at_once_and_no_number_is_lost(config, session):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=publish_many, args=(config, who, 25)) for who in "ab"]

    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        seen = numbers(session)
        session.rollback()
        # A follower that sees a number has seen all before it: none is committed later.
        assert seen == list(range(1, len(seen) + 1))

    assert [writer.exitcode for writer in writers] == [0, 0]
    assert numbers(session) == list(range(1, 51))
    assert catalogue.counts(session)[Kind.APPROACH] == 50


def count_up(config: Config, times: int) -> None:
    app = create_app(config)
    with app.app_context():
        for _ in range(times):
            row = db.session.get(EntryRow, an_id("counter"), with_for_update=True)
            row.reason = str(int(row.reason or 0) + 1)
            db.session.commit()


def test_reading_and_then_writing_loses_no_update(config, session):
    put(session, an_approach(id=an_id("counter")))
    spawn = multiprocessing.get_context("spawn")
    counters = [spawn.Process(target=count_up, args=(config, 40)) for _ in range(2)]

    for counter in counters:
        counter.start()
    for counter in counters:
        counter.join(60)

    session.expire_all()
    assert session.get(EntryRow, an_id("counter")).reason == "80"
