"""What the Open Referral feed and the API cost to read whole: CPU time and memory."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask.testing import FlaskClient
from sqlalchemy import insert

from deploy.bench import clocks, corpus
from deploy.bench.an_app import URL, an_app
from deploy.progress import say
from directory.db import db
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow, EntryState, Revision
from directory.oruk import mapping
from directory.oruk.mapping import Around, Site
from directory.oruk.models import ServiceRow
from directory.vocabulary.terms import Kind

PAGES_READ = 30
PER_PAGE = 100
ROWS_AT_ONCE = 1_000


def measure(services: int) -> None:
    """Print what pages and the whole of so many services cost, as Open Referral and as our API."""
    with an_app() as app:
        made = [one for one in corpus.entries(services) if one.kind is Kind.SERVICE][-services:]
        for start in range(0, len(made), ROWS_AT_ONCE):
            _insert(made[start : start + ROWS_AT_ONCE])
        del made
        client = app.test_client()
        _feed(client, services)
        _api(client, services)


def _feed(client: FlaskClient, services: int) -> None:
    last = -(-services // PER_PAGE)
    numbers = [str(1 + number * last // PAGES_READ) for number in range(PAGES_READ)]

    def page(number: str) -> None:
        address = f"/oruk/v3/services?page={number}&per_page={PER_PAGE}"
        assert client.get(address, base_url=URL).status_code == 200

    page("1")
    spent = clocks.interleaved({"page": page}, numbers)["page"]
    say(f"{'Open Referral, ' + str(services) + ' services':<44}{'CPU':>9}")
    say(f"  {'a page of ' + str(PER_PAGE):<42}{spent:>6.1f} ms")
    _whole(client, "/oruk/v3/services?format=ndjson&full=true", services)


def _api(client: FlaskClient, services: int) -> None:
    """Pages are read one after the other, from the first on, as who keeps a copy reads them."""
    address = f"{URL}/api/v1/entries?limit={PER_PAGE}"
    client.get(address)

    def page(_number: str) -> None:
        nonlocal address
        answer = client.get(address)
        assert answer.status_code == 200
        address = answer.get_json()["next"] or address

    spent = clocks.interleaved({"page": page}, [""] * PAGES_READ)["page"]
    say(f"{'The API, ' + str(services) + ' entries':<44}{'CPU':>9}")
    say(f"  {'a page of ' + str(PER_PAGE):<42}{spent:>6.1f} ms")
    _whole(client, "/api/v1/entries.ndjson", services)


def _whole(client: FlaskClient, address: str, things: int) -> None:
    """Read all lines at `address`, and print CPU time and memory."""
    before = clocks.private_megabytes()
    read = 0
    most = before or 0.0

    def whole() -> None:
        nonlocal read, most
        answer = client.get(address, base_url=URL)
        for number, line in enumerate(answer.iter_encoded()):
            read += bool(line)
            if number % ROWS_AT_ONCE == 0:
                most = max(most, clocks.private_megabytes() or 0.0)

    took = clocks.spent_on(whole)
    assert read == things
    extra = "" if before is None else f", {most - before:.0f} MB more memory"
    say(f"  {'all of it, whole, as lines':<42}{took.cpu:>6.1f} s{extra}")


def _insert(made: Sequence[Entry]) -> None:
    """`made` as published entries, and their rows of the feed."""
    site = Site("https://kith.example", "Kith", "hello@kith.example")
    entries, revisions, rows = [], [], []
    for one in made:
        said = mapping.service(one, Around(), site, modified_at=one.updated_at)
        entries.append(
            {
                "id": one.id,
                "kind": one.kind,
                "slug": one.slug,
                "name": one.document.name,
                "state": EntryState.LIVE,
                "head_number": 1,
                "version": 1,
                "created_at": one.created_at,
                "updated_at": one.updated_at,
            }
        )
        revisions.append(
            {
                "entry_id": one.id,
                "number": 1,
                "text": "",
                "data": one.document.model_dump(mode="json"),
                "html": "",
                "sanitiser_version": 1,
                "digest": one.slug,
                "origin": "file",
                "author": "",
                "created_at": one.created_at,
            }
        )
        rows.append(
            {
                "id": one.id,
                "organization_id": mapping.NOBODY,
                "modified_at": one.updated_at,
                "words": one.document.name.casefold(),
                "brief": json.dumps(mapping.brief(said), ensure_ascii=False),
                "whole": json.dumps(said, ensure_ascii=False),
            }
        )
    db.session.execute(insert(EntryRow), entries)
    db.session.execute(insert(Revision), revisions)
    db.session.execute(insert(ServiceRow), rows)
    db.session.commit()
