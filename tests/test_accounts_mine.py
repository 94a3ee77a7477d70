"""One's own account: where one is signed in, and the second factor with real codes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from directory import config as settings
from directory.accounts import people, second_factor, sessions, sign_in
from directory.accounts.models import RecoveryCode, SignIn, User
from directory.accounts.second_factor import Codes, WrongCode
from directory.config import Config
from directory.moderation import team
from directory.moderation.models import AuditLine
from tests.house_rules import HOST, Browser, Page
from tests.mailbox import Mailbox

MINE = "/accounts/mine"
SECOND = "/accounts/second-factor"
SET_UP = f"{SECOND}/new"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18 Safari/604"


@pytest.fixture
def priya(session: Session) -> User:
    """The first moderator: an admin."""
    return a_moderator(session, "priya@example.org")


@pytest.fixture
def on_the_open_web(app: Flask, config: Config) -> None:
    """As behind https: admins need a second factor."""
    settings.attach(app, replace(config, public_url="https://kith.test"))


def test_a_browser_is_known_by_its_sort_and_no_more() -> None:
    assert sessions.device(FIREFOX) == "Firefox, Windows"
    assert sessions.device(IPHONE) == "Safari, iPhone"
    assert sessions.device("curl/8") == ""


def test_sign_ins_are_listed_and_ended_one_by_one_or_all_others(
    app: Flask, session: Session, priya: User
) -> None:
    desk, phone, third = (signed_in(app, session, priya) for _one in range(3))
    page = desk.open(MINE)
    assert len(page.all("li", class_="work__line")) == 3
    assert page.text.count("this one") == 1
    (phones,) = [one.id for one in session.scalars(select(SignIn).order_by(SignIn.id))][1:2]
    session.rollback()

    desk.submit(page, f"/accounts/sign-ins/{phones}/end")
    assert is_out(phone)
    assert not is_out(third)
    desk.submit(desk.open(MINE), "/accounts/sign-ins/others/end")
    assert is_out(third)
    assert not is_out(desk)

    # Signing out ends it for good: a stolen cookie is worth nothing then.
    desk.submit(desk.open("/moderation/keys"), "/accounts/sign-out")
    session.rollback()
    assert session.scalars(select(SignIn)).all() == []


def test_a_page_is_there_while_somebody_else_writes_and_its_use_is_noted_later(
    app: Flask, session: Session, priya: User
) -> None:
    desk = signed_in(app, session, priya)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    session.execute(update(SignIn).values(seen_at=long_ago))
    session.commit()
    with Session(session.get_bind()) as writer:
        writer.execute(update(SignIn).values(device="A list that is taken in"))
        if writer.get_bind().dialect.name == "sqlite":  # rows are not locked one by one there
            assert desk.open("/moderation/keys").heading
        writer.commit()
    assert session.scalars(select(SignIn.seen_at)).one() == long_ago
    session.rollback()

    desk.open("/moderation/keys")

    session.rollback()
    assert session.scalars(select(SignIn.seen_at)).one() > long_ago


def test_nobody_ends_the_sign_ins_of_others_and_old_ones_end_by_themselves(
    app: Flask, session: Session, priya: User
) -> None:
    sam = a_moderator(session, "sam@example.net")
    mine, theirs = signed_in(app, session, priya), signed_in(app, session, sam)
    (number,) = session.scalars(select(SignIn.id).where(SignIn.user_id == sam.id)).all()
    session.rollback()

    token = mine.open("/moderation/keys").form("/accounts/sign-out")["csrf_token"]
    mine.send(f"/accounts/sign-ins/{number}/end", {"csrf_token": token})

    assert not is_out(theirs)
    kept = session.get_one(SignIn, number)
    kept.began_at -= sessions.SIGNED_IN_FOR
    session.commit()
    assert is_out(theirs)
    sessions.forget_old(session, at=datetime.now(UTC))
    session.commit()
    assert session.get(SignIn, number) is None


def test_an_admin_sets_up_a_second_factor_before_anything_else(
    app: Flask, session: Session, priya: User, on_the_open_web: None
) -> None:
    browser = Browser(app)
    page = press_link(browser, session, priya)
    assert page.path == SET_UP
    for path in ("/moderation/", "/moderation/team", "/networks/mine", MINE):
        assert is_out(browser, path)

    page = browser.submit(page, SET_UP, code="000000", status=422)
    assert "That code is not right" in page.text
    code = code_of(page)
    sent = page.form(SET_UP) | {"code": f" {code[:3]}-{code[3:]}"}
    page = browser.send(SET_UP, sent)

    assert page.heading == "Keep these codes"
    recovery = [one.text for one in page.all("code")]
    assert len(recovery) == second_factor.RECOVERY_CODES
    assert browser.send(SET_UP, sent).path == MINE  # loaded again: not a word of being signed out
    assert browser.open("/moderation/").heading == "Nothing waits"
    assert "10 recovery codes are left" in browser.open(MINE).text

    # The mailed link alone lets nobody in any more; a recovery code does, once.
    other = Browser(app)
    page = press_link(other, session, priya, goes_to="/moderation/keys")
    assert page.path == SECOND
    assert is_out(other, "/moderation/keys")
    page = other.submit(page, SECOND, code=recovery[0].upper().replace("-", " "))
    assert page.path == "/moderation/keys"
    third = Browser(app)
    page = press_link(third, session, priya)
    third.submit(page, SECOND, code=recovery[0], status=422)
    third.open(SET_UP, follow=False, status=303)  # nor can it be set up anew from there
    assert is_out(third)


def test_a_code_works_once_even_while_it_is_shown(
    session: Session, priya: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_clock(at: datetime) -> None:
        monkeypatch.setattr(TOTP, "now", lambda: at.timestamp())

    codes = Codes("a secret", "Kith: ours")
    held = [a_sign_in(session, priya), a_sign_in(session, priya)]
    secret = codes.fresh()
    assert secret.count("secret") < 3  # it is encrypted
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    set_clock(at)
    codes.set_up(session, priya, secret, codes.generate(secret), at=at)
    with pytest.raises(WrongCode):  # what set it up signs nobody in
        codes.give(session, held[0], codes.generate(secret), at=at)
    later = at + timedelta(seconds=60)
    set_clock(later)
    code = codes.generate(secret)
    codes.give(session, held[0], f"{code[:3]} {code[3:]}", at=later)
    session.commit()
    for again in (code, "", "\uff11\uff12\uff13\uff14\uff15\uff16", "12345", "abcdef"):
        with pytest.raises(WrongCode):
            codes.give(session, held[1], again, at=later)
    session.rollback()
    assert session.get_one(SignIn, held[0].id).second_at == later
    assert session.get_one(SignIn, held[1].id).second_at is None


def test_a_moderator_may_have_one_and_take_it_away_an_admin_may_not(
    app: Flask, session: Session, priya: User, on_the_open_web: None
) -> None:
    sam = a_moderator(session, "sam@example.net")
    browser = Browser(app)
    assert press_link(browser, session, sam).path == "/moderation/"
    token = browser.open("/moderation/keys").form("/accounts/sign-out")["csrf_token"]
    page = browser.send(SET_UP, {"csrf_token": token, "code": "123456"})
    assert page.path == SET_UP  # from a page that was left: nothing is on yet
    browser.submit(page, SET_UP, code=code_of(page))
    page = browser.open(MINE)
    fresh = browser.submit(page, f"{SECOND}/codes")
    assert len(session.scalars(select(RecoveryCode)).all()) == len(fresh.all("code"))
    session.rollback()

    page = browser.submit(browser.open(MINE), f"{SECOND}/end")

    assert "Off. Whoever reads your mail could sign in as you." in page.text
    team.make_admin(session, sam, admin=priya, at=datetime.now(UTC))
    session.commit()
    assert is_out(browser), "what was given before and is gone counts no more"
    assert browser.open(MINE).path == SET_UP
    boss = Browser(app)
    page = press_link(boss, session, priya)
    boss.submit(page, SET_UP, code=code_of(page))
    page = boss.open(MINE)
    assert "Switch it off" not in page.text
    token = page.form("/accounts/second-factor/codes")["csrf_token"]
    boss.send(f"{SECOND}/end", {"csrf_token": token}, status=409)


def test_what_is_no_code_is_said_and_kept_and_guessing_ends(
    app: Flask, session: Session, priya: User, on_the_open_web: None
) -> None:
    browser = Browser(app)
    page = press_link(browser, session, priya)
    address = urlsplit(next(one.get("href", "") for one in page.all("a") if "Open it" in one.text))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    page = browser.submit(page, SET_UP, code=" ", status=422)
    assert "Type the code that your authenticator app shows." in page.text
    page = browser.submit(page, SET_UP, code="12 34", status=422)
    assert "A code has six digits. Look again." in page.text
    assert page.find("input", id="code").get("value") == "12 34"
    page = browser.submit(page, SET_UP, code=code_of(page))

    other = Browser(app)
    page = press_link(other, session, priya)
    page = other.submit(page, SECOND, code="1234-5678-90a", status=422)
    assert "a recovery code twelve letters and digits" in page.text
    for _number in range(9):
        page = other.submit(page, SECOND, code="000000", status=422)
    assert "see that your phone sets its clock by itself" in page.text

    page = other.submit(page, SECOND, code="000000", status=429)

    assert page.heading == "Your code"
    assert "Wait a quarter of an hour" in page.text
    assert int(page.headers["Retry-After"]) > 0


def test_what_happens_to_a_second_factor_is_told_and_logged(
    app: Flask, session: Session, priya: User, mailbox: Mailbox
) -> None:
    browser = signed_in(app, session, priya)
    page = browser.open(SET_UP)
    page = browser.submit(page, SET_UP, code=code_of(page))
    recovery = [one.text for one in page.all("code")]
    assert [one.get("href") for one in page.all("a") if "go on" in one.text] == [MINE]
    assert mailbox.fetch(priya.email, subject="was set up").link(MINE)
    other = Browser(app)
    other.submit(press_link(other, session, priya), SECOND, code=recovery[0])
    assert "9 codes are left" in mailbox.fetch(priya.email, subject="recovery code of yours").text
    other.submit(other.open(MINE), f"{SECOND}/codes")
    assert mailbox.fetch(priya.email, subject="recovery codes are new")
    session.execute(delete(RecoveryCode))
    session.commit()
    page = other.open(MINE)
    assert "No recovery code is left." in page.text
    other.submit(page, f"{SECOND}/end")
    assert mailbox.fetch(priya.email, subject="was switched off")

    did = session.scalars(select(AuditLine.did).order_by(AuditLine.id)).all()
    assert did == [
        "set up a second factor", "made new recovery codes", "switched off a second factor",
    ]  # fmt: skip


def test_a_sign_in_that_waits_for_its_second_factor_is_seen(
    app: Flask, session: Session, priya: User
) -> None:
    browser = signed_in(app, session, priya)
    page = browser.open(SET_UP)
    browser.submit(page, SET_UP, code=code_of(page))
    assert "not given yet" not in browser.open(MINE).text

    press_link(Browser(app), session, priya)  # by somebody who reads the mail

    page = browser.open(MINE)
    assert len(page.all("li", class_="work__line")) == 2
    assert page.text.count("Its second factor is not given yet.") == 1


def test_an_admin_helps_who_lost_phone_and_codes(
    app: Flask, session: Session, priya: User, mailbox: Mailbox
) -> None:
    sam = a_moderator(session, "sam@example.net")
    boss, browser = signed_in(app, session, priya), signed_in(app, session, sam)
    page = browser.open(SET_UP)
    browser.submit(page, SET_UP, code=code_of(page))
    page = boss.open("/moderation/team")
    (lost,) = [path for words, path in page.links().items() if "Lost second factor" in words]
    page = boss.open(lost)
    assert "make sure that it is them who ask" in page.text

    page = boss.submit(page, lost)

    assert "Their second factor is gone" in page.text
    letter = mailbox.fetch("sam@example.net", subject="was taken away")
    assert "priya took away your second factor" in letter.text
    assert letter.link(MINE)
    assert is_out(browser)
    assert "took away a second factor" in boss.open("/moderation/decisions").text
    assert press_link(browser, session, sam).path == "/moderation/"


def a_moderator(session: Session, email: str) -> User:
    user = people.appoint(session, email, at=datetime.now(UTC))
    session.commit()
    return user


def a_sign_in(session: Session, user: User) -> SignIn:
    token = sessions.begin(session, user, agent="", at=datetime.now(UTC))
    session.commit()
    found = sessions.find(session, token, at=datetime.now(UTC))
    assert found is not None
    return found


def press_link(browser: Browser, session: Session, user: User, **values: Any) -> Page:
    """Open a mailed link and press its button."""
    token = sign_in.make_link(session, user, at=datetime.now(UTC), **values)
    session.commit()
    path = f"/accounts/sign-in/{token}"
    return browser.submit(browser.open(path), path)


def signed_in(app: Flask, session: Session, user: User) -> Browser:
    browser = Browser(app)
    press_link(browser, session, user)
    return browser


def is_out(browser: Browser, path: str = "/moderation/") -> bool:
    """Whether that page asks to sign in, or for the second factor."""
    answer = browser.client.get(path, base_url=HOST)
    return answer.status_code == 303 and "/accounts/" in answer.headers["Location"]


def code_of(page: Page) -> str:
    """The code that an app shows which has read the key on the page."""
    (key,) = [one.text for one in page.all("code")]
    return str(TOTP(re.sub(r"\W", "", key)).generate().token)
