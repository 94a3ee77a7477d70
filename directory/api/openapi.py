"""The API as OpenAPI 3.1, made from the shapes that it answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from directory.api import shapes
from directory.entries.freshness import State
from directory.search.query import WITHIN, Sort
from directory.vocabulary.terms import BuildsOn, Kind, Moment, Strength, SupportArea, WhoFor

JSON = "application/json"
PAGE_MAX = 100
PAGE_DEFAULT = 50


@dataclass(frozen=True)
class Parameter:
    """What an address may ask with. `several`: it may stand more than once."""

    name: str
    meaning: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    several: bool = False
    in_path: bool = False

    def said(self) -> dict[str, Any]:
        schema = {"type": "array", "items": self.schema} if self.several else self.schema
        return {
            "name": self.name,
            "in": "path" if self.in_path else "query",
            "required": self.in_path,
            "description": self.meaning,
            "schema": schema,
        }


@dataclass(frozen=True)
class Operation:
    """One address of the API, with an example that works on any site with the first collection.

    Attributes:
        shapes: what it answers with, by media type; None for text.
    """

    path: str
    summary: str
    shapes: dict[str, type[BaseModel] | None]
    parameters: Sequence[Parameter] = ()
    example: str = ""


def _one_of(choices: type[Any]) -> dict[str, Any]:
    return {"type": "string", "enum": [str(one) for one in choices]}


KIND = Parameter("kind", "What the entry is.", _one_of(Kind), in_path=True)
SLUG = Parameter("slug", "The last part of its address.", in_path=True)

SEARCH = (
    Parameter("q", "What somebody would say, in everyday words."),
    Parameter("near", "A town, council or postcode; a full postcode is cut to its sector."),
    Parameter(
        "within",
        "Miles around it; services further away are left out.",
        {"type": "integer", "enum": list(WITHIN)},
    ),
    Parameter("kind", "Only entries of this kind.", _one_of(Kind), several=True),
    Parameter("support_area", "Only for this part of life.", _one_of(SupportArea), several=True),
    Parameter("who_for", "Only for these people.", _one_of(WhoFor), several=True),
    Parameter("moment", "Only for this moment.", _one_of(Moment), several=True),
    Parameter("builds_on", "Only what builds on this.", _one_of(BuildsOn), several=True),
    Parameter("fresh", "Only so freshly checked.", _one_of(State), several=True),
    Parameter("evidence", "Only so well backed.", _one_of(Strength), several=True),
    Parameter("place", "Only in this place (slug).", several=True),
    Parameter("approach", "Only what follows this approach (slug).", several=True),
    Parameter("network", "Only what this network chose (slug)."),
    Parameter("collection", "Only what is in this collection (slug)."),
    Parameter("sort", "In which order.", _one_of(Sort)),
    Parameter("page", "From 1; a page has up to 12 results.", {"type": "integer", "minimum": 1}),
)
LIST = (
    Parameter("kind", "Only entries of this kind.", _one_of(Kind), several=True),
    Parameter(
        "modified_after",
        "Only what changed then or later.",
        {"type": "string", "format": "date-time"},
    ),
    Parameter(
        "limit",
        "Entries in one answer.",
        {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": PAGE_DEFAULT},
    ),
    Parameter("cursor", "Where to go on: follow `next` of the answer before."),
    Parameter("network", "Only what this network chose (slug)."),
)
FIELDS = Parameter(
    "fields",
    "Only these, with commas between: id,url,document.name. Then the answer has fewer fields.",
)

OPERATIONS = (
    Operation(
        "/search",
        "Search as on the page, with filters and their counts",
        {JSON: shapes.SearchAnswer},
        SEARCH,
        "/search?q=lonely&near=Leeds&kind=approach",
    ),
    Operation(
        "/suggest",
        "What somebody may be about to type",
        {JSON: shapes.Suggestions},
        (Parameter("q", "What they typed so far."),),
        "/suggest?q=comm",
    ),
    Operation(
        "/entries",
        "All entries, or those that changed; as JSON, GeoJSON, CSV or one JSON object a line",
        {
            JSON: shapes.EntryList,
            "application/geo+json": shapes.FeatureCollection,
            "text/csv": None,
            "application/x-ndjson": None,
        },
        (*LIST, FIELDS),
        "/entries?kind=service&limit=2&fields=url,document.name",
    ),
    Operation(
        "/entries/{kind}/{slug}",
        "One entry; as JSON, GeoJSON or the Markdown that it is kept in",
        {
            JSON: shapes.EntryObject,
            "application/geo+json": shapes.Feature,
            "text/markdown": None,
        },
        (KIND, SLUG, FIELDS),
        "/entries/approach/homeshare",
    ),
    Operation(
        "/entries/{kind}/{slug}/revisions",
        "The versions of an entry",
        {JSON: shapes.RevisionList},
        (KIND, SLUG),
        "/entries/approach/homeshare/revisions",
    ),
    Operation(
        "/entries/{kind}/{slug}/revisions/{number}",
        "An entry as it was",
        {JSON: shapes.RevisionObject},
        (
            KIND,
            SLUG,
            Parameter("number", "Of the version.", {"type": "integer", "minimum": 1}, in_path=True),
        ),
        "/entries/approach/homeshare/revisions/1",
    ),
    Operation(
        "/places/{slug}",
        "What a place has and lacks, by part of life",
        {JSON: shapes.PlaceObject},
        (SLUG,),
        "/places/leeds",
    ),
    Operation(
        "/networks",
        "Networks that chose a slice of the directory",
        {JSON: shapes.NetworkList},
        (),
        "/networks",
    ),
    Operation(
        "/vocabulary",
        "The lists that entries choose from, in the words that readers see",
        {JSON: shapes.Vocabulary},
        (),
        "/vocabulary",
    ),
)


def document(public_url: str, site_name: str) -> dict[str, Any]:
    """The description of the API at `public_url`."""
    used = {shape for one in OPERATIONS for shape in one.shapes.values() if shape}
    ordered = sorted(used | {shapes.Problem}, key=lambda shape: shape.__name__)
    _names, schema = models_json_schema(
        [(shape, "serialization") for shape in ordered],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site_name}: the directory as data",
            "version": "1",
            "description": (
                "Everything that the pages show, for other programs. Open to every site, without a "
                "key. Version 1 only ever gains: no field, value or address of it is taken away."
            ),
            "license": {
                "name": "CC BY 4.0 (the content)",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": f"{public_url}/api/v1"}],
        "paths": {one.path: {"get": _operation(one)} for one in OPERATIONS},
        "security": [{}, {"key": []}],
        "components": {
            "schemas": schema["$defs"],
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Never needed. With a key the limits are higher.",
                }
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    answers: dict[str, Any] = {
        "200": {
            "description": operation.summary,
            "content": {
                kind: {"schema": _reference(shape) if shape else {"type": "string"}}
                for kind, shape in operation.shapes.items()
            },
        },
        "304": {"description": "Nothing changed since you asked (If-None-Match)"},
        "401": _problem("A key was sent that is not known"),
        "429": _problem("Too many requests; Retry-After says in how many seconds"),
    }
    if operation.parameters:
        answers["400"] = _problem("A parameter cannot be read")
    takes_network = any(one.name == "network" for one in operation.parameters)
    if takes_network:
        answers["403"] = _problem("The network named other sites than yours")
    if "{" in operation.path or takes_network:
        answers["404"] = _problem("There is nothing of that name")
    if "{kind}" in operation.path:
        answers["410"] = _problem("It was here, and is no longer")
    if operation.path in {"/search", "/suggest"}:
        answers["503"] = _problem("The search is being built anew")
    words = operation.path.replace("{", "").replace("}", "").strip("/").replace("/", "_")
    return {
        "operationId": f"get_{words}",
        "summary": operation.summary,
        "parameters": [one.said() for one in operation.parameters],
        "responses": answers,
    }


def _reference(shape: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _problem(words: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _reference(shapes.Problem)}}
    return {"description": words, "content": content}
