"""The page of an entry: what it says of each kind, and the same in Easy Read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.builders import (
    a_body,
    a_place,
    a_service,
    a_story,
    an_approach,
    an_id,
    an_organization,
)
from tests.house_rules import words


def section(page, heading):
    """The words of the section with that heading."""
    for element in page.all("section"):
        if any(words(title) == heading for title in element.iter("h2")):
            return words(element)
    raise AssertionError(f"no section {heading!r} on {page.path}")


def fact(page, name):
    """What stands beside the text under that name."""
    for pair in page.root.iter("div"):
        if any(words(term) == name for term in pair.findall("dt")):
            return " ".join(words(value) for value in pair.findall("dd"))
    raise AssertionError(f"no fact {name!r} on {page.path}")


def test_an_approach_says_what_it_is_in_the_order_of_its_document(publish, browser):
    publish(an_approach(body=a_body(how_it_works="Meet in a hall on Tuesdays.")))

    page = browser.open("/approaches/community-choirs")

    assert page.heading == "Community choirs"
    assert "Sing with your neighbours, no audition needed" in page.text
    assert "Whole community" in page.text
    assert "Staying well" in page.text
    assert page.headings == [
        "The problem it answers",
        "How it works",
        "What it builds on",
        "What changes for people",
        "What it needs locally",
        "Where it happens",
        "How we know",
        "Start one here",
    ]
    assert "Meet in a hall on Tuesdays." in section(page, "How it works")


def test_beside_the_text_stand_the_facts_that_are_known(publish, browser):
    publish(
        an_organization(name="Singing Together"),
        an_approach(
            who_for=["older-people", "unpaid-carers"],
            cost={"text": "Usually free."},
            support_body="singing-together",
            started=1972,
        ),
    )

    page = browser.open("/approaches/community-choirs")

    assert fact(page, "Who it is for") == "Older people, family carers"
    assert fact(page, "What it costs") == "Usually free."
    assert fact(page, "Who can help you start") == "Singing Together"
    assert page.links()["Ask Singing Together"] == "/organizations/singing-together"
    assert fact(page, "Since") == "1972"


def test_how_we_know_is_told_in_words(publish, browser):
    publish(
        an_approach(
            evidence=[
                {
                    "claim": "People felt better.",
                    "source_title": "A study",
                    "source_url": "https://example.org/study",
                    "year": 2018,
                    "strength": "evaluation",
                },
                {
                    "claim": "Nobody has measured the cost.",
                    "source_title": "Our own reading",
                    "strength": "none-found",
                },
            ]
        )
    )

    page = browser.open("/approaches/community-choirs")

    told = section(page, "How we know")
    assert "Evaluation People felt better. A study, 2018" in told
    assert "None found yet Nobody has measured the cost. Our own reading" in told
    assert page.links()["A study, 2018"] == "https://example.org/study"


def test_where_it_happens_names_place_and_freshness(publish, browser):
    publish(
        an_approach(),
        a_place(),
        a_service(last_known=2018),
        a_service(name="Kirkstall Voices", place=None, service_area=["West Leeds"]),
    )

    page = browser.open("/approaches/community-choirs")

    told = section(page, "Where it happens")
    assert "We know of 2." in told
    assert "Harehills Singers" in told
    assert "Leeds Not checked yet, known in 2018" in told
    assert "West Leeds" in told
    assert page.links()["Harehills Singers"] == "/services/harehills-singers"


def test_an_approach_that_nobody_runs_yet_invites_to_say_where(publish, browser):
    publish(an_approach())

    page = browser.open("/approaches/community-choirs")

    assert "Nobody has told us where this happens yet." in section(page, "Where it happens")
    assert "Find Community choirs near you" not in page.text


def test_a_finder_asks_the_search_for_services_of_this_approach(publish, browser):
    publish(an_approach(), a_service())

    page = browser.open("/approaches/community-choirs")

    fields = page.find("form", class_="finder").iter("input")
    asked = {one.get("name"): one.get("value", "") for one in fields}
    assert asked == {"kind": "service", "approach": "community-choirs", "near": ""}


def test_a_proposal_says_that_nobody_does_it(publish, browser):
    publish(an_approach(proposal=True))

    page = browser.open("/approaches/community-choirs")

    assert "As far as we know nobody does it yet." in page.text


def test_a_crisis_entry_shows_help_before_its_name(publish, browser):
    publish(
        an_approach(name="Crisis cafes", moment="crisis"),
        a_service(name="The Haven", approach=["crisis-cafes"]),
    )

    for path, name in (
        ("/approaches/crisis-cafes", "Crisis cafes"),
        ("/services/the-haven", "The Haven"),
    ):
        page = browser.open(path)
        main = words(page.find("main"))
        assert "999" in main
        assert main.index("116 123") < main.index(name + " ")


def test_other_entries_do_not_shout_about_crisis(publish, browser):
    publish(an_approach())

    assert "116 123" not in words(browser.open("/approaches/community-choirs").find("main"))


def test_entries_close_to_it_are_shown_even_after_they_were_renamed(publish, browser, session):
    shed = an_approach(id=an_id("shed"), name="Men's Sheds")
    publish(shed, slug="mens-sheds")
    publish(an_approach(related=["mens-sheds"]))
    publish(shed.model_copy(update={"name": "Sheds for all"}))

    page = browser.open("/approaches/community-choirs")

    assert page.links()["Sheds for all"] == "/approaches/sheds-for-all"


def test_a_service_shows_only_what_is_known(publish, browser):
    publish(an_approach(), a_place(), a_service())

    page = browser.open("/services/harehills-singers")

    assert page.heading == "Harehills Singers"
    assert fact(page, "Where") == "Leeds"
    assert "When" not in page.text
    assert "Get in touch" not in page.text
    assert "What it costs" not in page.text
    assert "A leaflet, 2018" in section(page, "How we know")
    assert page.links()["Community choirs"] == "/approaches/community-choirs"


def test_a_service_shows_when_what_it_costs_and_whom_to_ask(publish, browser):
    publish(
        a_service(
            schedule=[{"day": "tuesday", "start": "14:30", "end": "16:00"}],
            cost_option=[
                {"option": "Each time", "amount": 2.5},
                {"option": "First visit", "amount": 0},
            ],
            contact={"name": "Ruth", "phone": "0113 496 0000", "email": "sing@example.org"},
            url="https://example.org/choir",
            languages=["English", "Urdu"],
        )
    )

    page = browser.open("/services/harehills-singers")

    assert fact(page, "When") == "Tuesday 14:30 to 16:00, every week"
    assert fact(page, "What it costs") == "Each time: £2.50 First visit: free"
    assert fact(page, "Get in touch") == "Ruth 0113 496 0000 sing@example.org Their own page"
    assert page.links()["0113 496 0000"] == "tel:01134960000"
    assert page.links()["Go to their own page"] == "https://example.org/choir"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"last_known": 2018}, "Known in 2018; nobody has checked since"),
        ({"last_known": None}, "Nobody has checked this yet"),
        ({"status": "ended", "last_known": 2019}, "It was last known to run in 2019."),
        ({"status": "paused"}, "Not running for now"),
        ({"assured_date": date(2020, 1, 1)}, "It is a long time since anyone checked this"),
    ],
)
def test_a_service_is_honest_about_whether_it_runs(publish, browser, fields, told):
    publish(a_service(**fields))

    assert told in browser.open("/services/harehills-singers").text


def test_an_organization_shows_what_it_runs_and_helps_to_start(publish, browser):
    publish(
        an_organization(url="https://example.org/", legal_ids={"charity": "1234567"}),
        an_approach(support_body="singing-together"),
        a_service(organization="singing-together"),
    )

    page = browser.open("/organizations/singing-together")

    assert "Community choirs" in section(page, "Helps others to start")
    assert "Harehills Singers" in section(page, "What it runs")
    assert fact(page, "Charity number") == "1234567"
    assert page.links()["Go to their own site"] == "https://example.org/"


def test_a_story_says_who_told_it_and_what_it_is_about(publish, browser):
    publish(an_approach(), a_story(body="I came in shaking and went out singing."))

    page = browser.open("/stories/i-found-my-voice")

    assert "Told by R." in page.text
    assert "I came in shaking and went out singing." in page.text
    assert page.links()["Community choirs"] == "/approaches/community-choirs"
    approach = browser.open("/approaches/community-choirs")
    assert "I found my voice" in section(approach, "In people's own words")


def test_easy_read_has_a_picture_and_a_sentence_a_line(publish, browser):
    publish(
        an_approach(
            easy_read=[
                {"text": "People meet to sing.", "picture": "musical-notes", "alt": "Notes"},
                {"text": "You can join.", "picture": "handshake", "alt": "Two hands"},
            ]
        )
    )

    entry = browser.open("/approaches/community-choirs")
    assert "Easy Read" in words(entry.find("main"))
    page = browser.open("/approaches/community-choirs/easy-read")

    assert [words(one) for one in page.all("li", class_="easy-line")] == [
        "People meet to sing.",
        "You can join.",
    ]
    assert (
        "This is a draft. People with learning disabilities have not checked it yet." in page.text
    )
    assert page.links()["OpenMoji"] == "https://openmoji.org/"


def test_without_easy_read_there_is_no_link_and_no_page(publish, browser):
    publish(an_approach())

    assert "Easy Read" not in words(browser.open("/approaches/community-choirs").find("main"))
    browser.open("/approaches/community-choirs/easy-read", status=404)


def test_names_with_marks_of_html_are_shown_as_they_are(publish, browser):
    publish(an_approach(name="Tea & <b>cake</b>"), slug="tea")

    page = browser.open("/approaches/tea")

    assert page.heading == "Tea & <b>cake</b>"


def test_other_sites_learn_name_summary_and_the_one_address(publish, browser):
    publish(an_approach())

    page = browser.open("/approaches/community-choirs")

    assert page.title == "Community choirs · Kith"
    assert page.find("meta", name="description").get("content", "").startswith("People who like")
    canonical = page.find("link", rel="canonical")
    assert canonical.get("href") == "http://kith.test/approaches/community-choirs"
    languages = {
        link.get("hreflang"): link.get("href") for link in page.all("link") if link.get("hreflang")
    }
    assert page.find("html").get("lang") == "en-GB"
    assert languages == dict.fromkeys(["en-GB", "x-default"], canonical.get("href"))
    assert page.find("meta", property="og:title").get("content") == "Community choirs"
    assert '"@type": "Article"' in page.html


def test_readers_pages_hold_no_form_that_posts(publish, browser):
    publish(an_approach(), a_service(), a_place(), an_organization(), a_story())

    for path in (
        "/approaches/community-choirs",
        "/services/harehills-singers",
        "/organizations/singing-together",
        "/places/leeds",
        "/stories/i-found-my-voice",
    ):
        assert not browser.open(path).all("form", method="post")


def test_freshness_is_due_after_two_years(publish, browser):
    checked = datetime.now(UTC).date() - timedelta(days=740)
    publish(an_approach(assured_date=checked))

    assert "Due a check" in browser.open("/approaches/community-choirs").text
