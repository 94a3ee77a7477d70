"""Keeping a site running: backups, health, getting an instance ready."""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring tables, pages and commands to `app`."""
    from directory.operations import commands, models, views

    assert models.Heartbeat.__tablename__  # importing it makes the table known
    commands.attach(app)
    views.attach(app)
