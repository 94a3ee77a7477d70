"""I would like this here: two clicks and a mail; counted, never told who."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from directory.entries import catalogue
from directory.mail.models import OutboxMail
from directory.networks.rules import Rules
from directory.vocabulary.terms import Kind
from directory.wishes import wishing
from directory.wishes.models import Wish
from tests.builders import a_place, a_service, an_approach
from tests.conftest import NOW
from tests.house_rules import words
from tests.moderating import signed_in
from tests.networking import an_editor

FORM = "/wishes/new/leeds/homeshare"


@pytest.fixture
def homeshare(publish):
    """Leeds without Homeshare; York has one."""
    publish(
        a_place(),
        a_place(name="York", type="unitary authority", gss_code="E06000014"),
        an_approach(name="Homeshare", support_area=["accommodation"]),
        a_service(name="Homeshare York", approach=["homeshare"], place="york"),
    )


@pytest.fixture
def moderator(app, session):
    """A browser in which Priya has signed in."""
    return signed_in(app, session, "priya@example.org", "Priya S.")


@pytest.fixture
def wish(app, session, homeshare):
    """Somebody's wish for Homeshare in Leeds, confirmed."""
    approach = catalogue.find(session, Kind.APPROACH, "homeshare")

    def one(email, district="LS7", *, at=NOW):
        wishing.wish(
            session, approach, "E08000035", email=email, district=district, secret="s", at=at
        )
        kept = session.scalars(select(Wish).order_by(Wish.id.desc())).first()
        token = wishing.make_link(session, kept)
        wishing.confirm(session, token, at=at)
        session.commit()
        return token

    return one


def count(session):
    found = session.scalars(select(Wish).where(Wish.confirmed_at.is_not(None))).all()
    session.rollback()
    return len(found)


def test_from_a_gap_to_a_wish_that_counts_and_back(homeshare, browser, mailbox, session):
    gap = browser.open("/places/leeds")
    page = browser.open(gap.links()["I would like this here : Homeshare"])
    assert page.path == FORM

    sent = browser.submit(page, FORM, postcode="ls7 4hb", email="Pat@Example.org")

    assert sent.heading == "One more step: look into your mail"
    assert count(session) == 0
    link = mailbox.fetch("pat@example.org", subject="Please confirm").link("/wishes/")
    asked = browser.open(link)
    assert "You would like Homeshare in Leeds." in asked.text
    assert count(session) == 0, "opening the link is not pressing the button"
    assert browser.submit(asked, f"{link}/confirmation").heading == "It counts. Thank you."
    (kept,) = session.scalars(select(Wish)).all()
    assert kept.district == "LS7"
    assert "example" not in str(vars(kept))
    assert not session.scalars(select(OutboxMail).where(OutboxMail.to != "")).all()
    session.rollback()

    done = browser.submit(browser.open(link), f"{link}/withdrawal")

    assert done.heading == "Taken back"
    assert count(session) == 0
    browser.open(link, status=410)


def test_one_person_counts_once_and_is_told_by_mail_only(homeshare, browser, mailbox, session):
    for _ in range(2):
        answer = browser.submit(browser.open(FORM), FORM, postcode="LS7", email="pat@example.org")
        assert answer.heading == "One more step: look into your mail"
    mailbox.send()
    first, second = (letter.link("/wishes/") for letter in mailbox.letters())
    browser.submit(browser.open(first), f"{first}/confirmation")
    browser.submit(browser.open(second), f"{second}/withdrawal")

    assert count(session) == 0
    assert session.scalars(select(Wish)).all() == []


def test_what_is_wrong_is_told_at_the_field_and_nothing_typed_is_lost(homeshare, browser):
    page = browser.submit(browser.open(FORM), FORM, status=422, postcode="Leeds", email="pat@")

    assert page.title.startswith("Error:")
    assert page.find("input", id="postcode").get("value") == "Leeds"
    assert page.find("input", id="email").get("value") == "pat@"
    assert "Write the first half of a postcode" in page.text
    stale = browser.send(FORM, {"postcode": "LS7", "email": "pat@example.org"}, status=422)
    assert "Please send it once more" in stale.text
    browser.open("/wishes/new/leeds/nothing", status=404)
    browser.open("/wishes/not-a-token", status=410)


def test_places_show_a_count_from_five_up(wish, browser):
    for number in range(4):
        wish(f"{number}@example.org")
    assert "people would like this here" not in browser.open("/places/leeds").text

    token = wish("4@example.org")

    assert "5 people would like this here" in browser.open("/places/leeds").text
    assert "5 people would like this here" in browser.open("/places/leeds/gaps").text
    browser.submit(browser.open(f"/wishes/{token}"), f"/wishes/{token}/withdrawal")
    assert "people would like this here" not in browser.open("/places/leeds").text


def test_wishes_that_nobody_confirmed_are_forgotten(wish, session):
    wish("kept@example.org")
    approach = catalogue.find(session, Kind.APPROACH, "homeshare")
    wishing.wish(
        session, approach, "E08000035", email="a@example.org", district="LS1", secret="s", at=NOW
    )
    session.commit()

    wishing.forget_old(session, at=NOW + timedelta(days=8))

    assert [one.district for one in session.scalars(select(Wish))] == ["LS7"]


def test_moderators_see_wishes_by_approach_and_district(wish, moderator):
    wish("a@example.org", "LS7")
    wish("b@example.org", "LS7")
    wish("c@example.org", "LS1")

    page = moderator.open("/moderation/wishes")

    assert [words(row) for row in page.all("tr")][1:] == ["Homeshare Leeds 3 LS1: 1, LS7: 2"]


def test_readers_do_not_see_them(wish, browser):
    wish("a@example.org")

    assert browser.open("/moderation/wishes").path.startswith("/accounts/")


def test_a_network_sees_what_five_or_more_would_like_in_its_part(app, session, wish, open_network):
    mine = open_network(Rules(approach=("homeshare",)))
    other = open_network(Rules(approach=("mens-sheds",)), slug="other")
    editor = an_editor(app, session, mine)
    address = "/networks/dale-valley/desk/wishes"
    for number in range(4):
        wish(f"{number}@example.org")
    assert "Nothing yet that 5 people would like" in editor.open(address).text

    wish("5@example.org")

    page = editor.open(editor.open("/networks/dale-valley/desk").links()["What people would like"])
    (row,) = page.find("tbody")
    assert words(row) == "Homeshare Leeds 5"
    assert "LS7" not in page.text
    editor.open(f"/networks/{other.slug}/desk/wishes", status=403)
