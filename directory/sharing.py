"""What any other site and program may read: the headers that let them, and errors they understand.

Only what is public anyway lies at these addresses. They know no session: nothing here reads or sets
a cookie, so no answer depends on who asks, and caches may share them.
"""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from math import ceil

from flask import Flask, Request, Response, jsonify, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from directory.security import limiter

OPEN = (
    "/api/",
    "/oruk/",
    "/feeds/",
    "/oembed",
    "/embed/v1/search.json",
    "/embed/v1/widget.js",
    "/embed/v1/widget-",
    "/embed/v1/height.js",
    "/embed/v1/widgets/",
)
# The entry of a page as data stands beside the page: /approaches/homeshare.json
_BESIDE_A_PAGE = re.compile(r"/[a-z]+/[^/.]+\.json")
# Pages that other sites frame: for people, but without a session like the rest.
FRAMED = ("/embed/",)
SHARED_SECONDS = 60


def attach(app: Flask) -> None:
    """Open the addresses above to all; errors at them too, so that programs can tell them."""

    app.session_interface = SessionsForPeople()

    @app.after_request
    def share(response: Response) -> Response:
        return open_to_all(response) if is_open(request.path) else response


class SessionsForPeople(SecureCookieSessionInterface):
    """Flask's sessions, but none at addresses that other sites read, whatever cookie comes."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if is_open(request.path) or request.path.startswith(FRAMED):
            return SecureCookieSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not (is_open(request.path) or request.path.startswith(FRAMED)):
            super().save_session(app, session, response)


def is_open(path: str) -> bool:
    """Whether `path` is for other sites and programs, not for people."""
    return path.startswith(OPEN) or bool(_BESIDE_A_PAGE.fullmatch(path))


def open_to_all(response: Response) -> Response:
    """Let every site read `response`, and keep it for a minute unless it says how long."""
    headers = response.headers
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = (
        "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, "
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
    )
    tell_limit(response)
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers.setdefault("X-Robots-Tag", "noindex")
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        headers["Access-Control-Allow-Headers"] = "*"
        headers["Access-Control-Max-Age"] = "86400"
    elif response.status_code == HTTPStatus.OK:
        headers.setdefault("Cache-Control", f"public, max-age={SHARED_SECONDS}")
        if not response.is_streamed:
            tag(response)
    return response


def tell_limit(response: Response) -> None:
    """Say how often one may ask, and how much of that is left (draft-ietf-httpapi-ratelimit-10)."""
    found = limiter.current_limit
    if found is None:
        return
    name = "key" if "Authorization" in request.headers else "address"
    window = found.limit.get_expiry()
    left = max(found.remaining, 0)
    seconds = min(max(ceil(found.reset_at - time.time()), 0), window)
    response.headers["RateLimit-Policy"] = f'"{name}";q={found.limit.amount};w={window}'
    response.headers["RateLimit"] = f'"{name}";r={left};t={seconds}'


def tag(response: Response) -> Response:
    """Tag `response` by what is in it, and say 304 to who has it already."""
    if not response.get_etag()[0]:
        response.add_etag()
    response.make_conditional(request)
    return response


def problem(status: int, title: str, detail: str | None = None) -> Response:
    """An error as problem details (RFC 9457)."""
    said = {"type": "about:blank", "title": title, "status": status}
    response = jsonify(said | ({"detail": detail} if detail else {}))
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response
