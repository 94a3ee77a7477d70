"""What `flask check` holds content/ to: each rule catches what it should and no more."""

from __future__ import annotations

import pytest

from directory.entries import files, quality
from directory.entries.documents import Evidence, Source
from directory.entries.files import DocumentFile
from directory.vocabulary.jargon import jargon, uses
from tests.builders import a_body, a_page, a_service, an_approach


def advice_on(document, field=None):
    return [what for where, what, _ in quality.advice(document, known_urls=set()) if where == field]


def backed(claim: str, **more):
    return [Evidence(claim=claim, source_title="A study", strength="evaluation", **more)]


@pytest.mark.parametrize(
    "text",
    [
        "It supports service users.",
        "A good patient journey.",
        "Ask the provider for a referral.",
        "People with complex needs come.",
    ],
)
def test_sector_words_are_found(text):
    assert advice_on(an_approach(body=a_body(how_it_works=text)), "body")


@pytest.mark.parametrize(
    "text",
    [
        "Just in case it rains, bring a coat.",
        "It needs a hall and a kettle.",
        "Family carers come along.",
        "The National Co-production Advisory Group helped.",
        "One person called it “a patient journey”.",
        "The customers buy the beer.",
    ],
)
def test_everyday_uses_names_and_quotations_are_left_alone(text):
    assert advice_on(an_approach(body=a_body(how_it_works=text)), "body") == []


def test_headings_may_say_what_it_needs():
    assert "needs" in a_body()
    assert list(uses("What it needs locally")) == []


def test_every_exception_has_its_reason():
    assert all(one.plain for one in jargon())  # loading it fails where a reason is missing


@pytest.mark.parametrize("word", ["neighbor", "organized", "center", "program", "specializes"])
def test_american_spelling_is_found(word):
    body = a_body(how_it_works=f"They met a {word} there.")

    assert advice_on(an_approach(body=body), "body") == [f"“{word}” is American spelling"]


@pytest.mark.parametrize("word", ["size", "prizes", "neighbour", "programme", "seizing", "wise"])
def test_british_spelling_is_left_alone(word):
    assert (
        advice_on(an_approach(body=a_body(how_it_works=f"They met a {word} there.")), "body") == []
    )


def test_a_number_needs_its_evidence():
    body = a_body(what_changes_for_people="In 2019 it helped 1,200 people and £3 was saved.")

    assert advice_on(an_approach(body=body), "body") == [
        "nothing backs the number 2019",
        "nothing backs the number 1200",
        "nothing backs the number 3",
    ]
    proven = an_approach(body=body, evidence=backed("It helped 1,200 and saved £3.", year=2019))
    assert advice_on(proven, "body") == []


def test_an_approach_without_any_evidence_says_so_instead():
    assert advice_on(an_approach(), "evidence") == ["there is none"]


def test_a_hard_opening_and_a_hard_body_are_told():
    hard = (
        "Multidisciplinary organisational configurations facilitate interdependent "
        "operationalisation of individualised interventions across administrative boundaries."
    )

    assert "strapline and summary read at grade" in str(
        advice_on(an_approach(summary=hard), "summary")
    )
    assert "it reads at grade" in str(
        advice_on(an_approach(body=a_body(how_it_works=hard)), "body")
    )


def test_a_source_must_be_one_that_a_reader_can_find():
    document = a_service(sources=[Source(title="003_seed.txt")])

    assert advice_on(document, "sources") == ["“003_seed.txt” is no source a reader can find"]


def test_a_link_to_an_entry_must_lead_there():
    document = an_approach(body=a_body(how_it_works="See [sheds](/approaches/mens-sheds)."))

    assert advice_on(document, "body") == ["the link /approaches/mens-sheds leads nowhere"]
    found = quality.advice(document, known_urls={"/approaches/mens-sheds"})
    assert [where for where, _, _ in found if where == "body"] == []


def test_a_list_of_a_page_must_ask_for_what_there_is():
    page = a_page(lists=[{"heading": "At home", "query": "support_area=hom&kind=approach"}])

    assert advice_on(page, "lists") == ["support_area=hom is no choice of the search"]


def test_a_missing_heading_is_told():
    found = advice_on(an_approach(body="## How it works\n\nThey sing."), "body")

    assert "the heading “Start one here” is missing" in found
    assert "the heading “How it works” is missing" not in found


def test_half_of_all_bodies_must_be_easy():
    hard = "Considerable organisational deliberation precedes implementation everywhere. " * 3
    document = an_approach(body=a_body(**{"how_it_works": hard, "what_it_builds_on": hard}))
    many = [DocumentFile(f"approaches/{n}.md", document.kind, str(n), document) for n in range(3)]

    assert any(one.path == "approaches/" for one in quality.check_quality(many))


def test_the_collection_itself_is_sound():
    from directory.config import ROOT
    from directory.entries.check import check

    read, problems = files.read_folder(ROOT / "content")

    assert [str(one) for one in problems + check(read) + quality.check_quality(read)] == []
