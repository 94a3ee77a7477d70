"""What nobody finds is counted without persons, and moderators add the words that people say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import yaml
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from directory import search
from directory.db import HURRY, PATIENCE, db
from directory.entries.catalogue import Entry
from directory.moderation.models import AuditLine
from directory.search import nothing_found
from directory.search.models import NothingFound
from directory.search.nothing_found import MOST_WAITING, Missed, Search, Waiting
from directory.vocabulary import thesaurus
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.moderating import moderator

__all__ = ["moderator"]

MONDAY = date(2026, 11, 16)
Publish = Callable[..., list[Entry]]


def test_words_that_find_nothing_can_be_added_from_the_desk(
    app: Flask, session: Session, publish: Publish, browser: Browser, moderator: Browser
) -> None:
    publish(an_approach(name="Befriending", summary="Someone visits each week."))
    with app.app_context():
        search.rebuild(session, search.current())
        session.rollback()
    for _time in range(3):
        assert "Nothing for" in browser.open("/search?q=wibbly+wobbly").text
        browser.open("/search?q=befriending+wibbly")  # finds something
        browser.open("/search?q=wibbly&kind=place")  # a filter is in the way
    browser.open("/search?q=only+seen+once+zzyzx")

    page = moderator.open("/moderation/searches/")
    assert "wibbly wobbly" in page.text
    assert "zzyzx" not in page.text
    page = moderator.submit(page, "/moderation/searches/groups", words="", also="x", status=422)
    assert "with commas between" in page.text
    page = moderator.open("/moderation/searches/?words=wibbly+wobbly")
    page = moderator.submit(page, "/moderation/searches/groups", also="befriending, company")

    assert "Added. Searches use it from now on." in page.text
    assert "Befriending" in browser.open("/search?q=wibbly+wobbly").text
    session.rollback()
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.did, line.subject) == ("added words", "wibbly wobbly → befriending, company")
    session.rollback()
    printed = app.test_cli_runner().invoke(args=["thesaurus-export"]).output
    assert yaml.safe_load(printed) == [
        {"words": ["wibbly wobbly"], "also": ["befriending", "company"]}
    ]
    assert thesaurus.parse(printed)[0].words == ("wibbly wobbly",)

    page = moderator.submit(page, "/moderation/searches/groups/1/removal")
    assert "Nothing for" in browser.open("/search?q=wibbly+wobbly").text


def test_nobody_waits_for_it_to_be_counted_and_it_is_counted_later(
    app: Flask, session: Session, publish: Publish, browser: Browser
) -> None:
    publish(an_approach(name="Befriending"))
    browser.open("/search?q=befriending")  # opens the index
    said: list[str] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda _c, _cursor, sql, *_: said.append(sql)
        )
        with db.engine.connect() as writer:  # holds SQLite's one lock
            writer.execute(select(NothingFound.id))
            said.clear()
            assert "Nothing for" in browser.open("/search?q=wibbly+wobbly").text
            writer.rollback()
    if db_is_sqlite(app):
        begun = said.index("BEGIN IMMEDIATE")
        assert said[begun - 1] == f"PRAGMA busy_timeout={HURRY}"
        assert said[begun + 1] == f"PRAGMA busy_timeout={PATIENCE}"
        assert not any("INSERT" in one for one in said)
    session.rollback()
    browser.open("/search?q=wibbly+wobbly")
    session.rollback()
    counted = session.scalars(select(NothingFound.times)).all()
    assert counted == [2]


def test_few_wait():
    waiting = Waiting()
    waiting.add(*(Search(f"word {n}", "", MONDAY) for n in range(2 * MOST_WAITING)))
    assert len(waiting.take()) == MOST_WAITING
    assert waiting.take() == []


def db_is_sqlite(app: Flask) -> bool:
    return app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")


def test_only_moderators_see_it(browser: Browser) -> None:
    assert browser.open("/moderation/searches/").heading == "Sign in"


def test_nothing_can_be_read_of_what_fewer_than_three_searched(app: Flask, session: Session):
    for number, area in enumerate(["Leeds", "Leeds", "York"]):
        nothing_found.note(session, Search("Yarn bombing LS7 4", area, MONDAY), secret=b"s")
        kept = session.scalars(select(NothingFound)).all()
        assert [(one.words, one.area) for one in kept if one.times < 3] == [("", "")] * len(kept)
        assert len(kept) == 1 + number // 2
    nothing_found.note(session, Search("yarn  bombing ls7 4", "Leeds", MONDAY), secret=b"s")
    assert nothing_found.missed(session) == [Missed("yarn bombing LS7", "Leeds", 3)]

    nothing_found.note(session, Search("another", "", date(2026, 11, 30)), secret=b"s")
    assert "York" not in {one.area for one in session.scalars(select(NothingFound))}
    assert session.scalar(select(NothingFound.id).where(NothingFound.words == "")) is not None


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Choir in LS7 4AA", "choir in LS7"),
        ("ls74aa", "LS7"),
        ("ring 01132 496000", ""),
        ("ann@example.org", ""),
        ("my neighbour at number nine has had no heating since", ""),
        ("Café—knitting!", "cafe knitting"),
    ],
)
def test_what_may_be_kept_of_a_question(asked: str, kept: str):
    assert nothing_found.tidy(asked) == kept
