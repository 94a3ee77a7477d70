"""What Open Referral UK 3.0 asks of an answer, in our own words: what must be there, and how.

Human Services Data Specification UK: an Open Referral UK resource (https://openreferraluk.org/).
"""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

UUID = {"type": "string", "format": "uuid"}
URI = {"type": "string", "format": "uri"}
EMAIL = {"type": "string", "format": "email"}
DATE = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}
TIME = {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"}
TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "number"}


def thing(*required: str, **fields: Any) -> dict[str, Any]:
    """An object with an id. A field that is there must be right, and nothing may be null."""
    return {
        "type": "object",
        "required": ["id", *required],
        "properties": {"id": UUID} | fields,
        "additionalProperties": {"not": {"type": "null"}},
    }


def many(of: dict[str, Any]) -> dict[str, Any]:
    """A list of them; an empty one is left out instead."""
    return {"type": "array", "items": of, "minItems": 1}


TERM = thing(
    "name", "description",
    name=TEXT, description=TEXT, term=TEXT, taxonomy=TEXT, taxonomy_id=UUID, term_uri=URI,
)  # fmt: skip
TAXONOMY = thing("name", "description", name=TEXT, description=TEXT, uri=URI, version=TEXT)
ORGANIZATION = thing(
    "name",
    "description",
    name=TEXT,
    description=TEXT,
    website=URI,
    uri=URI,
    organization_identifiers=many(
        thing("identifier_type", "identifier", identifier_type=TEXT, identifier=TEXT)
    ),
)
LOCATION = thing(
    "location_type",
    location_type={"enum": ["physical", "postal", "virtual"]},
    latitude=NUMBER,
    longitude=NUMBER,
    accessibility=many(thing(location_id=UUID, description=TEXT)),
)
AT_LOCATION = thing(service_id=UUID, location_id=UUID, location=LOCATION)
SERVICE = thing(
    "name",
    "status",
    "organization_id",  # asked for by the written rules, not by the schema
    organization_id=UUID,
    name=TEXT,
    description=TEXT,
    url=URI,
    email=EMAIL,
    status={"enum": ["active", "inactive", "defunct", "temporarily closed"]},
    assured_date=DATE,
    assurer_email=EMAIL,
    last_modified=MOMENT,
    organization=ORGANIZATION,
    schedules=many(
        thing(freq={"enum": ["WEEKLY", "MONTHLY"]}, interval=NUMBER, opens_at=TIME, closes_at=TIME)
    ),
    service_areas=many(thing(service_id=UUID, name=TEXT, uri=URI)),
    service_at_locations=many(AT_LOCATION),
    languages=many(thing(service_id=UUID)),
    cost_options=many(thing(service_id=UUID, option=TEXT, amount=NUMBER)),
    contacts=many(thing(service_id=UUID, phones=many(thing("number", number=TEXT)))),
    attributes=many(thing(link_id=UUID, taxonomy_term_id=UUID, taxonomy_term=TERM)),
)
MINIMAL = thing("modified_date", modified_date=MOMENT)

_PAGE = {
    "total_items": {"type": "integer"},
    "total_pages": {"type": "integer"},
    "page_number": {"type": "integer"},
    "size": {"type": "integer"},
    "first_page": {"type": "boolean"},
    "last_page": {"type": "boolean"},
    "empty": {"type": "boolean"},
}


def check(said: Any, schema: dict[str, Any]) -> None:
    """Fail with the first thing that is not as the standard asks."""
    checker = FormatChecker()
    errors = sorted(
        Draft202012Validator(schema, format_checker=checker).iter_errors(said),
        key=lambda error: error.json_path,
    )
    assert not errors, f"{errors[0].json_path}: {errors[0].message}"


def check_page(said: Any, of: dict[str, Any]) -> list[Any]:
    """Hold a page of a list to the standard; gives back what it holds."""
    contents = {"type": "array", "items": of}
    check(
        said,
        {
            "type": "object",
            "required": [*_PAGE, "contents"],
            "properties": _PAGE | {"contents": contents},
        },
    )
    assert said["size"] == len(said["contents"])
    assert said["empty"] == (not said["contents"])
    assert said["first_page"] == (said["page_number"] == 1)
    found: list[Any] = said["contents"]
    return found
