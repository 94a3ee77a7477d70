"""Entries as data: /api/v1/entries and what lies below it."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from directory.entries import catalogue, publishing
from directory.entries.documents import Location
from directory.vocabulary.terms import Kind
from tests.builders import a_place, a_service, a_story, an_approach, an_id, an_organization
from tests.conftest import NOW


@pytest.fixture
def publish_at(session):
    """Publish a document at a time."""

    def publish_one(document, at, slug=None):
        revision = publishing.publish(
            session, document, slug=slug or document.name.lower(), origin="file", author="", at=at
        )
        session.commit()
        return revision.entry_id

    return publish_one


def names(answer):
    return [one["document"]["name"] for one in answer["entries"]]


def test_an_entry_comes_whole_with_its_licence(publish, machine):
    [choirs] = publish(an_approach(everyday_words=["singing"]))

    said = machine.get("/api/v1/entries/approach/community-choirs")

    assert said["id"] == str(choirs.id)
    assert said["url"] == "http://kith.test/approaches/community-choirs"
    assert said["document"]["everyday_words"] == ["singing"]
    assert said["document"]["body"].startswith("## The problem it answers")
    assert said["html"].startswith("<h2>")
    assert said["licence"] == "CC BY 4.0"
    assert said["attribution"] == (
        "“Community choirs”, Kith, http://kith.test/approaches/community-choirs"
    )


def test_the_address_of_a_page_with_json_leads_to_the_same(publish, machine):
    publish(an_approach())

    response = machine.ask("/approaches/community-choirs.json", status=301)

    assert response.location == "/api/v1/entries/approach/community-choirs"


def test_an_entry_comes_as_the_markdown_that_it_is_kept_in(publish, machine):
    publish(an_approach())

    by_suffix = machine.ask("/api/v1/entries/approach/community-choirs.md")
    by_header = machine.ask("/api/v1/entries/approach/community-choirs", Accept="text/markdown")

    assert by_suffix.mimetype == by_header.mimetype == "text/markdown"
    assert by_suffix.text == by_header.text
    assert "name: Community choirs" in by_suffix.text


def test_only_the_wanted_fields_come(publish, machine):
    publish(an_approach())

    one = machine.get("/api/v1/entries/approach/community-choirs?fields=url,document.name")
    some = machine.get("/api/v1/entries?fields=slug,document.name,document.place")

    assert one == {
        "url": "http://kith.test/approaches/community-choirs",
        "document": {"name": "Community choirs"},
    }
    assert some["entries"] == [
        {"slug": "community-choirs", "document": {"name": "Community choirs"}}
    ]
    problem = machine.get("/api/v1/entries?fields=secret", status=400)
    assert problem["detail"] == "fields: there is no secret."


def test_a_list_goes_on_where_it_ended_also_when_something_changes_meanwhile(publish_at, machine):
    for number in range(5):
        publish_at(an_approach(name=f"Choir {number}"), NOW + timedelta(minutes=number))

    first = machine.get("/api/v1/entries?limit=2")
    publish_at(an_approach(name="New one"), NOW + timedelta(hours=1), slug="new-one")
    second = machine.get(first["next"].removeprefix("http://kith.test"))
    third = machine.get(second["next"].removeprefix("http://kith.test"))

    assert names(first) == ["Choir 0", "Choir 1"]
    assert names(second) == ["Choir 2", "Choir 3"]
    assert names(third) == ["Choir 4", "New one"]
    assert third["next"] is None


@pytest.mark.parametrize("question", ["limit=3", "limit=3&kind=approach"])
def test_what_changed_at_the_same_moment_is_neither_left_out_nor_said_twice(
    question, publish, machine
):
    publish(*(an_approach(name=f"Choir {number}") for number in range(7)))

    seen, path = [], f"/api/v1/entries?{question}"
    while path:
        answer = machine.get(path)
        seen += names(answer)
        path = answer["next"] and answer["next"].removeprefix("http://kith.test")

    assert sorted(seen) == [f"Choir {number}" for number in range(7)]


# PostgreSQL plans by what is in the table, which is nothing here.
@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kinds", [list(Kind), [Kind.SERVICE]])
def test_a_page_is_read_in_the_order_of_an_index_and_never_sorts_all_that_is_left(kinds, session):
    asked = []
    event.listen(
        session.get_bind(),
        "before_cursor_execute",
        lambda _connection, _cursor, statement, values, *_rest: asked.append((statement, values)),
    )

    catalogue.by_change(session, kinds, after=(NOW, an_id("any")), limit=100)

    [(statement, values)] = [one for one in asked if "FROM entries" in one[0]]
    plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "ix_entries_updated_at_id" in plan[0][3]
    assert not any("TEMP B-TREE" in line[3] for line in plan)


def test_the_next_page_stands_in_a_header_too(publish, machine):
    publish(an_approach(), an_approach(name="Homeshare"))

    response = machine.ask("/api/v1/entries?limit=1")

    assert response.headers["Link"] == f'<{json.loads(response.text)["next"]}>; rel="next"'


def test_only_what_changed_since_can_be_asked_for(publish_at, machine):
    publish_at(an_approach(name="Old"), NOW)
    publish_at(an_approach(name="New"), NOW + timedelta(days=1))

    assert names(machine.get("/api/v1/entries?modified_after=2026-11-22T00:00:00Z")) == ["New"]


def test_kinds_can_be_asked_for(publish, machine):
    publish(an_approach(), a_place(), a_service())

    assert names(machine.get("/api/v1/entries?kind=place")) == ["Leeds"]
    assert len(names(machine.get("/api/v1/entries?kind=place&kind=service"))) == 2
    assert len(names(machine.get("/api/v1/entries?kind=place,service"))) == 2


@pytest.mark.parametrize(
    "question",
    ["kind=x", "limit=0", "limit=101", "limit=x", "cursor=x", "cursor=eA", "modified_after=x"],
)
def test_a_question_that_cannot_be_read_is_told(question, machine):
    assert machine.get(f"/api/v1/entries?{question}", status=400)["detail"]


def test_services_and_places_lie_on_a_map(publish, machine):
    publish(
        a_place(),
        a_service(name="Exact", location=Location(lat=53.81, lon=-1.53)),
        a_service(name="In Leeds"),
        a_service(name="Everywhere", place=None, service_area=["England"]),
    )

    response = machine.ask("/api/v1/entries.geojson?kind=service,place")

    assert response.mimetype == "application/geo+json"
    features = {one["properties"]["name"]: one for one in json.loads(response.text)["features"]}
    assert features["Exact"]["geometry"] == {"type": "Point", "coordinates": [-1.53, 53.81]}
    assert features["Exact"]["properties"]["precision"] == "exact"
    assert features["In Leeds"]["geometry"]["coordinates"] == [-1.55, 53.8]
    assert features["In Leeds"]["properties"]["precision"] == "place"
    assert features["Everywhere"]["geometry"] is None
    assert machine.ask("/api/v1/entries", Accept="application/geo+json").mimetype == (
        "application/geo+json"
    )


def test_everything_comes_as_one_table_that_no_spreadsheet_runs(publish, machine, monkeypatch):
    monkeypatch.setattr("directory.api.views.STREAMED_AT_ONCE", 2)
    publish(
        an_approach(name="=1+1", who_for=["older-people", "anyone"]),
        *(an_approach(name=f"Choir {number}") for number in range(4)),
    )

    response = machine.ask("/api/v1/entries.csv")

    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.mimetype == "text/csv"
    assert len(rows) == 5
    [formula] = [row for row in rows if row["slug"] == "1-1"]
    assert formula["name"] == "'=1+1"
    assert formula["who_for"] == "older-people | anyone"
    assert formula["url"] == "http://kith.test/approaches/1-1"


def test_everything_comes_one_a_line(publish, machine):
    publish(an_approach(), a_place())

    lines = machine.ask("/api/v1/entries.ndjson").text.splitlines()

    assert {json.loads(line)["kind"] for line in lines} == {"approach", "place"}


def test_an_entry_under_its_former_name_leads_to_where_it_is(publish, machine):
    publish(an_approach(id=an_id("choirs")))
    publish(an_approach(id=an_id("choirs")), slug="choirs")

    response = machine.ask("/api/v1/entries/approach/community-choirs.md", status=301)

    assert response.location == "/api/v1/entries/approach/choirs.md"


def test_what_has_ended_is_gone_and_what_never_was_is_not_found(publish, session, machine):
    [choirs] = publish(an_approach())
    publishing.end(session, choirs.id, reason="it closed", at=NOW)
    session.commit()

    machine.get("/api/v1/entries/approach/community-choirs", status=410)
    machine.get("/api/v1/entries/approach/nothing", status=404)
    machine.get("/api/v1/entries/nothing/nothing", status=404)
    assert machine.get("/api/v1/entries")["entries"] == []


def test_the_versions_of_an_entry_can_be_read(publish, machine):
    publish(an_approach(id=an_id("choirs")))
    publish(an_approach(id=an_id("choirs"), strapline="Sing together"))

    lines = machine.get("/api/v1/entries/approach/community-choirs/revisions")["revisions"]
    before = machine.get(lines[1]["url"].removeprefix("http://kith.test"))

    assert [one["number"] for one in lines] == [2, 1]
    assert before["document"]["strapline"] == "Sing with your neighbours, no audition needed"
    machine.get("/api/v1/entries/approach/community-choirs/revisions/3", status=404)


def test_what_a_story_said_before_stays_with_who_told_it(publish, machine):
    publish(a_story(id=an_id("voice")))
    publish(a_story(id=an_id("voice"), told_by="S."))

    path = "/api/v1/entries/story/i-found-my-voice"
    lines = machine.get(f"{path}/revisions")["revisions"]

    assert [one["url"] for one in lines] == [None, None]
    machine.get(f"{path}/revisions/1", status=404)
    machine.get(f"{path}.md", status=404)


def test_a_place_says_what_it_has_and_lacks(publish, machine):
    publish(
        an_approach(),
        an_approach(name="Homeshare"),
        a_place(),
        a_place(name="York"),
        a_service(),
        a_service(name="York Homeshare", approach=["homeshare"], place="york"),
    )

    said = machine.get("/api/v1/places/leeds")

    [area] = [one for one in said["areas"] if one["support_area"] == "whole-community"]
    assert said["place"]["document"]["name"] == "Leeds"
    assert [one["name"] for one in area["known"]] == ["Community choirs"]
    assert area["known"][0]["services"] == ["http://kith.test/services/harehills-singers"]
    assert [one["name"] for one in area["lacking"]] == ["Homeshare"]


def test_a_place_under_its_former_name_leads_to_where_it_is(publish, machine):
    publish(a_place(id=an_id("leeds")))
    publish(a_place(id=an_id("leeds")), slug="city-of-leeds")

    assert machine.ask("/api/v1/places/leeds", status=301).location == (
        "/api/v1/places/city-of-leeds"
    )


def test_the_lists_that_entries_choose_from_come_in_readers_words(machine):
    lists = machine.get("/api/v1/vocabulary")["lists"]

    assert lists["support_area"][0]["key"] == "home"
    assert lists["support_area"][0]["label"] == "At home"
    assert lists["moment"][0]["explanation"]


def test_an_entry_is_asked_for_again_by_tag_and_by_date(publish, machine):
    publish(an_organization())
    path = "/api/v1/entries/organization/singing-together"

    first = machine.ask(path)

    assert first.last_modified == NOW.astimezone(UTC)
    assert first.last_modified > datetime(2020, 1, 1, tzinfo=UTC)
    machine.ask(path, status=304, If_None_Match=first.headers["ETag"])
    machine.ask(path, status=304, If_Modified_Since=first.headers["Last-Modified"])
