"""A site of its own for as long as a test, a measurement or a picture takes, on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.packages import ROOT
from deploy.supervisor import Place, ask_if_ready
from deploy.trouble import Trouble

PATIENCE_SECONDS = 300
SECONDS_TO_END = 20
ROOMY = "1000000 per minute"
SETTINGS_OF_ANOTHER = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "CONTENT_DIR", "SMTP_URL")


@contextmanager
def running() -> Iterator[str]:
    """The address of a site with all of content/ in it, gone afterwards.

    Raises:
        Trouble: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="kith-site-") as name:
        folder = Path(name)
        env = {name: os.environ[name] for name in os.environ if name not in SETTINGS_OF_ANOTHER}
        # Placing all approaches by what they mean would slow down whatever looks at it.
        env |= {"INSTANCE_DIR": str(an_instance(folder)), "MEANING": "no"}
        env |= dict.fromkeys(("LIMIT_READING", "LIMIT_SEARCHING", "LIMIT_WRITING"), ROOMY)
        with started(env, port=free_port(), log=folder / "log") as url:
            yield url


@contextmanager
def started(env: Mapping[str, str], *, port: int, log: Path) -> Iterator[str]:
    """The address of a site with those settings while it runs: web server and worker.

    Raises:
        Trouble: it does not start.
    """
    place = Place("127.0.0.1", port, Path(env["INSTANCE_DIR"]), ROOT / "content")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.supervisor"],
            cwd=ROOT,
            env={**env, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(place, process, log)
            yield place.url
        finally:
            process.terminate()
            try:
                process.wait(SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def an_instance(folder: Path) -> Path:
    """A new instance folder; with the places of this machine's own, so that nothing is fetched."""
    instance = folder / "instance"
    instance.mkdir(mode=0o700, exist_ok=True)
    places = ROOT / "instance" / "geo.sqlite"
    if places.exists():
        shutil.copy(places, instance)
    return instance


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(place: Place, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ask_if_ready(place)[0]:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"The site does not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.2)
