"""Reading Open Referral UK: services of both versions as rows of a list, and what is none."""

from __future__ import annotations

import json

import pytest

from directory.entries.documents import Service
from directory.imports import columns, open_referral
from directory.imports.open_referral import NotOpenReferral
from directory.vocabulary.terms import Kind
from tests.test_imports_reading import find

THREE = {
    "id": "aa3a1f6c-5d8f-4c0b-9d1e-0a4f0d6c2b11",
    "name": "Harehills Singers",
    "description": "<p>People sing.</p>\n\nEverybody can come; nobody reads music.",
    "url": "https://example.org",
    "status": "temporarily closed",
    "assured_date": "2026-10-01",
    "organization": {"id": "1", "name": "Singing Together", "description": "x"},
    "schedules": [
        {"byday": "TU,TH", "freq": "WEEKLY", "interval": 2, "opens_at": "14:00:00",
         "closes_at": "16:00:00"},
        {"byday": "FR", "freq": "MONTHLY", "notes": "The last one; ring first."},
    ],
    "cost_options": [{"option": "Each session", "amount": 3.5}, {"option": "Carers; friends"}],
    "contacts": [{"name": "Desk", "phones": [{"number": "0113 496 0000"}]}],
    "service_at_locations": [
        {"location": {"name": "The hall", "latitude": 53.81, "longitude": -1.52,
                      "addresses": [{"city": "Leeds"}]}}
    ],
    "languages": [{"name": "English"}, {"name": "Urdu"}],
    "attributes": [
        {"taxonomy_term": {"name": "Community choirs", "taxonomy": "Asset-based approaches"}},
        {"taxonomy_term": {"name": "Singing", "taxonomy": "Theirs"}},
    ],
}  # fmt: skip


ONE = {
    "id": "7",
    "name": "Harehills Singers",
    "description": "People sing.",
    "status": "active",
    "contacts": [{"name": "Desk", "phones": [{"number": "0113 496 0000"}]}],
    "regular_schedules": [{"byday": "MO", "opens_at": "10:00"}],
    "service_at_locations": [
        {"location": {"name": "The hall", "physical_addresses": [{"city": "Leeds"}]}}
    ],
    "service_taxonomys": [{"taxonomy": {"name": "Choirs", "vocabulary": "esdServiceTypes"}}],
}


def test_services_of_both_versions_of_open_referral_are_rows_of_one_list():
    table = open_referral.read(json.dumps({"content": [THREE, ONE]}).encode())

    first, second = (
        {name: cell for name, cell in zip(table.columns, row.cells, strict=True) if cell}
        for row in table.rows
    )
    assert first["description, first sentence"] == "People sing."
    assert first["description, the rest"] == "Everybody can come; nobody reads music."
    assert first["schedules"] == (
        "Tuesday 14:00 to 16:00, fortnightly; Thursday 14:00 to 16:00, fortnightly; "
        "Friday, monthly (The last one, ring first.)"
    )
    assert first["cost_options"] == "Each session 3.5; Carers, friends"
    assert first["taxonomy: Theirs"] == "Singing"
    assert second == {
        "id": "7",
        "name": "Harehills Singers",
        "description, first sentence": "People sing.",
        "status": "running",
        "schedules": "Monday 10:00",
        "contact.name": "Desk",
        "contact.phone": "0113 496 0000",
        "location.city": "Leeds",
        "taxonomy: esdServiceTypes": "Choirs",
    }
    mapping = open_referral.guess(table.columns)
    document = columns.read(
        Kind.SERVICE,
        {key: table.rows[0].cells[number] for number, key in mapping.items()},
        find,
    ).document
    assert isinstance(document, Service)
    assert document.approach == ["community-choirs"]
    assert document.place == "leeds"
    assert document.location is not None
    assert document.location.label == "The hall"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "no service"),
        (b"[]", "no service"),
        (b'"hello"', "no list of services"),
        (b'{"contents": [{"name": "x"}]}', "no service"),
        (b'{"contents": [{"id": "a", "name": "x"}, 7]}', "Number 2 in the list is no service"),
        (b'{"contents": [{"id": "a"}]}', "it has no name"),
    ],
)
def test_what_is_no_open_referral_is_refused_in_words(content: bytes, said: str):
    with pytest.raises(NotOpenReferral) as refused:
        open_referral.read(content)

    assert said in refused.value.message


def test_a_service_without_a_name_is_a_row_to_put_right():
    found = open_referral.read(
        b'{"services": [{"id": "a", "name": "Tools"}, {"id": "b", "description": "No name."}]}'
    )

    name = found.columns.index("name")
    assert [row.cells[name] for row in found.rows] == ["Tools", ""]


def test_strange_values_in_a_feed_are_left_out_and_long_ones_cut_at_a_sentence():
    said = open_referral.flat(
        {
            "id": 7,
            "name": ["x"],
            "description": "One. " + "two " * 200,
            "contacts": [None, "x", {"phones": {"number": 1}}],
            "service_at_locations": [{"location": None}, {}],
            "attributes": [{"taxonomy_term": "x"}],
            "status": {},
            "schedules": [{"byday": None}],
        }
    )

    assert said["description, first sentence"] == "One."
    assert said.keys() == {"id", "description, first sentence", "description, the rest"}
