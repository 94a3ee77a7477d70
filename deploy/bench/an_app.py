"""The program in this process, with a database of its own and room to ask as often as one likes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from deploy.a_site import ROOMY
from directory import create_app
from directory.config import Config
from directory.db import db

URL = "http://kith.test"


@contextmanager
def an_app() -> Iterator[Flask]:
    """An app with empty tables; nothing is left of it afterwards."""
    from flask_migrate import upgrade  # not in the process whose memory is measured

    with tempfile.TemporaryDirectory(prefix="kith-bench-") as folder:
        app = create_app(
            Config(
                instance_dir=Path(folder),
                public_url=URL,
                limit_reading=ROOMY,
                limit_searching=ROOMY,
                limit_writing=ROOMY,
                testing=True,
            )
        )
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            upgrade()
            yield app
            db.session.remove()
            db.engine.dispose()
