"""What is asked of passkeys and what is refused, with real signatures and without any page."""

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

from directory.accounts import passkeys, people, second_factor
from directory.accounts.models import Passkey, PasskeyChallenge, User
from directory.accounts.passkeys import AddedBefore, NotAccepted, NotAdded, PerhapsCopied, TooMany
from directory.accounts.relying_party import RelyingParty, Unproven, relying_party, who_answers
from directory.config import Config
from directory.mail.models import OutboxMail
from directory.moderation import team
from directory.moderation.models import AuditLine
from directory.personal import persons
from tests.authenticator import Authenticator
from tests.moderating import PRIYA, SAM, priya, sam

__all__ = ["priya", "sam"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = RelyingParty("kith.test", "https://kith.test", "Kith")


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
    assert tuple(log[-1]) == ("an operator", "took away a second factor")
    told = session.scalars(select(OutboxMail).where(OutboxMail.letter == second_factor.LETTER))
    assert [one.values for one in told] == [
        {"did": "lost", "by": "priya"},
        {"did": "lost", "by": ""},
    ]


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
