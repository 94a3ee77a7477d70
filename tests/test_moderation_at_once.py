"""Two moderators press at the same moment: one decision, one clear answer, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier, BrokenBarrierError
from types import ModuleType

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.entries import catalogue
from directory.mail.models import OutboxMail
from directory.moderation import team, views_case
from directory.moderation.models import AuditLine, Decision
from directory.submissions import links, proposing
from directory.submissions.models import Purpose, Submission
from directory.submissions.proposing import Author, Proposal
from directory.vocabulary.terms import Kind
from tests.builders import an_approach
from tests.house_rules import HOST, Browser
from tests.moderating import let_claims_lapse, signed_in

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("outcomes", [("publish", "publish"), ("publish", "decline")])
def test_of_two_who_press_at_once_one_decides(
    outcomes: tuple[str, str], app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [
        signed_in(app, session, "priya@example.org", "Priya S."),
        signed_in(app, session, "sam@example.net", "Sam M."),
    ]
    number = waiting(session)
    path = f"/moderation/submissions/{number}"
    forms = []
    for browser in both:  # the first one's claim has lapsed when the second one opens the page
        let_claims_lapse(session)
        forms.append(browser.open(path).form(f"{path}/decision"))
    let_claims_lapse(session)
    meet_after(monkeypatch, views_case, "case_of")

    def press(browser: Browser, form: dict[str, object], outcome: str) -> int:
        values = form | {"outcome": outcome, "note": f"By {outcome}"}
        answer = browser.client.post(f"{path}/decision", base_url="http://kith.test", data=values)
        if answer.status_code == 409:
            assert "has been decided meanwhile" in answer.get_data(as_text=True)
            assert f"By {outcome}" in answer.get_data(as_text=True)
        return answer.status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(press, both, forms, outcomes))

    assert statuses == [303, 409]
    (decision,) = session.scalars(select(Decision)).all()
    assert len(session.scalars(select(AuditLine)).all()) == 1
    told = [one.letter for one in session.scalars(select(OutboxMail).order_by(OutboxMail.id))]
    assert told == ["confirm", "received", decision.outcome]
    entry = catalogue.find(session, Kind.APPROACH, "community-choirs")
    assert (entry is not None) is (decision.outcome == "published")
    assert session.get_one(Submission, number).state == decision.outcome


def test_of_many_who_open_it_at_once_one_has_it(app: Flask, session: Session) -> None:
    names = ["Priya", "Sam", "Ama", "Joe"]
    everybody = [signed_in(app, session, f"{name}@example.org".lower(), name) for name in names]
    number = waiting(session)
    path = f"/moderation/submissions/{number}"
    door = Barrier(len(everybody))

    def look(browser: Browser) -> bool:
        door.wait(timeout=20)
        page = browser.client.get(path, base_url="http://kith.test").get_data(as_text=True)
        mine, taken = "so nobody else will" in page, "has this</h2>" in page
        assert mine is not taken, page
        return mine

    with ThreadPoolExecutor(len(everybody)) as pool:
        has_it = list(pool.map(look, everybody))

    assert sum(has_it) == 1
    holder, other = everybody[has_it.index(True)], everybody[has_it.index(False)]
    page = other.send(
        f"{path}/decision",
        {"csrf_token": csrf_of(other), "outcome": "publish", "note": "Mine!"},
        status=409,
    )
    assert f"{names[has_it.index(True)]} is working on this" in page.text
    assert "Mine!" in page.html
    holder.submit(holder.open(path), f"{path}/claim/end")
    assert "so nobody else will" in other.open(path).text
    assert (
        other.client.post(
            f"{path}/claim", base_url=HOST, data={"csrf_token": csrf_of(other)}
        ).status_code
        == 204
    )
    holder.send(f"{path}/claim", {"csrf_token": csrf_of(holder)}, status=409)


def test_of_two_admins_who_step_back_at_once_one_stays(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    emails = ["priya@example.org", "sam@example.net"]
    both = [signed_in(app, session, email, email) for email in emails]
    priya, sam = (people.find(session, email) for email in emails)
    assert priya
    assert sam
    team.make_admin(session, sam, admin=priya, at=NOW)
    numbers = [priya.id, sam.id]
    session.commit()
    forms = [{"csrf_token": csrf_of(one), "action": "moderator"} for one in both]
    meet_after(monkeypatch, people, "admins")

    def step_back(browser: Browser, number: int, form: dict[str, str]) -> int:
        path = f"/moderation/team/{number}"
        return browser.client.post(path, base_url=HOST, data=form).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(step_back, both, numbers, forms))

    assert statuses == [303, 409]
    assert len(people.admins(session)) == 1


def csrf_of(browser: Browser) -> str:
    return str(browser.open("/moderation/digest").form("/moderation/digest")["csrf_token"])


def waiting(session: Session) -> int:
    """The number of a submission that waits for a decision."""
    made = proposing.propose(
        session, Proposal(an_approach(), Author("ann@example.org"), licence_version="1"), at=NOW
    )
    token = links.make(session, made, Purpose.CONFIRM, at=NOW)
    session.flush()
    proposing.confirm(session, token, at=NOW)
    session.commit()
    number = made.id
    session.rollback()
    return number


def meet_after(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> None:
    """Let both have read with that function before either acts, where the database allows that.

    SQLite does not: there the second one reads only after the first has committed.
    """
    door = Barrier(2)
    read = getattr(module, name)

    def read_and_meet(*about: object, **choices: object) -> object:
        found = read(*about, **choices)
        with suppress(BrokenBarrierError):
            door.wait(timeout=2)
        return found

    monkeypatch.setattr(module, name, read_and_meet)
