"""The collection as it ships: every page that can be reached from home holds the house rules."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urljoin, urlsplit

import pytest

from directory.config import ROOT
from directory.entries import catalogue, files, sync
from directory.vocabulary.terms import Kind
from tests import services
from tests.conftest import NOW
from tests.house_rules import HOST, Browser
from tests.oruk_rules import SERVICE, check_page

# How many pages like /places/leeds, and like /places/leeds/gaps: more would tell nothing new.
MOST_ENTRIES = 600
MOST_BELOW_ENTRIES = 12


@pytest.fixture
def collection(app, session):
    """All of content/ taken in and indexed."""
    read, problems = files.read_folder(ROOT / "content")
    assert problems == []
    report = sync.sync(session, read, problems, at=NOW)
    session.commit()
    assert report.conflicts == []
    services.follow(app)
    return session


def shape_of(path: str) -> str:
    """The address without the name of the one entry in it: /places/…/gaps."""
    first, *rest = path.strip("/").split("/")
    return "/".join([first, "…" if rest else "", *rest[1:]])


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_every_page_that_a_reader_can_reach_holds_the_house_rules(collection, browser):
    seen, waiting = set(), ["/"]
    shapes: Counter[str] = Counter()
    while waiting:
        path = waiting.pop()
        page = browser.open(path)
        assert page.status == 200, path
        if page.all("form", method="post"):
            browser = Browser(browser.app)  # who opens a form has a session, and the crawl goes on
        for link in page.all("a"):
            parts = urlsplit(urljoin(HOST + path, link.get("href", "")))
            there = parts.path
            # Searches and forms are endless; what they show is tested elsewhere.
            if parts.netloc != urlsplit(HOST).netloc or parts.query or there in seen:
                continue
            if there.startswith(("/submit/", "/accounts/", "/assets/")) or "." in there:
                continue
            seen.add(there)
            shape = shape_of(there)
            shapes[shape] += 1
            if shapes[shape] <= (MOST_ENTRIES if shape.endswith("/…") else MOST_BELOW_ENTRIES):
                waiting.append(there)

    reached = {path for path in seen if path.count("/") == 2}
    for kind in (Kind.APPROACH, Kind.SERVICE, Kind.ORGANIZATION, Kind.PLACE):
        live = {entry.url for entry in catalogue.live(collection, kind)}
        assert live <= reached, f"{kind.folder}: nobody finds {sorted(live - reached)[:5]}"


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_the_collection_is_large_enough_to_be_worth_a_visit(collection):
    counts = catalogue.counts(collection)

    assert counts[Kind.APPROACH] >= 90
    assert counts[Kind.SERVICE] >= 130
    assert counts[Kind.PLACE] >= 90
    assert counts[Kind.STORY] == 0  # none is invented


@pytest.mark.parametrize("empty_database", ["sqlite"], indirect=True)
def test_what_the_collection_opens_is_in_the_feed_as_the_standard_asks(collection, machine):
    page = machine.get("/oruk/v3/services?per_page=100")

    check_page(page, SERVICE)
    open_ones = [
        one for one in catalogue.live(collection, Kind.SERVICE) if one.document.open_referral
    ]
    assert {one["id"] for one in page["contents"]} == {str(one.id) for one in open_ones}
    assert len(open_ones) >= 20
