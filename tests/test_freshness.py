"""How long a check lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from directory.entries.documents import Approach
from directory.entries.freshness import State, freshness, is_asked_about
from tests.builders import a_page, a_place, a_service, an_approach

TODAY = date(2026, 11, 21)


def an_approach_with(*strengths: str) -> Approach:
    evidence = [{"claim": "c", "source_title": "s", "strength": one} for one in strengths]
    return an_approach(evidence=evidence)


@pytest.mark.parametrize(
    ("document", "days"),
    [
        (a_service(), 183),
        (an_approach(), 731),
        (an_approach_with("self-reported", "evaluation"), 731),
        (an_approach_with("self-reported", "none-found"), 366),
    ],
)
def test_a_check_holds_by_kind_and_by_what_backs_it_and_fades_after_six_weeks(document, days):
    def state(age: int) -> State:
        checked = TODAY - timedelta(days=age)
        return freshness(document.model_copy(update={"assured_date": checked}), TODAY).state

    assert [state(0), state(days), state(days + 1)] == [State.FRESH, State.FRESH, State.DUE]
    assert [state(days + 42), state(days + 43)] == [State.DUE, State.OVERDUE]


def test_nobody_is_asked_about_what_has_ended_or_is_no_offer():
    asked = (an_approach(), a_service(), a_service(status="paused"))
    assert all(is_asked_about(one) for one in asked)
    assert not any(is_asked_about(one) for one in (a_service(status="ended"), a_place(), a_page()))


def test_what_nobody_checked_says_when_it_was_last_known():
    found = freshness(a_service(last_known=2018), TODAY)

    assert (found.state, found.last_known) == (State.NEVER, 2018)
