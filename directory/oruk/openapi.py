"""The feed as OpenAPI 3.0, for the standard's own tools. Its schemas are those of the standard."""

from __future__ import annotations

from typing import Any

SCHEMAS = "https://openreferraluk.org/specifications/3.0/schema/"

_SEARCH = ("search", "string", "Words that must all be there.")
_PAGE = ("page", "integer", "Number of the page, from 1.")
_PER_PAGE = ("per_page", "integer", "Things on a page, at most 100.")
_FORMAT = ("format", "string", "json, or ndjson: all of it, one thing a line, without pages.")
_LISTS = (_SEARCH, _PAGE, _PER_PAGE, _FORMAT)
_FILTERS = (
    ("taxonomy_term_id", "string", "Only with this term."),
    ("taxonomy_id", "string", "Only with any term of this taxonomy."),
    ("organization_id", "string", "Only of this organization."),
    ("modified_after", "string", "Only what changed then or later; a date and time."),
    ("network", "string", "Only what this network of ours chose (its slug)."),
)
_FULL_SERVICE = ("full_service", "boolean", "With the organization's services, whole.")

PATHS: dict[str, tuple[str, str, bool, tuple[tuple[str, str, str], ...]]] = {
    "/": ("What this feed is", "api_details", True, ()),
    "/services": (
        "Services that may be passed on",
        "service_list",
        True,
        (
            *_LISTS,
            *_FILTERS,
            ("minimal", "boolean", "Only id and date of change, all on one page."),
            ("full", "boolean", "With all that belongs to each service."),
        ),
    ),
    "/services/{id}": ("One service", "service", True, ()),
    "/organizations": (
        "Organizations that run these services",
        "organization_list",
        False,
        (*_LISTS, _FULL_SERVICE),
    ),
    "/organizations/{id}": ("One organization", "organization", False, (_FULL_SERVICE,)),
    "/taxonomies": ("Our lists", "taxonomy_list", False, _LISTS),
    "/taxonomies/{id}": ("One list with its terms", "taxonomy", False, ()),
    "/taxonomy_terms": (
        "Terms of our lists",
        "taxonomy_term_list",
        False,
        (
            *_LISTS,
            ("taxonomy_id", "string", "Only of this taxonomy."),
            ("top_only", "boolean", "Only terms without a parent: all of ours."),
            ("parent_id", "string", "Only terms below this one: none of ours."),
        ),
    ),
    "/taxonomy_terms/{id}": ("One term", "taxonomy_term", False, ()),
    "/service_at_locations": (
        "Services at their points on the map",
        "service_at_location_list",
        False,
        (
            *_LISTS,
            *_FILTERS,
            ("postcode", "string", "Near here; without proximity: covering its council."),
            ("proximity", "integer", "At most so many metres from the postcode."),
        ),
    ),
    "/service_at_locations/{id}": ("One of them", "service_at_location", False, ()),
}


def document(public_url: str, publisher: str) -> dict[str, Any]:
    """The description of the feed at `public_url`."""
    return {
        "openapi": "3.0.0",
        "info": {
            "title": f"Open Referral UK feed of {publisher}",
            "version": "HSDS-UK-3.0",
            "description": "Services whose people or editors said that they may be passed on.",
            "license": {
                "name": "CC BY 4.0",
                "url": "https://creativecommons.org/licenses/by/4.0/",
            },
        },
        "servers": [{"url": f"{public_url}/oruk/v3"}],
        "paths": {
            path: {"get": _operation(path, summary, schema, is_required, parameters)}
            for path, (summary, schema, is_required, parameters) in PATHS.items()
        },
    }


def _operation(
    path: str,
    summary: str,
    schema: str,
    is_required: bool,
    parameters: tuple[tuple[str, str, str], ...],
) -> dict[str, Any]:
    said: list[dict[str, Any]] = [
        {"name": name, "in": "query", "description": words, "schema": {"type": kind}}
        for name, kind, words in parameters
    ]
    answers: dict[str, Any] = {
        "200": {
            "description": summary,
            "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}{schema}.json"}}},
        }
    }
    if "{id}" in path:
        said.insert(
            0,
            {
                "name": "id",
                "in": "path",
                "required": True,
                "schema": {"type": "string", "format": "uuid"},
            },
        )
        answers["404"] = {"description": "Nothing in this feed has that id"}
    if parameters:
        answers["400"] = {"description": "A parameter cannot be read"}
    return {
        "operationId": "get" + path.replace("/", "_").replace("{id}", "one").rstrip("_"),
        "summary": summary,
        "tags": ["required" if is_required else "optional"],
        "parameters": said,
        "responses": answers,
    }
