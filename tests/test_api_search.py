"""Searching from other programs: /api/v1/search and /api/v1/suggest."""

from __future__ import annotations

import gzip
import json
from datetime import date, timedelta

import pytest

from directory.api.objects import freshness_words
from directory.entries import publishing
from directory.entries.documents import Location
from directory.entries.freshness import Freshness, State
from directory.search import NotReady
from directory.search.whoosh_index import WhooshIndex
from tests import services
from tests.builders import a_place, a_service, an_approach
from tests.conftest import NOW
from tests.places import a_gazetteer


@pytest.fixture
def places(app, config):
    """Leeds, York and a few more are known."""
    a_gazetteer(config.geo_path)


def names(answer):
    return [one["name"] for one in answer["results"]]


def test_an_answer_says_what_the_page_of_results_shows(publish, machine):
    [choirs] = publish(an_approach(who_for=["older-people", "anyone"]))

    answer = machine.get("/api/v1/search?q=choirs&kind=approach")

    assert answer["query"] == {"q": "choirs", "kind": "approach"}
    assert answer["total"] == 1
    assert answer["url"] == "http://kith.test/search?q=choirs&kind=approach"
    assert answer["source"]["licence"] == "CC BY 4.0"
    [found] = answer["results"]
    assert found["id"] == str(choirs.id)
    assert found["kind"] == "approach"
    assert found["slug"] == "community-choirs"
    assert found["url"] == "http://kith.test/approaches/community-choirs"
    assert found["strapline"] == "Sing with your neighbours, no audition needed"
    assert found["who_for"] == ["older-people", "anyone"]
    assert found["freshness"]["words"] == "Not checked yet"


def test_filters_come_with_true_counts(publish, machine):
    publish(an_approach(), a_place(), a_service())

    kinds = machine.get("/api/v1/search?q=choir")["facets"]["kind"]

    assert {one["value"]: (one["label"], one["count"], one["chosen"]) for one in kinds} == {
        "approach": ("Approaches", 1, False),
        "service": ("Where it happens", 1, False),
    }


def test_an_approach_with_easy_read_says_where_and_how_it_begins(publish, machine):
    line = {"text": "You sing with others.", "picture": "singer", "alt": "A singer"}
    publish(an_approach(easy_read=[line]), an_approach(name="Homeshare"))

    easy = {
        one["slug"]: one["easy_read"] for one in machine.get("/api/v1/search?sort=name")["results"]
    }

    assert easy == {
        "community-choirs": {
            "url": "http://kith.test/approaches/community-choirs/easy-read",
            "begins": "You sing with others.",
        },
        "homeshare": None,
    }


def test_what_changed_last_can_come_first(session, app, machine):
    for number, name in enumerate(["Second", "Third", "First"]):
        publishing.publish(
            session,
            an_approach(name=name),
            slug=name.lower(),
            origin="file",
            author="",
            at=NOW + timedelta(hours=number),
        )
    session.commit()
    services.follow(app)

    assert names(machine.get("/api/v1/search?sort=latest")) == ["First", "Third", "Second"]


def test_several_values_of_a_filter_come_back_as_a_list(publish, machine):
    publish(an_approach())

    answer = machine.get("/api/v1/search?support_area=home&support_area=whole-community")

    assert answer["query"] == {"support_area": ["home", "whole-community"]}


def test_near_a_place_the_nearest_service_comes_with_its_distance(places, publish, machine):
    publish(an_approach(), a_place(), a_service())

    answer = machine.get("/api/v1/search?q=choirs&near=York&kind=approach")

    assert answer["place"]["name"] == "York"
    [found] = answer["results"]
    assert found["nearest"]["name"] == "Harehills Singers"
    assert (found["nearest"]["place"], found["nearest"]["spot"]) == ("Leeds", None)
    assert found["nearest"]["distance_miles"] == pytest.approx(22, abs=1)


def test_a_service_says_where_it_is_in_its_place(places, publish, machine):
    near = Location(lat=53.812, lon=-1.52, label="near LS8 5")
    publish(an_approach(), a_place(), a_service(location=near))

    [found] = machine.get("/api/v1/search?q=singers&kind=service")["results"]

    assert (found["place"], found["spot"]) == ("Leeds", "near LS8 5")


def test_a_place_that_could_be_several_comes_with_its_choices(places, publish, machine):
    publish(an_approach())

    place = machine.get("/api/v1/search?q=choirs&near=Newport")["place"]

    assert place["name"] is None
    assert place["choices"][0] == {"name": "Newport, Wales", "near": "Newport, Wales"}


def test_near_me_asks_where_that_is(publish, machine):
    publish(an_approach())

    assert machine.get("/api/v1/search?q=choirs+near+me")["wants_place"] is True


def test_a_full_postcode_is_cut_before_it_is_looked_for(places, publish, machine):
    publish(an_approach())

    text = machine.ask("/api/v1/search?q=choirs&near=LS7+4HB").text

    assert "LS7 4HB" not in text
    assert "LS7+4HB" not in text
    assert json.loads(text)["query"]["near"] == "LS7 4"


def test_words_of_distress_bring_help_before_any_result(publish, machine):
    publish(an_approach())

    answer = machine.get("/api/v1/search?q=i+want+to+end+it+all")

    assert answer["urgent_help"]["subject"] == "crisis"
    assert {"tel:999", "tel:116123", "sms:85258?body=SHOUT"} <= {
        line["href"] for line in answer["urgent_help"]["lines"]
    }


def test_a_quilt_block_travels_as_paths_and_colours(publish, machine):
    publish(an_approach())

    block = machine.get("/api/v1/search?q=choirs")["results"][0]["block"]

    assert all(one["fill"].startswith("#") for one in block["behind"] + block["figure"])
    assert block["behind"][0]["d"].startswith("M")


def test_a_network_that_is_not_there_is_never_the_whole_directory(publish, machine):
    publish(an_approach())

    problem = machine.get("/api/v1/search?q=choirs&network=nobody", status=404)

    assert problem["detail"] == "There is no network or collection of that name."


def test_an_address_without_anything_is_a_problem_and_not_a_page(machine):
    assert machine.get("/api/v1/nothing", status=404)["title"] == "We cannot find that page"


def test_while_the_index_is_built_the_answer_says_so(publish, machine, monkeypatch):
    def not_ready(*args, **kwargs):
        raise NotReady

    monkeypatch.setattr(WhooshIndex, "find", not_ready)

    assert machine.get("/api/v1/search?q=choirs", status=503)["detail"].startswith("The search is")


def test_a_bug_is_told_without_its_details(machine, app, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret")

    app.testing = app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(WhooshIndex, "find", broken)

    assert "secret" not in machine.ask("/api/v1/search?q=choirs", status=500).text


def test_an_answer_is_asked_for_again_by_its_tag(publish, machine):
    publish(an_approach())
    first = machine.ask("/api/v1/search?q=choirs")

    again = machine.ask("/api/v1/search?q=choirs", status=304, If_None_Match=first.headers["ETag"])

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert again.get_data() == b""


def test_long_answers_travel_compressed(publish, machine):
    publish(an_approach())

    response = machine.ask("/api/v1/search?q=choirs", Accept_Encoding="gzip")

    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert json.loads(gzip.decompress(response.get_data()))["total"] == 1
    tag = response.headers["ETag"]
    machine.ask("/api/v1/search?q=choirs", status=304, If_None_Match=tag, Accept_Encoding="gzip")


def test_other_sites_may_ask_before_they_ask(machine):
    response = machine.client.options(
        "/api/v1/search",
        base_url="http://kith.test",
        headers={"Origin": "https://a.example", "Access-Control-Request-Method": "GET"},
    )

    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "GET" in response.headers["Access-Control-Allow-Methods"]


def test_suggestions_say_where_they_lead(publish, machine):
    publish(an_approach())

    [found] = [
        one
        for one in machine.get("/api/v1/suggest?q=commun")["suggestions"]
        if one["kind"] == "entry"
    ]

    assert found["words"] == "Community choirs"
    assert found["url"] == "http://kith.test/approaches/community-choirs"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Freshness(State.FRESH, date(2026, 11, 3), None), "Checked 3 November 2026"),
        (Freshness(State.DUE, date(2025, 1, 9), None), "Due a check, last checked 9 January 2025"),
        (Freshness(State.NEVER, None, 2018), "Not checked yet, known in 2018"),
        (Freshness(State.NEVER, None, None), "Not checked yet"),
    ],
)
def test_freshness_is_said_in_words(found: Freshness, words: str):
    assert freshness_words(found) == words
