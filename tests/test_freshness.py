"""How long a check lasts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from directory.entries.freshness import State, freshness
from tests.builders import a_service, an_approach

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (0, State.FRESH),
        (365, State.FRESH),
        (366, State.DUE),
        (730, State.DUE),
        (731, State.OVERDUE),
    ],
)
def test_a_check_lasts_a_year_and_is_overdue_after_two(days, state):
    document = an_approach(assured_date=TODAY - timedelta(days=days))

    assert freshness(document, TODAY).state is state


def test_what_nobody_checked_says_when_it_was_last_known():
    found = freshness(a_service(last_known=2018), TODAY)

    assert (found.state, found.last_known) == (State.NEVER, 2018)
