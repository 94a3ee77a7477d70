"""Kith: a community directory of asset-based approaches."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from directory import config as configuration
from directory import db, errors, security
from directory.config import ROOT, Config


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
    security.attach(app, config)
    db.attach(app, config.database)
    db.read_only_requests(app)
    Babel(app, default_locale="en_GB", default_timezone="Europe/London")
    errors.attach(app)
    _attach_parts(app)
    return app


def _attach_parts(app: Flask) -> None:
    """Each part brings its pages and commands."""
    from directory.entries import commands as entry_commands
    from directory.places import commands as place_commands

    entry_commands.attach(app)
    place_commands.attach(app)
