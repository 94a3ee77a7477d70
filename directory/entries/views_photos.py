"""Pictures that people gave, as readers get them: those of published entries alone."""

from __future__ import annotations

import re
from pathlib import Path

from flask import abort, send_file
from werkzeug.wrappers import Response

from directory.config import current
from directory.db import db
from directory.entries import photos
from directory.entries.documents import PHOTO_NAME
from directory.entries.views import bp
from directory.security import limiter

# A picture never changes under its name. Shared caches ask again soon: it may be taken back.
KEPT = "public, max-age=31536000, s-maxage=60, immutable"
TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}
_FILE = re.compile(r"([1-9]\d{1,3})\.(jpg|webp)")


@bp.get("/photos/<name>/<file>")
@limiter.limit("1200 per minute")
def photo(name: str, file: str) -> Response:
    """A picture in one size, such as "480.webp", while an entry that shows it is published."""
    if not PHOTO_NAME.fullmatch(name) or not photos.is_public(db.session(), name):
        abort(404)
    response = send(name, file)
    response.headers["Cache-Control"] = KEPT
    return response


def send(name: str, file: str) -> Response:
    """The file of a picture; whoever calls has asked whether it may be seen."""
    found = _FILE.fullmatch(file)
    path = photos.path_of(store(), name, file)
    if not found or not PHOTO_NAME.fullmatch(name) or not path.is_file():
        abort(404)
    response = send_file(path, mimetype=TYPES[found[2]], conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def store() -> Path:
    """Where pictures lie."""
    return current().instance_dir / photos.STORE
