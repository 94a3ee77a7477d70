"""Health, for whoever keeps the site running. Answers are short and tell nothing private."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from directory import search, security
from directory.db import db
from directory.operations import health

bp = Blueprint("operations", __name__)


def attach(app: Flask) -> None:
    """Give `app` its pages for operators; they are never limited."""
    security.limiter.exempt(bp)
    app.register_blueprint(bp)


@bp.get("/healthz")
def healthz() -> Response:
    """200 as long as this web process answers at all."""
    return _short("alive", is_well=True)


@bp.get("/readyz")
def readyz() -> Response:
    """200 when database, index and worker are there too, else 503 and what is missing."""
    try:
        missing = health.missing(db.session(), search.current(), at=datetime.now(UTC))
    except SQLAlchemyError:
        missing = ["database"]
    return _short("ready" if not missing else "not ready", is_well=not missing, missing=missing)


def _short(status: str, *, is_well: bool, missing: list[str] | None = None) -> Response:
    response = jsonify({"status": status, "missing": missing or []})
    response.status_code = 200 if is_well else 503
    response.headers["Cache-Control"] = "no-store"
    return response
