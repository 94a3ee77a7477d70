"""Whatever anybody asks the API, it answers as its own description says: no bug, no other shape.

Hypothesis makes the questions from the description, so an address that is added is played with too.
The number of questions is bounded, and the same on every machine.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from directory.api import openapi
from directory.networks.rules import Rules
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import HOST
from tests.networking import Open
from tests.test_networks import Publish

QUESTIONS = 100
KINDS_OF_TEXT = (
    "community-choirs", "leeds", "dale-valley", "choir", "lonely in leeds", "LS7 4HB", "singing",
    "0", "-1", "1e9", "null", "%00", "' OR 1=1 --", "../..", "<b>", "name", "document.name",
    "2026-11-22T09:00:00Z", "2026-11-22", "9999-99-99", "a" * 500, "‮", "\x00",
)  # fmt: skip


def values(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """What may be sent for a parameter: what its schema allows, and what it does not."""
    schema = schema.get("items", schema)
    sound = [st.sampled_from(schema["enum"])] if "enum" in schema else []
    if schema.get("type") == "integer":
        sound.append(st.integers(-2, 1000).map(str))
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    return st.one_of(*sound, st.sampled_from(KINDS_OF_TEXT), anything)


@st.composite
def questions(draw: st.DrawFn) -> tuple[openapi.Operation, str]:
    """One operation, and an address of it."""
    operation = draw(st.sampled_from(openapi.OPERATIONS))
    path, query = operation.path, []
    for one in operation.parameters:
        if one.in_path:
            value = draw(values(one.schema)) or "x"
            path = path.replace(f"{{{one.name}}}", quote(value, safe=""))
        elif draw(st.integers(0, 2)) == 0:
            times = draw(st.integers(1, 2)) if one.several else 1
            query += [(one.name, draw(values(one.schema))) for _turn in range(times)]
    accept = draw(st.sampled_from(["", *operation.shapes, "text/html", "*/*;q=0.1"]))
    return operation, f"/api/v1{path}?{urlencode(query)}\n{accept}"


@pytest.fixture
def described(app: Flask, publish: Publish, open_network: Open) -> dict[str, Any]:
    """The description of an API with something of every kind, and a network."""
    publish(
        an_approach(name="Community choirs"),
        an_organization(),
        a_place(),
        a_service(organization="singing-together"),
        a_story(about="approaches/community-choirs"),
    )
    open_network(Rules(kind=("service",)))
    answer = app.test_client().get("/api/v1/openapi.json", base_url=HOST)
    found: dict[str, Any] = json.loads(answer.text)
    return found


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_every_answer_is_as_described(app: Flask, described: dict[str, Any]) -> None:
    client = app.test_client()
    root = Resource.from_contents(described, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("urn:api", root)
    met: set[tuple[str, int]] = set()

    @settings(
        max_examples=QUESTIONS,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(questions())
    def ask(question: tuple[openapi.Operation, str]) -> None:
        operation, said = question
        address, _line, accept = said.partition("\n")
        headers = {"Accept": accept} if accept else {}
        answer = client.get(address, base_url=HOST, headers=headers, buffered=True)
        met.add((operation.path, answer.status_code))
        assert answer.status_code < 500, address
        told = described["paths"][operation.path]["get"]["responses"]
        if answer.status_code in {301, 308}:
            return
        # What is no slug matches no address at all: then nothing of that name is there.
        assert str(answer.status_code) in told or (
            answer.status_code == 404 and "{" in operation.path
        ), f"{address} answered {answer.status_code}, which is not described"
        content = told.get(str(answer.status_code), {}).get("content", {})
        if content and answer.mimetype in content and "json" in answer.mimetype:
            if "fields=" in address and answer.status_code == 200:
                return  # then fields are left out
            if answer.mimetype == "application/x-ndjson":
                return
            schema = content[answer.mimetype]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            validator = Draft202012Validator(
                {"$ref": f"urn:api#/components/schemas/{name}"},
                registry=registry,
                format_checker=FormatChecker(),
            )
            errors = [one.message for one in validator.iter_errors(json.loads(answer.text))]
            assert errors == [], address

    ask()

    assert {path for path, _status in met} == set(described["paths"])
    assert {200, 400, 404} <= {status for _path, status in met}
