"""Our own feed, harvested from a second process that runs the same program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask
from sqlalchemy.orm import Session

from deploy import a_site
from directory.config import Config
from directory.entries.documents import Service
from directory.imports import feeds
from directory.imports.models import Every
from directory.submissions.proposing import document_of
from directory.vocabulary.terms import Status
from tests.builders import a_place, an_approach
from tests.harvesting import NOW, Harvest
from tests.test_networks import Publish

OTHER_SITE = """
import sys
from pathlib import Path
from flask_migrate import upgrade
from werkzeug.serving import make_server
from directory import create_app, projecting
from directory.config import Config
from directory.db import db
from directory.entries import publishing
from tests.builders import a_place, a_service, an_approach
from tests.conftest import NOW

folder, port = Path(sys.argv[1]), int(sys.argv[2])
app = create_app(Config(public_url=f"http://127.0.0.1:{port}", instance_dir=folder,
                        content_dir=folder / "content", secret_key="x", testing=True))
with app.app_context():
    upgrade()
    services = [a_service(name=f"Choir {n}", open_referral=True, schedule=[
        {"day": "tuesday", "start": "14:00", "end": "16:00", "frequency": "fortnightly",
         "note": "in term time only"}],
        contact={"phone": "0113 496 0000"}, status="running") for n in range(120)]
    for document in (an_approach(), a_place(), *services):
        publishing.publish(db.session(), document, slug=document.name.lower().replace(" ", "-"),
                           origin="file", author="", at=NOW)
    db.session.commit()
    projecting.write_open_referral(db.session(), app.extensions["kith.config"])
    db.session.remove()
server = make_server("127.0.0.1", port, app)
print("ready", flush=True)
server.serve_forever()
"""


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """The address of another copy of this program, which has 120 services to pass on."""
    port = a_site.free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_SITE, str(folder / "other"), str(port)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    try:
        assert process.stdout is not None
        while line := process.stdout.readline():
            if line.strip() == b"ready":
                break
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def test_our_own_feed_comes_over_from_another_process_as_it_is(
    app: Flask, session: Session, config: Config, publish: Publish, tmp_path: Path
) -> None:
    publish(an_approach(), a_place())
    with another_site(tmp_path) as address:
        config = replace(config, reachable=frozenset({address.removeprefix("http://")}))
        feed = feeds.add(
            session, network_id=None, user_id=None, name="Other", every=Every.NEVER,
            url=feeds.tidy(f"{address}/oruk/v3", reachable=config.reachable),
            licence_version="1", at=NOW,
        )  # fmt: skip
        session.commit()
        harvest = Harvest(app, session, config, feed)
        harvest.accept()

    assert len(harvest.waiting()) == 120
    document = document_of(harvest.waiting()[7])
    assert isinstance(document, Service)
    assert document.approach == ["community-choirs"]
    assert document.summary == "A choir that meets in a hall each week."
    assert (document.place, document.service_area) == ("leeds", [])
    assert document.status is Status.RUNNING
    assert document.contact is not None
    assert document.contact.phone == "0113 496 0000"
    assert [
        (str(one.day), one.start, one.end, str(one.frequency), one.note)
        for one in document.schedule
    ] == [("tuesday", "14:00", "16:00", "fortnightly", "in term time only")]
