"""Whatever anybody asks the API, it answers as its own description says: no bug, no other shape.

Schemathesis makes the questions from the description, sound ones and others, so an address that is
added is asked too. Their number is bounded, and they are the same on every machine.
"""

from __future__ import annotations

import pytest
import schemathesis.openapi
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from directory.networks.rules import Rules
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import HOST
from tests.networking import Open
from tests.test_networks import Publish

QUESTIONS = 20  # to each address, of each mode
UNPACKED = {"Accept-Encoding": "identity"}
ANY_WORDS = {"type": "string"}  # nothing that is sent for it is wrong
# What a reader of parameters might stumble over.
TEXTS = (
    "lonely in leeds", "LS7 4HB", "-1", "1e9", "null", "' OR 1=1 --", "../..", "<b>",
    "document.name", "2026-11-22T09:00:00Z", "9999-99-99", "a" * 500, "\u202e", "\x00",
)  # fmt: skip
# What takes the place of made words. Few of those are the name of anything.
SAID = st.fixed_dictionaries(
    {
        "slug": st.sampled_from(("community-choirs", "leeds", *TEXTS)),
        "network": st.sampled_from((None, None, "dale-valley", "x")),
    },
    optional={name: st.sampled_from(TEXTS) for name in ("q", "near", "cursor", "fields")},
)
HOLDS_OF_SOME = [  # of the fields
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
]
HOLDS = [*HOLDS_OF_SOME, response_schema_conformance]


@pytest.fixture
def api(app: Flask, publish: Publish, open_network: Open) -> OpenApiSchema:
    """The API with something of every kind, and a network."""
    publish(
        an_approach(name="Community choirs"),
        an_organization(),
        a_place(),
        a_service(organization="singing-together"),
        a_story(about="approaches/community-choirs"),
    )
    open_network(Rules(kind=("service",)))
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, base_url=HOST)


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_every_answer_is_as_described(api: OpenApiSchema) -> None:
    met: set[tuple[str, int]] = set()
    for operation in (found.ok() for found in api.get_all_operations()):
        play(operation, GenerationMode.POSITIVE, met)
        if any(one["schema"] != ANY_WORDS for one in operation.definition.raw["parameters"]):
            play(operation, GenerationMode.NEGATIVE, met)

    assert {path for path, _status in met} == set(api.raw_schema["paths"])
    assert {200, 400, 404} <= {status for _path, status in met}


def play(operation: APIOperation, mode: GenerationMode, met: set[tuple[str, int]]) -> None:
    """Ask one address many things; `met` gets which answers came."""

    @settings(
        max_examples=QUESTIONS,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), said=SAID)
    def ask(case: Case, said: dict[str, str | None]) -> None:
        for part in (case.path_parameters, case.query):
            part.update({name: words for name, words in said.items() if name in part and words})
        if said["network"] is None:
            case.query.pop("network", None)
        answer = case.call(base_url=f"{HOST}/api/v1", headers=UNPACKED)
        met.add((operation.path, answer.status_code))
        case.validate_response(answer, checks=HOLDS_OF_SOME if "fields" in case.query else HOLDS)

    ask()
