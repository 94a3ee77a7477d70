"""What other sites and programs cost: a widget's search, and the Open Referral feed.

On an app of its own with made entries. The search of a widget is held against the search itself,
question by question; of the feed what counts is CPU time and memory.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import insert

from deploy.bench import clocks, corpus
from deploy.progress import say
from directory import create_app, search
from directory.config import Config
from directory.db import db
from directory.entries.catalogue import Entry
from directory.entries.models import EntryRow, EntryState
from directory.oruk import mapping
from directory.oruk.mapping import Around, Site
from directory.oruk.models import ServiceRow
from directory.search.query import Query
from directory.vocabulary.terms import Kind

FOUND_AMONG = 1_000
ROUNDS = 3
PAGES_READ = 30
PER_PAGE = 100
ROWS_AT_ONCE = 1_000
QUESTIONS = ("lonely", "choir", "spare room", "lift to the doctor", "somewhere to sing", "garden")
ROOMY = "1000000 per minute"


def measure(services: int) -> None:
    """Print what a widget's search and a feed of so many services cost."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        app = _an_app(Path(folder))
        with app.app_context():
            upgrade()
            _search(app)
            _feed(app, services)
            db.session.remove()
            db.engine.dispose()


def _an_app(folder: Path) -> Flask:
    return create_app(
        Config(
            instance_dir=folder,
            database_url=f"sqlite:///{folder / 'kith.sqlite3'}",
            limit_reading=ROOMY,
            limit_searching=ROOMY,
        )
    )


def _search(app: Flask) -> None:
    """A widget's answer beside the search that it holds."""
    search.current().rebuild(list(corpus.entries(FOUND_AMONG)), n=1)
    client, host = app.test_client(), app.extensions["kith.config"].public_url

    def widget(question: str) -> None:
        answer = client.get(f"/embed/v1/search.json?q={quote(question)}", base_url=host)
        assert answer.status_code == 200

    def itself(question: str) -> None:
        search.current().find(Query(q=question))

    ways = {"the search itself": itself, "a widget's answer": widget}
    clocks.interleaved(ways, QUESTIONS)  # what is made once is made now
    spent = clocks.interleaved(ways, QUESTIONS, rounds=ROUNDS)
    ratio = spent["a widget's answer"] / spent["the search itself"]
    say(f"{'a widget’s search among ' + str(FOUND_AMONG) + ' services':<44}{'CPU':>9}")
    for name, milliseconds in spent.items():
        say(f"  {name:<42}{milliseconds:>6.1f} ms")
    say(f"  {'ratio':<42}{ratio:>6.2f}")


def _feed(app: Flask, services: int) -> None:
    """Pages of the feed, and the whole of it as lines."""
    made = [one for one in corpus.entries(services) if one.kind is Kind.SERVICE][-services:]
    for start in range(0, len(made), ROWS_AT_ONCE):
        _insert(made[start : start + ROWS_AT_ONCE])
    client, host = app.test_client(), app.extensions["kith.config"].public_url
    last = -(-services // PER_PAGE)
    numbers = [str(1 + number * last // PAGES_READ) for number in range(PAGES_READ)]

    def page(number: str) -> None:
        address = f"/oruk/v3/services?page={number}&per_page={PER_PAGE}"
        answer = client.get(address, base_url=host)
        assert answer.status_code == 200

    page("1")
    spent = clocks.interleaved({"page": page}, numbers)["page"]
    before = clocks.private_megabytes()
    read = 0
    most = before or 0.0

    def whole() -> None:
        nonlocal read, most
        answer = client.get("/oruk/v3/services?format=ndjson&full=true", base_url=host)
        for number, line in enumerate(answer.iter_encoded()):
            read += bool(line)
            if number % ROWS_AT_ONCE == 0:
                most = max(most, clocks.private_megabytes() or 0.0)

    took = clocks.spent_on(whole)
    assert read == services
    say(f"{'Open Referral, ' + str(services) + ' services':<44}{'CPU':>9}")
    say(f"  {'a page of ' + str(PER_PAGE):<42}{spent:>6.1f} ms")
    extra = "" if before is None else f", {most - before:.0f} MB more memory"
    say(f"  {'all of it, whole, as lines':<42}{took.cpu:>6.1f} s{extra}")


def _insert(made: Sequence[Entry]) -> None:
    """Rows of the feed for `made`, and what they hang from."""
    site = Site("https://kith.example", "Kith", "hello@kith.example")
    entries, rows = [], []
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
    db.session.execute(insert(ServiceRow), rows)
    db.session.commit()
