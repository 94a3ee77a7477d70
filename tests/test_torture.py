"""Kill -9 in the middle of publish, import, merge and mail: nothing lost, nothing twice.

`make torture` does it 200 times with all of content/; here a small site is killed 20 times.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from deploy.packages import ROOT
from deploy.torture import truths
from deploy.torture.site import Site
from directory.config import Config
from directory.entries.publishing import publish
from directory.mail.models import MailState, OutboxMail
from directory.moderation.models import Decision
from tests import services
from tests.builders import a_service
from tests.house_rules import Browser
from tests.moderating import NOW, SendIn, decide, moderator, send_in

__all__ = ["moderator", "send_in"]

ROUNDS = 20
PER_FOLDER = 4


def test_a_site_that_is_killed_20_times_loses_nothing_and_does_nothing_twice(tmp_path: Path):
    content = tmp_path / "content"
    for folder in ("approaches", "organizations", "places", "pages"):
        (content / folder).mkdir(parents=True)
        for path in sorted((ROOT / "content" / folder).glob("*.md"))[:PER_FOLDER]:
            shutil.copy(path, content / folder)
    shutil.copy(ROOT / "content" / "approaches" / "community-choirs.md", content / "approaches")

    done = subprocess.run(
        [sys.executable, "-m", "deploy.torture", "--rounds", str(ROUNDS), "--content", content],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{ROUNDS} rounds" in done.stdout
    assert list(tmp_path.iterdir()) == [content]


def test_what_is_lost_or_done_twice_is_noticed(
    app: Flask, session: Session, config: Config, moderator: Browser, send_in: SendIn
):
    site = Site(app, config)

    def wrong() -> list[str]:
        session.rollback()
        return sorted(line.partition(":")[0] for line in truths.breaches(site, killed=0))

    number = send_in(a_service())
    decide(moderator, moderator.open(f"/moderation/submissions/{number}"), number, "publish")
    assert wrong() == ["feed of services", "index", "mirror"]
    services.follow(app)
    assert wrong() == []

    file = config.instance_dir / "content" / "services" / "harehills-singers.md"
    kept = file.read_text()
    file.write_text(kept[:-9])
    shutil.copy(file, file.with_name("twice.md"))
    assert wrong() == ["mirror", "mirror"]
    file.write_text(kept)
    file.with_name("twice.md").unlink()

    session.execute(update(OutboxMail).values(state=MailState.SENT))
    session.commit()
    assert set(wrong()) == {"mail"}
    session.execute(delete(OutboxMail))
    session.commit()
    assert wrong() == []

    session.execute(delete(Decision))
    session.commit()
    assert wrong() == ["decisions"] * 3


def test_what_a_killed_worker_has_begun_to_write_goes(app: Flask, session: Session, config: Config):
    publish(session, a_service(), slug="singers", origin="file", author="", at=NOW)
    session.commit()
    services.follow(app)
    folder = config.instance_dir / "content" / "services"
    kills_itself = (
        "import os, sys; from pathlib import Path; from directory.entries import files;"
        "os.fsync = lambda file: os.kill(os.getpid(), 9);"
        "files.write_atomically(Path(sys.argv[1]), 'half')"
    )
    subprocess.run([sys.executable, "-c", kills_itself, folder / "singers.md"], cwd=ROOT)
    assert len(list(folder.iterdir())) == 2

    change = a_service(summary="A choir that meets outside.")
    publish(session, change, slug="singers", origin="file", author="", at=NOW)
    session.commit()
    services.follow(app)

    assert truths.breaches(Site(app, config), killed=0) == []
