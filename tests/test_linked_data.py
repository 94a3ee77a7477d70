"""What search engines and other machines learn from pages: JSON-LD, addresses, the data package."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from directory.entries import publishing
from tests import schema_org
from tests.builders import a_place, a_service, a_story, an_approach, an_organization
from tests.house_rules import Browser
from tests.machines import Machine
from tests.test_networks import Publish

PATHS = {
    "Article": ["/approaches/community-choirs", "/stories/i-found-my-voice"],
    "Service": ["/services/harehills-singers", "/services/nobodys-choir"],
    "Organization": ["/organizations/singing-together"],
    "AdministrativeArea": ["/places/leeds"],
}
NAME = re.compile(r"^[-a-z0-9._/]+$")


def test_every_kind_of_entry_says_what_it_is_in_words_of_schema_org(
    publish: Publish, browser: Browser
) -> None:
    publish(
        an_approach(summary="Sing </script><b> & “so on”."),
        an_organization(url="https://singing-together.example"),
        a_place(),
        a_service(organization="singing-together", url="https://choir.example"),
        a_service(name="Nobody's choir", place=None, service_area=["Harehills", "Gipton"]),
        a_story(),
    )

    for kind, paths in PATHS.items():
        for path in paths:
            page = browser.open(path)
            said = linked_data(page)
            assert schema_org.check(said) == [], path
            assert said["@type"] == kind
            assert said["@id"] == said["url"] == f"http://kith.test{path}"
            assert page.find("link", rel="canonical").get("href") == said["url"]
            assert page.find("meta", property="og:url").get("content") == said["url"]
            if kind == "Article":
                assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_days_are_those_of_london_as_in_the_history(session: Session, browser: Browser) -> None:
    just_after_midnight = datetime(2027, 7, 14, 23, 30, tzinfo=UTC)
    publishing.publish(
        session, an_approach(), slug="choirs", origin="file", author="", at=just_after_midnight
    )
    session.commit()

    said = linked_data(browser.open("/approaches/choirs"))

    assert "15 July 2027" in browser.open("/approaches/choirs/history").text
    assert (said["datePublished"], said["dateModified"]) == ("2027-07-15", "2027-07-15")


def linked_data(page: Any) -> dict[str, Any]:
    """The one piece of JSON-LD on `page`."""
    [script] = [one for one in page.all("script") if one.get("type") == "application/ld+json"]
    found: dict[str, Any] = json.loads("".join(script.itertext()))
    return found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"@type": "Aproach"}, "@type"),
        ({"strapline": "Sing"}, "strapline"),
        ({"dateModified": "last year"}, "dateModified"),
        ({"url": "/approaches/homeshare"}, "url"),
        ({"headline": ""}, "headline"),
        ({"publisher": {"@type": "GeoCoordinates"}}, "publisher"),
    ],
)
def test_the_check_finds_what_schema_org_does_not_know(change: dict[str, Any], told: str) -> None:
    sound = {
        "@context": "https://schema.org",
        "@id": "https://x.example/a",
        "@type": "Article",
        "url": "https://x.example/a",
        "name": "A",
        "headline": "A",
        "description": "B",
    }
    assert schema_org.check(sound) == []
    [wrong] = schema_org.check(sound | change)
    assert wrong.startswith(told)


def test_the_data_package_is_one_and_its_files_are_as_it_says(
    publish: Publish, machine: Machine
) -> None:
    """As the Data Package and Table Schema standards say it (v1)."""
    publish(an_approach(), a_place(), a_service(), an_organization())

    package = machine.get("/api/v1/datapackage.json")

    assert NAME.match(package["name"])
    assert package["profile"] == "data-package"
    for licence in package["licenses"]:
        assert licence["name"]
        assert licence["path"].startswith("https://")
    assert all(one["title"] for one in package["sources"])
    names = [one["name"] for one in package["resources"]]
    assert len(set(names)) == len(names)
    assert all(map(NAME.match, names))
    for resource in package["resources"]:
        answer = machine.ask(resource["path"].removeprefix("http://kith.test"))
        assert answer.mimetype == resource["mediatype"]
        answer.data.decode(resource["encoding"])
        assert resource["profile"] in {"data-resource", "tabular-data-resource"}
    fields = package["resources"][0]["schema"]["fields"]
    assert package["resources"][0]["schema"]["primaryKey"] in {one["name"] for one in fields}
    assert {one["type"] for one in fields} <= {"string", "integer", "date", "datetime", "year"}
