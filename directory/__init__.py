"""Kith: a community directory of asset-based approaches."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_babel import Babel

from directory import assets, clock, compression, db, errors, security, sharing, shelf, templating
from directory import config as configuration
from directory.config import ROOT, Config

# Each part is a package with `attach(app)`, which brings its tables, pages and commands.
PARTS = (
    "entries",
    "search",
    "places",
    "wishes",
    "guided",
    "pages",
    "saved",
    "reading",
    "accounts",
    "submissions",
    "moderation",
    "owners",
    "operations",
    "api",
    "oruk",
    "networks",
    "alerts",
    "imports",
    "personal",
)


def create_app(config: Config | None = None) -> Flask:
    """The web application, joined from its parts. `config` defaults to the environment."""
    config = config or Config.from_env()
    app = Flask(
        __name__,
        template_folder=str(ROOT / "templates"),
        static_folder=None,
        instance_path=str(config.instance_dir),
    )
    app.testing = config.testing
    configuration.attach(app, config)
    compression.attach(app)
    security.attach(app, config)
    db.attach(app, config.database)
    db.read_only_requests(app)
    Babel(app, default_locale="en_GB", default_timezone=clock.LONDON.key)
    errors.attach(app)
    sharing.attach(app)
    templating.attach(app)
    assets.attach(app, config)
    for part in PARTS:
        import_module(f"directory.{part}").attach(app)
    if not (app.testing or app.debug):  # both change what pages are made of
        shelf.attach(app)
    return app
