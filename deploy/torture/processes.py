"""The web server and the worker as `make run` starts them, but ready in a moment.

Both are forked from one process that has loaded the program, so that a round does not wait for
Python to read it again. From there on they run what the supervisor runs.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from pathlib import Path

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["deploy.torture.loaded"])


class Killable:
    """A process with all that it started. `name` is "web" or "worker"."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self._log = log
        self._process: BaseProcess | None = None

    def start(self) -> None:
        target = _serve if self.name == "web" else _follow
        self._process = _context.Process(target=target, args=(str(self._log),))
        self._process.start()

    def kill(self) -> None:
        """End it as a crash would: nothing of it runs on, nothing is tidied up."""
        assert self._process is not None
        assert self._process.pid is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        self._process = None

    @property
    def has_ended(self) -> bool:
        """It was started, and has ended."""
        return self._process is not None and not self._process.is_alive()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.is_alive()


def _serve(log: str) -> None:
    _alone(log)
    sys.argv = ["gunicorn", "--config", "python:deploy.gunicorn_config", "wsgi:app"]
    from deploy.torture.loaded import wsgiapp

    wsgiapp.run()


def _follow(log: str) -> None:
    _alone(log)
    from deploy.torture.loaded import app
    from directory import worker

    sys.setswitchinterval(0.001)  # as in worker.main
    stop = threading.Event()
    with worker.alone(app.extensions["kith.config"], stop):
        worker.run(app, stop)


def _alone(log: str) -> None:
    """A group of its own, so that all of it is killed at once; what it says goes to `log`."""
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
