"""The Open Referral UK feed at /oruk/v3/, as other programs read it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from deploy.bench import conformity, varied
from directory.entries import publishing
from directory.entries.catalogue import Entry
from directory.entries.documents import Contact, CostOption, LegalIds, Location, Schedule
from directory.vocabulary.terms import Status
from tests import services
from tests.builders import a_place, a_service, an_approach, an_id, an_organization
from tests.conftest import NOW
from tests.oruk_rules import (
    AT_LOCATION,
    MINIMAL,
    ORGANIZATION,
    SERVICE,
    TAXONOMY,
    TERM,
    check,
    check_page,
)
from tests.places import a_gazetteer


def an_open_service(**fields):
    """A service that may be passed on."""
    return a_service(**({"open_referral": True} | fields))


def a_full_service(**fields):
    """A service with something in every field."""
    return an_open_service(
        **{
            "organization": "singing-together",
            "location": Location(lat=53.81, lon=-1.53, label="The Compton Centre"),
            "service_area": ["Harehills"],
            "schedule": [
                Schedule(day="monday", start="14:00", end="16:00"),
                Schedule(day="friday", frequency="fortnightly"),
                Schedule(day="sunday", frequency="monthly", start="10:30", note="the second one"),
            ],
            "cost_option": [CostOption(option="Anyone", amount=2.5), CostOption(option="Carers")],
            "contact": Contact(name="Ada", phone="0113 496 0000", email="sing@choir.example"),
            "url": "https://choir.example/harehills",
            "accessibility": "Step-free, with a hearing loop.",
            "languages": ["English", "Urdu"],
            "status": "running",
            "assured_date": date(2026, 11, 3),
        }
        | fields
    )


@pytest.fixture
def config(config):
    return replace(config, contact_email="hello@kith.test")


def names(page):
    return [one["name"] for one in page["contents"]]


def services_of(machine, question=""):
    page = machine.get(f"/oruk/v3/services{question}")
    check_page(page, SERVICE)
    return page


def test_the_front_says_exactly_which_standard_it_is(machine):
    said = machine.get("/oruk/v3/")

    assert said["version"] == "HSDS-UK-3.0"
    assert said["profile"].startswith("https://")
    assert machine.get(said["openapi_url"].removeprefix("http://kith.test"))["paths"]["/services"]


def test_only_services_that_may_be_passed_on_are_in_the_feed(publish, machine):
    publish(an_approach(), a_place(), an_open_service(name="Open"), a_service(name="Not asked"))

    assert names(services_of(machine)) == ["Open"]


def test_every_field_is_said_as_the_standard_asks(publish, machine):
    approach, _place, organization, service = publish(
        an_approach(),
        a_place(),
        an_organization(url="https://st.example", legal_ids=LegalIds(charity="1234567")),
        a_full_service(),
    )

    said = machine.get(f"/oruk/v3/services/{service.id}")

    check(said, SERVICE)
    assert said["organization_id"] == str(organization.id)
    assert said["organization"]["organization_identifiers"][0]["identifier_scheme"] == "GB-CHC"
    assert said["status"] == "active"
    assert said["assured_date"] == "2026-11-03"
    assert said["assurer_email"] == "hello@kith.test"
    assert said["email"] == "sing@choir.example"
    assert said["contacts"][0]["phones"][0]["number"] == "0113 496 0000"
    assert [
        (one["freq"], one["interval"], one["byday"], one.get("opens_at"), one["description"])
        for one in said["schedules"]
    ] == [
        ("WEEKLY", 1, "MO", "14:00:00", "Every Monday, 14:00 to 16:00"),
        ("WEEKLY", 2, "FR", None, "Every second Friday"),
        ("MONTHLY", 1, "SU", "10:30:00", "Once a month, on a Sunday, 10:30"),
    ]
    assert [one.get("notes") for one in said["schedules"]] == [None, None, "the second one"]
    assert [one["name"] for one in said["service_areas"]] == ["Leeds", "Harehills"]
    assert said["service_areas"][0]["uri"].endswith("/E08000035")
    location = said["service_at_locations"][0]["location"]
    assert (location["latitude"], location["longitude"]) == (53.81, -1.53)
    assert "addresses" not in location
    assert [one["x_name"] for one in said["languages"]] == ["English", "Urdu"]
    terms = {one["taxonomy_term"]["name"]: one["taxonomy_term"] for one in said["attributes"]}
    assert set(terms) == {"Community choirs", "Whole community", "Anyone"}
    assert terms["Community choirs"]["id"] == str(approach.id)
    assert terms["Community choirs"]["term_uri"] == "http://kith.test/approaches/community-choirs"


def test_whatever_is_known_of_a_service_is_said_as_the_standard_asks():
    known = [
        Entry(an_id(f"it-{n}"), one.kind, f"it-{n}", one, "", 1, NOW, NOW)
        for n, one in enumerate((an_approach(), an_approach(), an_organization(), a_place()))
    ]
    made = list(varied.services(60, known))

    for entry, around in made:
        conformity.check(entry, around)

    assert len({entry.document.status for entry, _around in made}) == len(Status)


def test_a_service_of_which_little_is_known_says_little_and_nothing_false(publish, machine):
    [service] = publish(an_open_service(status="not-known", last_known=2018))

    said = machine.get(f"/oruk/v3/services/{service.id}")

    check(said, SERVICE)
    assert said["status"] == "inactive"
    assert said["x_status_note"] == (
        "Nobody has checked whether this still runs. It was known in 2018."
    )
    assert said["organization"]["name"] == "Not known"
    for field in ("email", "assured_date", "assurer_email", "contacts", "service_at_locations"):
        assert field not in said


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("running", "active"), ("paused", "temporarily closed"), ("ended", "defunct")],
)
def test_a_status_is_said_in_the_standards_words(ours, theirs, publish, machine):
    publish(an_open_service(status=ours))

    assert services_of(machine)["contents"][0]["status"] == theirs


def test_ids_stay_the_same_from_one_reading_to_the_next(publish, machine):
    [first] = publish(a_full_service(id=an_id("choir")))
    before = machine.ask(f"/oruk/v3/services/{first.id}").text

    publish(a_full_service(id=an_id("choir"), name="Renamed"))

    after = json.loads(machine.ask(f"/oruk/v3/services/{first.id}").text)
    assert after["schedules"] == json.loads(before)["schedules"]
    assert after["contacts"] == json.loads(before)["contacts"]


def test_lists_come_in_pages_and_a_page_past_the_end_is_empty(publish, machine):
    publish(*(an_open_service(name=f"Choir {number}") for number in range(5)))

    pages = [services_of(machine, f"?per_page=2&page={number}") for number in (1, 2, 3, 4)]

    assert [page["size"] for page in pages] == [2, 2, 1, 0]
    assert [page["last_page"] for page in pages] == [False, False, True, True]
    assert {(page["total_items"], page["total_pages"]) for page in pages} == {(5, 3)}
    assert len({one for page in pages for one in names(page)}) == 5


def test_an_empty_feed_is_one_empty_page(machine):
    page = services_of(machine)

    assert (page["empty"], page["total_items"], page["total_pages"]) == (True, 0, 0)


def test_in_short_a_service_comes_with_its_organization_and_whole_with_all(publish, machine):
    publish(an_approach(), an_organization(), a_full_service())

    [short] = services_of(machine)["contents"]
    [whole] = services_of(machine, "?full=true")["contents"]

    assert short["organization"]["name"] == "Singing Together"
    assert "schedules" not in short
    assert whole["schedules"]


def test_minimal_gives_ids_and_dates_of_everything_on_one_page(publish, machine):
    publish(*(an_open_service(name=f"Choir {number}") for number in range(60)))

    page = machine.get("/oruk/v3/services?minimal=true&per_page=10")

    assert len(check_page(page, MINIMAL)) == 60
    assert set(page["contents"][0]) == {"id", "modified_date", "last_modified"}


def test_services_can_be_asked_for_by_words_terms_and_organization(publish, machine):
    approach, _place, organization, *_rest = publish(
        an_approach(),
        a_place(),
        an_organization(),
        an_open_service(name="Harehills Singers", organization="singing-together"),
        an_open_service(name="Repairs", approach=["repair-cafes"], summary="They mend things."),
    )
    taxonomy = machine.get(f"/oruk/v3/taxonomy_terms/{approach.id}")["taxonomy_id"]

    def found(question):
        return names(services_of(machine, question))

    assert found("?search=SINGERS+leeds") == ["Harehills Singers"]
    assert found("?search=100%25") == []
    assert found(f"?taxonomy_term_id={approach.id}") == ["Harehills Singers"]
    assert found(f"?taxonomy_id={taxonomy}") == ["Harehills Singers"]
    assert found(f"?organization_id={organization.id}") == ["Harehills Singers"]
    assert found(f"?organization_id={an_id('nobody')}") == []


def test_what_changed_since_can_be_asked_for(publish, machine):
    publish(an_open_service())

    def found(moment):
        return services_of(machine, f"?modified_after={moment}")["total_items"]

    assert found("2026-11-21T12:00:00Z") == 1
    assert found("2026-11-21T13:00:00%2B01:00") == 1
    assert found("2026-11-21T12:00:01Z") == 0
    assert found("2026-11-21") == 1
    assert found("2026-11-22") == 0


def test_a_service_changes_when_what_it_names_does(publish, session, app, machine):
    publish(an_approach(), an_organization(id=an_id("st")), a_full_service())
    later = NOW + timedelta(days=1)

    publishing.publish(
        session,
        an_organization(id=an_id("st"), name="Singing Together UK"),
        slug="singing-together-uk",
        origin="file",
        author="",
        at=later,
    )
    session.commit()
    services.follow(app)

    [said] = services_of(machine, "?modified_after=2026-11-22")["contents"]
    assert said["organization"]["name"] == "Singing Together UK"


def test_a_service_that_ended_or_was_taken_back_leaves_the_feed(publish, session, app, machine):
    ended, _taken_back = publish(
        an_open_service(name="Ended"), an_open_service(name="Taken back", id=an_id("back"))
    )

    publishing.end(session, ended.id, reason="it closed", at=NOW)
    session.commit()
    publish(a_service(name="Taken back", id=an_id("back")))

    assert services_of(machine)["empty"] is True
    machine.get(f"/oruk/v3/services/{ended.id}", status=404)


def test_a_service_published_before_its_organization_names_it_later(publish, machine):
    publish(a_full_service())
    publish(an_organization())

    assert services_of(machine)["contents"][0]["organization"]["name"] == "Singing Together"


def test_all_services_stream_one_a_line(publish, machine):
    publish(*(an_open_service(name=f"Choir {number}") for number in range(7)))

    response = machine.ask("/oruk/v3/services?format=ndjson")

    assert response.mimetype == "application/x-ndjson"
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert len(lines) == 7
    for line in lines:
        check(line, SERVICE)


def test_streams_read_in_batches_leave_nothing_out(publish, machine, monkeypatch):
    monkeypatch.setattr("directory.oruk.feed.STREAMED_AT_ONCE", 2)
    publish(an_organization(), *(a_full_service(name=f"Choir {number}") for number in range(5)))

    for path, number in (("services", 5), ("service_at_locations", 5), ("organizations", 1)):
        lines = machine.ask(f"/oruk/v3/{path}?format=ndjson").text.splitlines()
        assert len({json.loads(line)["id"] for line in lines}) == len(lines) == number


def test_organizations_are_those_that_run_a_service_of_the_feed(publish, machine):
    _approach, organization, _other, _service = publish(
        an_approach(), an_organization(), an_organization(name="Elsewhere"), a_full_service()
    )

    page = machine.get("/oruk/v3/organizations")
    [said] = check_page(page, ORGANIZATION)
    alone = machine.get(f"/oruk/v3/organizations/{organization.id}?full_service=true")

    assert said["name"] == "Singing Together"
    check(alone, ORGANIZATION)
    check(alone["services"][0], SERVICE)
    assert machine.get("/oruk/v3/organizations?search=elsewhere")["empty"] is True


def test_approaches_and_our_lists_are_taxonomies(publish, machine):
    [approach] = publish(an_approach())

    lists = check_page(machine.get("/oruk/v3/taxonomies"), TAXONOMY)
    approaches = machine.get(f"/oruk/v3/taxonomies/{lists[0]['id']}")
    terms = machine.get(f"/oruk/v3/taxonomy_terms?taxonomy_id={lists[1]['id']}")
    term = machine.get(f"/oruk/v3/taxonomy_terms/{approach.id}")

    assert [one["name"] for one in lists] == [
        "Asset-based approaches",
        "Parts of life",
        "Who it is for",
    ]
    assert [one["name"] for one in approaches["taxonomy_terms"]] == ["Community choirs"]
    assert len(check_page(terms, TERM)) == 5
    check(term, TERM)
    assert term["taxonomy"] == "Asset-based approaches"
    assert machine.get("/oruk/v3/taxonomy_terms?search=hospital&per_page=1")["total_items"] == 2
    assert machine.get(f"/oruk/v3/taxonomy_terms?parent_id={approach.id}")["empty"] is True


def test_services_on_the_map_can_be_asked_for_near_a_postcode(publish, config, machine):
    a_gazetteer(config.geo_path)
    publish(
        a_place(),
        a_full_service(name="Here"),
        a_full_service(name="York", place=None, location=Location(lat=53.96, lon=-1.08)),
        an_open_service(name="Nowhere exactly"),
    )

    def found(question=""):
        page = machine.get(f"/oruk/v3/service_at_locations{question}")
        check_page(page, AT_LOCATION)
        return page

    [here] = found("?postcode=LS7+4HB&proximity=5000")["contents"]

    assert found()["total_items"] == 2
    assert machine.get(f"/oruk/v3/services/{here['service_id']}")["name"] == "Here"
    assert found("?postcode=LS7+4HB&proximity=50000")["total_items"] == 2
    assert found("?postcode=LS7+4HB")["total_items"] == 1
    check(machine.get(f"/oruk/v3/service_at_locations/{here['id']}"), AT_LOCATION)


@pytest.mark.parametrize(
    "question",
    [
        "page=0",
        "page=x",
        "per_page=-1",
        "modified_after=yesterday",
        "taxonomy_term_id=x",
        "format=xml",
        "postcode=nowhere",
    ],
)
def test_a_question_that_cannot_be_read_is_told(question, machine):
    path = "service_at_locations" if "postcode" in question else "services"

    problem = machine.get(f"/oruk/v3/{path}?{question}", status=400)

    assert problem["detail"]


@pytest.mark.parametrize(
    "path", ["services", "organizations", "taxonomies", "taxonomy_terms", "service_at_locations"]
)
@pytest.mark.parametrize("id_", ["x", "11111111-1111-4111-8111-111111111111"])
def test_an_id_that_is_not_there_is_a_404_for_other_sites_too(path, id_, machine):
    assert machine.get(f"/oruk/v3/{path}/{id_}", status=404)["status"] == 404


def test_another_address_of_the_site_says_everything_anew(publish, app, machine, config):
    publish(an_open_service())
    app.extensions["kith.config"] = replace(config, public_url="https://new.example")

    services.follow(app)

    [said] = services_of(machine)["contents"]
    assert said["x_page"].startswith("https://new.example/")


def test_every_address_of_the_feed_is_in_its_description(app, machine):
    described = set(machine.get("/oruk/v3/openapi.json")["paths"])
    served = {
        rule.rule.removeprefix("/oruk/v3").replace("<id_>", "{id}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("oruk.") and rule.endpoint != "oruk.description"
    }

    assert described == served
