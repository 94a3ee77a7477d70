"""Looking after what is published: offline and back, joining two, moving; nothing is ever lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import search
from directory.entries import catalogue, names
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow
from directory.moderation import stewarding
from directory.moderation.models import AuditLine
from directory.networks.rules import Rules, caught
from directory.vocabulary.terms import Kind
from tests.builders import a_place, a_service, a_story, an_approach
from tests.house_rules import Browser, Page
from tests.moderating import SendIn, decide, moderator, renamed, send_in

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]


def test_an_entry_is_taken_offline_and_any_version_brought_back(
    moderator: Browser, browser: Browser, session: Session, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    publish(renamed(entry, "Choirs for all"), slug="community-choirs")
    page = moderator.open("/moderation/entries/approach/community-choirs")
    page = moderator.submit(page, address(entry, "end"), words=" ", status=422)
    assert "readers see it at the old address" in page.text

    page = moderator.submit(page, address(entry, "end"), words="Nobody sings any more.")

    assert "Nobody sings any more." in page.text
    assert "Nobody sings any more." in browser.open("/approaches/community-choirs", status=410).text
    page = restore(moderator, page, entry, 1)
    assert "That version is live again." in page.text
    assert browser.open("/approaches/community-choirs").heading == "Community choirs"
    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.revision, now.document) == (3, entry.document)
    did = [one.did for one in session.scalars(select(AuditLine).order_by(AuditLine.id))]
    assert did == ["took offline", "went back to version 1"]


def test_of_two_that_are_the_same_one_stays_and_all_addresses_lead_there(
    moderator: Browser, browser: Browser, publish: Publish
) -> None:
    first, second, third = publish(
        an_approach(name="Choirs"), an_approach(name="Singing groups"), an_approach()
    )
    publish(a_service())
    page = moderator.open("/moderation/entries/approach/choirs")
    for other in (
        "Choirs",
        "Harehills Singers",
        "Nothing of that name",
        "http://[singing/groups",
        "/services/singing-groups",
    ):
        page = moderator.submit(page, address(first, "merger"), words=other, status=422)
        assert "another entry of the same kind" in page.text

    moderator.submit(page, address(first, "merger"), words="Singing groups")
    page = moderator.open("/moderation/entries/approach/singing-groups")
    moderator.submit(
        page, address(second, "merger"), words="https://kith.test/approaches/community-choirs/"
    )

    for old in ("choirs", "singing-groups"):
        answer = browser.client.get(f"/approaches/{old}", base_url="http://kith.test")
        assert (answer.status_code, answer.headers["Location"]) == (301, third.url)
    page = moderator.open("/moderation/entries/approach/choirs")
    assert "It was joined to Community choirs" in page.text
    restore(moderator, page, first, 1)
    assert browser.open("/approaches/choirs").heading == "Choirs"


def test_of_entries_with_one_name_the_address_says_which_stays(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    first, second, third = publish(*[an_approach(name="Choirs") for _ in range(3)])
    page = moderator.open("/moderation/entries/approach/choirs")
    page = moderator.submit(page, address(first, "merger"), words="Choirs", status=422)
    assert "Several entries have that name" in page.text
    offered = [one.get("value") for one in page.all("option")]
    assert [second.url, third.url] == offered

    moderator.submit(page, address(first, "merger"), words=third.url)
    page = moderator.open("/moderation/entries/approach/choirs-2")
    moderator.submit(page, address(second, "merger"), words="choirs")  # only one is left

    closed = [catalogue.closed(session, one.kind, one.slug) for one in (first, second)]
    assert [one and one.goes_to for one in closed] == [third.url, third.url]


def test_a_name_of_any_alphabet_is_known(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    first, second, third = publish(
        an_approach(name="Éclair clubs"), an_approach(name="Éclair clubs"), an_approach()
    )
    page = moderator.open("/moderation/entries/approach/eclair-clubs")
    assert next(one.get("value") for one in page.all("option")) == second.url
    moderator.submit(page, address(first, "merger"), words=second.url)

    page = moderator.open("/moderation/entries/approach/community-choirs")
    moderator.submit(page, address(third, "merger"), words=" Éclair  clubs ")

    closed = catalogue.closed(session, third.kind, third.slug)
    assert closed
    assert closed.goes_to == second.url
    assert names.slug_of(session, Kind.APPROACH, "Éclair clubs") == second.slug
    with pytest.raises(stewarding.CannotJoin):  # which a database may refuse to look for
        stewarding.named(session, session.get_one(EntryRow, first.id), "Éclair\0clubs")


def test_what_names_an_entry_names_the_one_that_it_was_joined_to_until_they_are_two_again(
    moderator: Browser, browser: Browser, session: Session, publish: Publish, app: Flask
) -> None:
    (choirs,) = publish(an_approach(name="Choirs"))
    publish(renamed(choirs, "Choirs"), slug="choruses")  # one service has its first address still
    publish(an_approach(name="Singing groups"), a_place(), a_story(about="approaches/choruses"))
    publish(
        a_service(name="Harehills Singers", approach=["choirs"]),
        a_service(name="Leeds Basses", approach=["choruses", "singing-groups"]),
        a_service(name="Leeds Tenors", approach=["singing-groups"]),
    )
    in_leeds = ["Harehills Singers", "Leeds Basses", "Leeds Tenors"]

    def found(slug: str) -> list[str]:
        page = browser.open(f"/search?kind=service&approach={slug}")
        return [name for name in in_leeds if f">{name}<" in page.html]

    assert found("choruses") == in_leeds[:2]
    page = moderator.open("/moderation/entries/approach/choruses")
    moderator.submit(page, address(choirs, "merger"), words="Singing groups")
    publish()

    page = browser.open("/approaches/singing-groups")
    assert [name for name in in_leeds if name in page.text] == in_leeds
    assert "I found my voice" in page.text
    assert "Singing groups" in browser.open("/services/harehills-singers").text
    assert "Singing groups" in browser.open("/places/leeds").text
    assert found("singing-groups") == found("choirs") == found("choruses") == in_leeds
    links = browser.open("/search?kind=service&approach=choirs&place=leeds").links()
    assert links["Remove Singing groups"] == "/search?kind=service&place=leeds"
    rule = Rules(kind=("service",), approach=("choruses",))
    with app.app_context():
        assert len(caught(session, search.current(), rule)) == len(in_leeds)
    assert names.slug_of(session, Kind.APPROACH, "choirs") == "singing-groups"  # in a list, say
    session.rollback()

    page = moderator.open("/moderation/entries/approach/choruses")
    restore(moderator, page, choirs, 1)
    publish()
    page = browser.open("/approaches/singing-groups")
    assert [name for name in in_leeds if name in page.text] == in_leeds[1:]
    assert found("choruses") == in_leeds[:2]


def test_what_was_close_to_an_entry_and_is_joined_to_it_is_not_close_to_itself(
    moderator: Browser, browser: Browser, publish: Publish
) -> None:
    choirs, _singing, _sheds = publish(
        an_approach(name="Choirs"),
        an_approach(name="Singing groups", related=["choirs", "sheds"]),
        an_approach(name="Sheds"),
    )
    page = moderator.open("/moderation/entries/approach/choirs")
    moderator.submit(page, address(choirs, "merger"), words="Singing groups")

    page = browser.open("/approaches/singing-groups")

    close = page.html.partition('id="close-to-this"')[2].partition("</section>")[0]
    assert "/approaches/sheds" in close
    assert "/approaches/singing-groups" not in close


def test_a_change_of_what_was_joined_or_taken_offline_says_so(
    moderator: Browser, session: Session, publish: Publish, send_in: SendIn
) -> None:
    choirs, singing = publish(an_approach(name="Choirs"), an_approach(name="Singing groups"))
    path = f"/moderation/submissions/{send_in(renamed(choirs, 'Choirs for all'), change_of=choirs)}"
    assert "not published any more" not in moderator.open(path).text

    page = moderator.open("/moderation/entries/approach/choirs")
    moderator.submit(page, address(choirs, "merger"), words="Singing groups")
    page = moderator.open(path)
    assert "If you publish this, the two are two again." in page.text
    leads_to = [one.get("href") for one in page.all("a")]
    assert "/moderation/entries/approach/singing-groups" in leads_to

    decide(moderator, page, int(path.rpartition("/")[2]), "publish")
    now = [catalogue.by_id(session, one.id) for one in (choirs, singing)]
    assert [one and one.document.name for one in now] == ["Choirs for all", "Singing groups"]
    assert catalogue.joined_to(session, singing.id) == []


def test_an_entry_moves_and_its_old_address_leads_there(
    moderator: Browser, browser: Browser, publish: Publish
) -> None:
    entry, _other = publish(an_approach(), an_approach(name="Repair cafes"))
    page = moderator.open("/moderation/entries/approach/community-choirs")
    for taken, words in (("", "Write the new address"), ("repair-cafes", "Another entry has that")):
        page = moderator.submit(page, address(entry, "address"), words=taken, status=422)
        assert words in page.text

    page = moderator.submit(page, address(entry, "address"), words="Choirs!")

    assert page.path == "/moderation/entries/approach/choirs"
    answer = browser.client.get("/approaches/community-choirs", base_url="http://kith.test")
    assert answer.headers["Location"] == "/approaches/choirs"


def test_nobody_acts_on_a_version_that_they_have_not_seen(
    moderator: Browser, session: Session, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    page = moderator.open("/moderation/entries/approach/community-choirs")
    publish(renamed(entry, "Choirs for all"), slug="community-choirs")

    for what, typed in (("end", "It ended."), ("restoration", "1"), ("address", "new")):
        values = page.form(address(entry, "end")) | {"words": typed}
        answer = moderator.send(address(entry, what), values, status=409)
        assert "changed while you were reading" in answer.text

    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.slug, now.revision) == ("community-choirs", 2)


def address(entry: Entry, what: str) -> str:
    return f"/moderation/entries/{entry.id}/{what}"


def restore(browser: Browser, page: Page, entry: Entry, number: int) -> Page:
    return browser.submit(page, address(entry, "restoration"), words=str(number))
