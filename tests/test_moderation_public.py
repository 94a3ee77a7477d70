"""How moderation goes, for everybody; and the whole log, for admins."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.moderation import reasons
from directory.moderation.models import Decision
from directory.moderation.views_public import in_words
from directory.submissions.models import Submission
from tests.builders import an_approach
from tests.house_rules import Browser, Page, words
from tests.moderating import SendIn, decide, moderator, send_in, signed_in

__all__ = ["moderator", "send_in"]


def test_anybody_reads_how_long_it_takes_and_what_was_decided(
    moderator: Browser, browser: Browser, session: Session, send_in: SendIn
) -> None:
    assert "Too little has been decided yet" in browser.open("/how-we-decide").text
    offered = [str(one.id) for one in reasons.offered(session)[:2]]
    session.rollback()
    outcomes = ["publish", "publish", "decline", "decline", "ask", "spam", "publish"]
    for number, outcome in enumerate(outcomes):
        sent = send_in(an_approach(name=f"Choir {number}"), email=f"ann{number}@example.org")
        chosen = offered if number == 2 else []
        page = moderator.open(f"/moderation/submissions/{sent}")
        queue = decide(moderator, page, sent, outcome, note="Because.", reasons=chosen)
    moderator.submit(queue, undo_of_last(session))
    for one in session.scalars(select(Decision)):
        kept = session.get_one(Submission, one.submission_id)
        kept.waiting_since = one.decided_at - timedelta(days=kept.id)
    session.commit()

    page = browser.open("/how-we-decide")

    assert rows(page) == {
        "Published": "2", "Changes asked for": "1", "Declined": "2", "Closed as spam": "1",
        "Asked for a second look": "0", "It is an advert": "1", "We have it already": "1",
        "In the moderator's own words only": "1",
    }  # fmt: skip
    # Five answers that took 1, 2, 3, 4 and 5 days; spam and what was undone do not count.
    assert "an answer within 3 days, nine of ten within 5 days" in page.text
    assert "1 thing waits now." in page.text
    assert "1 moderator reads, corrects and decides." in page.text
    assert "Priya" not in page.text


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(minutes=5), "an hour"),
        (timedelta(hours=1, minutes=1), "2 hours"),
        (timedelta(hours=36), "36 hours"),
        (timedelta(hours=37), "2 days"),
        (timedelta(days=9, hours=1), "10 days"),
    ],
)
def test_waiting_times_are_rounded_up(time: timedelta, said: str) -> None:
    app = Flask(__name__)
    Babel(app, default_locale="en_GB")
    with app.test_request_context():
        assert in_words(time) == said


def test_admins_take_the_whole_log_along(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn
) -> None:
    number = send_in(an_approach(name="=1+1"))
    page = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, page, number, "decline", note="An advert,\nit seems.")
    assert "/moderation/decisions.csv" in moderator.open("/moderation/decisions").html

    answer = moderator.client.get("/moderation/decisions.csv", base_url="http://kith.test")

    head, line = csv.reader(StringIO(answer.get_data(as_text=True)))
    assert head == ["number", "at", "who", "did", "subject", "url", "why"]
    assert line[2:] == ["Priya S.", "declined", "'=1+1", "", "An advert,\nit seems."]
    assert datetime.fromisoformat(line[1]).tzinfo == UTC
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    other.open("/moderation/decisions.csv", status=403)


def undo_of_last(session: Session) -> str:
    number = session.scalars(select(Decision.id).order_by(Decision.id.desc())).first()
    session.rollback()
    return f"/moderation/decisions/{number}/reversal"


def rows(page: Page) -> dict[str, str]:
    """The tables of the page: what, and how often."""
    return {
        words(cells[0]): words(cells[1])
        for row in page.all("tr")
        if len(cells := list(row)) == 2 and cells[1].tag == "td"
    }
