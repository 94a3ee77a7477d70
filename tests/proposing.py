"""Proposing as a browser without scripts does it: a draft, its parts one by one, and sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.house_rules import Browser, Page

APPROACH: dict[str, dict[str, Any]] = {
    "idea": {
        "name": "Bread and roses",
        "strapline": "Bake with your neighbours and share the loaves",
        "summary": "People bake together each week, and give away what they do not eat.",
    },
    "people": {
        "support_area": ["day-and-employment", "whole-community"],
        "who_for": ["anyone"],
        "moment": "staying-well",
        "builds_on": ["skills", "local-places"],
    },
    "story": {"body_2": "We meet on Tuesdays.\n\n- flour\n- songs"},
    "finding": {"everyday_words": "baking\nlearn to bake"},
    "you": {"email": "sam@example.org", "author_role": "I run it"},
}

SERVICE: dict[str, dict[str, Any]] = {
    "what": {
        "name": "Harehills Singers",
        "approach-0": "Community Choirs",
        "summary": "A choir that meets in a hall each week.",
    },
    "where": {"place": "Leeds"},
    "running": {"status": "running"},
    "you": {"email": "sam@example.org"},
}


def begin(browser: Browser, kind: str, name: str, *, query: str = "", **values: Any) -> str:
    """Address of a new draft of that kind."""
    path = f"/submit/{kind}"
    page = browser.submit(browser.open(path + query), path, name=name, **values)
    assert page.path.startswith("/submit/drafts/"), page.text
    return page.path


def change(browser: Browser, path: str, part: str) -> str:
    """Address of a new draft that changes an entry."""
    page = browser.submit(browser.open(path), path, part=part)
    return page.path.rpartition("/")[0]


def fill(
    browser: Browser, draft: str, part: str, values: Mapping[str, Any], *, status: int = 200
) -> Page:
    """Open one part, type `values` and carry on."""
    path = f"{draft}/{part}"
    return browser.send(path, browser.open(path).form(path) | {"go": "on"} | values, status=status)


def draft_of(
    browser: Browser, kind: str, parts: Mapping[str, Mapping[str, Any]], **changes: Any
) -> str:
    """Address of a draft with all its parts filled; `changes` replace single values."""
    first = next(iter(parts.values()))
    name = changes.get("name", first["name"])
    draft = begin(browser, kind, name)
    for part, values in parts.items():
        mine = {key: changes.get(key, value) for key, value in values.items()}
        fill_any(browser, draft, part, mine)
    return draft


def fill_any(browser: Browser, draft: str, part: str, values: Mapping[str, Any]) -> None:
    """Type `values` and go back to the tasks, right or wrong."""
    path = f"{draft}/{part}"
    page = browser.open(path)
    browser.send(path, page.form(path) | {"go": "later"} | values)


def send(
    browser: Browser, draft: str, *, status: int = 200, follow: bool = True, **changes: Any
) -> Page:
    """Agree and send the draft."""
    path = f"{draft}/check"
    page = browser.open(path)
    values = page.form(path) | {"agree": "y"} | changes
    return browser.send(path, values, status=status, follow=follow)


def propose(browser: Browser, *, status: int = 200, **changes: Any) -> Page:
    """Bread and roses, from the first question to the private page."""
    return send(browser, draft_of(browser, "approach", APPROACH, **changes), status=status)


def propose_service(browser: Browser, *, status: int = 200, **changes: Any) -> Page:
    """A choir in Leeds, from the first question to the private page."""
    return send(browser, draft_of(browser, "service", SERVICE, **changes), status=status)
