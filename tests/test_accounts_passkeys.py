"""Passkeys: added, used and removed, with real signatures; what is not right is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import config as settings
from directory.accounts import passkeys, people, second_factor
from directory.accounts.models import Passkey, PasskeyChallenge, SignIn, User
from directory.accounts.passkeys import AddedBefore, NotAccepted, NotAdded, PerhapsCopied, TooMany
from directory.accounts.relying_party import RelyingParty, Unproven, relying_party, who_answers
from directory.config import Config
from directory.mail.models import OutboxMail
from directory.moderation import team
from directory.moderation.models import AuditLine
from directory.personal import persons
from tests.authenticator import Authenticator
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.test_accounts_mine import MINE, SECOND, SET_UP, is_out, press_link

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = RelyingParty("kith.test", "https://kith.test", "Kith")
PRIYA, SAM = "priya@example.org", "sam@example.net"
ADD = "/accounts/passkeys"
SIGN_IN = "/accounts/passkeys/sign-in"


@pytest.fixture
def priya(session: Session) -> User:
    """The first moderator: an admin."""
    return people.appoint(session, PRIYA, at=NOW)


@pytest.fixture
def sam(session: Session, priya: User) -> User:
    """A moderator who is no admin."""
    return people.appoint(session, SAM, at=NOW)


@pytest.fixture
def over_https(app: Flask, config: Config) -> None:
    """Browsers make passkeys, and admins need a second factor. The client is behind a proxy."""
    settings.attach(app, replace(config, public_url="https://kith.test"))


# On the site.


def test_a_moderator_adds_a_passkey_and_signs_in_with_it(
    app: Flask, session: Session, sam: User, mailbox: Mailbox, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    page = browser.open(MINE)
    assert "Passkeys" in page.headings

    page = add(browser, page, phone, name="  Sam's   phone ")

    assert "Done." in page.text
    assert "Sam's phone" in page.text
    assert "not used yet" in page.text
    letter = mailbox.fetch(SAM, subject="A passkey was added")
    assert "- Sam's phone" in letter.text
    assert letter.link(MINE)

    browser.submit(browser.open("/moderation/keys"), "/accounts/sign-out")
    page = sign_in(browser, phone, "/accounts/sign-in?next=/moderation/keys")
    assert page.path == "/moderation/keys"
    assert page.headers["Cache-Control"] == "no-store"
    page = browser.open(MINE)
    assert "used last" in page.text

    page = browser.submit(page, remove_of(page))

    assert "Sam's phone" not in page.text
    assert "- Sam's phone" in mailbox.fetch(SAM, subject="A passkey of yours was removed").text
    page = sign_in(Browser(app), phone, status=422)
    assert "does not let anybody in here" in page.text
    assert page.form("/accounts/sign-in")["next"] == "/moderation/"
    log = session.scalars(select(AuditLine.did).order_by(AuditLine.id)).all()
    assert log == ["added a passkey", "removed a passkey"]


def test_a_passkey_is_a_second_factor_of_an_admin(
    app: Flask, session: Session, priya: User, sam: User, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    add(browser, browser.open(MINE), phone)
    team.make_admin(session, sam, admin=priya, at=NOW)
    session.commit()
    assert is_out(browser)

    # Whoever reads the mail of an admin who has a passkey gets nowhere, nor to another factor.
    other = Browser(app)
    page = press_link(other, session, sam, goes_to="/moderation/keys")
    assert (page.path, page.heading) == (SECOND, "Your passkey")
    assert is_out(other)
    assert other.open(SET_UP).path == SECOND
    page = sign_in(other, phone, SECOND)
    assert page.path == "/moderation/keys"
    assert len(session.scalars(select(SignIn)).all()) == 2, "the half sign-in is over"
    session.rollback()

    # It stays while it is the only one.
    page = other.open(MINE)
    page = other.submit(page, remove_of(page), status=422)
    assert "Set up an app first." in page.text
    set_up_an_app(session, SAM)
    page = other.submit(page, remove_of(page))
    assert "Done." in page.text
    assert session.scalars(select(Passkey)).all() == []


def test_who_has_a_code_too_may_give_either(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser, phone = Browser(app), Authenticator()
    press_link(browser, session, sam)
    add(browser, browser.open(MINE), phone)
    assert "See that each of them is yours: My phone." in browser.open(SET_UP).text
    set_up_an_app(session, SAM)

    page = press_link(Browser(app), session, sam)

    assert (page.path, page.heading) == (SECOND, "Your code")
    assert {f"{SECOND}", SIGN_IN} <= {form.get("action") for form in page.all("form")}
    assert sign_in(Browser(app), phone).path == "/moderation/"


def test_what_could_not_be_checked_is_said_and_the_name_is_kept(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser = Browser(app)
    press_link(browser, session, sam)

    elsewhere = Authenticator(origin="https://kith.example")
    page = add(browser, browser.open(MINE), elsewhere, name="My phone", status=422)

    assert page.title.startswith("Error:")
    assert "could not be checked" in page.text
    assert page.find("input", id="name").get("value") == "My phone"
    assert session.scalars(select(PasskeyChallenge)).all() == [], "it is spent all the same"
    session.rollback()
    phone = Authenticator()
    add(browser, page, phone, name=" ")
    page = add(browser, browser.open(MINE), phone, status=422)
    assert "was added before" in page.text
    assert page.find("span", class_="work__name").text == "A passkey"


def test_nothing_is_offered_where_browsers_make_no_passkeys(
    app: Flask, session: Session, sam: User
) -> None:
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    assert "passkey" not in page.html
    token = page.form("/accounts/sign-in")["csrf_token"]
    browser.send(f"{SIGN_IN}/challenge", {"csrf_token": token}, status=404)

    press_link(browser, session, sam)

    assert "passkey" not in browser.open(MINE).html


def test_without_a_script_nothing_of_it_is_seen(
    app: Flask, session: Session, sam: User, over_https: None
) -> None:
    browser = Browser(app)
    assert_hidden(browser.open("/accounts/sign-in"))
    press_link(browser, session, sam)
    assert_hidden(browser.open(MINE))
    add(browser, browser.open(MINE), Authenticator(), name="My phone")

    page = browser.open(MINE)

    # What there is can be removed without a script too.
    (section,) = page.all("section", aria_labelledby="passkeys-title")
    assert section.get("hidden") is None
    assert_hidden(page)


def test_challenges_need_a_token_a_sign_in_and_patience(app: Flask, over_https: None) -> None:
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    token = {"csrf_token": page.form("/accounts/sign-in")["csrf_token"]}
    browser.send(f"{SIGN_IN}/challenge", status=400)
    browser.send(SIGN_IN, status=400)
    browser.send(f"{ADD}/challenge", token, status=401)
    browser.send(ADD, token, status=401)

    answers = [browser.send(f"{SIGN_IN}/challenge", token).html for _one in range(10)]

    assert len({json.loads(one)["challenge"] for one in answers}) == 10
    browser.send(f"{SIGN_IN}/challenge", token, status=429)


# What is refused.


def test_an_answer_works_once_and_soon_and_for_whom_it_was_made(
    session: Session, priya: User, sam: User
) -> None:
    phone = a_passkey(session, sam)
    asked = passkeys.ask_to_sign_in(session, SITE, at=NOW)
    answer = phone.open(asked.options)
    late = NOW + passkeys.GOOD_FOR
    with pytest.raises(NotAccepted):
        passkeys.sign_in(session, SITE, challenge=asked.token, answer=answer, at=late)

    found = passkeys.sign_in(session, SITE, challenge=asked.token, answer=answer, at=NOW)

    assert found == sam
    with pytest.raises(NotAccepted):  # a second time
        passkeys.sign_in(session, SITE, challenge=asked.token, answer=answer, at=NOW)
    # What was asked of one browser is no answer in another.
    asked, other = (passkeys.ask_to_sign_in(session, SITE, at=NOW) for _one in range(2))
    with pytest.raises(NotAccepted):
        passkeys.sign_in(
            session, SITE, challenge=other.token, answer=phone.open(asked.options), at=NOW
        )
    # A challenge to add one signs nobody in, and adds none for somebody else.
    adding = passkeys.ask_to_add(session, SITE, sam, at=NOW)
    sign = json.dumps({"challenge": json.loads(adding.options)["challenge"], "rpId": SITE.host})
    with pytest.raises(NotAccepted):
        passkeys.sign_in(session, SITE, challenge=adding.token, answer=phone.open(sign), at=NOW)
    with pytest.raises(NotAdded):
        keep(session, priya, adding, Authenticator().make(adding.options))
    passkeys.forget_old(session, at=late)
    assert session.scalars(select(PasskeyChallenge)).all() == []


def from_another_page(phone: Authenticator) -> Authenticator:
    return replace(phone, origin="https://kith.test.example")


def without_opening_it(phone: Authenticator) -> Authenticator:
    return replace(phone, opened=False)


def with_another_key(phone: Authenticator) -> Authenticator:
    return replace(phone, key=Authenticator().key)


def by_another_name(phone: Authenticator) -> Authenticator:
    return replace(phone, credential_id=b"unknown")


def as_somebody_else(phone: Authenticator) -> Authenticator:
    return replace(phone, user_handle=bytes(32))


@pytest.mark.parametrize(
    "spoilt",
    [from_another_page, without_opening_it, with_another_key, by_another_name, as_somebody_else],
)
def test_an_answer_that_is_not_right_signs_nobody_in(
    session: Session, sam: User, spoilt: Callable[[Authenticator], Authenticator]
) -> None:
    phone = a_passkey(session, sam)

    with pytest.raises(NotAccepted):
        use(session, spoilt(phone))

    assert use(session, phone) == sam


@pytest.mark.parametrize("spoilt", [from_another_page, without_opening_it])
def test_a_passkey_that_is_not_right_is_not_added(
    session: Session, sam: User, spoilt: Callable[[Authenticator], Authenticator]
) -> None:
    asked = passkeys.ask_to_add(session, SITE, sam, at=NOW)

    with pytest.raises(NotAdded):
        keep(session, sam, asked, spoilt(Authenticator()).make(asked.options))

    assert passkeys.of(session, sam) == []


def test_a_passkey_is_for_its_site_and_for_those_who_may_come(session: Session, sam: User) -> None:
    phone = a_passkey(session, sam)
    other_site = RelyingParty("other.test", SITE.origin, "Other")
    asked = passkeys.ask_to_sign_in(session, other_site, at=NOW)
    with pytest.raises(NotAccepted):
        passkeys.sign_in(
            session, SITE, challenge=asked.token, answer=phone.open(asked.options), at=NOW
        )
    sam.active = False
    with pytest.raises(NotAccepted):
        use(session, phone)


def test_a_passkey_whose_counter_goes_back_is_taken_away(session: Session, sam: User) -> None:
    phone = a_passkey(session, sam, Authenticator(counts=True))
    theft = copy(phone)
    assert use(session, phone) == sam
    assert use(session, phone) == sam

    # Only its own signature may say so; else anybody could have it taken away.
    with pytest.raises(NotAccepted):
        use(session, with_another_key(theft))
    assert passkeys.has_any(session, sam)
    with pytest.raises(PerhapsCopied):
        use(session, theft)

    assert not passkeys.has_any(session, sam)
    line = session.scalars(select(AuditLine).order_by(AuditLine.id.desc())).first()
    assert line is not None
    assert (line.who, line.did, line.subject) == ("the site", "removed a passkey", "sam")
    assert "may have been copied" in line.why
    letter = session.scalars(select(OutboxMail).order_by(OutboxMail.id.desc())).first()
    assert letter is not None
    assert letter.values == {"passkeys": ["My phone"], "copied": True}


def test_one_passkey_is_of_one_account_and_an_account_has_so_many(
    session: Session, priya: User, sam: User
) -> None:
    phone = a_passkey(session, sam)
    asked = passkeys.ask_to_add(session, SITE, priya, at=NOW)
    with pytest.raises(AddedBefore):
        keep(session, priya, asked, phone.make(asked.options))
    (kept,) = passkeys.of(session, sam)
    passkeys.remove(session, priya, kept.id, admins_need_it=False, at=NOW)
    assert passkeys.of(session, sam) == [kept], "nobody removes another's"
    for _one in range(passkeys.MOST - 1):
        a_passkey(session, sam)

    with pytest.raises(TooMany):
        passkeys.ask_to_add(session, SITE, sam, at=NOW)


def test_passkeys_go_with_the_role_and_with_all_else_that_is_lost(
    app: Flask, session: Session, priya: User, sam: User
) -> None:
    a_passkey(session, sam)
    assert [one["name"] for one in persons.held(session, SAM, secret="")["passkeys"]] == [
        "My phone"
    ]
    team.let_go(session, sam, by=priya, at=NOW)
    assert not passkeys.has_any(session, sam)

    a_passkey(session, sam)
    passkeys.ask_to_add(session, SITE, sam, at=NOW)
    persons.erase(session, SAM, secret="", at=NOW)
    assert session.scalars(select(Passkey)).all() == []
    assert session.scalars(select(PasskeyChallenge)).all() == []

    # The log, which is never changed, does not name who only edits networks.
    editor = people.welcome(session, "ama@example.org", at=NOW)
    a_passkey(session, editor)
    passkeys.forget_all(session, editor, by=priya, at=NOW)
    last = session.scalars(select(AuditLine).order_by(AuditLine.id.desc()).limit(2)).all()
    assert [(one.who, one.subject) for one in last] == [
        ("priya", "an editor of a network"),
        ("an editor of a network", "their own account"),
    ]

    a_passkey(session, priya)
    team.forget_second(session, priya, admin=priya, at=NOW)
    a_passkey(session, priya)
    session.commit()
    run = app.test_cli_runner().invoke
    assert run(args=["moderator", PRIYA, "--lost-second-factor"]).exit_code == 0
    assert session.scalars(select(Passkey)).all() == []
    log = session.execute(select(AuditLine.who, AuditLine.did).order_by(AuditLine.id)).all()
    removed = [who for who, did in log if did == "removed all passkeys"]
    assert removed == ["priya", "priya", "priya", "an operator"]


# Where it works.


@pytest.mark.parametrize(
    ("url", "known_as"),
    [
        ("https://kith.example", ("kith.example", "https://kith.example")),
        ("https://Kith.example:443", ("kith.example", "https://kith.example")),
        ("https://kith.example:8443/x", ("kith.example", "https://kith.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://kith.localhost", ("kith.localhost", "http://kith.localhost")),
        ("http://kith.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_for_the_host_of_the_public_address(
    url: str, known_as: tuple[str, str] | None
) -> None:
    site = relying_party(Config(public_url=url))

    assert (site and (site.host, site.origin)) == known_as


ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "userHandle", "clientDataJSON",
                         "authenticatorData", "signature", "attestationObject"]) | st.text(),
        inner,
    ),
)  # fmt: skip


@given(answer=ANSWERS.map(json.dumps) | st.text() | st.just("[" * 15_000) | st.just("x" * 20_001))
def test_whatever_a_stranger_sends_is_no_answer(answer: str) -> None:
    with pytest.raises(Unproven):
        SITE.accept("AAAA", answer, public_key="AAAA")
    with pytest.raises(Unproven):
        SITE.accept_new("AAAA", answer)
    try:
        claimed = who_answers(answer)
    except Unproven:
        return
    assert all(isinstance(one, str) for one in claimed)


# Steps.


def a_passkey(
    session: Session, user: User, authenticator: Authenticator | None = None
) -> Authenticator:
    """A passkey that `user` has added."""
    authenticator = authenticator or Authenticator()
    asked = passkeys.ask_to_add(session, SITE, user, at=NOW)
    keep(session, user, asked, authenticator.make(asked.options))
    return authenticator


def keep(session: Session, user: User, asked: passkeys.Challenge, answer: str) -> None:
    told = {"challenge": asked.token, "answer": answer, "name": "My phone"}
    passkeys.add(session, SITE, user, **told, at=NOW + timedelta(minutes=1))


def use(session: Session, authenticator: Authenticator) -> User:
    asked = passkeys.ask_to_sign_in(session, SITE, at=NOW)
    answer = authenticator.open(asked.options)
    return passkeys.sign_in(session, SITE, challenge=asked.token, answer=answer, at=NOW)


def add(
    browser: Browser,
    page: Page,
    authenticator: Authenticator,
    *,
    name: str = "My phone",
    status: int = 200,
) -> Page:
    """Press "Add a passkey", as the script does it."""
    asked = browser.send(f"{ADD}/challenge", page.form(ADD)).html
    return browser.submit(page, ADD, answer=authenticator.make(asked), name=name, status=status)


def sign_in(
    browser: Browser,
    authenticator: Authenticator,
    opened_from: str = "/accounts/sign-in",
    *,
    status: int = 200,
) -> Page:
    """Press "Sign in with a passkey", as the script does it."""
    page = browser.open(opened_from)
    asked = browser.send(f"{SIGN_IN}/challenge", page.form(SIGN_IN)).html
    return browser.submit(page, SIGN_IN, answer=authenticator.open(asked), status=status)


def remove_of(page: Page) -> str:
    """Where the button goes that removes the passkey of the page."""
    (action,) = [
        one.get("action", "")
        for one in page.all("form")
        if one.get("action", "").startswith(f"{ADD}/") and one.get("action", "").endswith("/end")
    ]
    return action


def set_up_an_app(session: Session, email: str) -> None:
    user = people.find(session, email)
    assert user
    codes = second_factor.Codes("a secret", "Kith")
    secret = codes.fresh()
    codes.set_up(session, user, secret, codes.generate(secret))
    session.commit()


def assert_hidden(page: Page) -> None:
    """All that needs the script is inside of something hidden."""
    hidden = [one for one in page.root.iter() if one.get("hidden") is not None]
    inside = {id(child) for one in hidden for child in one.iter()}
    forms = [one for one in page.all("form") if one.get("data-passkey")]
    assert forms
    assert all(id(form) in inside for form in forms)
