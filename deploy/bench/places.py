"""Pages of places with 100,000 services in the country, and the PDF of a saved list."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from deploy.a_site import ROOMY
from deploy.packages import ROOT
from deploy.progress import say
from directory import create_app
from directory.config import Config
from directory.db import db
from directory.entries import catalogue, sightings
from directory.entries.sightings import Seen
from directory.places import views as place_views
from directory.vocabulary.terms import Kind

SERVICES = 100_000
ROUNDS = 20
PAGES = {
    "place, seen before": "/places/leeds",
    "four places side by side": "/places/leeds/gaps?with=york&with=bristol&with=camden",
    "all places": "/places/",
}


def measure() -> None:
    """Print a line about each page: CPU milliseconds of the process that answers."""
    with _a_site() as app:
        client = app.test_client()

        def ask(path: str) -> Callable[[], object]:
            def asked() -> None:
                answer = client.get(path)
                assert answer.status_code == 200, path

            return asked

        for name, path in PAGES.items():
            ask(path)()  # the first reader also reads every service
            say(f"{name:<34}{_cpu(ask(path)):>8.1f} ms")

        def first() -> None:
            """What a reader waits for after something was published."""
            place_views.forget()
            ask("/places/leeds")()

        say(f"{'place, first view':<34}{_cpu(first):>8.1f} ms")
        with app.app_context():
            some = [one.url for one in catalogue.live(db.session(), Kind.APPROACH)][:20]
        booklet = "&".join(f"e={url.lstrip('/')}" for url in some)
        pdf = _cpu(ask(f"/saved/booklet.pdf?{booklet}"), rounds=3)
        say(f"{'PDF of 20 entries':<34}{pdf:>8.0f} ms")


def _cpu(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """CPU milliseconds of the process, all its threads: the middle of several rounds."""
    work()
    times = []
    for _round in range(rounds):
        started = time.process_time()
        work()
        times.append((time.process_time() - started) * 1000)
    return sorted(times)[rounds // 2]


@contextmanager
def _a_site() -> Iterator[Any]:
    """All of content/, and so many made-up services in its places that there are 100,000."""
    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        env = os.environ | {"INSTANCE_DIR": folder, "CONTENT_WRITE": "off"}
        for command in (("db", "upgrade"), ("sync",)):
            subprocess.run(
                [sys.executable, "-m", "flask", *command],
                cwd=ROOT, env=env, check=True, capture_output=True,
            )  # fmt: skip
        config = Config(
            instance_dir=Path(folder),
            trusted_hosts=("localhost",),
            limit_reading=ROOMY,
            limit_searching=ROOMY,
            testing=True,
        )
        app = create_app(config)
        real = sightings.services
        with app.app_context():
            session = db.session()
            known = list(real(session))
            slugs = [one.slug for one in catalogue.live(session, Kind.APPROACH)]
            places = [one.slug for one in catalogue.live(session, Kind.PLACE)]
            session.close()
        made = _made_up(SERVICES - len(known), slugs, places)
        with patch.object(sightings, "services", lambda session, ids=None: [*known, *made]):
            yield app


def _made_up(count: int, approaches: list[str], places: list[str]) -> list[Seen]:
    chance = random.Random(7)
    return [
        Seen(
            id=UUID(int=number + 1),
            slug=f"made-up-{number}",
            name=f"Made-up group {number}",
            place=chance.choice(places),
            approaches=(chance.choice(approaches),),
            areas=(),
            has_ended=False,
            checked=None,
            last_known=2024,
        )
        for number in range(count)
    ]
