"""Serve: `python -m deploy.supervisor [--reload]`. The web server and the worker, kept together.

Prepares the instance first where anything changed (database, documents, index), then starts both
and watches them: one that dies is started again; one that keeps dying ends the whole, so that
whoever runs this (a person, systemd) notices. Ctrl-C or SIGTERM stops both in order.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deploy import stamps
from deploy.packages import ROOT
from deploy.progress import say
from deploy.trouble import Trouble, told_plainly

PATIENCE_AT_START_SECONDS = 60
PATIENCE_AT_STOP_SECONDS = 12
MOST_DEATHS = 5
DEATHS_WITHIN_SECONDS = 60
LOOK_EVERY_SECONDS = 0.3
FILES_OPEN = 8192
# Of numpy's sums: two take half as much again, most of it to wait for one another.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Place:
    """Where this copy serves and keeps its state; all else is the application's business."""

    bind: str
    port: int
    instance: Path
    content: Path

    @classmethod
    def from_env(cls) -> Place:
        port = os.environ.get("PORT") or "8000"
        if not (port.isdigit() and 0 < int(port) < 65536):
            raise Trouble(f"PORT={port} is no port: write a number such as 8000.")
        return cls(
            bind=os.environ.get("BIND") or "127.0.0.1",
            port=int(port),
            instance=Path(os.environ.get("INSTANCE_DIR") or ROOT / "instance").resolve(),
            content=Path(os.environ.get("CONTENT_DIR") or ROOT / "content").resolve(),
        )

    @property
    def reachable_at(self) -> str:
        """A host name under which this machine reaches the server."""
        return "127.0.0.1" if self.bind in {"0.0.0.0", "::"} else self.bind  # noqa: S104

    @property
    def url(self) -> str:
        return f"http://{self.reachable_at}:{self.port}"


@dataclass
class Child:
    """A program that should be running."""

    name: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=ONE_THREAD | os.environ | {"KITH_SUPERVISED": "1"} | self.settings,
            start_new_session=True,
        )

    def has_died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)


class Supervisor:
    """Web server and worker of one instance."""

    def __init__(self, place: Place, *, reload: bool) -> None:
        self.place = place
        self.sources = Sources(place) if reload else None
        gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:deploy.gunicorn_config"]
        # Processes that share the program as it was first read would not read it again.
        settings = {"KITH_FOLLOWED": "1"} if reload else {}
        self.web = Child("web server", [*gunicorn, "wsgi:app"], settings)
        self.worker = Child("worker", [sys.executable, "-m", "directory.worker"])
        self.stopping = False

    def run(self) -> None:
        """Serve until told to stop.

        Raises:
            Trouble: it cannot start, or a child keeps dying.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        need_port(self.place)
        prepare(self.place)
        if self.stopping:
            return
        self.web.start()
        self.worker.start()
        try:
            if self._wait_until_ready():
                say(welcome(self.place))
            while not self.stopping:
                self._revive_the_dead()
                if self.sources:
                    self._follow_sources(self.sources)
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._stop()

    def _on_stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + PATIENCE_AT_START_SECONDS
        missing: list[str] = ["web server"]
        while not self.stopping:
            self._revive_the_dead()
            status, missing = ask_if_ready(self.place)
            if status:
                return True
            if time.monotonic() > deadline:
                say(f"Still waiting for: {', '.join(missing)}. {self.place.url}/readyz tells.")
                return True
            time.sleep(0.1)
        return False

    def _revive_the_dead(self) -> None:
        now = time.monotonic()
        for child in (self.web, self.worker):
            if self.stopping or not child.has_died():
                continue
            assert child.process is not None
            code = child.process.returncode
            child.deaths = [at for at in child.deaths if now - at < DEATHS_WITHIN_SECONDS] + [now]
            if len(child.deaths) >= MOST_DEATHS:
                raise Trouble(
                    f"The {child.name} ended {MOST_DEATHS} times within a minute (code {code}). "
                    "The lines above say why; Kith stops."
                )
            say(f"The {child.name} ended (code {code}); starting it again.")
            time.sleep(0.5 * len(child.deaths))
            child.start()

    def _follow_sources(self, sources: Sources) -> None:
        changed = sources.changed()
        if changed & {"directory", "templates", "static", "wsgi.py"}:
            say("The program changed: loading it again.")
            self.web.send(signal.SIGHUP)
            self.worker.send(signal.SIGTERM)
            if self.worker.process:
                self.worker.process.wait(PATIENCE_AT_STOP_SECONDS)
            self.worker.start()
        if "content" in changed:
            subprocess.run([sys.executable, "-m", "flask", "sync"], cwd=ROOT)

    def _stop(self) -> None:
        say("\nStopping …")
        children = [child.process for child in (self.web, self.worker) if child.process]
        for process in children:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_AT_STOP_SECONDS
        for process in children:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        say("Kith has stopped.")


class Sources:
    """What a developer edits, and when it last changed."""

    def __init__(self, place: Place) -> None:
        self.roots = {name: ROOT / name for name in ("directory", "templates", "static", "wsgi.py")}
        self.roots["content"] = place.content
        self.seen = self._look()

    def changed(self) -> set[str]:
        """Names of the folders where a file came, went or changed since the last call."""
        now = self._look()
        names = {name for name in self.roots if now[name] != self.seen[name]}
        self.seen = now
        return names

    def _look(self) -> dict[str, dict[str, int]]:
        return {name: dict(_times(root)) for name, root in self.roots.items()}


def _times(root: Path) -> Iterable[tuple[str, int]]:
    for path in [root] if root.is_file() else root.glob("**/*"):
        if path.suffix in {".py", ".html", ".css", ".js", ".svg", ".md", ".yaml", ".txt", ".csv"}:
            try:
                yield str(path), path.stat().st_mtime_ns
            except FileNotFoundError:  # an editor's temporary file
                continue


def need_port(place: Place) -> None:
    """Make sure that the port is free, before anything else takes time.

    Raises:
        Trouble: it is taken, or not ours to take.
    """
    family = socket.AF_INET6 if ":" in place.bind else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((place.bind, place.port))
        except PermissionError:
            raise Trouble(
                f"Port {place.port} is for the system only. "
                "Choose one above 1023: make run PORT=8000"
            ) from None
        except OSError as error:
            raise Trouble(
                f"Port {place.port} is taken by another program ({error.strerror}). "
                f"Stop that one, or choose another port: make run PORT={place.port + 1}"
            ) from None


def prepare(place: Place) -> None:
    """Bring database, documents and index up to date if program, content or place changed.

    Raises:
        Trouble: it failed; the command has said why.
    """
    stamp = place.instance / "prepared"
    database, lies = os.environ.get("DATABASE_URL", ""), os.environ.get("SEARCH_INDEX", "")
    inputs: list[Path | str] = [ROOT / "directory", ROOT / "migrations", place.content]
    inputs += [database, lies]
    value = stamps.digest(inputs)
    has_database = bool(database) or (place.instance / "kith.sqlite3").is_file()
    in_database = lies == "postgresql"  # whose index the worker looks after
    has_index = in_database or (place.instance / "index" / "CURRENT").is_file()
    if has_database and has_index and stamps.is_current(stamp, value):
        return
    done = subprocess.run([sys.executable, "-m", "flask", "prepare"], cwd=ROOT)
    if done.returncode:
        raise Trouble("Kith could not get its database ready; the lines above say why.")
    # Documents may have been given ids meanwhile.
    stamps.set_stamp(stamp, stamps.digest(inputs))


def ask_if_ready(place: Place) -> tuple[bool, list[str]]:
    """What /readyz answers: ready or not, and what is missing."""
    connection = http.client.HTTPConnection(place.reachable_at, place.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = json.loads(response.read())
        return response.status == 200, list(body.get("missing", []))
    except (OSError, http.client.HTTPException, ValueError):
        return False, ["web server"]
    finally:
        connection.close()


def welcome(place: Place) -> str:
    """What to do next."""
    url = (os.environ.get("PUBLIC_URL") or place.url).rstrip("/")
    port = f" PORT={place.port}" if place.port != 8000 else ""
    return f"""
Kith is running on {url}

  Look around    {url}/
  Propose        {url}/submit/
  Moderate       make moderator EMAIL=you@example.org{port}   (in another terminal)
  Your data      {place.instance}   (make backup keeps a copy)
  Stop           Ctrl-C
"""


def _may_open_many_files() -> None:
    """An index has some thirty files for each of its parts, and systems allow 1,024 unasked."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_OPEN if most == resource.RLIM_INFINITY else min(FILES_OPEN, most)
    if least != resource.RLIM_INFINITY and least < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve Kith.")
    parser.add_argument("--reload", action="store_true", help="follow changes of the program")
    arguments = parser.parse_args()
    os.umask(0o077)  # what the site writes is for its own user only
    _may_open_many_files()
    with told_plainly():
        Supervisor(Place.from_env(), reload=arguments.reload).run()


if __name__ == "__main__":
    main()
