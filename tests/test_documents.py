"""Documents: read with all problems at once, written in one canonical form."""

from __future__ import annotations

import string
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.entries.documents import APPROACH_HEADINGS, Approach, Document, Service
from directory.entries.text import BadDocument, as_data, digest, dump, parse
from directory.vocabulary.terms import BuildsOn, Moment, Strength, SupportArea, WhoFor
from tests.builders import (
    a_body,
    a_page,
    a_place,
    a_service,
    a_story,
    an_approach,
    an_id,
    an_organization,
)

GOOD = """---
kind: approach
name: Homeshare
strapline: "A spare room: company and help"
summary: Two people share a home.
support_area: [accommodation, home]
moment: everyday-support
who_for: [older-people]
builds_on: [spare-room]
---
## How it works

They meet.
"""


def problems_of(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(BadDocument) as caught:
        parse(text, path="approaches/homeshare.md")
    return [(one.line, one.field, one.what) for one in caught.value.problems]


def test_a_good_file_is_read():
    document = parse(GOOD)

    assert isinstance(document, Approach)
    assert document.strapline == "A spare room: company and help"
    assert document.support_area == [SupportArea.ACCOMMODATION, SupportArea.HOME]
    assert document.body == "## How it works\n\nThey meet."


def test_every_problem_of_a_file_is_told_at_once_with_its_line():
    bad = (
        GOOD.replace("moment: everyday-support", "moment: sometimes")
        .replace("summary: Two people share a home.\n", "")
        .replace("builds_on:", "built_on:")
        .replace("name: Homeshare", "name: 42")
    )

    found = problems_of(bad)

    assert (3, "name", "it is not text") in found
    assert (6, "moment", "“sometimes” is not on the list") in found
    assert (8, "built_on", "there is no such field") in found
    assert (2, "summary", "it is missing") in found
    assert (2, "builds_on", "it is missing") in found
    assert [line for line, _, _ in found] == sorted(line for line, _, _ in found)


def test_a_problem_says_what_to_write_instead():
    with pytest.raises(BadDocument) as caught:
        parse(GOOD.replace("builds_on:", "build_on:"), path="approaches/homeshare.md")

    assert (
        "approaches/homeshare.md:9: build_on: there is no such field. Did you mean builds_on?"
        in (str(caught.value))
    )


def test_a_problem_inside_a_list_names_the_item_and_its_line():
    bad = GOOD.replace(
        "builds_on:",
        "evidence:\n  - claim: It works.\n    source_title: A study\n    strength: strong\n"
        "builds_on:",
    )

    assert problems_of(bad) == [(12, "evidence 1, strength", "“strong” is not on the list")]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("no front matter", 1, "it does not begin with front matter"),
        ("---\nname: x\n", 1, "the front matter has no end"),
        (
            "---\nname: a: b\n---\n",
            2,
            "it is not YAML (mapping values are not allowed in this context)",
        ),
        ("---\n- a\n- b\n---\n", 2, "the front matter is not a list of fields"),
        ("---\na: &x 1\nb: *x\n---\n", 2, "it uses a YAML alias or tag"),
        ("---\nkind: !!python/object:os.system x\n---\n", 2, "it uses a YAML alias or tag"),
        ("---\nx: '" + "a" * 70_000 + "'\n---\n", 1, "the front matter is over 65536 letters"),
    ],
)
def test_what_is_not_a_document_is_told_in_words(text, line, what):
    assert [(one[0], one[2]) for one in problems_of(text)] == [(line, what)]


def test_a_field_written_twice_is_a_problem():
    assert (4, "name", "it is written twice") in problems_of(
        GOOD.replace("name: Homeshare\n", "name: Homeshare\nname: Home share\n")
    )


def test_a_long_strapline_and_a_long_easy_read_sentence_are_problems():
    bad = GOOD.replace('"A spare room: company and help"', "x" * 91).replace(
        "builds_on:",
        "easy_read:\n  - {text: " + "word " * 16 + ", picture: house, alt: A house}\nbuilds_on:",
    )

    found = problems_of(bad)

    assert (4, "strapline", "it is too long (91 letters)") in found
    assert any("this Easy Read sentence has 16 words" in what for _, _, what in found)


def test_a_service_must_be_somewhere():
    with pytest.raises(ValueError, match="where it is"):
        a_service(place=None)


def test_opening_times_survive_yaml():
    text = dump(a_service()).replace(
        "status: not-known",
        "schedule:\n  - {day: monday, start: 14:30, end: '16:00'}\nstatus: running",
    )

    document = parse(text)

    assert isinstance(document, Service)
    assert (document.schedule[0].start, document.schedule[0].end) == ("14:30", "16:00")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("2.30pm", "14:30"),
        ("2:30 p.m.", "14:30"),
        ("12am", "00:00"),
        ("12", "12:00"),
        ("9:05", "09:05"),
        ("02:30", "02:30"),
        ("Noon", "12:00"),
        (10, "10:00"),  # as YAML reads it
    ],
)
def test_a_time_may_be_written_as_people_write_it(typed, kept):
    service = a_service(schedule=[{"day": "monday", "start": typed}])

    assert service.schedule[0].start == kept


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("2:30", "morning or afternoon"),
        ("half past one", "not a time"),
        ("25:00", "not a time"),
        ("0pm", "not a time"),
        ("13 pm", "not a time"),
    ],
)
def test_a_time_that_could_be_two_is_asked_again(typed, told):
    with pytest.raises(ValueError, match=told):
        a_service(schedule=[{"day": "monday", "start": typed}])


def test_sums_and_web_addresses_may_be_written_as_people_write_them():
    sums = ["£4.50", "50p", "free", "1,200", 3]
    no_sums = ["a few pounds", "1,50", "inf", "9" * 400]
    service = a_service(
        url="www.example.org/choir",
        cost_option=[{"option": f"way {sum_}", "amount": sum_} for sum_ in sums],
    )

    assert [one.amount for one in service.cost_option] == [4.5, 0.5, 0, 1200, 3]
    assert service.url == "https://www.example.org/choir"
    for amount in no_sums:
        with pytest.raises(ValueError, match=r"number|less than"):
            a_service(cost_option=[{"option": "each", "amount": amount}])


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "https://", "//example.org", "https://a b.org", "ftp://a.org"],
)
def test_only_web_addresses_are_addresses(address):
    with pytest.raises(ValueError, match="web address"):
        a_service(url=address)


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    assert digest(parse("\ufeff" + GOOD.replace("\n", "\r\n"))) == digest(parse(GOOD))


EXAMPLES = [
    an_approach(id=an_id("a"), assured_date=date(2026, 11, 3)),
    a_service(id=an_id("s")),
    an_organization(id=an_id("o"), url="https://example.org"),
    a_place(id=an_id("p")),
    a_story(id=an_id("t")),
    a_page(id=an_id("g"), lists=[{"heading": "At home", "query": "support_area=home"}]),
]


@pytest.mark.parametrize("document", EXAMPLES, ids=lambda one: one.kind)
def test_every_kind_comes_back_from_its_text(document: Document):
    assert parse(dump(document)) == document


def test_empty_fields_are_left_out_of_the_text():
    assert "support_body" not in as_data(an_approach())
    assert "proposal" not in as_data(an_approach())


prose = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff"), max_size=200
)
line = prose.map(lambda text: " ".join(text.split())[:80]).filter(bool)
approaches = st.builds(
    an_approach,
    id=st.uuids(),
    name=line,
    strapline=line,
    summary=line,
    body=st.lists(prose, max_size=6).map("\n".join),
    support_area=st.lists(st.sampled_from(SupportArea), min_size=1),
    moment=st.sampled_from(Moment),
    who_for=st.lists(st.sampled_from(WhoFor), min_size=1),
    builds_on=st.lists(st.sampled_from(BuildsOn), min_size=1),
    everyday_words=st.lists(line, max_size=5),
    started=st.none() | st.integers(1500, 2100),
    evidence=st.lists(
        st.fixed_dictionaries(
            {"claim": line, "source_title": line, "strength": st.sampled_from(Strength)}
        ),
        max_size=3,
    ),
    assured_date=st.none() | st.dates(),
)


@settings(max_examples=150, deadline=None)
@given(approaches)
def test_dumping_what_was_parsed_is_stable(document):
    text = dump(document)

    again = parse(text)

    assert again == document
    assert dump(again) == text


@settings(max_examples=200, deadline=None)
@given(st.text(string.printable + "é–’🏠", max_size=300))
def test_any_text_is_a_document_or_a_list_of_problems(rubbish):
    for text in (rubbish, f"---\n{rubbish}\n---\n"):
        try:
            parse(text)
        except BadDocument as bad:
            assert bad.problems
            assert all(one.line >= 1 and one.what and one.remedy for one in bad.problems)


def test_the_builder_writes_all_headings():
    assert [line[3:] for line in a_body().split("\n") if line.startswith("## ")] == list(
        APPROACH_HEADINGS
    )
