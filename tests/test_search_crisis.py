"""Distress is heard in a question, and help comes first."""

from __future__ import annotations

import pytest

from directory.search.crisis import hear
from tests.builders import an_approach


@pytest.mark.parametrize(
    "said",
    [
        "i want to kill myself",
        "thinking about killing myself",
        "suicidal",
        "feeling suicdal tonight",
        "end it all",
        "I just want to end it all.",
        "hurt myself",
        "keep hurting myself",
        "self-harm",
        "SELF HARMING teenager",
        "not safe",
        "I don't feel safe at home",
        "dont really want to live any more",
        "better off dead",
        "took an overdose",
        "kil myself",
        "mental health crisis",
        "crisis cafe",
    ],
)
def test_words_of_crisis_are_heard(said: str):
    assert hear(said) == "crisis"


@pytest.mark.parametrize(
    "said", ["he hits me", "my husband is abusive", "domestic violence", "scared of my partner"]
)
def test_words_of_danger_are_heard(said: str):
    assert hear(said) == "danger"


@pytest.mark.parametrize(
    "said", ["lonely since my husband died", "bereavement group", "lost my mum", "widowed at 60"]
)
def test_words_of_loss_are_heard(said: str):
    assert hear(said) == "loss"


def test_the_most_urgent_is_heard_first():
    assert hear("my wife died and I want to die too") == "crisis"


@pytest.mark.parametrize(
    "said",
    [
        "",
        "choir",
        "meet the dead line",
        "deadline",
        "safe place to walk",
        "window cleaner",
        "cost of living crisis",
        "dying to meet people",
        "kill time together",
        "cut grass for neighbours",
        "killer whale club",
        "help myself to surplus food",
        "end of the day tea",
        "it all ends well theatre",
        "hanging baskets",
        "drying racks",
    ],
)
def test_everyday_words_are_not_mistaken_for_distress(said: str):
    assert hear(said) is None


def test_words_of_crisis_find_what_helps_and_are_never_respelt(publish, browser):
    publish(
        an_approach(name="Skills exchange", summary="People swap skills and will trade an hour."),
        an_approach(name="End of life company", summary="Someone sits with people who die."),
        an_approach(name="Safe haven", summary="A calm room at night for people in a crisis."),
    )

    page = browser.open("/search?q=i+want+to+die+and+kill+myself")

    cards = [link for link in page.links() if link in {"Safe haven", "Skills exchange"}]
    assert cards[0] == "Safe haven"
    assert "Samaritans" in page.text
    assert page.text.index("Samaritans") < page.text.index("Safe haven")
    assert "Did you mean" not in page.text
    assert "We also looked for" not in page.text
    assert "Matches:" not in page.text
