"""Smaller answers: readers' pages and data are compressed on their way out.

Only what is the same for everybody: a page that belongs to one person is sent as it is, because the
length of a compressed page can give away a secret in it (BREACH).
"""

from __future__ import annotations

import gzip

import brotli
from flask import Flask, Response, request, session

SMALLEST_BYTES = 860  # below it compressing gains nothing
BROTLI_QUALITY = 4  # more costs more time than it saves on the way
GZIP_LEVEL = 5
_TYPES = {
    "text/html",
    "text/plain",
    "text/css",
    "text/javascript",
    "text/markdown",
    "text/csv",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/xml",
    "application/atom+xml",
    "image/svg+xml",
}


def attach(app: Flask) -> None:
    """Compress the answers of `app` for browsers that take it."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """`response` in brotli or gzip, whichever the browser takes, if it gains by it."""
    if not _may_shrink(response):
        return response
    response.vary.add("Accept-Encoding")
    wanted = request.accept_encodings.best_match(("br", "gzip"))
    if wanted is None:
        return response
    body = response.get_data()
    if wanted == "br":
        response.set_data(brotli.compress(body, quality=BROTLI_QUALITY))
    else:
        response.set_data(gzip.compress(body, compresslevel=GZIP_LEVEL, mtime=0))
    response.headers["Content-Encoding"] = wanted
    etag, is_weak = response.get_etag()
    if etag and not is_weak:
        response.set_etag(etag, weak=True)  # the same page, other bytes
    return response


def _may_shrink(response: Response) -> bool:
    caching = response.headers.get("Cache-Control", "")
    is_private = "public" not in caching and (
        bool(request.cookies)
        or session.modified  # its cookie is set after us
        or "no-store" in caching
        or "private" in caching
    )
    return (
        response.status_code == 200
        and not is_private
        and not response.is_streamed
        and not response.direct_passthrough
        and response.mimetype in _TYPES
        and "Content-Encoding" not in response.headers
        and (response.content_length or 0) >= SMALLEST_BYTES
    )
