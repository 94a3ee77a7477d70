"""Taking something, and putting it back."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.moderation.models import Claim
from tests.builders import an_approach
from tests.house_rules import Browser, Page
from tests.moderating import SendIn, moderator, send_in, signed_in

__all__ = ["moderator", "send_in"]


def test_leaving_a_page_puts_it_back_unless_another_page_has_it_too(
    app: Flask, moderator: Browser, session: Session, send_in: SendIn
) -> None:
    other = signed_in(app, session, "sam@example.net", "Sam M.")
    path = f"/moderation/submissions/{send_in(an_approach())}"

    def leave(browser: Browser, page: Page, minutes: int) -> None:
        values = page.form("/accounts/sign-out") | {"ms": str(minutes * 60_000)}
        browser.send(f"{path}/claim/left", values, status=204)

    page = moderator.open(path)
    assert [one.get("data-left") for one in page.all("form", **{"class": "claim"})] == [
        f"{path}/claim/left"
    ]
    leave(moderator, page, 5)  # opened five minutes ago, and just now in another window
    theirs = other.open(path)
    assert "Priya S. has this" in theirs.text
    leave(other, theirs, 0)  # whose it is not
    assert "Priya S. has this" in other.open(path).text

    (claim,) = session.scalars(select(Claim))
    claim.until -= timedelta(minutes=5)
    session.commit()
    leave(moderator, page, 5)
    assert "Your decision" in other.open(path).text
