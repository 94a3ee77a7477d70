"""What the checks say on the review page, setting them aside, and what waits apart as spam."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory import errands
from directory.config import current
from directory.entries.catalogue import Entry
from directory.moderation import answering, looking_over, queue
from directory.moderation.models import AddressLook, AuditLine, Decision, Look
from directory.moderation.sorts import Sort
from directory.submissions import conversation, proposing
from directory.submissions.models import Submission
from tests.builders import a_body, an_approach
from tests.house_rules import Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import SendIn, decide, moderator, send_in, signed_in

__all__ = ["moderator", "send_in"]

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
Publish = Callable[..., list[Entry]]

ADVERT = {
    "name": "Casino nights",
    "strapline": "Free spins at our online casino",
    "summary": "No deposit bonus. Click here and win real money.",
    "body": a_body(how_it_works="Buy now at https://best-casino.example/bonus, hurry!"),
}


@pytest.fixture
def look_over(app: Flask, session: Session) -> Callable[[], None]:
    """The worker looks over what waits."""

    def look() -> None:
        with app.app_context():
            errands.look_over(session, current())
        session.rollback()

    return look


def test_what_looks_like_spam_waits_apart_until_somebody_says_that_it_is_none(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn,
    look_over: Callable[[], None], mailbox: Mailbox,
) -> None:  # fmt: skip
    good, advert = send_in(an_approach(name="Repair cafes")), send_in(an_approach(**ADVERT))
    look_over()

    page = moderator.open("/moderation/")
    assert page.heading == "1 thing to read"
    names = [one.text for one in page.all("a", class_="work__name")]
    assert names == ["Repair cafes", "Casino nights"]  # last, but never out of sight
    # Its author sees no difference.
    assert mailbox.fetch("sam@example.org", subject="We have it: Casino nights")
    page = moderator.open(f"/moderation/submissions/{good}")
    assert "Next: " not in page.text  # nobody is led to it
    page = moderator.open("/moderation/?sort=spam")
    assert "they wait apart" in page.text

    page = moderator.open(f"/moderation/submissions/{advert}")
    assert "Looks like spam" in page.text
    assert "It speaks of gambling: free spins" in page.text
    page = put_aside(moderator, page, "spam", "", status=422)
    assert "Write why it does not matter here" in page.text
    page = put_aside(moderator, page, "spam", "A charity evening; I know them.")

    assert "Set aside by Priya S." in page.text
    assert moderator.open("/moderation/").heading == "2 things to read"
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    page = other.open(f"/moderation/submissions/{advert}")
    assert "A charity evening; I know them." in page.text
    assert "spam: A charity evening; I know them." in other.open("/moderation/decisions").text

    # Other words are looked at anew, and so is what was set aside.
    kept = session.get_one(Submission, advert)
    worse = an_approach(**ADVERT | {"summary": "Buy viagra without prescription. Click here."})
    proposing.revise(kept, worse, why="", asides={}, at=NOW)
    session.commit()
    look_over()
    assert session.get_one(Look, advert).is_apart
    session.rollback()
    assert moderator.open("/moderation/").heading == "1 thing to read"


def test_many_are_marked_as_spam_at_once_and_a_second_look_is_not_put_apart(
    moderator: Browser, session: Session, send_in: SendIn, look_over: Callable[[], None]
) -> None:
    numbers = [send_in(an_approach(**ADVERT)) for _turn in range(2)]
    look_over()
    page = moderator.open("/moderation/?sort=spam")
    ticks = [one.get("value") for one in page.all("input", name="ticked")]

    page = moderator.submit(page, "/moderation/decisions", ticked=ticks, outcome="spam")

    assert "2 are decided." in page.text
    assert all(one.is_spam for one in session.scalars(select(Decision)))
    session.rollback()
    again = send_in(an_approach(**ADVERT))  # the same words once more
    look_over()
    page = moderator.open(f"/moderation/submissions/{again}")
    assert "The same words were spam before." in page.text
    appealed = session.get_one(Submission, numbers[0])
    conversation.appeal(session, appealed, "We are a charity.", at=NOW)
    session.commit()
    look_over()
    assert [one.name for one in queue.lines(session, at=NOW, sort=Sort.ANSWER)] == ["Casino nights"]


def test_a_check_is_set_aside_for_what_it_found_and_by_two_at_once_only_once(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach(strapline="Signposting for service users"))
    page = moderator.open(f"/moderation/submissions/{number}")
    for _turn in range(2):
        put_aside(moderator, page, "plain-words", "It is the name of their group.")
    lines = session.scalars(select(AuditLine)).all()
    assert [one.did for one in lines] == ["set a check aside"]
    session.rollback()

    kept = session.get_one(Submission, number)
    other = an_approach(strapline="Signposting for stakeholders")
    proposing.revise(kept, other, why="", asides={}, at=NOW)
    session.commit()

    page = put_aside(moderator, page, "plain-words", "Still so.", status=409)
    assert "Set aside by" not in page.text


def test_the_checks_find_what_is_missing_and_what_is_much_like_it(
    moderator: Browser, send_in: SendIn, publish: Publish
) -> None:
    publish(an_approach(name="Community choir circles"))
    number = send_in(
        an_approach(
            name="Community choir circle",
            easy_read=[{"text": "We sing.", "picture": "choir", "alt": "Choir"}],
            summary="We sing " + "and sing " * 26 + "together.",
        )
    )

    page = moderator.open(f"/moderation/submissions/{number}")

    for said in ("No source", "A picture is not told in words", "1 long sentence", "much like it"):
        assert said in page.text
    assert "/approaches/community-choir-circles" in page.links().values()


class Answers(BaseHTTPRequestHandler):
    """Some pages answer, one is gone, one is only for people."""

    def do_GET(self) -> None:
        self.send_response({"/gone": 404, "/people": 403}.get(self.path, 200))
        self.end_headers()
        self.wfile.write(b"x" * (300_000 if self.path == "/large" else 10))

    def log_message(self, *_about: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_worker_asks_new_addresses_and_the_page_says_what_came_of_it(
    moderator: Browser, session: Session, send_in: SendIn, look_over: Callable[[], None],
    elsewhere: str,
) -> None:  # fmt: skip
    pages = [f"http://{elsewhere}/{name}" for name in ("here", "gone", "people", "large")]
    study = {"claim": "It works.", "source_title": "A study", "strength": "evaluation"}
    evidence = [study | {"source_url": url} for url in pages]
    number = send_in(an_approach(evidence=evidence))
    look_over()
    page = moderator.open(f"/moderation/submissions/{number}")
    assert page.text.count("Not looked at yet") == 4

    at = datetime.now(UTC)
    ask_all(session, reachable=frozenset({elsewhere}), at=at)
    page = moderator.open(f"/moderation/submissions/{number}")
    assert page.text.count("Answers, since") == 3
    assert "1 address does not answer" in page.text
    assert re.search("Does not answer since .+: it says 404", page.text)

    # What is gone is asked again before what is there; since when it is gone stays as it was.
    later = at + answering.AGAIN_IF_NOT
    assert answering.take_due(session, at=later - timedelta(seconds=1)) == []
    assert answering.take_due(session, at=later) == [(number, pages[1])]
    ask_all(session, reachable=frozenset({elsewhere}), at=later)
    gone = session.get_one(AddressLook, (number, pages[1]))
    assert (gone.since, gone.asked_at) == (at, later)
    session.rollback()

    # Nobody can have us ask inside our own walls; and what is decided is asked no more.
    ask_all(session, reachable=frozenset(), at=at + timedelta(days=30))
    session.expire_all()
    assert "not asked" in session.get_one(AddressLook, (number, pages[0])).fault
    session.rollback()
    page = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, page, number, "decline", note="No.")
    assert answering.take_due(session, at=at + timedelta(days=90)) == []


def test_addresses_in_what_waits_apart_are_not_asked(
    session: Session, send_in: SendIn, look_over: Callable[[], None]
) -> None:
    send_in(an_approach(**ADVERT))

    look_over()

    assert not looking_over.is_due(session)
    assert session.scalars(select(AddressLook)).all() == []


def ask_all(session: Session, *, reachable: frozenset[str], at: datetime) -> None:
    """Ask until nothing is due, one of a host at a time."""
    while due := answering.take_due(session, at=at):
        session.rollback()
        asked = answering.ask(due, public_url="http://kith.test", reachable=reachable)
        answering.record(session, asked, at=at)
        session.commit()
    session.rollback()


def put_aside(browser: Browser, page: Page, check: str, reason: str, *, status: int = 200) -> Page:
    """Press the button below one check."""
    path = f"{page.path.partition('#')[0].removesuffix('/checks')}/checks"
    forms = [
        {one.get("name"): one.get("value") for one in form.iter("input")}
        for form in page.all("form", action=path)
    ]
    (values,) = [one for one in forms if one["check"] == check]
    return browser.send(path, values | {"reason": reason}, status=status)
