"""The same decision about many: about all of them, or about none."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.moderation import reasons
from directory.moderation.models import AuditLine, Decision
from directory.submissions import proposing
from directory.submissions.models import Submission
from directory.vocabulary.terms import Kind
from tests.builders import an_approach
from tests.house_rules import Browser
from tests.mailbox import Mailbox
from tests.moderating import NOW, SendIn, moderator, renamed, send_in

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]

LIST = "/moderation/?sort=suggestions"
PATH = "/moderation/decisions"


def test_many_are_declined_with_the_same_words(
    moderator: Browser, session: Session, send_in: SendIn, mailbox: Mailbox
) -> None:
    numbers = [
        send_in(an_approach(name=name), email=f"{name}@example.org".lower())
        for name in ("Gold", "Silver", "Choirs")
    ]
    advert = str(reasons.offered(session)[1].id)
    session.rollback()
    page = moderator.open(LIST)
    page = moderator.submit(page, PATH, outcome="decline", reasons=[advert], status=422)
    assert "Tick the suggestions" in page.text
    assert page.find("input", name="reasons", value=advert, checked="") is not None

    page = moderator.submit(page, PATH, ticked=ticks(numbers[:2]), note="Sorry.")

    assert "2 are decided." in page.text
    assert [one.name for one in session.scalars(select(Submission).order_by(Submission.id))
            if one.state == "declined"] == ["Gold", "Silver"]  # fmt: skip
    session.rollback()
    for address in ("gold@example.org", "silver@example.org"):
        text = mailbox.fetch(address, subject="Not published").text
        assert "It reads like an advert." in text
        assert "> Sorry." in text
    assert len(session.scalars(select(AuditLine)).all()) == 2


def test_if_one_has_changed_none_is_decided(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    numbers = [send_in(an_approach(name=name)) for name in ("Choirs", "Bike library")]
    page = moderator.open(LIST)
    changed = session.get_one(Submission, numbers[1])
    proposing.revise(changed, an_approach(name="Buy gold"), why="", asides={}, at=NOW)
    session.commit()

    page = moderator.submit(page, PATH, ticked=ticks(numbers), outcome="publish", status=409)

    assert "“Buy gold”: This changed while you were reading it." in page.text
    assert "None was decided." in page.text
    assert session.scalars(select(Decision)).all() == []
    assert catalogue.find(session, Kind.APPROACH, "choirs") is None
    session.rollback()
    for ticked, outcome in (([], "publish"), (["7"], "publish"), (ticks(numbers), "fly")):
        moderator.submit(page, PATH, ticked=ticked, outcome=outcome, status=422)


def test_many_are_not_published_over_what_others_changed_meanwhile(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    (entry,) = publish(an_approach())
    number = send_in(renamed(entry, "Choirs for all"), change_of=entry)
    publish(renamed(entry, "Singing circles"), slug="community-choirs")
    page = moderator.open(LIST)

    page = moderator.submit(page, PATH, ticked=ticks([number]), outcome="publish", status=409)

    assert "Others changed the same words meanwhile. Open it" in page.text
    now = catalogue.by_id(session, entry.id)
    assert now
    assert now.document.name == "Singing circles"


def test_nobody_is_asked_about_what_nobody_would_answer_for(
    moderator: Browser, session: Session, send_in: SendIn
) -> None:
    asked, brought = (send_in(an_approach(name=name)) for name in ("Choirs", "Bike library"))
    session.get_one(Submission, brought).author_email = ""  # as in a list of moderators
    session.commit()
    page = moderator.open(LIST)
    ticked = [f"{asked}.2", f"{brought}.3"]

    page = moderator.submit(page, PATH, ticked=ticked, outcome="ask", note="When?", status=409)

    assert "“Bike library”: Nobody would answer" in page.text
    assert {one.state for one in session.scalars(select(Submission))} == {"waiting"}


def ticks(numbers: list[int]) -> list[str]:
    """As the boxes say when nothing has changed since it was confirmed."""
    return [f"{number}.2" for number in numbers]
