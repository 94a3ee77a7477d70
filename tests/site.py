"""A whole site for browser tests: real web server, real worker, real database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy import a_site
from deploy.a_site import ROOMY
from directory.config import ROOT

PATIENCE_SECONDS = 120
MAIL_PATIENCE_SECONDS = 120  # mail about a decision waits while it can be undone


@dataclass
class Site:
    """A site that runs. `url` has no slash at its end."""

    url: str
    instance: Path
    env: dict[str, str]

    def flask(self, *arguments: str) -> str:
        """What a command of this site prints."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", *arguments],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def mail_to(self, address: str, *, number: int = 1) -> str:
        """The text of the `number`th mail to `address`; waits for it."""
        deadline = time.monotonic() + MAIL_PATIENCE_SECONDS
        while True:
            mails = [path.read_text(encoding="utf-8") for path in self._mails()]
            found = [mail for mail in mails if f"To: {address}" in mail]
            if len(found) >= number:
                return found[number - 1]
            assert time.monotonic() < deadline, f"{len(found)} mails to {address}, not {number}"
            time.sleep(0.1)

    def link_in(self, text: str) -> str:
        """The first address of this site in `text`."""
        found = re.search(rf"{re.escape(self.url)}/\S+", text)
        assert found, f"no link in: {text}"
        return found.group().rstrip(".,)>")

    def sign_in_link(self, email: str) -> str:
        """A fresh sign-in link for a moderator with that address."""
        return self.link_in(self.flask("moderator", email))

    def _mails(self) -> list[Path]:
        return sorted((self.instance / "mail").glob("*.txt"))


@contextmanager
def running(
    folder: Path, *, database_url: str = "", redis_url: str = "", web_processes: int = 1
) -> Iterator[Site]:
    """A site of its own in `folder`, with all of content/ in it, on a free port."""
    port = a_site.free_port()
    instance = a_site.an_instance(folder)
    env = os.environ | {
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "INSTANCE_DIR": str(instance),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "WEB_CONCURRENCY": str(web_processes),
        "LIMIT_READING": ROOMY,
        "LIMIT_SEARCHING": ROOMY,
        "LIMIT_WRITING": ROOMY,
        "CONTACT_EMAIL": "hello@kith.example",
        "MEANING": "no",  # placing all approaches would slow down what is tested
    }
    with a_site.started(env, port=port, log=folder / "site.log") as url:
        yield Site(url, instance, env)
