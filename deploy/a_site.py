"""A site of its own for as long as a measurement or a picture takes: new, full, on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.packages import ROOT
from deploy.supervisor import Place, ask_if_ready
from deploy.trouble import Trouble

PATIENCE_SECONDS = 300
ROOMY = "1000000 per minute"
SETTINGS_OF_ANOTHER = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "CONTENT_DIR", "SMTP_URL")


@contextmanager
def running() -> Iterator[str]:
    """The address of a site with all of content/ in it, gone afterwards.

    Raises:
        Trouble: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="kith-site-") as folder:
        instance = Path(folder) / "instance"
        instance.mkdir(mode=0o700)
        places = ROOT / "instance" / "geo.sqlite"
        if places.exists():
            shutil.copy(places, instance)
        place = Place("127.0.0.1", _free_port(), instance, ROOT / "content")
        env = {name: os.environ[name] for name in os.environ if name not in SETTINGS_OF_ANOTHER}
        env |= {"PORT": str(place.port), "INSTANCE_DIR": str(instance)}
        env |= dict.fromkeys(("LIMIT_READING", "LIMIT_SEARCHING", "LIMIT_WRITING"), ROOMY)
        log = Path(folder) / "log"
        with open(log, "w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.supervisor"],
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_until_ready(place, process, log)
                yield place.url
            finally:
                process.terminate()
                process.wait()


def _wait_until_ready(place: Place, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ask_if_ready(place)[0]:
        if process.poll() is not None or time.monotonic() > deadline:
            raise Trouble(f"The site does not start:\n{log.read_text()}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
