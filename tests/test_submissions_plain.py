"""Plain words and private things: advice while somebody writes, a last look before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.submissions.models import Submission
from directory.submissions.plain_words import Text, advise, swap
from directory.submissions.private_words import Private, private_things
from tests.house_rules import Browser
from tests.proposing import APPROACH, begin, draft_of, fill_any, send

HONEST = Path(__file__).parent / "bench"

LONG = "We meet " + "and we sing " * 12 + "until it is late."


def box(typed: str) -> Text:
    return Text("summary", "In one sentence", typed)


def test_a_sector_word_comes_with_a_plain_one_that_fits() -> None:
    found = advise([box("Every service user is a client. Clients say “service user” too.")]).words

    assert [(one.words, one.instead) for one in found] == [
        ("service user", "person"),
        ("client", "person"),
        ("Clients", "People"),
    ]
    assert (found[0].before, found[0].after[:13]) == ("Every ", " is a client.")
    assert advise([box("They call it “co-production”.")]).words == ()
    found = advise([box("Our clients say that a client bakes.")]).words
    assert [(one.words, one.before[-6:]) for one in found] == [
        ("clients", "Our "),
        ("client", "that a "[-6:]),
    ]


def test_other_forms_of_a_sector_word_are_marked_with_words_of_their_form() -> None:
    found = advise([box("It was coproduced. Link workers signposted beneficiaries.")]).words

    assert [(one.words, one.instead) for one in found] == [
        ("coproduced", "worked out together"),
        ("signposted", "told where to go"),
        ("beneficiaries", "people"),
    ]


def test_only_whole_words_are_swapped_and_only_once() -> None:
    assert swap("The clientele and a client, a client.", "client", "person") == (
        "The clientele and a person, a client."
    )


def test_long_sentences_and_the_age_of_a_reader() -> None:
    advice = advise([box(LONG)])
    assert [(one.count, one.begins[:12]) for one in advice.sentences] == [(42, "We meet and ")]
    assert advise([box("Too short.")]).age is None

    plain = advise([box("We meet at the hall. We sing old songs. You can come and sing too.")])
    hard = advise(
        [box("Multidisciplinary interventions facilitate individuals’ reintegration " * 3 + ".")]
    )

    assert plain.is_plain
    assert plain.age is not None
    assert hard.age is not None
    assert plain.age < 10 < 18 < hard.age


@pytest.mark.parametrize(
    ("typed", "what"),
    [
        ("Write to sam.hill@gmail.com to join.", Private.EMAIL),
        ("Ring Sam on 07700 900123.", Private.PHONE),
        ("Ring (0113) 496 0000.", Private.PHONE),
        ("She lives at 12 Acacia Avenue.", Private.STREET),
        ("Come to LS8 4HS and knock.", Private.STREET),
        ("Our neighbour, aged 84, comes too.", Private.AGE),
        ("After her fall Margaret Okafor was diagnosed with dementia.", Private.HEALTH),
        ("Margaret Okafor has dementia and loves to sing.", Private.HEALTH),
        ("My mum Joan has depression.", Private.HEALTH),
        ("Margaret Okafor, who comes each week, lives with memory loss.", Private.HEALTH),
        ("Come and meet Margaret Okafor (82).", Private.AGE),
        ("He is 67 and has diabetes.", Private.HEALTH),
        ("Tom comes too, he is 67 and has type 2 diabetes but walks here", Private.HEALTH),
        ("she’s 74 and lives with early dementia", Private.HEALTH),
        ("My neighbour Tom has dementia.", Private.HEALTH),
        ("My neighbour has dementia and loves to sing.", Private.HEALTH),
        ("Our son was diagnosed with epilepsy last year.", Private.HEALTH),
        ("Her late husband had a stroke.", Private.HEALTH),
        ("His gran, who is 91, has Alzheimer’s.", Private.HEALTH),
        ("One 67-year-old man with diabetes, a cook, feeds us.", Private.HEALTH),
        ("Tom, 67, has Parkinson’s.", Private.HEALTH),
        ("She is autistic and sings the lead.", Private.HEALTH),
    ],
)
def test_what_may_be_private_is_found(typed: str, what: Private) -> None:
    assert [one.what for one in private_things([box(typed)])] == [what]


def test_name_age_and_illness_in_one_sentence_are_found_both() -> None:
    found = private_things([box("Margaret Okafor, 82, has dementia and comes every week.")])

    assert [one.what for one in found] == [Private.AGE, Private.HEALTH]


@pytest.mark.parametrize(
    "typed",
    [
        "Dementia Friends, a group in Leeds, sings with people with dementia.",
        "In Greater Manchester, 84 people walk together.",
        "People with dementia sing with their families.",
        "The Alzheimer's Society wrote about it in 2019.",
        "It costs £2.50 and began in 2008. 1,250 people came, 84% of them again.",
        "Choirs meet in Leeds, in Greater Manchester and on the Isle of Wight.",
        "See https://example.org/0113-496-0000/page for more.",
        "Meet at Salem Chapel, 18.30. The bus stops near Hunslet Road, 45.",
        "The Monday Club, 2.30pm.",
        "For older people over 60.",
        "People with dementia and their families sing here.",
        "A choir for people who have Parkinson’s.",
        "She runs a choir for people who have dementia.",
        "He has a dementia café on Mondays.",
        "She has worked with cancer nurses, and set up a diabetes group.",
        "Our friends with dementia lead the walk.",
        "Come with your mum, whether he or she has dementia or not.",
        "A friend for anybody who has had a stroke.",
        "Half of the members are over 60 and have diabetes.",
        "For children aged 5 to 11 with autism, and adults aged 18 and over.",
        "My neighbour started a group for carers of people with dementia.",
    ],
)
def test_what_is_nobodys_business_is_left_alone(typed: str) -> None:
    assert private_things([box(typed)]) == []


def test_without_scripts_a_press_puts_the_plain_word_in(browser: Browser) -> None:
    draft = begin(browser, "approach", "Bread and roses")
    path = f"{draft}/idea"
    fill_any(browser, draft, "idea", {"summary": "Each client bakes. Each client eats."})
    page = browser.open(path)
    assert "Each client bakes." in page.text
    (press,) = page.all("button", name="swap")
    assert press.get("aria-label") == "Use “person” instead of “client”"

    page = browser.submit(page, path, swap=press.get("value"))

    assert page.find("textarea", name="summary").text.strip() == (
        "Each person bakes. Each client eats."
    )
    assert page.all("button", name="swap"), "the next use comes next"


def test_private_things_are_looked_at_once_more_before_they_are_sent(
    browser: Browser, session: Session
) -> None:
    summary = "Ring Joan on 07700 900123 and bake with us each week."
    draft = draft_of(browser, "approach", APPROACH, summary=summary)
    page = browser.open(f"{draft}/check")
    assert "“07700 900123”: a phone number." in page.text
    assert f"{draft}/idea" in page.links().values()

    page = send(browser, draft, status=422)
    assert "Change it, or tick this if it may be read by everybody." in page.text
    assert session.scalars(select(Submission)).all() == []
    session.rollback()

    send(browser, draft, not_private="y")
    assert session.scalars(select(Submission)).one().asides == {"private": ["phone"]}


def test_hardly_any_honest_text_is_marked_for_age_or_health() -> None:
    files = sorted(HONEST.glob("honest*.yaml"))
    rows = [row for file in files for row in yaml.safe_load(file.read_text(encoding="utf-8"))]

    def is_marked(row: dict[str, str]) -> bool:
        found = {one.what for one in private_things([box(row["text"])])}
        return bool(found & {Private.AGE, Private.HEALTH})

    marked = [row["id"] for row in rows if is_marked(row)]

    assert len(rows) >= 350
    assert len(marked) <= 0.015 * len(rows), marked  # and each of them tells of one person
