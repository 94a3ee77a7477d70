"""How gunicorn serves Kith: `gunicorn --config python:deploy.gunicorn_config wsgi:app`.

A few processes (WEB_CONCURRENCY, default 1) with eight threads each. docs/operating.md explains the
settings.
"""

from __future__ import annotations

import gc
import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger


class QuietLogger(Logger):  # type: ignore[misc]
    """An access log without what is private: query strings, addresses of people, link tokens."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = hide_tokens(str(atoms["U"]))
        return atoms


def hide_tokens(path: str) -> str:
    """`path` with each part that may be the token of a private link cut to four characters."""
    return re.sub(r"(?<=/)([\w-]{4})[\w-]{28,}", r"\1…", path)


def _end_with_supervisor(parent: int) -> None:
    # A supervisor that was killed cannot stop us; do not keep its port.
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), 15)


def on_starting(server: Any) -> None:
    if os.environ.get("KITH_SUPERVISED"):
        watch = threading.Thread(target=_end_with_supervisor, args=(os.getppid(),), daemon=True)
        watch.start()


def when_ready(server: Any) -> None:
    """What several processes share is not looked through for waste: a look would write to it, and
    each would get its own."""
    if preload_app:
        gc.collect()
        gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """No process talks to the database over what was open before."""
    from directory.db import db

    if preload_app:
        with server.app.wsgi().app_context():
            db.engine.dispose(close=False)


def post_worker_init(worker: Any) -> None:
    from directory import places, search

    for part in (search, places):
        threading.Thread(target=part.warm, args=(worker.wsgi,), daemon=True).start()


bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = int(os.environ.get("WEB_CONCURRENCY") or 1)
# Several processes share the program as it was read. One would only hold it twice; and where
# developers change it, it is read again (SIGHUP).
preload_app = workers > 1 and not os.environ.get("KITH_FOLLOWED")
worker_class = "gthread"
threads = 8
timeout = 30
graceful_timeout = 8
keepalive = 5
# Heartbeats of the processes: never on a slow disk.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" and Path("/dev/shm").is_dir() else None  # noqa: S108
# Who may say X-Forwarded-… is decided in one place: TRUSTED_PROXIES, in the app.
forwarded_allow_ips = ""
proc_name = "kith"

loglevel = "warning"
logger_class = QuietLogger
accesslog = os.environ.get("ACCESS_LOG") or None
access_log_format = "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms"
