"""Splitting an entry that tells of two things."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Approach, Service
from directory.moderation.models import AuditLine
from directory.submissions import bodies
from directory.vocabulary.terms import Kind
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser
from tests.moderating import moderator, renamed

__all__ = ["moderator"]

Publish = Callable[..., list[Entry]]


def test_an_entry_becomes_two_and_nothing_of_the_old_is_lost(
    moderator: Browser, browser: Browser, session: Session, publish: Publish
) -> None:
    (entry,) = publish(
        an_approach(
            name="Choirs and dances",
            body=a_body(how_it_works="We sing.", start_one_here="We dance."),
            everyday_words=["singing", "dancing"],
            started=1972,
        )
    )
    path = "/moderation/entries/approach/choirs-and-dances/split"
    page = moderator.open("/moderation/entries/approach/choirs-and-dances")
    page = moderator.open(page.links()["Split it in two"])
    for wrong in ({"name": "!"}, {"name": "choirs and  Dances"}, {"name": "Dances"}):
        page = moderator.submit(page, path, status=422, **wrong)
    assert "Choose at least one part" in page.text
    assert page.links()["Choose at least one part for the new entry."] == "#parts"
    chosen = {"part-body: Start one here": "new", "part-everyday_words": "both"}

    page = moderator.submit(page, path, name="Dances", **chosen)

    assert page.heading == "Dances"
    assert "It is an entry of its own now." in page.text
    assert page.links()["Choirs and dances"] == "/moderation/entries/approach/choirs-and-dances"
    old, new = (
        catalogue.find(session, Kind.APPROACH, one) for one in ("choirs-and-dances", "dances")
    )
    assert old
    assert new
    assert isinstance(old.document, Approach)
    assert isinstance(new.document, Approach)
    assert (old.id, old.revision) == (entry.id, 2)
    olds, news = bodies.split(old.document.body)[0], bodies.split(new.document.body)[0]
    assert "Start one here" not in olds
    assert news == {"Start one here": "We dance."}
    assert old.document.everyday_words == new.document.everyday_words == ["singing", "dancing"]
    assert (old.document.started, new.document.started) == (1972, None)
    assert old.document.related == ["dances"]
    assert new.document.related == ["choirs-and-dances"]
    did = [(one.did, one.why) for one in session.scalars(select(AuditLine))]
    assert did == [("split in two", "New: Dances")]
    session.rollback()
    assert browser.open("/approaches/choirs-and-dances").heading == "Choirs and dances"
    # And back: the version before the split can be made live again.
    page = moderator.open("/moderation/entries/approach/choirs-and-dances")
    assert "Version 1" in page.text


def test_neither_half_may_lack_what_its_kind_must_say_and_nothing_is_split_unseen(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    publish(a_place(), an_approach())
    (choir,) = publish(a_service())
    path = f"/moderation/entries/service/{choir.slug}/split"
    page = moderator.open(path)

    page = moderator.submit(page, path, status=422, name="Dancers", **{"part-place": "new"})

    assert "does not say where it is" in page.text
    assert page.find("input", name="part-place", value="new", checked="") is not None
    publish(renamed(choir, "Harehills Choir"), slug=choir.slug)
    moderator.submit(page, path, status=409, name="Dancers", **{"part-place": "both"})
    page = moderator.submit(moderator.open(path), path, name="Dancers", **{"part-place": "both"})
    made = catalogue.find(session, Kind.SERVICE, "dancers")
    assert made
    assert isinstance(made.document, Service)
    assert (made.document.place, made.document.sources) == ("leeds", [])


def test_the_page_names_what_an_entry_names(moderator: Browser, publish: Publish) -> None:
    publish(an_approach(), a_place())
    (choir,) = publish(a_service())

    page = moderator.open(f"/moderation/entries/service/{choir.slug}/split")

    assert "Community choirs" in page.text
    assert "community-choirs" not in page.text
