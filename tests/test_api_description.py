"""The API's own description: made from its shapes, true of its answers, and never taken back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from directory.api import openapi
from tests.builders import a_place, a_service, a_story, an_approach, an_organization

PROMISED = Path(__file__).parent / "api_v1_promised.json"


@pytest.fixture
def described(machine) -> dict[str, Any]:
    """The description of the running API."""
    found: dict[str, Any] = machine.get("/api/v1/openapi.json")
    return found


def conforms(said: Any, shape: str, described: dict[str, Any]) -> None:
    """Fail where `said` is not of that shape."""
    root = Resource.from_contents(described, default_specification=DRAFT202012)
    validator = Draft202012Validator(
        {"$ref": f"urn:api#/components/schemas/{shape}"},
        registry=Registry().with_resource("urn:api", root),
        format_checker=FormatChecker(),
    )
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(said)]
    assert errors == []


def test_every_address_is_described_and_every_description_is_an_address(app, described):
    served = {
        re.sub(r"<(?:[a-z]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and "any(" not in rule.rule
    }

    assert set(described["paths"]) == served - {"/openapi.json", "/datapackage.json"}
    assert described["openapi"] == "3.1.0"


@pytest.mark.parametrize("operation", openapi.OPERATIONS, ids=lambda one: one.path)
def test_an_example_works_and_its_answer_is_as_described(operation, publish, machine, described):
    publish(
        an_approach(name="Homeshare"),
        an_organization(),
        a_place(),
        a_service(approach=["homeshare"], organization="singing-together"),
        a_story(about="approaches/homeshare"),
    )

    answer = machine.get(f"/api/v1{operation.example}")

    shape = operation.shapes[openapi.JSON]
    if "fields=" not in operation.example:
        conforms(answer, shape.__name__, described)
    assert answer


def test_every_kind_of_entry_is_as_described(publish, machine, described):
    publish(an_approach(), an_organization(), a_place(), a_service(), a_story())

    answer = machine.get("/api/v1/entries")
    on_a_map = machine.get("/api/v1/entries.geojson")

    assert len(answer["entries"]) == 5
    conforms(answer, "EntryList", described)
    conforms(on_a_map, "FeatureCollection", described)


def test_help_in_an_answer_is_as_described(publish, machine, described):
    publish(an_approach())

    conforms(machine.get("/api/v1/search?q=i+want+to+end+it+all"), "SearchAnswer", described)


def test_an_error_is_as_described(machine, described):
    conforms(machine.get("/api/v1/entries?limit=x", status=400), "Problem", described)


def test_what_version_1_promised_is_still_there(described):
    """To promise more, add it to the file: tests/api_v1_promised.json. Never take out of it."""
    promised = json.loads(PROMISED.read_text(encoding="utf-8"))

    assert lost(promised["addresses"], addresses(described)) == []
    assert lost(promised["fields"], fields(described)) == []


def test_what_is_there_is_promised(described):
    promised = json.loads(PROMISED.read_text(encoding="utf-8"))

    assert lost(addresses(described), promised["addresses"]) == []
    assert lost(fields(described), promised["fields"]) == []


def lost(before: dict[str, list[str]], now: dict[str, list[str]]) -> list[str]:
    return [
        f"{name}: {one}" for name, several in before.items() for one in several
        if one not in now.get(name, [])
    ]  # fmt: skip


def addresses(described: dict[str, Any]) -> dict[str, list[str]]:
    """What each address takes."""
    return {
        path: sorted(f"{one['in']} {one['name']}" for one in operations["get"]["parameters"])
        for path, operations in described["paths"].items()
    }


def fields(described: dict[str, Any]) -> dict[str, list[str]]:
    """The fields of each shape, with their types, and the choices of each list."""
    found = {}
    for name, schema in described["components"]["schemas"].items():
        if "properties" in schema:
            found[name] = sorted(
                f"{field} {kind_of(one)}" for field, one in schema["properties"].items()
            )
        elif "enum" in schema:
            found[name] = sorted(schema["enum"])
    return found


def kind_of(schema: dict[str, Any]) -> str:
    """The type of a field in short: "string|null", "[Patch]", "Block"."""
    if "anyOf" in schema or "oneOf" in schema:
        several = schema.get("anyOf") or schema["oneOf"]
        return "|".join(sorted(kind_of(one) for one in several))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return repr(schema["const"])
    if schema.get("type") == "array":
        items = schema.get("items") or {"type": "any"}
        return f"[{kind_of(items)}]"
    return str(schema.get("type", "any"))


def test_taking_a_field_away_would_be_noticed(described):
    before = fields(described)
    del described["components"]["schemas"]["Result"]["properties"]["strapline"]

    assert lost(before, fields(described)) == ["Result: strapline string"]


def test_the_page_for_programmers_has_examples_that_all_work(publish, browser):
    publish(an_approach(name="Homeshare"), a_place(), a_service(approach=["homeshare"]))

    page = browser.open("/developers/")

    examples = [
        link.get("href", "")
        for link in page.find("main").iter("a")
        if link.get("href", "").startswith(("/api/", "/oruk/", "/feeds/"))
    ]
    assert len(examples) >= len(openapi.OPERATIONS) + 7
    for path in examples:
        assert browser.client.get(path, base_url="http://kith.test").status_code == 200, path


def test_the_data_package_names_the_columns_of_the_table(publish, machine):
    publish(an_approach())

    package = machine.get("/api/v1/datapackage.json")

    table = package["resources"][0]
    heading = machine.ask("/api/v1/entries.csv").text.splitlines()[0]
    assert [one["name"] for one in table["schema"]["fields"]] == heading.split(",")
    assert table["path"] == "http://kith.test/api/v1/entries.csv"
